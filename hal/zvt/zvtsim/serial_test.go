package zvtsim_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/zvt"
	"github.com/tresen-pos/tresen/hal/zvt/zvtsim"
)

// openPTY returns the near end of a raw pseudo terminal and the path of its far
// end, which stands for the serial port.
func openPTY(t testing.TB) (master *os.File, path string) {
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
	slave, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0) // held open: no hang-up between calls
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

// startSerial returns a terminal on a serial line, a client for it, and what ends
// the line and waits for the terminal.
func startSerial(t testing.TB, so zvtsim.Options) (*zvtsim.Terminal, *zvt.Client, func()) {
	t.Helper()
	master, path := openPTY(t)
	p := &patience{}
	so.Serial, so.Stalled = true, p.fire
	sim := zvtsim.New(so)
	done := make(chan struct{})
	go func() { defer close(done); sim.Serve(master) }()
	end := func() { master.Close(); <-done }
	t.Cleanup(end)
	return sim, client(t, link.File{Path: path}, zvt.Opts{Serial: true}, p), end
}

func TestSerialPayment(t *testing.T) {
	sim, c, _ := startSerial(t, zvtsim.Options{})
	for _, amount := range []int64{1010, 101010} { // the byte 10 is doubled on the line
		r := c.Transact(bg, pay(amount), zvt.Hooks{Keep: keep})
		if r.Outcome != zvt.Approved || r.Status.Amount != amount || len(r.Lines) != 8 {
			t.Fatalf("got %+v", r)
		}
	}
	if got := sim.Charged(); len(got) != 2 {
		t.Errorf("got %+v", got)
	}
	if st, err := c.Enquire(bg); err != nil || !st.Idle() {
		t.Errorf("got %+v, %v", st, err)
	}
}

// TestSerialFaultAtEveryStep is the same promise on a line that keeps old bytes.
func TestSerialFaultAtEveryStep(t *testing.T) {
	for _, so := range []zvtsim.Options{{BusyPolls: 2}, {KeepUnacked: true, Stubborn: true, BusyPolls: 1}} {
		t.Run(fmt.Sprintf("keep=%v", so.KeepUnacked), func(t *testing.T) {
			sim, c, end := startSerial(t, so)
			campaign(t, sim, c, payments()/4, end)
		})
	}
}
