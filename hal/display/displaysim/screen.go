package displaysim

import (
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// Set is the command set a display is switched to.
type Set byte

// The sets.
const (
	Epson Set = iota
	CD5220
)

const columns, rows = 20, 2

// Screen interprets a display's bytes.
type Screen struct {
	set   Set
	cells [rows][columns]rune
	x, y  int
	page  byte

	head   []byte // the command being gathered, at most 4 bytes
	line   int    // CD5220: row of the line command being gathered, else -1
	filled int
}

// NewScreen returns a display just switched on.
func NewScreen(set Set) *Screen {
	s := &Screen{set: set}
	s.reset()
	return s
}

func (s *Screen) reset() {
	s.page, s.head, s.line = 0, nil, -1
	s.clear()
}

func (s *Screen) clear() {
	s.x, s.y = 0, 0
	for y := range s.cells {
		s.wipe(y)
	}
}

func (s *Screen) wipe(y int) {
	for x := range s.cells[y] {
		s.cells[y][x] = ' '
	}
}

// Lines returns the two rows, always 20 characters each.
func (s *Screen) Lines() [rows]string {
	return [rows]string{string(s.cells[0][:]), string(s.cells[1][:])}
}

// Text is the rows without the blanks around them, for people.
func (s *Screen) Text() string {
	l := s.Lines()
	return strings.TrimSpace(l[0]) + "\n" + strings.TrimSpace(l[1])
}

// Write interprets bytes; it never fails.
func (s *Screen) Write(b []byte) (int, error) {
	for _, c := range b {
		s.take(c)
	}
	return len(b), nil
}

func (s *Screen) take(c byte) {
	switch {
	case s.line >= 0:
		s.inLine(c)
	case len(s.head) > 0:
		s.command(c)
	case c == 0x1b, c == 0x1f:
		s.head = append(s.head, c)
	case c < 0x20:
		s.control(c)
	default:
		s.put(decode(s.page, c))
	}
}

// inLine gathers a CD5220 line up to CR; what is too long is lost.
func (s *Screen) inLine(c byte) {
	switch {
	case c == 0x0d:
		s.line = -1
	case c >= 0x20 && s.filled < columns:
		s.cells[s.line][s.filled] = decode(s.page, c)
		s.filled++
	}
}

// put writes at the cursor in overwrite mode: behind the last column comes the
// other line.
func (s *Screen) put(r rune) {
	s.cells[s.y][s.x] = r
	if s.x++; s.x == columns {
		s.x, s.y = 0, (s.y+1)%rows
	}
}

func (s *Screen) control(c byte) {
	switch c {
	case 0x08:
		s.x = max(0, s.x-1)
	case 0x0a:
		s.y = (s.y + 1) % rows
	case 0x0b:
		s.x, s.y = 0, 0
	case 0x0c:
		s.clear()
	case 0x0d:
		s.x = 0
	case 0x18:
		s.wipe(s.y)
		s.x = 0
	}
}

// parameters of the commands that have some, by set.
var parameters = [2]map[[2]byte]int{
	Epson: {{0x1b, 't'}: 1, {0x1b, 'R'}: 1, {0x1b, '='}: 1, {0x1f, '$'}: 2, {0x1f, 'C'}: 1, {0x1f, 'E'}: 1,
		{0x1f, 'T'}: 2, {0x1f, 'X'}: 1, {0x1f, 'r'}: 1},
	CD5220: {{0x1b, 't'}: 1, {0x1b, 'f'}: 1, {0x1b, 'Q'}: 1, {0x1b, 'l'}: 2, {0x1b, '*'}: 1, {0x1b, '_'}: 1, {0x1b, '='}: 1},
}

func (s *Screen) command(c byte) {
	s.head = append(s.head, c)
	if len(s.head) < 2+parameters[s.set&1][[2]byte(s.head[:2])] {
		return
	}
	h := s.head
	s.head = nil
	switch {
	case h[0] == 0x1b && h[1] == '@':
		s.reset()
	case h[0] == 0x1b && h[1] == 't' && len(h) == 3:
		s.page = h[2]
	case s.set == Epson && h[0] == 0x1f && h[1] == '$', s.set == CD5220 && h[0] == 0x1b && h[1] == 'l':
		s.move(h[2:])
	case s.set == CD5220 && h[0] == 0x1b && h[1] == 'Q':
		s.startLine(h[2])
	}
}

// move takes x and y from 1; what is off the display is ignored.
func (s *Screen) move(p []byte) {
	if len(p) == 2 && p[0] >= 1 && p[0] <= columns && p[1] >= 1 && p[1] <= rows {
		s.x, s.y = int(p[0])-1, int(p[1])-1
	}
}

func (s *Screen) startLine(c byte) {
	if c == 'A' || c == 'B' {
		s.line, s.filled = int(c-'A'), 0
		s.wipe(s.line)
	}
}

// decode returns the glyph; a page the display lacks is CP437.
func decode(page, b byte) rune {
	tables := map[byte]*charmap.Charmap{2: charmap.CodePage850, 16: charmap.Windows1252, 19: charmap.CodePage858}
	t, ok := tables[page]
	if !ok {
		t = charmap.CodePage437
	}
	if r := t.DecodeByte(b); r >= 0x20 && r != 0x7f && (r < 0x80 || r >= 0xa0) {
		return r
	}
	return '?'
}
