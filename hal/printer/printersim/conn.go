package printersim

import (
	"net"
	"sync"
	"time"
)

// client is the connection being served.
type client struct {
	c    net.Conn
	out  chan []byte // replies; 1024: more than any driver leaves unread
	once sync.Once
	rest int // bytes still taken before the link is cut; negative: unlimited
}

// cut ends the connection at once, as a pulled plug does: by reset.
func (c *client) cut() {
	c.once.Do(func() {
		if t, ok := c.c.(*net.TCPConn); ok {
			_ = t.SetLinger(0)
		}
		c.c.Close()
	})
}

func (c *client) hangUp() {
	c.once.Do(func() { c.c.Close() })
}

// accept serves one client after the other; further ones wait in the backlog,
// connected and unanswered, as with real printers.
func (s *Sim) accept(ln net.Listener) {
	defer s.wg.Done()
	for {
		c, err := ln.Accept()
		if err != nil {
			return // power off
		}
		s.serve(c)
	}
}

func (s *Sim) serve(conn net.Conn) {
	c := &client{c: conn, out: make(chan []byte, 1024), rest: -1}
	s.mu.Lock()
	if !s.on {
		s.mu.Unlock()
		conn.Close()
		return
	}
	s.conn = c
	if s.faults.cutAfter >= 0 {
		c.rest, s.faults.cutAfter = s.faults.cutAfter, -1
	}
	s.mu.Unlock()
	var writer sync.WaitGroup
	writer.Add(1)
	go func() { defer writer.Done(); c.write() }()
	s.readAll(c)
	s.mu.Lock()
	if s.conn == c { // a power cycle may have brought the next one already
		s.conn, s.asb = nil, 0
	}
	close(c.out) // replies go to s.conn only, under the lock
	s.mu.Unlock()
	writer.Wait()
	c.hangUp()
}

// write sends replies until the connection ends. A driver that does not read for
// 5 s loses them.
func (c *client) write() {
	for b := range c.out {
		_ = c.c.SetWriteDeadline(time.Now().Add(5 * time.Second))
		_, _ = c.c.Write(b)
	}
}

// readAll takes bytes as long as there is room in the buffer.
func (s *Sim) readAll(c *client) {
	buf := make([]byte, 32<<10)
	for {
		room := s.room(c)
		if room == 0 {
			return
		}
		n, err := c.c.Read(buf[:min(room, len(buf))])
		if n > 0 {
			s.receive(c, buf[:n])
			s.sink()
		}
		if err != nil {
			return
		}
	}
}

// room waits for space in the input buffer; 0 means that the power is off.
func (s *Sim) room(c *client) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.on && s.conn == c && len(s.input) >= s.opts.Buffer {
		s.cond.Wait()
	}
	if !s.on || s.conn != c {
		return 0
	}
	return s.opts.Buffer - len(s.input)
}

// receive takes bytes from the link: real-time commands are obeyed at once, even
// inside picture data; everything goes through the buffer.
func (s *Sim) receive(c *client, b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on || s.conn != c {
		return
	}
	cut := false
	if c.rest >= 0 {
		if len(b) >= c.rest {
			b, cut = b[:c.rest], true
		}
		c.rest -= len(b)
	}
	s.input = append(s.input, b...)
	s.scanLocked(b)
	if s.rate == 0 {
		s.processLocked(s.opts.Buffer)
	} else {
		s.cond.Broadcast()
	}
	if cut {
		c.cut()
	}
}

// replyLocked sends a reply to whoever is connected, damaged as the faults say.
func (s *Sim) replyLocked(b []byte) {
	c := s.conn
	if c == nil || s.faults.mute {
		return
	}
	if s.faults.garbage {
		b = make([]byte, len(b)+1)
		for i := range b {
			b[i] = byte(s.rng.Uint32())
		}
	}
	cut := s.faults.cutAnswer
	if cut {
		s.faults.cutAnswer = false
		b = b[:len(b)/2]
	}
	select {
	case c.out <- append([]byte(nil), b...):
	default:
	}
	if cut {
		c.cut()
	}
}
