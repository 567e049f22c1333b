// Command tresen is the firmware of a Tresen box: it sells, signs, prints and
// serves its pages. On a card it is started by the init system; it never ends
// with exit code 0, because that would mean "do not start me again".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // the image has no zone files

	"github.com/tresen-pos/tresen/firmware/box"
	"github.com/tresen-pos/tresen/firmware/config"
)

// Exit codes. The init system starts the box again after stopped; usage is
// for people at a shell.
const (
	stopped = 1
	usage   = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

func run(args []string, stderr io.Writer) int {
	cfg, err := settings(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return usage
	}
	if err != nil {
		fmt.Fprintln(stderr, "tresen:", err)
		return stopped
	}
	limitMemory()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	b := box.New(box.Options{Config: cfg, Version: version(), Log: slog.New(slog.NewTextHandler(stderr, nil))})
	if err := b.Run(ctx); err != nil {
		fmt.Fprintln(stderr, "tresen:", err)
	}
	return stopped
}

// settings reads the file in the data folder and lets flags override it.
func settings(args []string, stderr io.Writer) (config.Config, error) {
	f := flag.NewFlagSet("tresen", flag.ContinueOnError)
	f.SetOutput(stderr)
	perm := f.String("perm", "/perm/tresen", "data folder")
	listen := f.String("listen", "", "address of the web server, e.g. :8080")
	seed := f.String("seed", "", "file of first master data for empty books")
	mount := f.Bool("require-mount", false, "refuse a data folder that is not on a mounted partition")
	if err := f.Parse(args); err != nil {
		return config.Config{}, errors.Join(flag.ErrHelp, err)
	}
	c, err := config.Load(*perm)
	if err != nil {
		return c, err
	}
	if *listen != "" {
		c.Listen = *listen
	}
	c.Seed, c.RequireMount = *seed, *mount
	return c, nil
}

// softLimit keeps the heap within what a board with 1 GB can spare; the
// environment may say otherwise.
const softLimit = 80 << 20

func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
}

// Version is set by the builder of an image; other builds know their module's.
var Version = ""

func version() string {
	if Version != "" {
		return Version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "devel"
}
