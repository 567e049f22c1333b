package slip

import (
	"strconv"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

// Receipt is the paper of a receipt with everything §6 KassenSichV demands. A
// nil seal says that the receipt is not sealed yet.
func Receipt(r till.Receipt, s *fiscal.Seal, c Context) Doc {
	var body []Block
	if r.Kind == till.Void {
		body = append(body, Text{Text: "STORNO", Align: Center, Style: Style{Bold: true, Invert: true, Wide: true, Tall: true}},
			Text{Text: "zu Beleg " + number(r.VoidOf), Align: Center, Style: Style{Bold: true}})
	}
	if c.VoidedBy > 0 {
		body = append(body, Text{Text: "storniert durch Beleg " + number(c.VoidedBy), Align: Center, Style: Style{Bold: true}})
	}
	body = append(body, c.facts(r)...)
	body = append(body, Rule{})
	if r.Kind == till.Sale || r.Kind == till.Void {
		body = append(body, c.sale(r)...)
	} else {
		body = append(body, c.move(r)...)
	}
	body = append(body, Rule{})
	body = append(body, c.fiscalBlock(s)...)
	var foot []Block
	for _, line := range c.Company.Footer {
		foot = append(foot, Text{Text: line, Align: Center})
	}
	return c.sheet(s, "", body, foot)
}

// facts are number, times and people.
func (c Context) facts(r till.Receipt) []Block {
	place := ""
	if r.Kind == till.Sale || r.Kind == till.Void {
		place = "Im Haus"
		if r.TakeAway {
			place = "Außer Haus"
		}
	}
	blocks := []Block{
		Row{Left: "Beleg " + number(r.Number), Right: place, Style: Style{Bold: true}},
		Row{Left: "Datum", Right: r.Ended.In(c.Company.Location()).Format("02.01.2006")},
		Row{Left: "Beginn", Right: c.stamp(r.Started)},
		Row{Left: "Ende", Right: c.stamp(r.Ended)},
	}
	return append(blocks, pairs(
		"Bedienung", r.ByName,
		"Kasse", c.Register.Name,
		"Bestellung", r.Label)...)
}

// pairs are rows of label and value; those without a value are left out.
func pairs(kv ...string) []Block {
	var blocks []Block
	for i := 0; i+1 < len(kv); i += 2 {
		if clean(kv[i+1]) != "" {
			blocks = append(blocks, Row{Left: kv[i], Right: kv[i+1]})
		}
	}
	return blocks
}

func (c Context) sale(r till.Receipt) []Block {
	letters := letters(r.VAT)
	var blocks []Block
	for _, l := range r.Lines {
		blocks = append(blocks, item(l, letters[l.Tax])...)
	}
	blocks = append(blocks, billDiscount(r)...)
	blocks = append(blocks, Rule{},
		Row{Left: "SUMME", Right: c.euro(r.Total), Style: Style{Bold: true, Wide: true, Tall: true}})
	blocks = append(blocks, c.payments(r)...)
	if r.Reason != "" {
		blocks = append(blocks, Row{Left: "Grund", Right: r.Reason})
	}
	blocks = append(blocks, Rule{})
	return append(blocks, vatTable(r.VAT, letters)...)
}

// item is a line: what it costs, how many of them when not one, and what was
// taken off. The share of the bill's discount is shown once, below.
func item(l till.Sold, letter string) []Block {
	blocks := []Block{Row{Left: l.Name, Right: l.Qty.Times(l.Price).German(), Mark: letter}}
	if l.Qty != money.One {
		blocks = append(blocks, Row{Left: l.Qty.German() + " x " + l.Price.German(), Indent: 2})
	}
	if l.Discount != 0 {
		name := l.Rebate
		if name == "" {
			name = "Rabatt"
		}
		blocks = append(blocks, Row{Left: name, Right: (-l.Discount).German(), Mark: letter, Indent: 2})
	}
	return blocks
}

// billDiscount shows the discount on the whole order, if there is one.
func billDiscount(r till.Receipt) []Block {
	var sum, share money.Cents
	for _, l := range r.Lines {
		sum += l.Qty.Times(l.Price) - l.Discount
		share += l.Share
	}
	if share == 0 {
		return nil
	}
	name := "Rabatt"
	if r.Discount != nil {
		name = r.Discount.Name
		if r.Discount.Percent > 0 {
			name += " " + r.Discount.Percent.German()
		}
	}
	return []Block{Rule{}, Row{Left: "Zwischensumme", Right: sum.German(), Mark: " "},
		Row{Left: name, Right: (-share).German(), Mark: " "}}
}

// payments shows the tip apart from the price, then what was paid how. The
// amounts are those of the processData, tips included.
func (c Context) payments(r till.Receipt) []Block {
	var blocks []Block
	if r.Tip != 0 {
		blocks = append(blocks, Row{Left: "Trinkgeld", Right: r.Tip.German()},
			Row{Left: "Zahlbetrag", Right: c.euro(r.Total + r.Tip), Style: Style{Bold: true}})
	}
	for _, p := range r.Payments {
		blocks = append(blocks, Row{Left: p.Name, Right: (p.Amount + p.Tip).German()})
		if p.Given > 0 {
			blocks = append(blocks, Row{Left: "Gegeben", Right: p.Given.German(), Indent: 2},
				Row{Left: "Rückgeld", Right: (p.Given - p.Amount - p.Tip).German(), Indent: 2})
		}
	}
	return blocks
}

// move is a receipt that only moves cash.
func (c Context) move(r till.Receipt) []Block {
	blocks := []Block{Row{Left: moveName(r.Kind), Right: c.euro(r.Total), Style: Style{Bold: true, Tall: true}}}
	if r.Reason != "" {
		blocks = append(blocks, Row{Left: "Grund", Right: r.Reason})
	}
	return append(blocks, Row{Left: "Bar", Right: r.Total.German()})
}

func moveName(kind string) string {
	switch kind {
	case till.Float:
		return "Anfangsbestand"
	case till.Deposit:
		return "Einlage"
	case till.Withdrawal:
		return "Entnahme"
	case till.Difference:
		return "Kassendifferenz"
	}
	return kind
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }
