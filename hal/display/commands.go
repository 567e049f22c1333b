package display

import (
	"fmt"

	"golang.org/x/text/encoding/charmap"
)

// Columns and Rows are the size of every display this package drives.
const (
	Columns = 20
	Rows    = 2
)

// CommandSet is what differs between displays. All values [unverified]: from
// memory of the makers' command lists, not tried on hardware.
type CommandSet struct {
	Name  string
	Init  []byte       // puts the display into its start state and clears it
	Page  []byte       // selects a character table; its number follows
	Lead  [Rows][]byte // before the 20 characters of each line
	Trail []byte       // after them
}

// Epson is the DM-D set: ESC @, ESC t n, and US $ x y before each line. It also
// fits displays of other makers "in Epson mode".
func Epson() CommandSet {
	return CommandSet{Name: "epson", Init: []byte{0x1b, 0x40}, Page: []byte{0x1b, 0x74},
		Lead: [Rows][]byte{{0x1f, 0x24, 1, 1}, {0x1f, 0x24, 1, 2}}}
}

// CD5220 is the set most other displays know: ESC Q A or B, the line, CR.
func CD5220() CommandSet {
	return CommandSet{Name: "cd5220", Init: []byte{0x1b, 0x40}, Page: []byte{0x1b, 0x74},
		Lead: [Rows][]byte{{0x1b, 0x51, 0x41}, {0x1b, 0x51, 0x42}}, Trail: []byte{0x0d}}
}

// CodePage is a character table and its number on this display.
type CodePage struct {
	Name   string // "CP437", "CP850", "CP858" or "CP1252"
	Select byte
}

// The code pages under the numbers of Aures' OCD displays, which are Epson's.
var (
	CP437  = CodePage{"CP437", 0}  // no euro sign: shows EUR
	CP850  = CodePage{"CP850", 2}  // no euro sign: shows EUR
	CP858  = CodePage{"CP858", 19} // many displays lack it
	CP1252 = CodePage{"CP1252", 16}
)

// tables are the code pages of the Unicode Consortium's mapping files.
var tables = map[string]*charmap.Charmap{"CP437": charmap.CodePage437, "CP850": charmap.CodePage850,
	"CP858": charmap.CodePage858, "CP1252": charmap.Windows1252}

// spelled are characters that a page may lack, in ones every page has.
var spelled = map[rune]string{'€': "EUR", '–': "-", '—': "-", '−': "-", '„': "\"", '“': "\"", '”': "\"",
	'‘': "'", '’': "'", '‚': "'", '…': "...", '\u00a0': " ", '\u202f': " ", '×': "x", '•': "*", 'ẞ': "SS"}

// encode returns text in the code page. It never holds a control character.
func encode(page *charmap.Charmap, text string) []byte {
	var out []byte
	for _, r := range text {
		if r < 0x20 || r == 0x7f || r == '\u00ad' {
			continue
		}
		b, ok := page.EncodeRune(r)
		switch {
		case ok && b >= 0x20 && b != 0x7f && (b < 0x80 || r >= 0xa0) && r != '\u00a0':
			out = append(out, b)
		case spelled[r] != "":
			out = append(out, spelled[r]...)
		case r >= 0xa0 || r == '\ufffd':
			out = append(out, '?')
		}
	}
	return out
}

func (c CommandSet) check() error {
	if len(c.Lead[0]) == 0 || len(c.Lead[1]) == 0 || len(c.Init) == 0 {
		return fmt.Errorf("display commands %q: want an init and a lead for each line", c.Name)
	}
	return nil
}

// show writes both lines in full, so that nothing of before is left. The table is
// chosen each time: a display behind a serial adapter may have been switched off
// without anybody noticing.
func (c CommandSet) show(page CodePage, lines [Rows][Columns]byte) []byte {
	var b []byte
	if len(c.Page) > 0 {
		b = append(append(b, c.Page...), page.Select)
	}
	for i, l := range lines {
		b = append(append(append(b, c.Lead[i]...), l[:]...), c.Trail...)
	}
	return b
}
