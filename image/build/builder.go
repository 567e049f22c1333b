package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/tresen-pos/tresen/image/apt"
)

// cardBytes is the size of the image: 1104 MiB that gokrazy lays out, the rest
// data. A power of two, because QEMU's SD card emulation insists on it; no card
// sold today is smaller.
const cardBytes = 2 << 30

// builder is one run of the command.
type builder struct {
	out, checkout, recipe, seed, cache string
	log, metrics                       io.Writer
	date                               time.Time // of the source
}

func (b *builder) run(ctx context.Context) error {
	if err := b.absolute(); err != nil {
		return err
	}
	tools, err := apt.Host(b.log).Ensure(ctx, apt.MkfsExt4)
	if err != nil {
		return err
	}
	b.date = b.sourceDate(ctx)
	gok, err := b.buildGok(ctx)
	if err != nil {
		return err
	}
	inst, err := b.prepare()
	if err != nil {
		return err
	}
	// Written under another name first: a build that stops half-way leaves the
	// last good image alone.
	partial := b.out + ".partial"
	defer os.Remove(partial)
	if err := b.pack(ctx, gok, inst, partial); err != nil {
		return err
	}
	if err := b.formatPerm(ctx, tools[apt.MkfsExt4.Name], partial); err != nil {
		return err
	}
	if err := os.Rename(partial, b.out); err != nil {
		return fmt.Errorf("put image in place: %w", err)
	}
	return b.ship()
}

// absolute makes every path independent of the working folder, which differs
// for the children, and creates the folders to write to.
func (b *builder) absolute() error {
	for _, p := range []*string{&b.out, &b.checkout, &b.recipe, &b.seed, &b.cache} {
		if *p == "" {
			continue
		}
		abs, err := filepath.Abs(*p)
		if err != nil {
			return fmt.Errorf("path %s: %w", *p, err)
		}
		*p = abs
	}
	for _, dir := range []string{filepath.Dir(b.out), b.cache} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make output folder: %w", err)
		}
	}
	return nil
}

func (b *builder) pack(ctx context.Context, gok string, inst instance, img string) error {
	cmd := b.command(ctx, inst.parent, gok, "--parent_dir="+inst.parent, "-i", inst.name,
		"overwrite", "--full="+img, fmt.Sprintf("--target_storage_bytes=%d", cardBytes))
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("pack image with gok: %w", err)
	}
	return inst.checkPins()
}

// command prepares a child that builds the same bytes on every machine as far
// as the Go command can: no paths of this machine, no version control stamps,
// no cgo, no workspace file.
func (b *builder) command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, b.log, b.log
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false -trimpath", "CGO_ENABLED=0", "GOWORK=off", "TZ=UTC",
		"SOURCE_DATE_EPOCH="+strconv.FormatInt(b.date.Unix(), 10))
	return cmd
}
