// Package apt finds the programs that building and booting the image needs
// (mkfs.ext4, mcopy, QEMU) and installs those that are missing with Debian's
// apt-get when it may.
//
// It follows no specification; package names are those of Debian 12 and 13.
// It does not upgrade, pin or remove anything and knows no other package
// manager. It starts no goroutines; apt-get runs as a child and is waited for.
package apt

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Program is a command and the Debian package that brings it.
type Program struct {
	Name    string // as typed, for example "mkfs.ext4"
	Package string // for example "e2fsprogs"
}

// Programs the image rooms use.
var (
	MkfsExt4 = Program{"mkfs.ext4", "e2fsprogs"}
	E2fsck   = Program{"e2fsck", "e2fsprogs"}
	Debugfs  = Program{"debugfs", "e2fsprogs"}
	Mcopy    = Program{"mcopy", "mtools"}
	QEMU     = Program{"qemu-system-aarch64", "qemu-system-arm"}
)

// Machine is what Ensure knows of the computer it runs on. Tests fill it by
// hand; Host fills it for real.
type Machine struct {
	Dirs []string // searched in order
	Root bool     // may call apt-get
	// Run starts a command and waits for it; nil output is discarded.
	Run func(ctx context.Context, name string, args ...string) error
}

// Host is the computer this process runs on. apt-get's output goes to log.
// The sbin folders are searched too: they are missing from the PATH of
// ordinary users on Debian, and mkfs.ext4 lives there.
func Host(log io.Writer) Machine {
	dirs := append(filepath.SplitList(os.Getenv("PATH")), "/usr/local/sbin", "/usr/sbin", "/sbin")
	return Machine{Dirs: dirs, Root: os.Geteuid() == 0, Run: func(ctx context.Context, name string, args ...string) error {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		cmd.Stdout, cmd.Stderr = log, log
		return cmd.Run()
	}}
}

// Ensure returns the path of each program by its name. Missing ones are
// installed when the machine allows it; otherwise the error is one sentence
// with the line to type.
func (m Machine) Ensure(ctx context.Context, programs ...Program) (map[string]string, error) {
	paths, missing := m.find(programs)
	if len(missing) == 0 {
		return paths, nil
	}
	pkgs := packages(missing)
	line := "apt-get install --no-install-recommends " + strings.Join(pkgs, " ")
	if !m.Root {
		return nil, fmt.Errorf("%s not found: run \"sudo %s\" and try again", names(missing), line)
	}
	if err := m.install(ctx, pkgs); err != nil {
		return nil, fmt.Errorf("%s not found and \"%s\" failed: %w", names(missing), line, err)
	}
	if paths, missing = m.find(programs); len(missing) > 0 {
		return nil, fmt.Errorf("%s not found, even after \"%s\"", names(missing), line)
	}
	return paths, nil
}

func (m Machine) install(ctx context.Context, pkgs []string) error {
	// A fresh container has no package lists; a stale list only costs time.
	if err := m.Run(ctx, "apt-get", "update", "-q"); err != nil {
		return fmt.Errorf("apt-get update: %w", err)
	}
	args := append([]string{"install", "-q", "-y", "--no-install-recommends"}, pkgs...)
	return m.Run(ctx, "apt-get", args...)
}

func (m Machine) find(programs []Program) (paths map[string]string, missing []Program) {
	paths = make(map[string]string, len(programs))
	for _, p := range programs {
		if path, ok := m.look(p.Name); ok {
			paths[p.Name] = path
			continue
		}
		missing = append(missing, p)
	}
	return paths, missing
}

func (m Machine) look(name string) (string, bool) {
	for _, dir := range m.Dirs {
		path := filepath.Join(dir, name)
		if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return path, true
		}
	}
	return "", false
}

func packages(programs []Program) []string {
	var pkgs []string
	for _, p := range programs {
		pkgs = append(pkgs, p.Package)
	}
	slices.Sort(pkgs)
	return slices.Compact(pkgs)
}

func names(programs []Program) string {
	var s []string
	for _, p := range programs {
		s = append(s, p.Name)
	}
	return strings.Join(s, ", ")
}
