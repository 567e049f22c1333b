package main

import (
	"errors"
	"io"
	"net"
	"sync"
)

// proxy is the cable between the tills and the box; it can be cut.
type proxy struct {
	listener net.Listener
	target   string

	mu    sync.Mutex // guards all below
	cut   bool
	conns map[net.Conn]bool
	wg    sync.WaitGroup
}

func newProxy(l net.Listener, target string) *proxy {
	return &proxy{listener: l, target: target, conns: map[net.Conn]bool{}}
}

// run carries connections until the listener closes.
func (p *proxy) run() error {
	for {
		c, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			p.wg.Wait()
			return nil
		}
		if err != nil {
			return err
		}
		p.wg.Go(func() { p.carry(c) })
	}
}

func (p *proxy) carry(c net.Conn) {
	defer c.Close()
	if !p.add(c) {
		return
	}
	defer p.remove(c)
	box, err := net.Dial("tcp", p.target)
	if err != nil || !p.add(box) {
		return // the box is down: the till sees a closed connection, as it would
	}
	defer box.Close()
	defer p.remove(box)
	var wg sync.WaitGroup
	pipe := func(to, from net.Conn) {
		// A broken pipe is what the proxy is for; both ends are closed.
		_, _ = io.Copy(to, from)
		_ = to.Close()
		_ = from.Close()
	}
	wg.Go(func() { pipe(box, c) })
	pipe(c, box)
	wg.Wait()
}

func (p *proxy) add(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut {
		return false
	}
	p.conns[c] = true
	return true
}

func (p *proxy) remove(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

// Up reports whether the cable is whole.
func (p *proxy) Up() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.cut
}

// Cut cuts or mends the cable.
func (p *proxy) Cut(cut bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = cut
	if !cut {
		return nil
	}
	return p.dropLocked()
}

func (p *proxy) dropLocked() error {
	var errs []error
	for c := range p.conns {
		if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (p *proxy) close() error {
	err := p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	return errors.Join(err, p.dropLocked())
}
