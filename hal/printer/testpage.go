package printer

import (
	"fmt"
	"strings"
)

// TestCode is what the test page's QR code holds.
const TestCode = "https://tresen.example/testseite?umlaute=%C3%A4%C3%B6%C3%BC&x=0123456789"

// TestPage shows a technician whether the profile fits: a ruler as wide as the
// paper, umlauts and euro sign, a QR code, and a cut.
func TestPage(p Profile) Page {
	p = p.withDefaults()
	ruler := strings.Repeat("1234567890", 10)[:p.Columns]
	amount := "12,80 €"
	pad := strings.Repeat(" ", p.Columns-len("Betrag")-len([]rune(p.Printable(amount))))
	return Page{ID: "test page", Ops: []Op{
		Line{Align: Center, Spans: []Span{{Text: "Testseite", Style: Style{Wide: true, Tall: true, Bold: true}}}},
		Text(p.Name, Style{}),
		Text(fmt.Sprintf("%d Zeichen, %s Nr. %d", p.Columns, p.CodePage.Name, p.CodePage.Select), Style{}),
		Text(ruler, Style{}),
		Rule{},
		Text("äöü ÄÖÜ ß éèç ² °", Style{}),
		Text("Betrag"+pad+p.Printable(amount), Style{Bold: true}),
		Rule{Double: true},
		QR{Data: TestCode, Level: M},
		Text("Ende der Testseite", Style{Underline: true}),
		Cut{},
	}}
}
