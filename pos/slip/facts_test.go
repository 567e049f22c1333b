package slip

import (
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/till"
)

func flat(d Doc) string { return squeeze(strings.Join(texts(d.Lay(42)), "")) }

func TestHeaderSwitches(t *testing.T) {
	fields := map[string]string{"owner": "Inh.ÄnneGrün", "phone": "Tel.0301234567", "email": "hallo@morgenrot.example",
		"vatId": "USt-IdNr.DE123456789", "taxNumber": "Steuernummer12/345/67890"}
	for field, text := range fields {
		c := context()
		c.Company.Show = []string{field}
		page := flat(Receipt(sale(), seal(), c))
		for other, text := range fields {
			if got := strings.Contains(page, text); got != (other == field) {
				t.Errorf("with %s switched on, %s is printed: %v", field, other, got)
			}
		}
		if !strings.Contains(page, text) {
			t.Errorf("%s is missing", text)
		}
	}
}

func TestReceiptSaysWhatItIs(t *testing.T) {
	move := func(kind string) till.Receipt { r := withdrawal(); r.Kind = kind; return r }
	c := context()
	voided := c
	voided.VoidedBy, voided.Copy = 1099, true
	away, plain := sale(), sale()
	away.TakeAway = true
	plain.Tip, plain.Discount = 0, nil
	for i := range plain.Lines {
		plain.Lines[i].Share = 0
	}
	unknown := seal()
	unknown.ClientID = ""
	ended := &fiscal.Seal{Transaction: 99, Outage: &fiscal.Outage{Since: start, Until: end}}
	for name, x := range map[string]struct {
		page      string
		has, lack []string
	}{
		"sale":    {flat(Receipt(sale(), seal(), c)), []string{"ImHaus", "Trinkgeld1,31", "Zahlbetrag16,00€", "Gegeben15,00", "Rückgeld4,00"}, []string{"STORNO", "storniert", "KOPIE", "AUSGEFALLEN"}},
		"away":    {flat(Receipt(away, seal(), c)), []string{"AußerHaus"}, []string{"ImHaus"}},
		"no tip":  {flat(Receipt(plain, seal(), c)), []string{"SUMME14,69€"}, []string{"Trinkgeld", "Zahlbetrag", "Zwischensumme"}},
		"void":    {flat(Receipt(void(), seal(), c)), []string{"STORNO", "zuBeleg1041", "GrundFalscherArtikel"}, []string{"stornierdurch"}},
		"voided":  {flat(Receipt(sale(), seal(), voided)), []string{"storniertdurchBeleg1099", "KOPIE"}, []string{"STORNO"}},
		"out":     {flat(Receipt(withdrawal(), seal(), c)), []string{"Entnahme-50,00€", "GrundBank"}, []string{"ImHaus", "SUMME", "Netto"}},
		"in":      {flat(Receipt(move(till.Deposit), seal(), c)), []string{"Einlage"}, nil},
		"float":   {flat(Receipt(move(till.Float), seal(), c)), []string{"Anfangsbestand"}, nil},
		"differs": {flat(Receipt(move(till.Difference), seal(), c)), []string{"Kassendifferenz"}, nil},
		"future":  {flat(Receipt(move("Geldtransit"), seal(), c)), []string{"Geldtransit"}, nil},
		"pending": {flat(Receipt(sale(), nil, c)), []string{"NOCHNICHTSIGNIERT", "TRESEN-0001"}, []string{"Prüfwert"}},
		"serial":  {flat(Receipt(sale(), unknown, c)), []string{"SeriennummerKasseTRESEN-0001"}, nil},
		"ended":   {flat(Receipt(sale(), ended, c)), []string{"bis21.11.202614:05:22", "Transaktionsnummer99"}, []string{"Prüfwert"}},
	} {
		for _, s := range x.has {
			if !strings.Contains(x.page, s) {
				t.Errorf("%s: %q is missing in %s", name, s, x.page)
			}
		}
		for _, s := range x.lack {
			if strings.Contains(x.page, s) {
				t.Errorf("%s: %q should not be in %s", name, s, x.page)
			}
		}
	}
}

// TestTwoRatesOfOneKey is the night in which a rate changes: both have key 1.
func TestTwoRatesOfOneKey(t *testing.T) {
	old, now, odd := till.Tax{Key: 1, Rate: 1900}, till.Tax{Key: 1, Rate: 1600}, till.Tax{Key: 12, Rate: 500}
	got := letters([]till.VATSum{{Tax: old}, {Tax: now}, {Tax: reduced}, {Tax: odd}})
	want := map[till.Tax]string{old: "A", now: "I", reduced: "B", odd: "J"}
	for tax, letter := range want {
		if got[tax] != letter {
			t.Errorf("%v: got %q, want %q", tax, got[tax], letter)
		}
	}
}

func TestCurrency(t *testing.T) {
	c := context()
	c.Company.Currency = "CHF"
	if got := c.euro(1250); got != "12,50 CHF" {
		t.Errorf("got %q", got)
	}
}

// TestClosingHasAllTotals changes one figure after the other and wants to see
// it on the Z.
func TestClosingHasAllTotals(t *testing.T) {
	for name, change := range map[string]func(*till.Closing){
		"number": func(z *till.Closing) { z.Number = 987 }, "by": func(z *till.Closing) { z.ByName = "Xaver" },
		"start": func(z *till.Closing) { z.Start = end }, "end": func(z *till.Closing) { z.At = start },
		"from": func(z *till.Closing) { z.FromSeq = 987 }, "to": func(z *till.Closing) { z.ToSeq = 9871 },
		"grand": func(z *till.Closing) { z.Grand++ }, "orders": func(z *till.Closing) { z.Orders = 987 },
		"serial": func(z *till.Closing) { z.Serial = "ANDERE" }, "outaged": func(z *till.Closing) { z.Outaged = false },
		"first": func(z *till.Closing) { z.Totals.First = 1 }, "last": func(z *till.Closing) { z.Totals.Last = 9999 },
		"none":     func(z *till.Closing) { z.Totals.First, z.Totals.Last = 0, 0 },
		"receipts": func(z *till.Closing) { z.Totals.Receipts++ }, "voids": func(z *till.Closing) { z.Totals.Voids++ },
		"void sum": func(z *till.Closing) { z.Totals.VoidSum++ }, "turnover": func(z *till.Closing) { z.Totals.Turnover++ },
		"discounts": func(z *till.Closing) { z.Totals.Discounts++ }, "tips": func(z *till.Closing) { z.Totals.Tips++ },
		"vat":     func(z *till.Closing) { z.Totals.VAT[0].VAT++ },
		"tenders": func(z *till.Closing) { z.Totals.Tenders["x"] = till.TenderSum{Name: "Scheck", Amount: 77} },
		"groups":  func(z *till.Closing) { z.Totals.Groups["x"] = till.Sum{Name: "Obst", Amount: 77} },
		"staff":   func(z *till.Closing) { z.Totals.Staff["x"] = till.Sum{Name: "Xaver", Amount: 77} },
		"float":   func(z *till.Closing) { z.Totals.Float++ }, "deposits": func(z *till.Closing) { z.Totals.Deposits++ },
		"withdrawals": func(z *till.Closing) { z.Totals.Withdrawals++ }, "difference": func(z *till.Closing) { z.Totals.Difference++ },
		"cash": func(z *till.Closing) { z.Totals.Cash++ }, "line voids": func(z *till.Closing) { z.Totals.LineVoids++ },
		"line void sum": func(z *till.Closing) { z.Totals.LineVoidSum++ }, "cancelled": func(z *till.Closing) { z.Totals.Cancelled++ },
		"drawer": func(z *till.Closing) { z.Totals.DrawerOpens++ }, "unsigned": func(z *till.Closing) { z.Totals.Unsigned++ },
		"shifts": func(z *till.Closing) { z.Totals.Shifts = []uint64{99} }, "moves": func(z *till.Closing) { z.Totals.Moves = nil },
	} {
		z := closing()
		before := flat(Closing(z, context()))
		change(&z)
		if flat(Closing(z, context())) == before {
			t.Errorf("%s is not on the Z", name)
		}
		if before != flat(Closing(closing(), context())) {
			t.Errorf("the same Z prints differently")
		}
	}
}

func TestShiftStates(t *testing.T) {
	s := shift()
	s.State = till.StateCounting
	if page := flat(Shift(s, context())); !strings.Contains(page, "wirdgezählt") || strings.Contains(page, "Schichtende") {
		t.Errorf("a shift being counted: %s", page)
	}
	s.State, s.FloatOf, s.Rescued, s.Closing = till.StateOpen, nil, 0, 0
	page := flat(Report(nil, totals(), context())) + flat(Shift(s, context()))
	for _, no := range []string{"Wert", "abgebrochen1x", "AbschlussZ", "Geschlossen"} {
		if strings.Contains(page, no) {
			t.Errorf("an open shift says %q: %s", no, page)
		}
	}
}

func TestZeroTimeIsADash(t *testing.T) {
	z := till.Closing{Number: 1, Totals: till.NewTotals()}
	if page := flat(Closing(z, Context{})); !strings.Contains(page, "Von-Bis-") {
		t.Errorf("page %s", page)
	}
}
