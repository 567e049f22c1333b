package printersim

// liveHand is the hand of the printer at work: it moves the paper, answers and
// pulses. Its methods run under Sim.mu, called by the interpreter.
type liveHand struct{ s *Sim }

func (l liveHand) line(cells []cell, m *modes) { l.feed(lineHeight(cells, m)) }

func (l liveHand) raster(_, rows int, _ []byte, _ *modes) { l.feed(rows) }

// feed moves the paper and stops the interpreter where it is to be torn.
func (l liveHand) feed(dots int) {
	l.s.cur.height += dots
	if l.s.cur.height > maxLength {
		l.s.machine.stop = true
	}
}

// code estimates: drawing the code to know its size would cost the most of all.
func (l liveHand) code(_ string, m *modes) { l.feed(60 * m.qrModule) }

func (l liveHand) cut() {
	if !l.s.opts.NoCutter {
		l.s.machine.stop = true
	}
}

func (l liveHand) pulse(pin byte) { l.s.pulseLocked(int(pin)) }

func (l liveHand) reply(b []byte) {
	if l.s.opts.ProcessID || b[0] != 0x37 {
		l.s.replyLocked(b)
	}
}

// queued is GS r: 1 paper, 2 drawer.
func (l liveHand) queued(n byte) {
	switch n % 48 {
	case 1:
		b := byte(0)
		if l.s.faults.paperLow {
			b |= 0x03
		}
		l.s.replyLocked([]byte{b})
	case 2:
		b := byte(0)
		if l.s.drawerHighLocked() {
			b |= 0x01
		}
		l.s.replyLocked([]byte{b})
	}
}

// identify is GS I.
func (l liveHand) identify(n byte) {
	texts := map[byte]string{65: "1.00", 66: "TRESEN", 67: "SIMULATED", 68: "SIM000001"}
	if t, ok := texts[n]; ok {
		l.s.replyLocked(append(append([]byte{0x5f}, t...), 0))
		return
	}
	if n%48 >= 1 && n%48 <= 3 {
		l.s.replyLocked([]byte{0x02})
	}
}

func (l liveHand) setASB(n byte) {
	if l.s.opts.NoASB {
		return
	}
	if l.s.asb = n; n != 0 {
		l.s.sendASBLocked()
	}
}
