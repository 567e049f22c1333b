package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// program is the firmware, built once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "shop-test-*")
	if err != nil {
		return "", err
	}
	folder = dir
	return rig.Build(dir)
})

var folder string // of program

func TestMain(m *testing.M) {
	code := m.Run()
	if folder != "" {
		_ = os.RemoveAll(folder) // a leftover in the temp folder is no failure
	}
	os.Exit(code)
}

func firmwareFor(t *testing.T) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// refused runs the shop, which must end with 1 and one sentence.
func refused(t *testing.T, want string, args ...string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(args, &stdout, &stderr)
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	last := lines[len(lines)-1]
	if code != 1 || !strings.HasPrefix(last, "shop: ") || !strings.Contains(last, want) || stdout.Len() > 0 {
		t.Errorf("%v: got %d %q, want %q", args, code, stderr.String(), want)
	}
	if len(lines) != 1 {
		t.Errorf("%v: %d lines: %s", args, len(lines), stderr.String())
	}
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	refused(t, "stop the program that uses the port, or choose another with ADDR=", "-addr", l.Addr().String(), "-data", t.TempDir(), "-box", firmwareFor(t))
}

func TestBadAddresses(t *testing.T) {
	for addr, want := range map[string]string{"8080": "write HOST:PORT", "127.0.0.1:x": "the port lies between", "127.0.0.1:65535": "the port lies between",
		"127.0.0.1:-1": "the port lies between"} {
		refused(t, want, "-addr", addr, "-data", t.TempDir(), "-box", firmwareFor(t))
	}
}

func TestFolderNotWritable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{file, filepath.Join(file, "below"), "/proc/shop"} {
		refused(t, "choose one you may write with DATA=", "-addr", "127.0.0.1:0", "-data", data, "-box", firmwareFor(t))
	}
}

// TestDisk needs a mount of its own: read-only, full at once, and full when the
// box makes its journal.
func TestDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("only root may mount a file system: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	shop := []string{"-addr", "127.0.0.1:0", "-data", filepath.Join(dir, "shop"), "-box", firmwareFor(t)}
	refused(t, "free some space, the journal needs 48 MB", shop...)
	if err := os.RemoveAll(filepath.Join(dir, "shop")); err != nil {
		t.Fatal(err)
	}
	// The write ends with the disk full, which is what it is for.
	_ = os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, 1<<20), 0o600)
	refused(t, "free some space", shop...)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=1m"); err != nil {
		t.Fatal(err)
	}
	refused(t, "choose one you may write with DATA=", "-addr", "127.0.0.1:0", "-data", filepath.Join(dir, "other"), "-box", firmwareFor(t))
}

func TestNoFirmware(t *testing.T) {
	text := filepath.Join(t.TempDir(), "tresen")
	if err := os.WriteFile(text, []byte("no program"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/no/such/tresen", text, t.TempDir()} {
		refused(t, "start the box "+path, "-addr", "127.0.0.1:0", "-data", t.TempDir(), "-box", path)
	}
}

func TestUsage(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-nothing"}, &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), "-data") {
		t.Errorf("got %d %s", code, stderr.String())
	}
}

// TestPortsStay: port 0 gives the same ports again for the same data.
func TestPortsStay(t *testing.T) {
	dir := t.TempDir()
	first, err := choosePorts("127.0.0.1:0", dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := choosePorts("127.0.0.1:0", dir)
	if err != nil || again != first || first.Till == first.Desk || first.Desk == first.Printer {
		t.Errorf("got %v, then %v, %v", first, again, err)
	}
	fixed, err := choosePorts("127.0.0.1:9000", dir)
	if want := (ports{"127.0.0.1:9000", "127.0.0.1:9001", "127.0.0.1:9002"}); err != nil || fixed != want {
		t.Errorf("got %v, %v", fixed, err)
	}
}
