package printersim

// realTimeScan finds DLE EOT, DLE ENQ and DLE DC4 in the received bytes; it
// keeps an unfinished one between reads.
type realTimeScan struct {
	buf [10]byte
	n   int
}

// scanLocked obeys the real-time commands in b.
func (s *Sim) scanLocked(b []byte) {
	sc := &s.scan
	for _, c := range b {
		if sc.n == 0 {
			if c == 0x10 {
				sc.buf[0], sc.n = c, 1
			}
			continue
		}
		if sc.n == 1 && c != 0x04 && c != 0x05 && c != 0x14 {
			sc.n = 0
			if c == 0x10 {
				sc.n = 1
			}
			continue
		}
		sc.buf[sc.n] = c
		sc.n++
		if sc.n >= 3 && sc.n >= headLength(sc.buf[:sc.n]) {
			cmd := sc.buf[:sc.n]
			sc.n = 0
			s.realTimeLocked(cmd)
		}
	}
}

func (s *Sim) realTimeLocked(cmd []byte) {
	switch {
	case cmd[1] == 0x04:
		if b, ok := s.statusLocked(cmd[2]); ok {
			s.replyLocked([]byte{b})
		}
	case cmd[1] == 0x14 && cmd[2] == 1 && cmd[4] >= 1 && cmd[4] <= 8 && !s.faults.cutter: // not executed in an error
		s.pulseLocked(int(cmd[3] & 1))
	case cmd[1] == 0x14 && cmd[2] == 8 && string(cmd[3:]) == "\x01\x03\x14\x01\x06\x02\x08":
		s.input = s.input[:0]
	}
}

// statusLocked is the answer to DLE EOT n.
func (s *Sim) statusLocked(n byte) (b byte, ok bool) {
	f := s.faults
	b = 0x12
	set := func(on bool, bits byte) {
		if on {
			b |= bits
		}
	}
	switch n {
	case 1:
		set(s.drawerHighLocked(), 0x04)
		set(!s.readyLocked(), 0x08)
	case 2:
		set(f.coverOpen, 0x04)
		set(f.paperOut, 0x20)
		set(f.cutter, 0x40)
	case 3:
		set(f.cutter, 0x08)
	case 4:
		set(f.paperLow || f.paperOut, 0x0c)
		set(f.paperOut, 0x60)
	default:
		return 0, false
	}
	return b, true
}

// sendASBLocked sends automatic status back, if a driver has asked for it.
func (s *Sim) sendASBLocked() {
	if s.asb == 0 {
		return
	}
	f := s.faults
	b := [4]byte{0x10, 0, 0, 0}
	set := func(on bool, i int, bits byte) {
		if on {
			b[i] |= bits
		}
	}
	set(s.drawerHighLocked(), 0, 0x04)
	set(!s.readyLocked(), 0, 0x08)
	set(f.coverOpen, 0, 0x20)
	set(f.cutter, 1, 0x08)
	set(f.paperLow || f.paperOut, 2, 0x03)
	set(f.paperOut, 2, 0x0c)
	s.replyLocked(b[:])
}
