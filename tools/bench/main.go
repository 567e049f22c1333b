// Command bench measures the box from outside, as a till sees it: the real
// firmware as a process, driven over HTTP, the software TSE on P-256 without
// artificial delay, no printer. It prints one line per figure:
//
//	name value unit
//
// Times are medians over the runs; -million repeats the large figures with a
// million receipts.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	receipts := f.Int("receipts", 100_000, "receipts in the large books")
	million := f.Bool("million", false, "large books have a million receipts")
	browser := f.Bool("browser", true, "measure taps in Chromium, too")
	only := f.String("only", "", "sale, large or tap: that part only")
	if err := f.Parse(args); err != nil {
		return 2
	}
	if *million {
		*receipts = 1_000_000
	}
	if err := bench(stdout, *receipts, *browser, *only); err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	return 0
}

func bench(w io.Writer, receipts int, browser bool, only string) error {
	dir, err := os.MkdirTemp("", "tresen-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := rig.Build(dir)
	if err != nil {
		return err
	}
	parts := []struct {
		name string
		on   bool
		do   func(io.Writer, string, string) error
	}{
		{"sale", true, sales},
		{"tap", browser, taps},
		{"large", true, func(w io.Writer, p, d string) error { return large(w, p, d, receipts) }},
	}
	for _, p := range parts {
		if !p.on || only != "" && only != p.name {
			continue
		}
		if err := p.do(w, program, filepath.Join(dir, p.name)); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// figure prints one line.
func figure(w io.Writer, name string, value float64, unit string) {
	fmt.Fprintf(w, "%s %.3f %s\n", name, value, unit)
}
