package printer

import "image"

// Page is one job: printed in one go, proven as one. ID is the caller's name for
// it (a receipt number); it appears in errors only, never on paper.
type Page struct {
	ID  string
	Ops []Op
}

// Op is one step of a Page: Line, Rule, Feed, QR, Image, Cut or Kick.
type Op interface {
	encode(*encoder) error
}

// Align places a line, code or image between the paper's margins.
type Align byte

// The alignments, numbered as ESC a n.
const (
	Left Align = iota
	Center
	Right
)

// Style is how a span of text looks. Wide counts each character as two columns.
type Style struct {
	Bold      bool
	Underline bool
	Inverse   bool // white on black
	Wide      bool // double width
	Tall      bool // double height
}

// Span is a run of text in one style. Control characters are dropped, and what
// the code page lacks is replaced (see Profile.Printable).
type Span struct {
	Text  string
	Style Style
}

// Line is one line of text, laid out by the caller: its spans together must not
// exceed Profile.Columns (Wide characters count twice), else Print refuses the
// page. An empty Line is a blank line.
type Line struct {
	Align Align
	Spans []Span
}

// Text returns a left-aligned line in one style.
func Text(s string, style Style) Line {
	return Line{Spans: []Span{{Text: s, Style: style}}}
}

// Rule is a horizontal line across the paper; Double draws it stronger.
type Rule struct{ Double bool }

// Feed advances the paper by blank lines (1 to 255).
type Feed struct{ Lines int }

// ECC is the error correction level of a QR code.
type ECC byte

// The levels: about 7, 15, 25 and 30 % of the code may be lost.
const (
	L ECC = iota
	M
	Q
	H
)

// QR is a QR code (model 2), centred, at least 25 mm wide with four modules of
// quiet zone on all sides. Data is encoded as given, byte for byte.
type QR struct {
	Data  string
	Level ECC
}

// Image is a picture printed in black and white: pixels darker than half print,
// transparent ones do not. At most Profile.DotsWidth wide and 2,400 dots high.
type Image struct {
	Picture image.Image
	Align   Align
}

// Cut feeds the print past the knife and cuts. On a printer without a cutter it
// feeds past the tear bar.
type Cut struct{}

// Kick pulses the cash drawer on the printer's drawer port, in line with the
// printing. Pin 0 is connector pin 2 (the usual drawer), 1 is pin 5.
type Kick struct{ Pin int }
