package slip

import (
	"slices"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
)

// Context is what a page needs beyond the event it shows. The zero value of
// each field leaves that part out.
type Context struct {
	Company  catalog.Company  // the row in force when the event happened
	Register catalog.Register // its serial is on every receipt
	Unit     string           // serial of the TSE where the seal has none
	QR       string           // text of the QR code, from the regime
	VoidedBy uint64           // receipt that voids this one; printed on copies
	Outages  []fiscal.Outage  // in the period of a closing or shift
	At       time.Time        // when a report or test page was asked for
	Copy     bool             // printed before
	Training bool             // nothing on it is real
	Demo     bool             // the signing unit is a demonstration; a seal says so itself
}

// marks are the inverted bars at top and bottom of a page.
func (c Context) marks(s *fiscal.Seal) []Block {
	var texts []string
	if c.Training {
		texts = append(texts, "TRAINING – KEIN BELEG")
	}
	if c.Demo || s != nil && s.Demo {
		texts = append(texts, "DEMONSTRATION – KEINE ZERTIFIZIERTE TSE")
	}
	if c.Copy {
		texts = append(texts, "KOPIE")
	}
	if s != nil && s.Outage != nil {
		texts = append(texts, "TSE AUSGEFALLEN")
	}
	blocks := make([]Block, 0, len(texts))
	for _, t := range texts {
		blocks = append(blocks, mark(t))
	}
	return blocks
}

func mark(text string) Text {
	return Text{Text: text, Align: Center, Style: Style{Bold: true, Invert: true}}
}

// head is who runs the shop: full name and address always (§6 no. 1
// KassenSichV), the rest as the company chooses.
func (c Context) head() []Block {
	x := c.Company
	blocks := []Block{Text{Text: x.Name, Align: Center, Style: Style{Bold: true, Tall: true}}}
	center := func(label, value string) {
		if value != "" {
			blocks = append(blocks, Text{Text: label + value, Align: Center})
		}
	}
	shown := func(field, label, value string) {
		if slices.Contains(x.Show, field) {
			center(label, value)
		}
	}
	shown("owner", "Inh. ", x.Owner)
	center("", x.Street)
	center("", clean(x.Zip+" "+x.City))
	shown("phone", "Tel. ", x.Phone)
	shown("email", "", x.Email)
	shown("vatId", "USt-IdNr. ", x.VATID)
	shown("taxNumber", "Steuernummer ", x.TaxNumber)
	return blocks
}

// sheet wraps a body in marks, head and cut.
func (c Context) sheet(s *fiscal.Seal, title string, body, foot []Block) Doc {
	var d Doc
	d.add(c.marks(s)...)
	d.add(c.head()...)
	d.add(Rule{})
	if title != "" {
		d.add(Text{Text: title, Align: Center, Style: Style{Bold: true, Tall: true}})
	}
	d.add(body...)
	d.add(foot...)
	d.add(c.marks(s)...)
	d.add(Cut{})
	return d
}

// stamp is a time as the shop's clock showed it.
func (c Context) stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(c.Company.Location()).Format("02.01.2006 15:04:05")
}

// euro is an amount with its currency.
func (c Context) euro(x money.Cents) string {
	if c.Company.Currency == "" || c.Company.Currency == "EUR" {
		return x.German() + " €"
	}
	return x.German() + " " + c.Company.Currency
}
