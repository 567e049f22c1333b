package printersim

// Bounds of the interpreter, so that no input can exhaust memory.
const (
	maxData  = 1 << 20 // data bytes kept of one command; the rest is dropped
	maxCells = 256     // characters in the print buffer; more wrap anyway
	maxHead  = 16      // longest fixed part of any command
)

// Cell size of the fonts in dots.
const (
	fontAWidth, fontAHeight = 12, 24
	fontBWidth, fontBHeight = 9, 17
)

// modes are the settings commands change; a copy is a snapshot.
type modes struct {
	bold, inverse, underline bool
	w, h                     int // magnification 1 to 8
	fontB                    bool
	align                    byte // 0 left, 1 centre, 2 right
	page                     byte // ESC t
	spacing                  int  // line pitch in dots
	qrModule                 int
	qrLevel                  byte
	qrData                   string
}

func defaultModes() modes { return modes{w: 1, h: 1, spacing: 30, qrModule: 3} }

// cell is one character in the print buffer with the look it was sent with.
type cell struct {
	r                        rune
	bold, inverse, underline bool
	fontB                    bool
	w, h                     int
}

func (c cell) width() int {
	if c.fontB {
		return fontBWidth * c.w
	}
	return fontAWidth * c.w
}

func (c cell) height() int {
	if c.fontB {
		return fontBHeight * c.h
	}
	return fontAHeight * c.h
}

// paperHand is what the interpreter does to the world: the live printer counts
// and answers, a replay draws.
type paperHand interface {
	line(cells []cell, m *modes)
	raster(stride, rows int, data []byte, m *modes)
	code(data string, m *modes)
	feed(dots int)
	cut()
	pulse(pin byte)
	reply(b []byte)
	queued(n byte) // GS r
	identify(n byte)
	setASB(n byte)
}

// machine interprets ESC/POS. It keeps at most maxData bytes and takes time
// linear in its input.
type machine struct {
	modes
	hand   paperHand
	width  int  // printable dots
	native bool // knows GS ( k
	pages  map[byte]byte
	cells  []cell
	used   int // dots of the print buffer

	head  [maxHead]byte // the command being gathered
	headN int
	data  []byte // its data
	left  uint64 // data bytes still to come
	until bool   // data ends with NUL (GS k form A)
	stop  bool   // set by a cut: feed returns at this boundary
}

func newMachine(hand paperHand, o Options) *machine {
	return &machine{modes: defaultModes(), hand: hand, width: o.Columns * fontAWidth, native: o.NativeQR, pages: o.Pages}
}

// snapshot copies the whole state, so that a replay can go on from here.
func (m *machine) snapshot() machine {
	s := *m
	s.hand = nil
	s.cells = append([]cell(nil), m.cells...)
	s.data = nil
	if !m.idle() {
		s.data = append([]byte(nil), m.data...)
	}
	return s
}

// resume returns a machine that goes on from a snapshot.
func (m machine) resume(hand paperHand) *machine {
	r := m.snapshot()
	r.hand = hand
	return &r
}

// idle: not inside a command.
func (m *machine) idle() bool { return m.headN == 0 && m.left == 0 && !m.until }

// feed interprets p up to its end or to the first cut and returns how many bytes
// it took.
func (m *machine) feed(p []byte) int {
	m.stop = false
	i := 0
	for i < len(p) && !m.stop {
		switch {
		case m.left > 0:
			i += m.gather(p[i:])
		case m.until:
			m.gatherUntil(p[i])
			i++
		case m.headN > 0:
			m.command(p[i])
			i++
		default:
			m.ground(p[i])
			i++
		}
	}
	return i
}

// gather takes data bytes of a command with known length.
func (m *machine) gather(p []byte) int {
	n := len(p)
	if uint64(n) > m.left {
		n = int(m.left)
	}
	keep := min(n, maxData-len(m.data))
	m.data = append(m.data, p[:keep]...)
	if m.left -= uint64(n); m.left == 0 {
		m.execute()
	}
	return n
}

func (m *machine) gatherUntil(b byte) {
	if b == 0 {
		m.until = false
		m.execute()
		return
	}
	if len(m.data) < maxCells {
		m.data = append(m.data, b)
	}
}

// ground handles a byte outside any command.
func (m *machine) ground(b byte) {
	switch {
	case b >= 0x20:
		m.put(decode(m.usual(m.page), b))
	case b == 0x0a:
		m.newline()
	case b == 0x09:
		m.tab()
	case b == 0x0c: // form feed prints like a line feed in standard mode
		m.newline()
	case b == 0x1b, b == 0x1d, b == 0x1c, b == 0x10:
		m.head[0] = b
		m.headN = 1
	}
}

// command gathers the fixed part of a command.
func (m *machine) command(b byte) {
	m.head[m.headN] = b
	m.headN++
	need := headLength(m.head[:m.headN])
	if need > m.headN && m.headN < maxHead {
		return
	}
	m.data = m.data[:0]
	m.left = dataLength(m.head[:m.headN])
	m.until = endsWithNUL(m.head[:m.headN])
	if m.left == 0 && !m.until {
		m.execute()
	}
}

// put adds a character to the print buffer; a full line prints itself.
func (m *machine) put(r rune) {
	c := cell{r: r, bold: m.bold, inverse: m.inverse, underline: m.underline, fontB: m.fontB, w: m.w, h: m.h}
	if m.used+c.width() > m.width || len(m.cells) >= maxCells {
		m.newline()
	}
	m.cells = append(m.cells, c)
	m.used += c.width()
}

// tab moves to the next multiple of eight columns.
func (m *machine) tab() {
	for n := 8 - len(m.cells)%8; n > 0 && m.used+fontAWidth <= m.width; n-- {
		m.put(' ')
	}
}

// newline prints the print buffer.
func (m *machine) newline() {
	m.hand.line(m.cells, &m.modes)
	m.cells, m.used = m.cells[:0], 0
}

// flush prints the buffer if there is something in it, as images and codes do.
func (m *machine) flush() {
	if len(m.cells) > 0 {
		m.newline()
	}
}
