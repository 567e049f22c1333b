package slip

import (
	"bytes"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
)

// The fixture: a café in Berlin on a winter afternoon.

var (
	general = till.Tax{Key: 1, Rate: 1900}
	reduced = till.Tax{Key: 2, Rate: 700}
	start   = time.Date(2026, 11, 21, 13, 3, 10, 0, time.UTC)
	end     = time.Date(2026, 11, 21, 13, 5, 22, 0, time.UTC)
)

func context() Context {
	return Context{
		Company: catalog.Company{ID: "company", Name: "Café Morgenrot", Owner: "Änne Grün", Street: "Oranienstraße 12",
			Zip: "10997", City: "Berlin", Phone: "030 1234567", Email: "hallo@morgenrot.example", VATID: "DE123456789",
			TaxNumber: "12/345/67890", Show: []string{"owner", "phone", "vatId"},
			Footer: []string{"Vielen Dank für Ihren Besuch!", "Bis bald."}, TimeZone: "Europe/Berlin", Currency: "EUR"},
		Register: catalog.Register{ID: "register", Serial: "TRESEN-0001", Name: "Theke"},
		At:       end,
	}
}

func seal() *fiscal.Seal {
	return &fiscal.Seal{Regime: "de", ClientID: "TRESEN-0001",
		Serial:      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		Transaction: 1204, Counter: 3611, Start: start, End: end, ProcessType: "Kassenbeleg-V1",
		ProcessData: "Beleg^7.00_9.10_0.00_0.00_0.00^16.10:Bar", Algorithm: "ecdsa-plain-SHA384",
		TimeFormat: "unixTime", Signature: bytes.Repeat([]byte{0x5a, 0xc3, 0x01}, 32), Demo: true}
}

const qrText = "V0;TRESEN-0001;Kassenbeleg-V1;Beleg^7.00_9.10_0.00_0.00_0.00^16.10:Bar;1204;3611;2026-11-21T13:03:10.000Z;2026-11-21T13:05:22.000Z;ecdsa-plain-SHA384;unixTime;WsMB;BFrD"

func sale() till.Receipt {
	return till.Receipt{Number: 1042, Kind: till.Sale, Process: "o-1", Shift: 7, Started: start, Ended: end,
		By: "anna", ByName: "Anna", Label: "Tisch 5",
		Lines: []till.Sold{
			{Name: "Espresso", Qty: 2000, Price: 250, Total: 450, Share: 50, Tax: general},
			{Name: "Käsekuchen mit Himbeeren, Streuseln und Sahne", Qty: 1000, Price: 420, Rebate: "Vom Vortag", Discount: 210, Total: 189, Share: 21, Tax: reduced},
			{Name: "Kaffeebohnen lose", Qty: 250, Price: 2800, Total: 630, Share: 70, Tax: reduced},
			{Name: "Pfand", Qty: 1000, Price: 200, Total: 200, Tax: till.Tax{Key: 5}},
		},
		Discount: &till.Discount{Name: "Stammgast", Percent: 1000}, Saved: 351,
		VAT: []till.VATSum{{Tax: general, Gross: 450, Net: 378, VAT: 72}, {Tax: reduced, Gross: 819, Net: 765, VAT: 54},
			{Tax: till.Tax{Key: 5}, Gross: 200, Net: 200}},
		Total: 1469, Tip: 131, Change: 400,
		Payments: []till.Payment{{Name: "Gutschein", Type: catalog.Guthaben, Amount: 500},
			{Name: "Bar", Type: catalog.Bar, Amount: 969, Given: 1500, Tip: 131}}}
}

func void() till.Receipt {
	return till.Receipt{Number: 1043, Kind: till.Void, Process: "receipt-1043", Started: end, Ended: end, ByName: "Berta",
		TakeAway: true, VoidOf: 1041, Reason: "Falscher Artikel",
		Lines: []till.Sold{{Name: "Espresso", Qty: -1000, Price: 250, Total: -250, Tax: general}},
		VAT:   []till.VATSum{{Tax: general, Gross: -250, Net: -210, VAT: -40}},
		Total: -250, Payments: []till.Payment{{Name: "Bar", Type: catalog.Bar, Amount: -250}}}
}

func withdrawal() till.Receipt {
	return till.Receipt{Number: 1044, Kind: till.Withdrawal, Process: "receipt-1044", Started: end, Ended: end,
		ByName: "Anna", Total: -5000, Reason: "Bank",
		Payments: []till.Payment{{Name: till.Withdrawal, Type: catalog.Bar, Amount: -5000}}}
}

func totals() till.Totals {
	t := till.NewTotals()
	names := func(id string) string { return map[string]string{"g1": "Getränke", "g2": "Kuchen"}[id] }
	s := sale()
	for i := range s.Lines {
		s.Lines[i].Group = []string{"g1", "g2"}[i%2]
	}
	for i := range s.Payments {
		s.Payments[i].Tender = s.Payments[i].Name
	}
	t.Add(till.Receipt{Number: 1040, Kind: till.Float, Total: 10000, Payments: []till.Payment{{Type: catalog.Bar, Amount: 10000}}}, names)
	t.Add(s, names)
	v := void()
	v.Lines[0].Group, v.Payments[0].Tender, v.By = "g1", "Bar", "berta"
	t.Add(v, names)
	t.Add(withdrawal(), names)
	t.LineVoids, t.LineVoidSum, t.Cancelled, t.DrawerOpens, t.Unsigned = 2, 750, 1, 3, 1
	t.Shifts = []uint64{6, 7}
	return t
}

func outages() []fiscal.Outage {
	return []fiscal.Outage{{Since: start, Until: end, Reason: "Gerät nicht gefunden"}, {Since: end, Reason: "keine Antwort"}}
}

func closing() till.Closing {
	return till.Closing{Number: 12, ByName: "Änne", Start: start.Add(-8 * time.Hour), At: end, FromSeq: 2001, ToSeq: 2433,
		Totals: totals(), Grand: 12345678, Orders: 2, Serial: "TRESEN-0001", Outaged: true}
}

func shift() till.Shift {
	return till.Shift{ID: 7, State: till.StateClosed, ByName: "Anna", At: start.Add(-4 * time.Hour), Float: 10000,
		FloatOf: till.Count{5000: 1, 1000: 4, 200: 5}, Note: "Frühschicht", Totals: totals(), Closed: end, ClosedBy: "Berta",
		Counted: 5800, CountOf: till.Count{5000: 1, 500: 1, 200: 1, 100: 1, 1: 0}, Expected: 5819, Diff: -19,
		Reason: "Wechselgeld falsch gezählt", Rescued: 1, Closing: 12}
}
