package printersim

import "sort"

// faults are the ways this printer misbehaves at the moment.
type faults struct {
	paperOut, paperLow, coverOpen, cutter bool
	mute, garbage, cutAnswer              bool
	cutAfter                              int // for the next connection; negative: none
}

// seen are the conditions that the printer reports by itself.
func (f faults) seen() [4]bool { return [4]bool{f.paperOut, f.paperLow, f.coverOpen, f.cutter} }

// set changes the state, prints what can be printed now and reports the change.
func (s *Sim) set(change func(*faults)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changeLocked(change)
}

func (s *Sim) changeLocked(change func(*faults)) {
	before := s.faults.seen()
	change(&s.faults)
	if s.faults.seen() != before {
		s.sendASBLocked()
	}
	if s.rate == 0 {
		s.processLocked(s.opts.Buffer + 1)
	}
	s.cond.Broadcast()
}

// PaperOut takes the roll away or puts one in. What is in the buffer waits.
func (s *Sim) PaperOut(out bool) { s.set(func(f *faults) { f.paperOut = out }) }

// PaperLow sets the near-end sensor.
func (s *Sim) PaperLow(low bool) { s.set(func(f *faults) { f.paperLow = low }) }

// CoverOpen opens or closes the cover.
func (s *Sim) CoverOpen(open bool) { s.set(func(f *faults) { f.coverOpen = open }) }

// CutterError jams or frees the knife.
func (s *Sim) CutterError(jam bool) { s.set(func(f *faults) { f.cutter = jam }) }

// Mute stops all replies; printing goes on.
func (s *Sim) Mute(mute bool) { s.set(func(f *faults) { f.mute = mute }) }

// Garbage replaces every reply by random bytes.
func (s *Sim) Garbage(on bool) { s.set(func(f *faults) { f.garbage = on }) }

// CutInMidAnswer sends half of the next reply and cuts the connection.
func (s *Sim) CutInMidAnswer() { s.set(func(f *faults) { f.cutAnswer = true }) }

// CutAfter cuts the next connection by reset once n of its bytes were taken.
// Those are printed; the rest never arrives.
func (s *Sim) CutAfter(n int) { s.set(func(f *faults) { f.cutAfter = n }) }

// PaperOutAfter takes the paper away once n more bytes were processed.
func (s *Sim) PaperOutAfter(n int) {
	s.after(n, func() { s.changeLocked(func(f *faults) { f.paperOut = true }) })
}

// PowerOffAfter switches off once n more bytes were processed.
func (s *Sim) PowerOffAfter(n int) { s.after(n, s.powerOffLocked) }

// after plans a fault; run is called with the lock held.
func (s *Sim) after(n int, run func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trigger = append(s.trigger, trigger{s.count + uint64(n), run})
	sort.SliceStable(s.trigger, func(i, j int) bool { return s.trigger[i].at < s.trigger[j].at })
}

// Mend repairs everything and forgets planned faults; the power stays as it is.
func (s *Sim) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trigger, s.rate = nil, 0
	s.changeLocked(func(f *faults) { *f = faults{cutAfter: -1} })
}

// PowerOff switches the printer off: the port closes, connections are cut, the
// buffer and all settings are lost. The paper stays in it.
func (s *Sim) PowerOff() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.powerOffLocked()
}

// PowerOn switches it on again at the same address. The error is that of
// listening: somebody else may have taken the port.
func (s *Sim) PowerOn() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.powerOnLocked()
}

// Slow prints at most n bytes a second; 0 ends it.
func (s *Sim) Slow(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rate = n; n == 0 {
		s.processLocked(s.opts.Buffer + 1)
	}
	s.cond.Broadcast()
}

// State is what a desk page shows of the printer.
type State struct {
	On, PaperOut, PaperLow, CoverOpen, CutterError, Mute, Garbage bool
	Rate                                                          int    // bytes per second, 0 unthrottled
	Buffered                                                      int    // bytes waiting in the buffer
	Papers                                                        int    // finished since the start
	Bytes                                                         uint64 // processed since the start
}

// State returns the printer's present condition.
func (s *Sim) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults
	return State{On: s.on, PaperOut: f.paperOut, PaperLow: f.paperLow, CoverOpen: f.coverOpen,
		CutterError: f.cutter, Mute: f.mute, Garbage: f.garbage, Rate: s.rate,
		Buffered: len(s.input), Papers: s.nextID - 1, Bytes: s.count}
}
