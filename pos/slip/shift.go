package slip

import (
	"maps"
	"slices"
	"strconv"

	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

// Shift is the sheet of a shift (Schichtbericht) with its counts by
// denomination (Zählprotokoll).
func Shift(s till.Shift, c Context) Doc {
	body := append(c.register(), c.shiftFacts(s)...)
	if s.State == till.StateClosed {
		body = append(body, c.counting(s)...)
	}
	body = append(body, c.totals(s.Totals)...)
	body = append(body, c.outages()...)
	if s.State == till.StateClosed {
		body = append(body, Feed{Lines: 3}, Rule{}, Text{Text: "Unterschrift " + s.ClosedBy, Align: Center})
	}
	return c.sheet(nil, "Schicht "+number(s.ID), body, nil)
}

func (c Context) shiftFacts(s till.Shift) []Block {
	blocks := []Block{Row{Left: "Geöffnet", Right: c.stamp(s.At)}}
	blocks = append(blocks, pairs("von", s.ByName, "Notiz", s.Note)...)
	switch s.State {
	case till.StateClosed:
		blocks = append(blocks, Row{Left: "Geschlossen", Right: c.stamp(s.Closed)})
		blocks = append(blocks, pairs("von", s.ClosedBy)...)
	case till.StateCounting:
		blocks = append(blocks, Text{Text: "Die Schicht wird gezählt."})
	default:
		blocks = append(blocks, Text{Text: "Die Schicht ist offen."})
	}
	if s.Rescued > 0 {
		blocks = append(blocks, Row{Left: "Zählung abgebrochen", Right: strconv.Itoa(s.Rescued) + " x"})
	}
	if s.Closing > 0 {
		blocks = append(blocks, Row{Left: "Tagesabschluss Z", Right: number(s.Closing)})
	}
	return append(blocks, c.protocol("Zählprotokoll Anfangsbestand", s.FloatOf, s.Float)...)
}

func (c Context) counting(s till.Shift) []Block {
	if s.Forced {
		blocks := []Block{mark("OHNE ZÄHLUNG GESCHLOSSEN"), Row{Left: "Soll", Right: c.euro(s.Expected)},
			Row{Left: "Ist", Right: "nicht gezählt"}}
		return append(blocks, pairs("Grund", s.Reason)...)
	}
	blocks := append(c.protocol("Zählprotokoll Schichtende", s.CountOf, s.Counted), Rule{},
		Row{Left: "Soll", Right: c.euro(s.Expected)},
		Row{Left: "Ist", Right: c.euro(s.Counted)},
		Row{Left: "Differenz", Right: c.euro(s.Diff), Style: Style{Bold: true}})
	return append(blocks, pairs("Grund", s.Reason)...)
}

// protocol is counted cash by denomination, the largest first.
func (c Context) protocol(title string, count till.Count, sum money.Cents) []Block {
	blocks := heading(title)
	if len(count) > 0 {
		t := Table{Head: []string{"Wert", "Stück", "Betrag"}}
		coins := slices.Sorted(maps.Keys(count))
		slices.Reverse(coins)
		for _, coin := range coins {
			t.Rows = append(t.Rows, []string{c.euro(coin), strconv.FormatInt(count[coin], 10),
				(coin * money.Cents(count[coin])).German()})
		}
		blocks = append(blocks, t)
	}
	return append(blocks, Row{Left: "Gezählt", Right: c.euro(sum), Style: Style{Bold: true}})
}

func (c Context) register() []Block {
	return append(pairs("Kasse", c.Register.Name), long("Seriennummer Kasse", c.Register.Serial)...)
}

// outages lists when the signing unit was missing, with cause (AEAO to §146a
// no. 7).
func (c Context) outages() []Block {
	if len(c.Outages) == 0 {
		return nil
	}
	blocks := heading("Ausfälle der TSE")
	for _, o := range c.Outages {
		until := "dauert an"
		if !o.Until.IsZero() {
			until = c.stamp(o.Until)
		}
		blocks = append(blocks, Row{Left: "von", Right: c.stamp(o.Since)}, Row{Left: "bis", Right: until})
		blocks = append(blocks, pairs("Grund", o.Reason)...)
	}
	return blocks
}
