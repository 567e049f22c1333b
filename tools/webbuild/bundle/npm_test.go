package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func root(t *testing.T) string {
	t.Helper()
	dir, err := Root(".")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Everything pinned lies in the repository with the pinned bytes, so that a
// build needs no network.
func TestLockedPackagesAreHere(t *testing.T) {
	ps, err := Lock()
	if err != nil {
		t.Fatal(err)
	}
	if len(ps) == 0 {
		t.Fatal("lock.json pins nothing")
	}
	for _, p := range ps {
		b, err := os.ReadFile(filepath.Join(root(t), "tools", "webbuild", "npm", p.File))
		if err != nil {
			t.Fatal(err)
		}
		if err := verify(b, p); err != nil {
			t.Error(err)
		}
		b[len(b)/2] ^= 1
		if verify(b, p) == nil {
			t.Errorf("%s: a flipped bit passed", p.File)
		}
	}
}

func packed(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	w := tar.NewWriter(z)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestUntarStaysInside(t *testing.T) {
	dir := t.TempDir()
	if err := untar(packed(t, map[string]string{"package/dist/a.js": "1"}), dir); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "dist", "a.js")); err != nil || string(b) != "1" {
		t.Errorf("got %q, %v, want 1", b, err)
	}
	if err := untar(packed(t, map[string]string{"package/../../evil": "1"}), dir); err == nil {
		t.Error("a path outside the package was unpacked")
	}
}

// A missing package comes from the registry the environment names, and only
// when its hash is the pinned one.
func TestFetchMissing(t *testing.T) {
	tgz := packed(t, map[string]string{"package/index.js": "1"})
	sum := sha512.Sum512(tgz)
	p := Package{Name: "@a/b", Version: "1.2.3", File: "a-b-1.2.3.tgz",
		Integrity: "sha512-" + base64.StdEncoding.EncodeToString(sum[:])}
	var asked string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path
		_, _ = w.Write(tgz)
	}))
	defer s.Close()
	t.Setenv("npm_config_registry", s.URL+"/")
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "tools", "webbuild", "npm"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unpack(dir, p); err != nil {
		t.Fatal(err)
	}
	if want := "/@a/b/-/b-1.2.3.tgz"; asked != want {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	if !unpacked(dir, p) {
		t.Error("not unpacked")
	}
	p.Integrity, p.File = "sha512-AAAA", "other.tgz"
	if err := unpack(dir, p); err == nil || !strings.Contains(err.Error(), "pinned") {
		t.Errorf("a wrong hash gave %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "tools", "webbuild", "npm", "other.tgz")); err == nil {
		t.Error("a tarball with a wrong hash was kept")
	}
}

func TestRegistry(t *testing.T) {
	dir := t.TempDir()
	none := func(string) string { return "" }
	if got := registry(none, dir); got != "" {
		t.Errorf("got %q, want no default", got)
	}
	if err := os.WriteFile(filepath.Join(dir, ".npmrc"), []byte("fund=false\nregistry = http://r.example/\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := registry(none, dir); got != "http://r.example/" {
		t.Errorf("got %q, want the one of .npmrc", got)
	}
	if _, err := fetch("", Package{File: "x.tgz"}); err == nil || !strings.Contains(err.Error(), "x.tgz") {
		t.Errorf("without a registry: got %v", err)
	}
}
