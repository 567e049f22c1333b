package link

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"go.bug.st/serial"
)

// Serial opens a serial line. Name it by a path that stays, such as
// /dev/serial/by-path/…: after a re-plug ttyUSB0 may return as ttyUSB1.
type Serial struct {
	Path string
	Mode serial.Mode // zero fields mean 9600 8N1
}

// String names the link.
func (s Serial) String() string { return "serial " + s.Path }

// Open opens the line and sets its parameters.
func (s Serial) Open(ctx context.Context) (Link, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open %s: %w", s, err)
	}
	mode := s.Mode
	if mode.BaudRate == 0 {
		mode.BaudRate = 9600
	}
	if mode.DataBits == 0 {
		mode.DataBits = 8
	}
	port, err := serial.Open(s.Path, &mode)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w%s", s, err, serialRemedy(err))
	}
	return &line{name: s.String(), port: port, closed: make(chan struct{}), sending: make(chan struct{}, 1)}, nil
}

func serialRemedy(err error) string {
	var p *serial.PortError
	if !errors.As(err, &p) {
		return fileRemedy(err)
	}
	switch p.Code() {
	case serial.PortNotFound:
		return " (check the cable and the device's power)"
	case serial.PortBusy:
		return " (another program holds the line; stop it or unplug and plug the device)"
	case serial.PermissionDenied:
		return " (not permitted; the firmware must run as root)"
	case serial.InvalidSpeed, serial.InvalidDataBits, serial.InvalidParity, serial.InvalidStopBits:
		return " (the line cannot do these settings; use 9600 8N1)"
	}
	return ""
}

const (
	// slice is how long a read waits before it looks at deadline and Close: the
	// library reports a timeout as zero bytes and no error, and its Close closes
	// the descriptor before it wakes readers.
	slice = 50 * time.Millisecond
	// chunk bounds one write(2), so that a partial one can be told.
	chunk = 256
)

// line gives a port deadlines and a Close that interrupts.
type line struct {
	name string
	port serial.Port

	reading sync.Mutex // held by a read; Close waits for it
	sending chan struct{}

	once   sync.Once
	closed chan struct{}

	mu      sync.Mutex // guards both deadlines
	readBy  time.Time
	writeBy time.Time
}

// SetReadDeadline bounds reads, also one under way.
func (l *line) SetReadDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.readBy = t
	return nil
}

// SetWriteDeadline bounds the writes that follow.
func (l *line) SetWriteDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writeBy = t
	return nil
}

func (l *line) isClosed() bool {
	select {
	case <-l.closed:
		return true
	default:
		return false
	}
}

// Read returns at least one byte, or an error.
func (l *line) Read(p []byte) (int, error) {
	l.reading.Lock()
	defer l.reading.Unlock()
	for {
		if l.isClosed() {
			return 0, fmt.Errorf("read %s: %w", l.name, os.ErrClosed)
		}
		l.mu.Lock()
		by := l.readBy
		l.mu.Unlock()
		wait := slice
		if !by.IsZero() {
			wait = min(wait, max(0, time.Until(by)))
		}
		n, err := l.take(p, wait)
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		if !by.IsZero() && !time.Now().Before(by) {
			return 0, fmt.Errorf("read %s: %w", l.name, os.ErrDeadlineExceeded)
		}
	}
}

func (l *line) take(p []byte, wait time.Duration) (int, error) {
	if err := l.port.SetReadTimeout(wait); err != nil {
		return 0, fmt.Errorf("read %s: %w", l.name, err)
	}
	n, err := l.port.Read(p)
	if err != nil && n == 0 {
		return 0, fmt.Errorf("read %s: %w", l.name, gone(err))
	}
	return n, nil
}

// gone tells a pulled plug, which the library calls a closed port.
func gone(err error) error {
	var p *serial.PortError
	if errors.As(err, &p) && p.Code() == serial.PortClosed {
		return fmt.Errorf("the line is gone (check the cable): %w", err)
	}
	return err
}

// Write sends p in small pieces and returns how many bytes the kernel took. A
// piece the line does not take by the deadline is thrown away with what the
// kernel still held: the device then has got less than is counted.
func (l *line) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := l.send(p[done:min(done+chunk, len(p))])
		done += n
		if err != nil {
			return done, fmt.Errorf("write %s: %w", l.name, err)
		}
	}
	return done, nil
}

type sent struct {
	n   int
	err error
}

// send writes one piece beside a deadline; the library's Write has none, and
// its Close does not interrupt it. The goroutine ends with the write, which
// flushing the kernel's buffer lets go of.
func (l *line) send(piece []byte) (int, error) {
	expired, stop := l.expiry()
	defer stop()
	select {
	case l.sending <- struct{}{}:
	case <-expired:
		return 0, os.ErrDeadlineExceeded
	case <-l.closed:
		return 0, os.ErrClosed
	}
	result := make(chan sent, 1)
	mine := append([]byte(nil), piece...) // the caller may reuse his after a deadline
	go func() {
		n, err := l.port.Write(mine)
		<-l.sending
		result <- sent{n, err}
	}()
	select {
	case r := <-result:
		if r.err == nil && r.n < len(piece) {
			return l.rest(piece, r.n)
		}
		return r.n, gone(r.err)
	case <-expired:
		return 0, errors.Join(os.ErrDeadlineExceeded, l.port.ResetOutputBuffer())
	case <-l.closed:
		return 0, os.ErrClosed
	}
}

// rest goes on behind a partial write.
func (l *line) rest(piece []byte, n int) (int, error) {
	if n == 0 {
		return 0, fmt.Errorf("the line takes nothing")
	}
	more, err := l.send(piece[n:])
	return n + more, err
}

func (l *line) expiry() (<-chan time.Time, func()) {
	l.mu.Lock()
	by := l.writeBy
	l.mu.Unlock()
	if by.IsZero() {
		return nil, func() {}
	}
	t := time.NewTimer(max(0, time.Until(by)))
	return t.C, func() { t.Stop() }
}

// Close ends the line; reads and writes under way return os.ErrClosed. What the
// kernel has not sent yet is thrown away if a write hangs on it.
func (l *line) Close() error {
	err := fmt.Errorf("close %s: %w", l.name, os.ErrClosed)
	l.once.Do(func() {
		close(l.closed)
		l.reading.Lock() // at most one slice
		defer l.reading.Unlock()
		select {
		case l.sending <- struct{}{}: // nobody writes
		default:
			_ = l.port.ResetOutputBuffer() // lets go of the writer
			l.sending <- struct{}{}
		}
		err = l.port.Close()
	})
	return err
}
