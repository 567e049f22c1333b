package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// progress shows how far a long reading has come, whole percents only, on one line.
type progress struct {
	w    io.Writer // nil: be silent
	last int64
}

func newProgress(show bool, w io.Writer) *progress {
	if !show {
		w = nil
	}
	return &progress{w: w, last: -1}
}

// bytes has the shape of journal.Options.Progress.
func (p *progress) bytes(done, total int64) {
	if p.w == nil || total <= 0 {
		return
	}
	if percent := done * 100 / total; percent != p.last {
		p.last = percent
		fmt.Fprintf(p.w, "\r%3d %%", percent)
	}
}

func (p *progress) end() {
	if p.w != nil && p.last >= 0 {
		fmt.Fprintln(p.w)
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
