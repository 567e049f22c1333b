package apt

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func put(t *testing.T, dir, name string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!"), mode); err != nil {
		t.Fatal(err)
	}
}

func TestEnsureFindsWithoutInstalling(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "mcopy", 0o755)
	m := Machine{Dirs: []string{filepath.Join(dir, "absent"), dir}, Root: true, Run: func(context.Context, string, ...string) error {
		t.Error("apt-get was called although nothing is missing")
		return nil
	}}
	got, err := m.Ensure(t.Context(), Mcopy)
	if err != nil || got["mcopy"] != filepath.Join(dir, "mcopy") {
		t.Fatalf("Ensure = %v, %v", got, err)
	}
}

func TestEnsureTellsAnOrdinaryUserWhatToType(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "mcopy", 0o644) // there, but not executable
	m := Machine{Dirs: []string{dir}}
	_, err := m.Ensure(t.Context(), Mcopy, MkfsExt4, E2fsck)
	if err == nil {
		t.Fatal("Ensure found programs that are not there")
	}
	want := `mcopy, mkfs.ext4, e2fsck not found: run "sudo apt-get install --no-install-recommends e2fsprogs mtools" and try again`
	if got := err.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEnsureInstallsAsRoot(t *testing.T) {
	dir := t.TempDir()
	var ran []string
	m := Machine{Dirs: []string{dir}, Root: true, Run: func(_ context.Context, name string, args ...string) error {
		ran = append(ran, name+" "+strings.Join(args, " "))
		if args[0] == "install" {
			put(t, dir, "mkfs.ext4", 0o755)
		}
		return nil
	}}
	if _, err := m.Ensure(t.Context(), MkfsExt4); err != nil {
		t.Fatal(err)
	}
	want := "apt-get update -q;apt-get install -q -y --no-install-recommends e2fsprogs"
	if got := strings.Join(ran, ";"); got != want {
		t.Errorf("ran %q, want %q", got, want)
	}
}

func TestEnsureReportsWhatFailed(t *testing.T) {
	broken := errors.New("no network")
	for _, c := range []struct {
		name string
		run  func(context.Context, string, ...string) error
		want string
	}{
		{"update fails", func(context.Context, string, ...string) error { return broken }, "apt-get update: no network"},
		{"package without the program", func(context.Context, string, ...string) error { return nil }, "even after"},
	} {
		m := Machine{Dirs: []string{t.TempDir()}, Root: true, Run: c.run}
		_, err := m.Ensure(t.Context(), QEMU)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want it to contain %q", c.name, err, c.want)
		}
	}
}

func TestHostSearchesSbin(t *testing.T) {
	t.Setenv("PATH", "/nowhere")
	if got := strings.Join(Host(os.Stderr).Dirs, ":"); !strings.HasSuffix(got, "/usr/sbin:/sbin") {
		t.Errorf("Dirs = %s", got)
	}
}
