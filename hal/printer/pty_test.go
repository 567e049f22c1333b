package printer_test

import (
	"context"
	"io"
	"net"
	"os"
	"testing"

	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/link/pty"
	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/hal/printer/printersim"
)

// openPTY returns the near end of a pseudo terminal and the path of its far end,
// which stands for /dev/usb/lp0: a device file with small kernel buffers.
func openPTY(t *testing.T) (near *os.File, path string) {
	t.Helper()
	p, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p.Near, p.Path
}

// TestDeviceFile prints whole receipts through a device file and through a
// serial line to the simulator.
func TestDeviceFile(t *testing.T) {
	for name, open := range map[string]func(path string) link.Opener{
		"file":   func(path string) link.Opener { return link.File{Path: path} },
		"serial": func(path string) link.Opener { return link.Serial{Path: path} },
	} {
		t.Run(name, func(t *testing.T) { printThrough(t, open) })
	}
}

func printThrough(t *testing.T, open func(path string) link.Opener) {
	sim := newSim(t, printersim.Options{ProcessID: true})
	master, path := openPTY(t)
	c, err := net.Dial("tcp", sim.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() { _, _ = io.Copy(c, master) }()
	go func() { _, _ = io.Copy(master, c) }()
	p := newPrinter(t, open(path), withProcessID(printer.Paper80x42()), patient)
	for i := range 3 {
		out, err := p.Print(context.Background(), sample(42))
		want(t, out, err, printer.Printed, printer.None)
		if got := len(sim.Papers()); got != i+1 {
			t.Fatalf("got %d papers, want %d", got, i+1)
		}
	}
	if got := scan(t, sim.Papers()[2].Image()); got != tseCode {
		t.Errorf("got %q, want %q", got, tseCode)
	}
}

// TestDeviceFileTakesNoMore: usblp without paper blocks its writer for ever. The
// driver must come back, and say that some of it may be on paper.
func TestDeviceFileTakesNoMore(t *testing.T) {
	master, path := openPTY(t)
	opts := hasty
	opts.Answer = patient.Answer
	p := newPrinter(t, link.File{Path: path}, printer.Paper80x42(), opts)
	done := make(chan struct{})
	go func() {
		defer close(done)
		out, err := p.Print(context.Background(), sample(42))
		if out == printer.Printed || err == nil {
			t.Errorf("got %v, %v, want an error", out, err)
		}
	}()
	buf := make([]byte, 22) // the greeting and its question, and not a byte of the job
	if _, err := io.ReadFull(master, buf); err != nil {
		t.Fatal(err)
	}
	if _, err := master.Write([]byte{0x12, 0x12, 0x12, 0x12}); err != nil {
		t.Fatal(err)
	}
	<-done
}
