package slip

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/fiscal"
)

var update = flag.Bool("update", false, "write the golden files anew")

// pages are one page of each kind and mark.
func pages() map[string]Doc {
	c := context()
	signed := c
	signed.QR = qrText
	again := signed
	again.Copy, again.VoidedBy = true, 1099
	out := &fiscal.Seal{Regime: "de", Demo: true, Outage: &fiscal.Outage{Since: start, Reason: "Die TSE antwortet nicht."}}
	known := c
	known.Unit = seal().Serial
	listed := c
	listed.Outages, listed.Demo = outages(), true
	training := c
	training.Training = true
	open, forced := shift(), shift()
	open.State, open.Closing = "open", 0
	forced.Forced, forced.CountOf, forced.Counted, forced.Diff = true, nil, forced.Expected, 0
	return map[string]Doc{
		"receipt":    Receipt(sale(), seal(), signed),
		"copy":       Receipt(sale(), seal(), again),
		"outage":     Receipt(sale(), out, known),
		"unsealed":   Receipt(sale(), nil, training),
		"void":       Receipt(void(), seal(), signed),
		"withdrawal": Receipt(withdrawal(), seal(), signed),
		"closing":    Closing(closing(), listed),
		"shift":      Shift(shift(), listed),
		"forced":     Shift(forced, c),
		"report":     Report(&open, totals(), listed),
		"test":       Test(c),
	}
}

func TestGolden(t *testing.T) {
	for name, doc := range pages() {
		for _, columns := range []int{32, 42, 48} {
			file := filepath.Join("testdata", name+"-"+strconv.Itoa(columns)+".txt")
			got := render(doc.Lay(columns), columns)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs; got:\n%s", file, got)
			}
		}
	}
}

// render draws lines as text between margins, with the style as letters behind:
// B bold, I inverted, W wide, T tall.
func render(lines []Line, columns int) string {
	var b strings.Builder
	for _, l := range lines {
		switch {
		case l.Rule:
			fmt.Fprintf(&b, "|%s|\n", strings.Repeat("-", columns))
		case l.Cut:
			b.WriteString("✂\n")
		case l.QR != nil:
			fmt.Fprintf(&b, "QR %d %s\n", len(l.QR.Rows), l.QR.Data)
		case l.Feed > 0:
			b.WriteString(strings.Repeat("|"+blanks(columns)+"|\n", l.Feed))
		default:
			b.WriteString(strings.TrimRight("|"+drawn(l, columns)+"| "+styles(l), " ") + "\n")
		}
	}
	return b.String()
}

// drawn is the text as it falls on the paper; wide letters are followed by a
// gap that stands for their second column.
func drawn(l Line, columns int) string {
	s := l.Text
	if l.Wide {
		var wide []rune
		for _, r := range s {
			wide = append(wide, r, '·')
		}
		s = string(wide)
	}
	return place(s, columns, l.Align)
}

func styles(l Line) string {
	s := ""
	for _, x := range []struct {
		on   bool
		name string
	}{{l.Bold, "B"}, {l.Invert, "I"}, {l.Wide, "W"}, {l.Tall, "T"}} {
		if x.on {
			s += x.name
		}
	}
	return s
}
