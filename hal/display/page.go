package display

import (
	"bytes"
	"fmt"

	"golang.org/x/text/encoding/charmap"
)

// Page is what the customer reads: two rows, each with a text to the left and
// one to the right. The right one, an amount, is never cut short.
type Page struct{ Rows [Rows]Row }

// Row is one line. Center places Left in the middle; Right is empty then.
type Row struct {
	Left, Right string
	Center      bool
}

// Greeting shows two centred lines ("Willkommen", "Café Tresen").
func Greeting(upper, lower string) Page {
	return Page{[Rows]Row{{Left: upper, Center: true}, {Left: lower, Center: true}}}
}

// Item shows a sold line: its name, below it the quantity and the amount, both
// as the caller formats them ("2 x 2,90", "5,80 €").
func Item(name, quantity, amount string) Page {
	return Page{[Rows]Row{{Left: name}, {Left: quantity, Right: amount}}}
}

// Total shows the sum to pay under a label ("Summe").
func Total(label, amount string) Page { return Page{[Rows]Row{{}, {Left: label, Right: amount}}} }

// Change shows what was given and what goes back.
func Change(givenLabel, given, changeLabel, change string) Page {
	return Page{[Rows]Row{{Left: givenLabel, Right: given}, {Left: changeLabel, Right: change}}}
}

// lay sets the rows in the code page's bytes.
func (p Page) lay(page *charmap.Charmap) (lines [Rows][Columns]byte, err error) {
	for i, r := range p.Rows {
		left, right := encode(page, r.Left), encode(page, r.Right)
		if len(right) > Columns {
			return lines, fmt.Errorf("line %d: amount %q is longer than %d columns", i+1, r.Right, Columns)
		}
		room := Columns - len(right)
		if len(right) > 0 && len(left) > 0 {
			room = max(0, room-1)
		}
		left = left[:min(len(left), room)]
		copy(lines[i][:], bytes.Repeat([]byte{' '}, Columns))
		at := 0
		if r.Center && len(right) == 0 {
			at = (Columns - len(left)) / 2
		}
		copy(lines[i][at:], left)
		copy(lines[i][Columns-len(right):], right)
	}
	return lines, nil
}
