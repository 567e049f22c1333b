package scanner

import (
	"fmt"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/link"
)

// Scanner is one opened scanner. Its methods may be called from any goroutine.
type Scanner struct {
	info hal.Info
	link link.Link
	opts Opts
	in   chan []Event
	stop chan struct{}
	wg   sync.WaitGroup
	once sync.Once

	mu    sync.Mutex // guards what follows
	lost  error      // why the link ended
	codes int
	doubt Code // the last doubtful code; a good one clears it
}

// Start reads events from an open link, which it closes. A real device is opened
// by Open, which also asks it who it is.
func Start(l link.Link, info hal.Info, opts Opts) *Scanner {
	s := &Scanner{info: info, link: l, opts: opts.withDefaults(), stop: make(chan struct{}),
		in: make(chan []Event, 16)} // 16 reads; more wait in the kernel
	s.wg.Add(2)
	go s.read()
	go s.assemble()
	return s
}

// Info says who the scanner is.
func (s *Scanner) Info() hal.Info { return s.info }

// Done is closed when the scanner was pulled or closed.
func (s *Scanner) Done() <-chan struct{} { return s.stop }

// Err is why the link ended; nil while it lives and after Close.
func (s *Scanner) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost
}

// Close ends reading, which also ends a grab, and waits for the goroutines.
func (s *Scanner) Close() error {
	s.once.Do(func() { close(s.stop) })
	s.link.Close()
	s.wg.Wait()
	return nil
}

// Health is the last known state.
func (s *Scanner) Health() hal.Health {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.lost != nil:
		return hal.Health{Severity: hal.Fault, Code: "scanner-gone",
			Sentence: "The scanner is not connected.", Remedy: "Plug it in again; it is used at once."}
	case s.doubt.Doubt != NoDoubt:
		return hal.Health{Severity: hal.Warning, Code: "scanner-doubt",
			Sentence: "The last code was not read cleanly: " + s.doubt.Doubt.String() + ".", Remedy: "Scan it again."}
	case s.codes == 0:
		return hal.Health{Severity: hal.Fine, Sentence: "The scanner has not been used yet."}
	}
	return hal.Health{Severity: hal.Fine, Sentence: "The scanner is ready."}
}

// read hands events to the assembler until the link ends.
func (s *Scanner) read() {
	defer s.wg.Done()
	defer close(s.in)
	p := eventParser{size: s.opts.EventSize}
	buf := make([]byte, 64*Size64)
	for {
		n, err := s.link.Read(buf)
		var events []Event
		p.push(buf[:n], func(e Event) { events = append(events, e) })
		if len(events) > 0 {
			select {
			case s.in <- events:
			case <-s.stop:
				return
			}
		}
		if err != nil {
			s.end(err)
			return
		}
	}
}

// end remembers why the link ended, unless we closed it.
func (s *Scanner) end(err error) {
	select {
	case <-s.stop:
		return
	default:
	}
	s.mu.Lock()
	s.lost = fmt.Errorf("read %s: %w", s.info, err)
	s.mu.Unlock()
}

// assemble owns the assembler. What a pulled scanner had begun is delivered as
// cut.
func (s *Scanner) assemble() {
	defer s.wg.Done()
	a := newAssembler(s.opts)
	for {
		// The long pause even in burst mode: the events' own times tell the short
		// ones, and events may come late.
		var pause <-chan time.Time
		if !a.quiet {
			pause = s.opts.After(s.opts.Idle)
		}
		select {
		case events, ok := <-s.in:
			if !ok {
				s.once.Do(func() { close(s.stop) })
				if s.Err() != nil && s.opts.Suffix == NoSuffix {
					a.note(Cut)
				}
				a.idle(s.deliver)
				return
			}
			for _, e := range events {
				a.push(e, s.deliver)
			}
		case <-pause:
			a.idle(s.deliver)
		}
	}
}

func (s *Scanner) deliver(c Code) {
	s.mu.Lock()
	s.codes++
	s.doubt = c
	s.mu.Unlock()
	s.opts.Scanned(c)
}
