//go:build boottest

package boottest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/image/apt"
	"github.com/tresen-pos/tresen/image/gpt"
	"github.com/tresen-pos/tresen/image/vm"
	"golang.org/x/sys/unix"
)

const (
	imageFile = "../../out/tresen.img"
	outDir    = "../../out/boottest"
	// hang bounds one boot: a healthy one takes ten seconds, a busy machine a
	// minute. It is not a measurement.
	hang = 5 * time.Minute
)

// card is a copy of the image, which the test may write to, and the tools.
type card struct {
	image, dir string
	last       string // boot
	tools      map[string]string
}

func newCard(t *testing.T) *card {
	t.Helper()
	tools, err := apt.Host(os.Stderr).Ensure(t.Context(), apt.QEMU, apt.Mcopy, apt.E2fsck, apt.Debugfs)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs(outDir)
	if err != nil {
		t.Fatal(err)
	}
	// Only the logs stay: they are what one wants to read afterwards.
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	c := &card{image: filepath.Join(t.TempDir(), "card.img"), dir: dir, tools: tools}
	st, err := os.Stat(imageFile)
	if err != nil {
		t.Fatalf("%v: build it with \"go run ./image/build\"", err)
	}
	if err := copySparse(c.image, imageFile, 0, st.Size()); err != nil {
		t.Fatal(err)
	}
	return c
}

// boot starts the card and waits until the box says that it can sell.
func (c *card) boot(t *testing.T, name string) (*vm.VM, time.Duration) {
	t.Helper()
	serial := filepath.Join(c.dir, name+".log")
	c.last = name
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	m, err := vm.Start(t.Context(), vm.Config{
		Image: c.image, Dir: t.TempDir(), Serial: serial, Guest: 8080,
		QEMU: c.tools[apt.QEMU.Name], Mcopy: c.tools[apt.Mcopy.Name],
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Kill(); err != nil {
			t.Error(err)
		}
		if t.Failed() && c.last == name { // the others are in dir
			log, err := os.ReadFile(serial)
			t.Logf("serial console of %s, all are in %s (%v):\n%s", name, c.dir, err, log)
		}
	})
	took, err := m.WaitHTTP(ctx, "http://"+m.Addr+"/api/v1/health")
	if err != nil {
		t.Fatal(err)
	}
	return m, took
}

// perm copies the data partition as it lies on the card after the plug was
// pulled, lets ext4 replay its log as the box would, insists that nothing is
// left to repair, and returns a folder with the files of dir in it.
func (c *card) perm(t *testing.T, dir string) string {
	t.Helper()
	part := filepath.Join(t.TempDir(), "perm.ext4")
	if err := c.cut(part); err != nil {
		t.Fatal(err)
	}
	c.run(t, apt.E2fsck, "-y", "-E", "journal_only", part)
	c.run(t, apt.E2fsck, "-f", "-n", part)
	to := t.TempDir()
	out := c.run(t, apt.Debugfs, "-R", fmt.Sprintf("rdump %s %s", dir, to), part)
	got := filepath.Join(to, filepath.Base(dir))
	if _, err := os.Stat(got); err != nil {
		t.Fatalf("read %s from /perm: %v: %s", dir, err, out)
	}
	return got
}

// cut copies partition 4 of the card.
func (c *card) cut(to string) error {
	f, err := os.Open(c.image)
	if err != nil {
		return err
	}
	defer f.Close()
	parts, err := gpt.Read(f)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if p.Number == 4 {
			return copySparse(to, c.image, p.Start, p.Size)
		}
	}
	return errors.New("card has no data partition")
}

func (c *card) run(t *testing.T, p apt.Program, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), c.tools[p.Name], args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", p.Name, args, err, out)
	}
	return string(out)
}

// copySparse copies size bytes from start without filling the holes: a card
// image is mostly holes.
func copySparse(to, from string, start, size int64) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.Create(to)
	if err != nil {
		return err
	}
	defer dst.Close()
	if err := dst.Truncate(size); err != nil {
		return err
	}
	for at := start; at < start+size; {
		data, err := src.Seek(at, unix.SEEK_DATA)
		if errors.Is(err, unix.ENXIO) || err == nil && data >= start+size {
			break // only a hole is left
		}
		if err != nil {
			return err
		}
		if at, err = src.Seek(data, unix.SEEK_HOLE); err != nil {
			return err
		}
		at = min(at, start+size)
		if _, err := io.Copy(io.NewOffsetWriter(dst, data-start), io.NewSectionReader(src, data, at-data)); err != nil {
			return err
		}
	}
	return dst.Close()
}
