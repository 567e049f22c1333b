package tsesim

import "time"

// Kind of fault.
type Kind int

// Kinds. All but Late and Refuse last until the next command or Release.
const (
	Mute    Kind = iota // busy for ever
	Hang                // reads of the command file do not return
	Late                // busy for N looks
	Garbage             // an answer of arbitrary bytes
	Short               // reads return a few bytes only
	Unplug              // the files vanish, power is lost
	Stale               // the answer carries the counter of the one before
	Refuse              // the answer is Word, nothing is done
)

// Codes a Fault can name besides those of commands.
const (
	AnyCode byte = 0x00
	Data    byte = 0x01 // writing process data; Unplug only
)

// AnyEvent in a Fault fits every step of a transaction.
const AnyEvent = -1

// Fault is one line of a script. It takes effect once, when its command arrives.
type Fault struct {
	Code  byte // of the command; Data; AnyCode
	Event int  // 0 start, 1 update, 2 finish, AnyEvent; fits commands 90 and 95 and Data
	Kind  Kind
	Done  bool   // the command still has its effect
	N     int    // looks, for Late
	Word  uint16 // for Refuse: 0x1017 is full, 0x1201 is PIN blocked
}

func (f Fault) fits(code byte, event int) bool {
	return (f.Code == AnyCode && code != Data || f.Code == code) && (f.Event == AnyEvent || f.Event == event)
}

// Script adds faults. Each is used once, in order, at the first command that fits.
func (s *Stick) Script(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, faults...)
}

// Left returns the number of faults not used yet.
func (s *Stick) Left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.script)
}

func (s *Stick) faultLocked(code byte, event int) (Fault, bool) {
	for i, f := range s.script {
		if f.fits(code, event) {
			s.script = append(s.script[:i:i], s.script[i+1:]...)
			return f, true
		}
	}
	return Fault{}, false
}

// Release ends Mute, Hang, Garbage and Short: the stick goes on where it was.
func (s *Stick) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.releaseLocked()
}

func (s *Stick) releaseLocked() {
	s.mode = ready
	if s.hang != nil {
		close(s.hang)
		s.hang = nil
	}
}

// Unplug takes the stick out: files vanish, open ones answer ENODEV, power and with it login, time and self-test are lost.
func (s *Stick) Unplug() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unplugLocked()
}

func (s *Stick) unplugLocked() error {
	s.releaseLocked()
	s.life++
	if s.unit == nil {
		return nil
	}
	u := s.unit
	s.unit = nil
	return u.Close()
}

// Plug puts it back in.
func (s *Stick) Plug() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unit != nil {
		return nil
	}
	return s.powerLocked()
}

// clock is the stick's: it runs on from the time its host has set.
func (s *Stick) clockLocked() time.Time {
	if s.setAt.IsZero() {
		return s.opt.Now()
	}
	return s.set.Add(s.opt.Now().Sub(s.setAt))
}

// Swap takes the stick out and puts another one in: the unit in dir, made if there is none.
func (s *Stick) Swap(dir string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.unplugLocked(); err != nil {
		return err
	}
	s.dir, s.tar, s.tries = dir, store{}, map[byte]int{admin: 3, timeAdmin: 3, puk: 3}
	return s.powerLocked()
}

// Unscript forgets the faults that did not happen yet.
func (s *Stick) Unscript() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = nil
}
