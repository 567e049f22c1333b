package tsesim

import (
	"encoding/binary"
	"syscall"

	"github.com/tresen-pos/tresen/hal/tse/softtse"
)

const (
	blockSize    = 512
	statusBusy   = 0xF3
	statusFetch  = 0xFD
	statusReady  = 0xFF
	maxAnswer    = blockSize - 9
	codeFetch    = 0x83
	blocksPerTAR = 2097152
)

// response is a ready block: u32 counter, status, u16 length of data and word, data, word.
func response(counter uint32, data []byte, word uint16) (b [blockSize]byte) {
	binary.BigEndian.PutUint32(b[:], counter)
	b[4] = statusReady
	binary.BigEndian.PutUint16(b[5:], uint16(len(data)+2))
	n := 7 + copy(b[7:7+maxAnswer], data)
	binary.BigEndian.PutUint16(b[n:], word)
	return b
}

// readComm is what a read of the command file shows. A channel that is not nil must close before the read returns.
func (s *Stick) readComm(life int) (b []byte, hang chan struct{}, errno syscall.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unit == nil || s.life != life {
		return nil, nil, syscall.ENODEV
	}
	block := s.block
	switch {
	case s.mode == hanging:
		if s.struck != nil && s.opt.OnFault != nil {
			s.opt.OnFault(*s.struck)
		}
		s.struck = nil
		return nil, s.hang, 0
	case s.mode == short:
		return block[:6], nil, 0
	case s.mode == mute:
		block[4] = statusBusy
	case s.busy > 0:
		s.busy--
		block[4] = statusBusy
	case s.fetch != nil:
		block[4] = statusFetch
	}
	return block[:], nil, 0
}

// writeComm takes a command block.
func (s *Stick) writeComm(life int, b []byte) syscall.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unit == nil || s.life != life {
		return syscall.ENODEV
	}
	if s.mode == mute || s.mode == hanging || s.busy > 0 {
		s.overrun++ // the driver must never do this
		return 0
	}
	s.mode = ready
	n := int(binary.BigEndian.Uint16(b))
	if n < 2 || 2+n > len(b) || b[3] != 0 {
		s.answerLocked(nil, 0x1005, false)
		return 0
	}
	code, args := b[2], b[4:2+n]
	if code == codeFetch {
		if s.fetch != nil {
			s.block, s.fetch = *s.fetch, nil
		}
		return 0
	}
	s.fetch = nil
	return s.commandLocked(code, args)
}

// commandLocked does a command, with the fault that waits for it.
func (s *Stick) commandLocked(code byte, args []byte) syscall.Errno {
	f, faulty := s.faultLocked(code, s.eventLocked(code, args))
	if !faulty {
		data, word := s.executeLocked(code, args)
		s.answerLocked(data, word, code >= 0x90)
		return 0
	}
	var data []byte
	word := uint16(0x1015)
	switch {
	case f.Kind == Refuse:
		word = f.Word
	case f.Done || f.Kind == Late || f.Kind == Stale:
		data, word = s.executeLocked(code, args)
	}
	before := s.counter
	s.answerLocked(data, word, false)
	errno := s.applyLocked(f, before)
	if s.opt.OnFault != nil && f.Kind != Hang { // that one strikes with the read
		s.opt.OnFault(f)
	}
	return errno
}

// applyLocked lets a fault spoil the answer.
func (s *Stick) applyLocked(f Fault, before uint32) syscall.Errno {
	switch f.Kind {
	case Mute:
		s.mode = mute
	case Hang:
		s.mode, s.hang, s.struck = hanging, make(chan struct{}), &f
	case Late:
		s.busy = f.N
	case Garbage:
		for i := range s.block {
			s.block[i] = byte(s.rnd.Uint32())
		}
		if s.block[4] == statusBusy || s.block[4] == statusFetch || s.block[4] == statusReady {
			s.block[4] = 0x5A // arbitrary, but never by chance a status: that would be another fault
		}
	case Short:
		s.mode = short
	case Unplug:
		_ = s.unplugLocked() // the write fails, which says it all
		return syscall.EIO
	case Stale:
		binary.BigEndian.PutUint32(s.block[:], before)
	}
	return 0
}

// answerLocked shows the next response; a slow one says busy first and must be fetched then.
func (s *Stick) answerLocked(data []byte, word uint16, slow bool) {
	s.counter++
	b := response(s.counter, data, word)
	if slow {
		s.busy, s.fetch = 1, &b
		return
	}
	s.block = b
}

// eventLocked is the step of a transaction a command belongs to.
func (s *Stick) eventLocked(code byte, args []byte) int {
	switch {
	case code == codeOpen && len(args) > 0:
		return int(args[0])
	case code == codeClose && s.open != nil:
		return int(s.open.event)
	}
	return AnyEvent
}

// Overruns counts commands that were written while another was under way. A driver that waits never causes one.
func (s *Stick) Overruns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.overrun
}

// Unit lends the software unit inside, for comparing; nil while the stick is out. It must not be closed.
func (s *Stick) Unit() *softtse.TSE {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unit
}
