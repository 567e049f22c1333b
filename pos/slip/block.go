package slip

// Doc is a page, top to bottom, for paper, screen and PDF alike.
type Doc struct{ Blocks []Block }

// Block is one part of a page: Text, Row, Table, Rule, QR, Feed or Cut.
type Block interface {
	lay(columns int) []Line
}

// Align places text between the margins.
type Align string

// The alignments; the empty one means Left.
const (
	Left   Align = "left"
	Center Align = "center"
	Right  Align = "right"
)

// Style is how a block looks. Wide letters take two columns each. Inverted
// text is white on black and, laid out, as wide as the paper.
type Style struct {
	Bold   bool
	Invert bool
	Wide   bool
	Tall   bool
}

// Text is a paragraph; it is wrapped at blanks, and inside words only where a
// word is wider than the paper. Nothing of it is ever cut off.
type Text struct {
	Text  string
	Align Align
	Style
}

// Row has a text on the left and, mostly, an amount on the right. Mark is a
// letter of its own behind the amount (the VAT rate); a blank keeps its place.
// Indent counts columns.
type Row struct {
	Left   string
	Right  string
	Mark   string
	Indent int
	Style
}

// Table has a left-aligned first column and right-aligned others. Every row
// has as many cells as Head. A table too wide for the paper is laid out as one
// Row per cell, so that it stays complete.
type Table struct {
	Head []string
	Rows [][]string
}

// Rule is a line across the paper.
type Rule struct{}

// QR is a QR code of the data, byte for byte.
type QR struct{ Data string }

// Feed is empty paper, in lines.
type Feed struct{ Lines int }

// Cut ends the sheet.
type Cut struct{}

func (d *Doc) add(b ...Block) { d.Blocks = append(d.Blocks, b...) }
