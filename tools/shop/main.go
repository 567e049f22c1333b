// Command shop is a shop in a laptop: the box's own firmware as a process of
// its own, with a receipt printer, a drawer and a signing unit simulated on
// real links, and a desk page to watch them and to break them.
//
//	ADDR=127.0.0.1:8080 DATA=./var/shop go run ./tools/shop
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("shop", flag.ContinueOnError)
	f.SetOutput(stderr)
	var o options
	f.StringVar(&o.addr, "addr", env("ADDR", "127.0.0.1:8080"), "address of till and office; the desk and the printer take the next two ports")
	f.StringVar(&o.data, "data", env("DATA", "./var/shop"), "data folder")
	f.StringVar(&o.box, "box", env("BOX", ""), "the firmware program; empty: the one beside this program, or built from source")
	f.StringVar(&o.curve, "curve", env("CURVE", "P-256"), "curve of a new signing unit: P-256 or brainpoolP384r1")
	if err := f.Parse(args); err != nil {
		return 2
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	s, err := open(ctx, o, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "shop:", err)
		return 1
	}
	if err := s.run(ctx, stdout); err != nil {
		fmt.Fprintln(stderr, "shop:", err)
		return 1
	}
	return 0
}

func env(name, value string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return value
}
