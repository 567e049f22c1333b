package displaysim

import (
	"fmt"
	"net"
	"sync"
)

// Sim is one simulated display on TCP. Its methods may be called from any
// goroutine.
type Sim struct {
	set Set
	wg  sync.WaitGroup

	mu       sync.Mutex // guards what follows
	cond     *sync.Cond // on mu: something arrived or changed
	screen   *Screen
	addr     string
	on       bool
	ln       net.Listener
	conn     net.Conn
	bytes    int
	cutAfter int // cut the link after so many more bytes; negative: never
	mute     bool
	noise    byte // xored onto the next byte
}

// New starts a display that is switched on.
func New(set Set) (*Sim, error) {
	s := &Sim{set: set, addr: "127.0.0.1:0", cutAfter: -1}
	s.cond = sync.NewCond(&s.mu)
	return s, s.PowerOn()
}

// Addr is where to send to; it stays the same over power cycles.
func (s *Sim) Addr() string { s.mu.Lock(); defer s.mu.Unlock(); return s.addr }

// PowerOn switches it on: dark, no page chosen.
func (s *Sim) PowerOn() error {
	ln, err := net.Listen("tcp", s.Addr())
	if err != nil {
		return fmt.Errorf("simulated display: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on, s.ln, s.addr, s.screen = true, ln, ln.Addr().String(), NewScreen(s.set)
	s.wg.Add(1)
	go s.accept(ln)
	return nil
}

// PowerOff cuts the link and forgets what it showed. Close is the same.
func (s *Sim) PowerOff() {
	s.mu.Lock()
	s.on = false
	s.ln.Close()
	s.hangUpLocked()
	s.mute = false
	s.screen = NewScreen(s.set)
	s.cond.Broadcast()
	s.mu.Unlock()
	s.wg.Wait()
}

// Close ends the display and waits for its goroutines.
func (s *Sim) Close() error { s.PowerOff(); return nil }

// CutAfter cuts the link once n more bytes have arrived.
func (s *Sim) CutAfter(n int) { s.mu.Lock(); defer s.mu.Unlock(); s.cutAfter = n }

// Mute stops taking bytes, as a display does that holds its handshake line.
func (s *Sim) Mute(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mute = on
	s.cond.Broadcast()
}

// Noise damages the next byte, as a serial line may.
func (s *Sim) Noise(mask byte) { s.mu.Lock(); defer s.mu.Unlock(); s.noise = mask }

// Lines is what the customer reads now.
func (s *Sim) Lines() [rows]string { s.mu.Lock(); defer s.mu.Unlock(); return s.screen.Lines() }

// Bytes is how many bytes have arrived since the start.
func (s *Sim) Bytes() int { s.mu.Lock(); defer s.mu.Unlock(); return s.bytes }

// Await waits until at least n bytes have arrived since the start.
func (s *Sim) Await(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.bytes < n {
		s.cond.Wait()
	}
}

// AwaitLines waits until the display shows these lines.
func (s *Sim) AwaitLines(want [rows]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.screen.Lines() != want {
		s.cond.Wait()
	}
}

func (s *Sim) hangUpLocked() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

// accept serves one link after the other.
func (s *Sim) accept(ln net.Listener) {
	defer s.wg.Done()
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetReadBuffer(4096) // a display buffers little
		}
		s.mu.Lock()
		if !s.on || s.ln != ln { // switched off meanwhile
			s.mu.Unlock()
			c.Close()
			return
		}
		s.conn = c
		s.mu.Unlock()
		s.read(c)
	}
}

func (s *Sim) read(c net.Conn) {
	defer c.Close()
	buf := make([]byte, 64)
	for {
		s.mu.Lock()
		for s.mute && s.conn == c {
			s.cond.Wait()
		}
		s.mu.Unlock()
		n, err := c.Read(buf)
		if !s.receive(c, buf[:n]) || err != nil {
			return
		}
	}
}

// receive shows bytes; false when the link is cut.
func (s *Sim) receive(c net.Conn, b []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.cond.Broadcast()
	cut := s.cutAfter >= 0 && len(b) >= s.cutAfter
	if cut {
		b = b[:s.cutAfter]
		s.cutAfter = -1
	} else if s.cutAfter >= 0 {
		s.cutAfter -= len(b)
	}
	if len(b) > 0 && s.noise != 0 {
		b[0] ^= s.noise
		s.noise = 0
	}
	if s.conn != c {
		return false
	}
	s.bytes += len(b)
	_, _ = s.screen.Write(b)
	if cut {
		s.hangUpLocked()
	}
	return !cut
}
