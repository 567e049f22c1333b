package scannersim

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// Sim is one simulated scanner; it is used from one goroutine.
type Sim struct {
	o     Options
	out   *os.File
	path  string
	node  bool // uinput
	clock time.Duration

	faults Faults
	sent   int // key events of the code at hand
	typist []keyEvent
	pend   []byte // pipe: bytes not yet written
	cut    bool
}

type keyEvent struct {
	key  uint16
	down bool
}

// New plugs the scanner in: as a pipe at o.Pipe, or through /dev/uinput.
func New(o Options) (*Sim, error) {
	if o.Step == 0 {
		o.Step = 4 * time.Millisecond
	}
	if o.Human == 0 {
		o.Human = 90 * time.Millisecond
	}
	if o.Sleep == nil {
		o.Sleep = time.Sleep
	}
	if o.Size != 16 {
		o.Size = 24
	}
	s := &Sim{o: o, clock: 1000 * time.Second}
	if o.Pipe == "" {
		return s, s.plugUinput()
	}
	if err := syscall.Mkfifo(o.Pipe, 0o600); err != nil {
		return nil, fmt.Errorf("simulated scanner: make pipe %s: %w", o.Pipe, err)
	}
	f, err := os.OpenFile(o.Pipe, os.O_RDWR|syscall.O_NONBLOCK, 0) // both ends: opening does not wait
	if err != nil {
		return nil, fmt.Errorf("simulated scanner: %w", err)
	}
	s.out, s.path = f, o.Pipe
	return s, nil
}

// Path is where to read the scanner.
func (s *Sim) Path() string { return s.path }

// Via says what the events pass through: "uinput" or "pipe".
func (s *Sim) Via() string {
	if s.node {
		return "uinput"
	}
	return "pipe"
}

// Close pulls the scanner out.
func (s *Sim) Close() error { return s.out.Close() }

// Break sets the faults of the next Scan; after it they are gone, except a cut.
func (s *Sim) Break(f Faults) { s.faults = f }

// Scan reads one code: its keys, then the suffix.
func (s *Sim) Scan(text string) error {
	keys, err := s.keys(text)
	if err != nil {
		return err
	}
	switch s.o.Suffix {
	case Enter:
		keys = append(keys, tap(enter)...)
	case Tab:
		keys = append(keys, tap(tab)...)
	}
	if s.typist, err = s.keys(s.faults.Interleave); err != nil {
		return err
	}
	s.sent = 0
	err = s.send(keys)
	s.faults, s.typist = Faults{}, nil
	return err
}

// Type lets a person type on the same device, slowly; "\n" is Enter.
func (s *Sim) Type(text string) error {
	for _, part := range strings.SplitAfter(text, "\n") {
		line, ended := strings.CutSuffix(part, "\n")
		keys, err := s.keys(line)
		if err != nil {
			return err
		}
		if ended {
			keys = append(keys, tap(enter)...)
		}
		for _, k := range keys {
			s.wait(s.o.Human)
			if err := s.report(k); err != nil {
				return err
			}
		}
	}
	s.wait(time.Second)
	return s.flush(0)
}

// send writes a scanner's keys with the faults in between.
func (s *Sim) send(keys []keyEvent) error {
	for i := 0; i < len(keys) && !s.cut; i++ {
		s.wait(s.o.Step)
		s.sent++
		switch {
		case s.sent == s.faults.Overflow:
			i += 2
			if err := s.event(0, 3, 0); err != nil { // EV_SYN, SYN_DROPPED
				return err
			}
			if err := s.event(0, 0, 0); err != nil {
				return err
			}
		case s.sent == s.faults.DropEvent:
		default:
			if err := s.report(keys[i]); err != nil {
				return err
			}
		}
		if err := s.after(); err != nil {
			return err
		}
	}
	s.wait(time.Second)
	return s.flush(s.faults.Fragment)
}

// after runs the faults that come between two key events.
func (s *Sim) after() error {
	s.cut = s.cut || s.faults.CutAfter > 0 && s.sent >= s.faults.CutAfter
	if s.sent == s.faults.PauseAfter {
		s.wait(s.faults.Pause)
	}
	if s.sent%3 == 0 && len(s.typist) > 0 && !s.cut { // the person is slower than the scanner
		k := s.typist[0]
		s.typist = s.typist[1:]
		return s.report(k)
	}
	return nil
}

func (s *Sim) wait(d time.Duration) {
	s.clock += d
	if s.node {
		s.o.Sleep(d)
	}
}

// report is one key event and the end of its packet. Auto-repeat is left out: a
// scanner never holds a key that long.
func (s *Sim) report(k keyEvent) error {
	value := int32(0)
	if k.down {
		value = 1
	}
	for _, e := range [][2]uint16{{4, 4}, {1, k.key}, {0, 0}} { // MSC_SCAN as real keyboards send it, EV_KEY, SYN_REPORT
		v := value
		if e[0] == 4 {
			v = 0x70000 + int32(k.key)
		} else if e[0] == 0 {
			v = 0
		}
		if err := s.event(e[0], e[1], v); err != nil {
			return err
		}
	}
	return nil
}

// event writes one struct input_event.
func (s *Sim) event(typ, code uint16, value int32) error {
	le, b := binary.LittleEndian, make([]byte, 0, 24)
	sec, usec := uint64(s.clock/time.Second), uint64(s.clock%time.Second/time.Microsecond)
	if s.o.Size == 16 {
		b = le.AppendUint32(le.AppendUint32(b, uint32(sec)), uint32(usec))
	} else {
		b = le.AppendUint64(le.AppendUint64(b, sec), usec)
	}
	b = le.AppendUint32(le.AppendUint16(le.AppendUint16(b, typ), code), uint32(value))
	if s.node {
		_, err := s.out.Write(b)
		return err
	}
	s.pend = append(s.pend, b...)
	return nil
}

// flush writes what a pipe holds back, in pieces of n bytes; 0: in one.
func (s *Sim) flush(n int) error {
	for len(s.pend) > 0 {
		k := len(s.pend)
		if n > 0 {
			k = min(n, k)
		}
		if _, err := s.out.Write(s.pend[:k]); err != nil {
			return fmt.Errorf("simulated scanner: %w", err)
		}
		s.pend = s.pend[k:]
	}
	return nil
}
