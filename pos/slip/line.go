package slip

import (
	"strings"
	"unicode/utf8"
)

// Paper is a laid out page, as the API gives it to screens.
type Paper struct {
	Columns int    `json:"columns"`
	Lines   []Line `json:"lines"`
}

// Line is one laid out line: a text that fits the columns, or one of rule, QR
// code, feed and cut. Text is never empty; an empty line is a feed.
type Line struct {
	Text   string `json:"text,omitempty"`
	Bold   bool   `json:"bold,omitempty"`
	Invert bool   `json:"invert,omitempty"`
	Wide   bool   `json:"wide,omitempty"`
	Tall   bool   `json:"tall,omitempty"`
	Align  Align  `json:"align,omitempty"`
	Rule   bool   `json:"rule,omitempty"`
	QR     *Code  `json:"qr,omitempty"`
	Feed   int    `json:"feed,omitempty"`
	Cut    bool   `json:"cut,omitempty"`
}

// Lay breaks the page into lines of that many columns, at least 16.
func (d Doc) Lay(columns int) []Line {
	columns = max(columns, minColumns)
	lines := []Line{}
	for _, b := range d.Blocks {
		lines = append(lines, b.lay(columns)...)
	}
	return lines
}

// minColumns is the narrowest paper that still holds an amount beside a word.
const minColumns = 16

// Paper lays the page out and says for how many columns.
func (d Doc) Paper(columns int) Paper {
	columns = max(columns, minColumns)
	return Paper{Columns: columns, Lines: d.Lay(columns)}
}

func (t Text) lay(columns int) []Line {
	width := t.width(columns)
	var lines []Line
	for _, s := range wrap(t.Text, width) {
		align := t.Align
		if t.Invert { // the bar spans the paper, so the text is placed here
			s, align = place(s, width, t.Align), Left
		}
		lines = append(lines, t.line(s, align))
	}
	return lines
}

// place pads a text to the width of the paper.
func place(s string, width int, align Align) string {
	free := width - runes(s)
	switch align {
	case Center:
		return blanks(free/2) + s + blanks(free-free/2)
	case Right:
		return blanks(free) + s
	}
	return s + blanks(free)
}

func (Rule) lay(int) []Line { return []Line{{Rule: true}} }

func (f Feed) lay(int) []Line {
	if f.Lines <= 0 {
		return nil
	}
	return []Line{{Feed: f.Lines}}
}

func (Cut) lay(int) []Line { return []Line{{Cut: true}} }

// width is how many letters fit on a line in this style.
func (s Style) width(columns int) int {
	if s.Wide {
		return columns / 2
	}
	return columns
}

func (s Style) line(text string, align Align) Line {
	if align == "" {
		align = Left
	}
	return Line{Text: text, Bold: s.Bold, Invert: s.Invert, Wide: s.Wide, Tall: s.Tall, Align: align}
}

// clean makes one line of a text: valid, without control characters, with
// single blanks. Paper has no other use for them.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	return strings.Join(strings.Fields(s), " ")
}

// wrap breaks a text into lines of at most width letters. Empty text gives no
// line.
func wrap(s string, width int) []string {
	width = max(width, 1)
	var lines []string
	line := ""
	for _, word := range strings.Fields(clean(s)) {
		if line != "" && runes(line)+1+runes(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		pieces := chop(word, width)
		lines = append(lines, pieces[:len(pieces)-1]...)
		line = pieces[len(pieces)-1]
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// chop cuts a word into pieces of at most width letters, at least one.
func chop(word string, width int) []string {
	letters := []rune(word)
	var pieces []string
	for len(letters) > width {
		pieces = append(pieces, string(letters[:width]))
		letters = letters[width:]
	}
	return append(pieces, string(letters))
}

func runes(s string) int { return utf8.RuneCountInString(s) }

func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }
