package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

//go:embed lock.json
var lockFile []byte

// Package is one pinned npm package.
type Package struct {
	Name, Version, File string
	Integrity           string // "sha512-" and the hash of the tarball in base64
	Licence, Use        string
}

// maxUnpacked bounds one unpacked file; the largest real one has 3 MB.
const maxUnpacked = 16 << 20

// Lock returns the pinned packages.
func Lock() ([]Package, error) {
	var ps []Package
	d := json.NewDecoder(bytes.NewReader(lockFile))
	d.DisallowUnknownFields()
	if err := d.Decode(&ps); err != nil {
		return nil, fmt.Errorf("read lock.json: %w", err)
	}
	return ps, nil
}

// modules is where the packages are unpacked.
func modules(root string) string { return filepath.Join(root, ".cache", "npm", "node_modules") }

// Module returns the folder of an unpacked package.
func Module(root, name string) string { return filepath.Join(modules(root), filepath.FromSlash(name)) }

// Unpack makes the pinned packages ready for Build. It may run in several
// processes at once.
func Unpack(root string) error {
	ps, err := Lock()
	if err != nil {
		return err
	}
	for _, p := range ps {
		if unpacked(root, p) {
			continue
		}
		if err := unpack(root, p); err != nil {
			return fmt.Errorf("npm package %s %s: %w", p.Name, p.Version, err)
		}
	}
	return nil
}

// unpacked compares the stamp of an earlier Unpack, which is written last.
func unpacked(root string, p Package) bool {
	stamp, err := os.ReadFile(filepath.Join(Module(root, p.Name), ".integrity"))
	return err == nil && string(stamp) == p.Integrity
}

func unpack(root string, p Package) error {
	packed, err := tarball(root, p)
	if err != nil {
		return err
	}
	dir := Module(root, p.Name)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(modules(root)), "unpack-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := untar(packed, tmp); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, ".integrity"), []byte(p.Integrity), 0o644); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.Rename(tmp, dir); err != nil && !unpacked(root, p) {
		return err
	}
	return nil
}

// tarball returns the packed package: the one in the repository, or, when that
// is missing, from the registry the environment names.
func tarball(root string, p Package) ([]byte, error) {
	file := filepath.Join(root, "tools", "webbuild", "npm", p.File)
	b, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		if b, err = fetch(registry(os.Getenv, root), p); err == nil {
			err = verify(b, p)
		}
		if err == nil {
			err = os.WriteFile(file, b, 0o644)
		}
	}
	if err != nil {
		return nil, err
	}
	return b, verify(b, p)
}

func verify(b []byte, p Package) error {
	sum := sha512.Sum512(b)
	got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
	if got != p.Integrity {
		return fmt.Errorf("%s has the hash %s, pinned is %s", p.File, got, p.Integrity)
	}
	return nil
}

// untar unpacks the files below package/, as npm packs them.
func untar(packed []byte, dir string) error {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		_, name, ok := strings.Cut(h.Name, "/")
		if h.Typeflag != tar.TypeReg || !ok {
			continue
		}
		if !filepath.IsLocal(name) || h.Size > maxUnpacked {
			return fmt.Errorf("unpack %q: outside the package or too large", h.Name)
		}
		if err := store(filepath.Join(dir, name), io.LimitReader(r, maxUnpacked)); err != nil {
			return err
		}
	}
}

func store(file string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o644)
}
