package printersim

import "encoding/binary"

// paramCount is the number of parameter bytes after the two bytes of a command.
// Commands absent here have none. Where the count depends on a parameter,
// headLength decides.
var paramCount = map[[2]byte]int{
	{0x1b, ' '}: 1, {0x1b, '!'}: 1, {0x1b, '$'}: 2, {0x1b, '%'}: 1, {0x1b, '-'}: 1, {0x1b, '3'}: 1,
	{0x1b, '='}: 1, {0x1b, '?'}: 1, {0x1b, 'A'}: 1, {0x1b, 'B'}: 2, {0x1b, 'E'}: 1, {0x1b, 'G'}: 1,
	{0x1b, 'J'}: 1, {0x1b, 'K'}: 1, {0x1b, 'M'}: 1, {0x1b, 'R'}: 1, {0x1b, 'T'}: 1, {0x1b, 'U'}: 1,
	{0x1b, 'V'}: 1, {0x1b, 'W'}: 8, {0x1b, '\\'}: 2, {0x1b, 'a'}: 1, {0x1b, 'c'}: 2, {0x1b, 'd'}: 1,
	{0x1b, 'e'}: 1, {0x1b, 'p'}: 3, {0x1b, 'r'}: 1, {0x1b, 't'}: 1, {0x1b, 'u'}: 1, {0x1b, '{'}: 1,
	{0x1b, '*'}: 3, {0x1b, '('}: 3,
	{0x1d, '!'}: 1, {0x1d, '$'}: 2, {0x1d, '*'}: 2, {0x1d, '/'}: 1, {0x1d, 'B'}: 1, {0x1d, 'E'}: 1,
	{0x1d, 'H'}: 1, {0x1d, 'I'}: 1, {0x1d, 'L'}: 2, {0x1d, 'P'}: 2, {0x1d, 'T'}: 1, {0x1d, 'V'}: 1,
	{0x1d, 'W'}: 2, {0x1d, '\\'}: 2, {0x1d, '^'}: 3, {0x1d, 'a'}: 1, {0x1d, 'b'}: 1, {0x1d, 'f'}: 1,
	{0x1d, 'h'}: 1, {0x1d, 'j'}: 1, {0x1d, 'k'}: 1, {0x1d, 'r'}: 1, {0x1d, 'v'}: 6, {0x1d, 'w'}: 1,
	{0x1d, '('}: 3, {0x1d, '8'}: 5,
	{0x1c, '!'}: 1, {0x1c, '-'}: 1, {0x1c, '('}: 3, {0x1c, '2'}: 2, {0x1c, 'C'}: 1, {0x1c, 'S'}: 2,
	{0x1c, 'W'}: 1, {0x1c, 'p'}: 2, {0x1c, 'g'}: 1,
	{0x10, 0x04}: 1, {0x10, 0x05}: 1, {0x10, 0x14}: 1,
}

// headLength is how long the fixed part of a command is, as far as its bytes so
// far tell.
func headLength(h []byte) int {
	if len(h) < 2 {
		return 2
	}
	n := 2 + paramCount[[2]byte(h[:2])]
	if len(h) < 3 {
		return n
	}
	switch {
	case h[0] == 0x1d && h[1] == 'V' && h[2] >= 65: // cut with a feed parameter
		return 4
	case h[0] == 0x1d && h[1] == 'k' && h[2] >= 65: // barcode form B has a length
		return 4
	case h[0] == 0x10 && h[1] == 0x04 && (h[2] == 7 || h[2] == 8 || h[2] == 18):
		return 4
	case h[0] == 0x10 && h[1] == 0x14:
		return realTimeLength(h[2])
	}
	return n
}

// realTimeLength is the length of DLE DC4 by its function.
func realTimeLength(fn byte) int {
	switch fn {
	case 1, 2:
		return 5
	case 3:
		return 8
	case 7:
		return 4
	case 8:
		return 10
	}
	return 3
}

// dataLength is how many data bytes follow a complete fixed part.
func dataLength(h []byte) uint64 {
	u16 := func(at int) uint64 { return uint64(binary.LittleEndian.Uint16(h[at:])) }
	switch {
	case h[0] == 0x10 || len(h) < 3:
		return 0
	case h[1] == '(':
		return u16(3)
	case h[0] == 0x1d && h[1] == '8':
		return uint64(binary.LittleEndian.Uint32(h[3:]))
	case h[0] == 0x1d && h[1] == 'v':
		return u16(4) * u16(6)
	case h[0] == 0x1d && h[1] == '*':
		return uint64(h[2]) * uint64(h[3]) * 8
	case h[0] == 0x1d && h[1] == 'k' && h[2] >= 65:
		return uint64(h[3])
	case h[0] == 0x1b && h[1] == '*':
		return u16(3) * columnBytes(h[2])
	case h[0] == 0x1c && h[1] == '2':
		return 72
	}
	return 0
}

// columnBytes is the height in bytes of ESC * m: 8 or 24 dots.
func columnBytes(m byte) uint64 {
	if m >= 32 {
		return 3
	}
	return 1
}

// endsWithNUL: barcodes of form A and tab stops end with a zero.
func endsWithNUL(h []byte) bool {
	return h[0] == 0x1d && h[1] == 'k' && len(h) > 2 && h[2] < 65 || h[0] == 0x1b && h[1] == 'D'
}

// execute runs the gathered command.
func (m *machine) execute() {
	h := m.head[:m.headN]
	m.headN = 0
	switch h[0] {
	case 0x1b:
		m.esc(h[1], h[2:])
	case 0x1d:
		m.gs(h[1], h[2:])
	}
	// FS only concerns two-byte characters; DLE was obeyed when it arrived.
	if cap(m.data) > 64<<10 {
		m.data = nil // one large image must not stay allocated
	}
}

func on(b byte) bool { return b&1 != 0 }

func (m *machine) esc(c byte, p []byte) {
	switch c {
	case '@':
		m.cells, m.used = m.cells[:0], 0
		m.modes = defaultModes()
	case '!':
		m.fontB, m.bold, m.underline = on(p[0]), p[0]&0x08 != 0, p[0]&0x80 != 0
		m.h, m.w = 1+int(p[0]>>4&1), 1+int(p[0]>>5&1)
	case '-':
		m.underline = p[0]%48 != 0
	case '2':
		m.spacing = 30
	case '3':
		m.spacing = int(p[0])
	case 'E', 'G':
		m.bold = on(p[0])
	case 'M':
		m.fontB = on(p[0])
	case 'J':
		m.flush()
		m.hand.feed(int(p[0]))
	case 'a':
		if len(m.cells) == 0 {
			m.align = p[0] % 48 % 3
		}
	case 'd':
		m.flush()
		m.hand.feed(int(p[0]) * m.spacing)
	case 'p':
		m.hand.pulse(p[0] & 1)
	case 't':
		m.page = p[0]
	case 'i', 'm':
		m.flush()
		m.hand.cut()
	}
}

func (m *machine) gs(c byte, p []byte) {
	switch c {
	case '!':
		m.w, m.h = 1+int(p[0]>>4&7), 1+int(p[0]&7)
	case 'B':
		m.inverse = on(p[0])
	case 'V':
		m.cutPaper(p)
	case 'v':
		m.flush()
		m.hand.raster(int(p[2])|int(p[3])<<8, int(p[4])|int(p[5])<<8, m.data, &m.modes)
	case 'I':
		m.hand.identify(p[0])
	case 'r':
		m.hand.queued(p[0])
	case 'a':
		m.hand.setASB(p[0])
	case '(':
		m.extended(p[0], m.data)
	}
}

// cutPaper is GS V: forms A (0, 1, 48, 49), B and C with a feed parameter.
func (m *machine) cutPaper(p []byte) {
	m.flush()
	if p[0] >= 65 && len(p) > 1 {
		m.hand.feed(cutterDistance + int(p[1]))
	}
	m.hand.cut()
}

// extended is GS ( fn: here H (process id) and k (two-dimensional codes).
func (m *machine) extended(fn byte, d []byte) {
	switch {
	case fn == 'H' && len(d) == 6 && d[0] == 0x30 && d[1] == 0x30:
		m.hand.reply([]byte{0x37, 0x22, d[2], d[3], d[4], d[5], 0x00})
	case fn == 'k' && len(d) >= 3 && d[0] == 0x31:
		m.qrFunction(d[1], d[2:])
	}
}

// qrFunction is GS ( k with cn 49: functions 167, 169, 180 and 181.
func (m *machine) qrFunction(fn byte, d []byte) {
	switch fn {
	case 0x43:
		if d[0] >= 1 && d[0] <= 16 {
			m.qrModule = int(d[0])
		}
	case 0x45:
		if d[0] >= 0x30 && d[0] <= 0x33 {
			m.qrLevel = d[0] - 0x30
		}
	case 0x50:
		m.qrData = string(d[1:])
	case 0x51:
		m.flush()
		if m.native {
			m.hand.code(m.qrData, &m.modes)
		}
	}
}
