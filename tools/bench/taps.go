package main

import "io"

// taps is measured by the browser's own clock.
func taps(w io.Writer, program, dir string) error { return nil }
