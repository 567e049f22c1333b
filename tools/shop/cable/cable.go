// Package cable is a network cable between screens and a box that can be cut and
// mended: it carries TCP connections byte by byte to one address. A cut ends
// every connection, and new ones end at once. It knows no protocol above TCP,
// and neither delays nor damages what it carries. Run owns its goroutines, two
// for each connection; they end with Close.
package cable

import (
	"errors"
	"io"
	"net"
	"sync"
)

// Cable carries connections from a listener to a box.
type Cable struct {
	listener net.Listener
	target   string

	mu    sync.Mutex // guards all below
	cut   bool
	conns map[net.Conn]bool
	wg    sync.WaitGroup
}

// New takes over the listener; target is the box, HOST:PORT, which may be down
// or come later. Nothing is carried before Run.
func New(l net.Listener, target string) *Cable {
	return &Cable{listener: l, target: target, conns: map[net.Conn]bool{}}
}

// Addr is where screens connect, HOST:PORT.
func (k *Cable) Addr() string { return k.listener.Addr().String() }

// Run carries connections until Close, and returns when all of them ended. Any
// other end is an error of the listener.
func (k *Cable) Run() error {
	for {
		screen, err := k.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			k.wg.Wait()
			return nil
		}
		if err != nil {
			return err
		}
		k.wg.Go(func() { k.carry(screen) })
	}
}

func (k *Cable) carry(screen net.Conn) {
	defer screen.Close()
	if !k.add(screen) {
		return
	}
	defer k.remove(screen)
	box, err := net.Dial("tcp", k.target)
	if err != nil {
		return // the box is down: the screen sees a closed connection, as it would
	}
	defer box.Close()
	if !k.add(box) {
		return
	}
	defer k.remove(box)
	pipe := func(to, from net.Conn) {
		// A broken pipe is what a cable that can be cut is for; both ends are closed.
		_, _ = io.Copy(to, from)
		_ = to.Close()
		_ = from.Close()
	}
	var wg sync.WaitGroup
	wg.Go(func() { pipe(box, screen) })
	pipe(screen, box)
	wg.Wait()
}

func (k *Cable) add(c net.Conn) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cut {
		return false
	}
	k.conns[c] = true
	return true
}

func (k *Cable) remove(c net.Conn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.conns, c)
}

// Up reports whether the cable is whole.
func (k *Cable) Up() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.cut
}

// Cut cuts or mends the cable. An error is one of closing a connection; all are
// closed, whatever it is.
func (k *Cable) Cut(cut bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cut = cut
	if !cut {
		return nil
	}
	return k.dropLocked()
}

func (k *Cable) dropLocked() error {
	var errs []error
	for c := range k.conns {
		if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Close pulls the cable out for good.
func (k *Cable) Close() error {
	err := k.listener.Close()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cut = true // one accepted a moment ago is not carried any more
	return errors.Join(err, k.dropLocked())
}
