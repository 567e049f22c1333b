package printer_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/hal/printer/printersim"
)

// openPTY returns the near end of a raw pseudo terminal and the path of its far
// end, which stands for /dev/usb/lp0: a device file with small kernel buffers.
func openPTY(t *testing.T) (master *os.File, path string) {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	master = os.NewFile(uintptr(fd), "ptmx")
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	path = fmt.Sprintf("/dev/pts/%d", n)
	// Held open, so that the master does not see a hang-up between jobs.
	slave, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(slave) })
	tio, err := unix.IoctlGetTermios(slave, unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	tio.Iflag, tio.Oflag, tio.Lflag = 0, 0, 0
	tio.Cflag = unix.CS8 | unix.CREAD | unix.CLOCAL
	tio.Cc[unix.VMIN], tio.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(slave, unix.TCSETS, tio); err != nil {
		t.Fatal(err)
	}
	return master, path
}

// TestDeviceFile prints a whole receipt through a device file to the simulator.
func TestDeviceFile(t *testing.T) {
	sim := newSim(t, printersim.Options{ProcessID: true})
	master, path := openPTY(t)
	c, err := net.Dial("tcp", sim.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() { _, _ = io.Copy(c, master) }()
	go func() { _, _ = io.Copy(master, c) }()
	p := newPrinter(t, link.File{Path: path}, withProcessID(printer.Paper80x42()), patient)
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
