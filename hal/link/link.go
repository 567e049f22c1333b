package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// Link is an open byte link. Read and Write return os.ErrDeadlineExceeded after
// their deadline, Write then with the number of bytes taken so far. Close
// interrupts both.
type Link interface {
	io.ReadWriteCloser
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

// HalfCloser is a Link that can end its sending side and go on reading, so that
// the tail of a job is not lost to a reset.
type HalfCloser interface {
	CloseWrite() error
}

// Opener opens a link, again and again if need be. String names the link for
// errors and logs ("tcp 192.168.1.50:9100").
type Opener interface {
	Open(ctx context.Context) (Link, error)
	String() string
}

// TCP opens TCP connections to Addr ("host:port"). Timeout bounds connecting;
// zero means 10 s: a receipt printer that serves another till keeps the second
// waiting, so 3 s is too short (node-thermal-printer issue 59).
type TCP struct {
	Addr    string
	Timeout time.Duration
}

// String names the link.
func (t TCP) String() string { return "tcp " + t.Addr }

// Open connects. Keep-alive probes find a peer that lost power within a minute.
func (t TCP) Open(ctx context.Context) (Link, error) {
	d := net.Dialer{Timeout: t.Timeout, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 15 * time.Second, Interval: 10 * time.Second, Count: 4}}
	if d.Timeout == 0 {
		d.Timeout = 10 * time.Second
	}
	c, err := d.DialContext(ctx, "tcp", t.Addr)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", t, err)
	}
	return c.(*net.TCPConn), nil
}

// File opens a device file, e.g. /dev/usb/lp0. The device must support polling
// (usblp, ttys and pipes do): usblp blocks a writer for ever when the paper is
// out, and only a polled file honours deadlines.
type File struct {
	Path string
}

// String names the link.
func (f File) String() string { return "file " + f.Path }

// Open opens the file for reading and writing, without making it the controlling
// terminal and without creating it.
func (f File) Open(ctx context.Context) (Link, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open %s: %w", f, err)
	}
	fd, err := syscall.Open(f.Path, syscall.O_RDWR|syscall.O_NONBLOCK|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w%s", f, err, fileRemedy(err))
	}
	file := os.NewFile(uintptr(fd), f.Path)
	if err := file.SetDeadline(time.Time{}); err != nil {
		file.Close()
		return nil, fmt.Errorf("open %s: no deadlines on this file, is it a device? %w", f, err)
	}
	return file, nil
}

// fileRemedy says what a technician does about the usual failures.
func fileRemedy(err error) string {
	switch {
	case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO):
		return " (check the cable and the device's power)"
	case errors.Is(err, syscall.EBUSY):
		return " (another program holds the device; stop it or unplug and plug the device)"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return " (not permitted; the firmware must run as root)"
	}
	return ""
}
