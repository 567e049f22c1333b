package slip

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

// totals are the sums of a shift, a day or a closing, all of them.
func (c Context) totals(t till.Totals) []Block {
	blocks := []Block{Rule{},
		Row{Left: "UMSATZ", Right: c.euro(t.Turnover), Style: Style{Bold: true, Tall: true}},
		Row{Left: "Belege", Right: span(t)},
		Row{Left: "Verkäufe", Right: strconv.Itoa(t.Receipts)},
		Row{Left: "Stornobelege (" + strconv.Itoa(t.Voids) + ")", Right: t.VoidSum.German()},
		Row{Left: "Rabatte", Right: t.Discounts.German()},
		Row{Left: "Trinkgeld", Right: t.Tips.German()},
	}
	if len(t.VAT) > 0 {
		blocks = append(blocks, heading("Umsatzsteuer")...)
		blocks = append(blocks, vatTable(t.VAT, letters(t.VAT))...)
	}
	blocks = append(blocks, tenders(t)...)
	blocks = append(blocks, sums("Warengruppen", "Menge", t.Groups, func(s till.Sum) string { return s.Qty.German() })...)
	blocks = append(blocks, sums("Mitarbeiter", "Belege", t.Staff, func(s till.Sum) string { return strconv.Itoa(s.Count) })...)
	blocks = append(blocks, cash(t)...)
	return append(blocks, notes(t)...)
}

func heading(text string) []Block {
	return []Block{Feed{Lines: 1}, Text{Text: text, Style: Style{Bold: true}}}
}

func span(t till.Totals) string {
	if t.First == 0 {
		return "keine"
	}
	return number(t.First) + " bis " + number(t.Last)
}

// tenders are the ways to pay; tips are told apart because they are no
// turnover.
func tenders(t till.Totals) []Block {
	if len(t.Tenders) == 0 {
		return nil
	}
	table := Table{Head: []string{"Zahlart", "Anz.", "Betrag", "Trinkgeld"}}
	for _, x := range sorted(t.Tenders, func(x till.TenderSum) string { return x.Name }) {
		table.Rows = append(table.Rows, []string{x.Name, strconv.Itoa(x.Count), x.Amount.German(), x.Tips.German()})
	}
	return append(heading("Zahlarten"), table)
}

func sums(title, unit string, m map[string]till.Sum, count func(till.Sum) string) []Block {
	if len(m) == 0 {
		return nil
	}
	table := Table{Head: []string{"", unit, "Betrag"}}
	for _, x := range sorted(m, func(x till.Sum) string { return x.Name }) {
		table.Rows = append(table.Rows, []string{x.Name, count(x), x.Amount.German()})
	}
	return append(heading(title), table)
}

// sorted returns the values by name, then by id, so that a page prints the
// same for ever.
func sorted[V any](m map[string]V, name func(V) string) []V {
	ids := catalog.SortedIDs(m)
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(name(m[a]), name(m[b])) })
	values := make([]V, 0, len(ids))
	for _, id := range ids {
		values = append(values, m[id])
	}
	return values
}

func cash(t till.Totals) []Block {
	blocks := append(heading("Bargeld"),
		Row{Left: "Anfangsbestand", Right: t.Float.German()},
		Row{Left: "Bareinnahmen", Right: takings(t).German()},
		Row{Left: "Einlagen", Right: t.Deposits.German()},
		Row{Left: "Entnahmen", Right: t.Withdrawals.German()},
		Row{Left: "Kassendifferenz", Right: t.Difference.German()},
		Row{Left: "Kassenbestand", Right: t.Cash.German(), Style: Style{Bold: true}})
	for _, m := range t.Moves {
		blocks = append(blocks, Row{Left: "Beleg " + number(m.Receipt) + " " + moveName(m.Kind), Right: m.Amount.German(), Indent: 1})
		if clean(m.Note) != "" {
			blocks = append(blocks, Row{Left: m.Note, Indent: 3})
		}
	}
	return blocks
}

// takings is the cash of sales and voids, tips included.
func takings(t till.Totals) money.Cents {
	var sum money.Cents
	for _, x := range t.Tenders {
		if x.Type == catalog.Bar {
			sum += x.Amount + x.Tips
		}
	}
	return sum
}

func notes(t till.Totals) []Block {
	blocks := append(heading("Vorgänge"),
		Row{Left: "Sofortstornos (" + strconv.Itoa(t.LineVoids) + ")", Right: t.LineVoidSum.German()},
		Row{Left: "Abgebrochene Bestellungen", Right: strconv.Itoa(t.Cancelled)},
		Row{Left: "Schublade ohne Verkauf geöffnet", Right: strconv.Itoa(t.DrawerOpens)},
		Row{Left: "Belege ohne TSE-Signatur", Right: strconv.Itoa(t.Unsigned)})
	if len(t.Shifts) == 0 {
		return blocks
	}
	list := ""
	for _, id := range t.Shifts {
		list += " " + number(id)
	}
	return append(blocks, Row{Left: "Schichten", Right: list})
}
