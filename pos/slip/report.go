package slip

import (
	"strconv"
	"strings"

	"github.com/tresen-pos/tresen/pos/till"
)

// Closing is the Z (Tagesabschluss). Made from the same closing it comes out
// the same for ever.
func Closing(z till.Closing, c Context) Doc {
	if z.Serial != "" {
		c.Register.Serial = z.Serial
	}
	body := append(c.register(),
		Row{Left: "Von", Right: c.stamp(z.Start)},
		Row{Left: "Bis", Right: c.stamp(z.At)})
	body = append(body, pairs("Erstellt von", z.ByName)...)
	body = append(body, Row{Left: "Journal", Right: number(z.FromSeq) + " bis " + number(z.ToSeq)})
	body = append(body, c.totals(z.Totals)...)
	body = append(body, Rule{},
		Row{Left: "Gesamtumsatz seit Beginn", Right: c.euro(z.Grand), Style: Style{Bold: true}},
		Row{Left: "Offene Bestellungen", Right: strconv.Itoa(z.Orders)})
	body = append(body, c.outages()...)
	if z.Outaged {
		body = append(body, mark("TSE BEIM ABSCHLUSS AUSGEFALLEN"))
	}
	return c.sheet(nil, "Tagesabschluss Z "+number(z.Number), body, nil)
}

// Report is an X report (Zwischenbericht): the open shift, if there is one,
// and the day so far. It resets nothing.
func Report(shift *till.Shift, day till.Totals, c Context) Doc {
	body := append(c.register(), Row{Left: "Zeit", Right: c.stamp(c.At)})
	if shift != nil {
		body = append(body, Rule{}, Text{Text: "Schicht " + number(shift.ID), Align: Center, Style: Style{Bold: true}})
		body = append(body, c.shiftFacts(*shift)...)
		body = append(body, c.totals(shift.Totals)...)
	}
	body = append(body, Rule{}, Text{Text: "Seit dem letzten Tagesabschluss", Align: Center, Style: Style{Bold: true}})
	body = append(body, c.totals(day)...)
	body = append(body, c.outages()...)
	return c.sheet(nil, "X-Bericht (kein Abschluss)", body, nil)
}

// Test is a page that shows whether a printer is set up rightly: letters,
// styles, columns and a QR code.
func Test(c Context) Doc {
	body := []Block{
		Row{Left: "Zeit", Right: c.stamp(c.At)},
		Row{Left: "Umlaute", Right: "ÄÖÜ äöü ß"},
		Row{Left: "Euro", Right: "1.234,50 €"},
		Text{Text: "fett", Style: Style{Bold: true}},
		Text{Text: "invertiert", Align: Center, Style: Style{Invert: true}},
		Text{Text: "breit", Style: Style{Wide: true}},
		Text{Text: "hoch", Style: Style{Tall: true}},
		Text{Text: "groß", Align: Center, Style: Style{Wide: true, Tall: true}},
		Text{Text: "rechts", Align: Right},
		Text{Text: "Die folgende Zeile füllt das Papier genau:"},
		ruler{},
		Rule{},
		QR{Data: "Tresen: Der Drucker ist richtig eingestellt. ÄÖÜ äöü ß €"},
		Text{Text: "Der Code lässt sich mit dem Telefon lesen.", Align: Center},
	}
	return c.sheet(nil, "Testseite", body, nil)
}

// ruler counts the columns: 1234567890123…
type ruler struct{}

func (ruler) lay(columns int) []Line {
	return []Line{{Text: strings.Repeat("1234567890", columns/10+1)[:columns], Align: Left}}
}
