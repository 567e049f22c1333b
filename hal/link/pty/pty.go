// Package pty opens pseudo terminals, which stand for serial lines and printer
// device files where simulators and tests need a real one with small kernel
// buffers. It is not part of the product; it starts no goroutine.
package pty

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Pair is a raw pseudo terminal. Near is the simulator's end, Path the device
// file of the other one.
type Pair struct {
	Near *os.File
	Path string

	far *os.File // held open, so that Near sees no hang-up between openings
}

// Open makes a pair: 8 data bits, nothing echoed, nothing translated.
func Open() (*Pair, error) {
	near, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open a pseudo terminal: %w", err)
	}
	p := &Pair{Near: near}
	if err := p.unlock(); err != nil {
		return nil, errors.Join(fmt.Errorf("open a pseudo terminal: %w", err), p.Close())
	}
	return p, nil
}

func (p *Pair) unlock() error {
	raw, err := p.Near.SyscallConn()
	if err != nil {
		return err
	}
	var number int
	var ioctlErr error
	err = raw.Control(func(fd uintptr) {
		if ioctlErr = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); ioctlErr == nil {
			number, ioctlErr = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	})
	if err := errors.Join(err, ioctlErr); err != nil {
		return err
	}
	p.Path = fmt.Sprintf("/dev/pts/%d", number)
	if p.far, err = os.OpenFile(p.Path, os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		return err
	}
	return makeRaw(int(p.far.Fd()))
}

func makeRaw(fd int) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
	t.Cflag = unix.CS8 | unix.CREAD | unix.CLOCAL
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
}

// Close ends both sides, as pulling the plug does.
func (p *Pair) Close() error {
	err := p.Near.Close()
	if p.far != nil {
		err = errors.Join(err, p.far.Close())
	}
	return err
}
