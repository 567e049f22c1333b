package till_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// TestTenders pays 2 espressos (5.00) in every way there is.
func TestTenders(t *testing.T) {
	for _, c := range []struct {
		name   string
		pay    []till.Pay
		cash   money.Cents // more in the drawer
		change money.Cents
		tip    money.Cents
		record []fiscal.Paid
	}{
		{"exact", []till.Pay{{Tender: "cash"}}, 500, 0, 0, []fiscal.Paid{{Cash: true, Amount: 500}}},
		{"exact, counted", []till.Pay{{Tender: "cash", Given: 500}}, 500, 0, 0, []fiscal.Paid{{Cash: true, Amount: 500}}},
		{"change", []till.Pay{{Tender: "cash", Given: 2000}}, 500, 1500, 0, []fiscal.Paid{{Cash: true, Amount: 500}}},
		{"tip in cash", []till.Pay{{Tender: "cash", Given: 600, Tip: 50}}, 550, 50, 50, []fiscal.Paid{{Cash: true, Amount: 550}}},
		{"tip without money given", []till.Pay{{Tender: "cash", Tip: 50}}, 550, 0, 50, []fiscal.Paid{{Cash: true, Amount: 550}}},
		{"card", []till.Pay{{Tender: "card"}}, 0, 0, 0, []fiscal.Paid{{Amount: 500}}},
		{"tip by card", []till.Pay{{Tender: "card", Tip: 70}}, 0, 0, 70, []fiscal.Paid{{Amount: 570}}},
		{"voucher and cash", []till.Pay{{Tender: "voucher", Amount: 300}, {Tender: "cash", Given: 500}}, 200, 300, 0,
			[]fiscal.Paid{{Amount: 300}, {Cash: true, Amount: 200}}},
		{"two cards and a tip", []till.Pay{{Tender: "card", Amount: 1}, {Tender: "card", Amount: 499, Tip: 1}}, 0, 0, 1,
			[]fiscal.Paid{{Amount: 1}, {Amount: 500}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := openShop(t)
			x.add("l", tilltest.Espresso, 2)
			before := x.s.Shift.Totals.Cash
			var events []till.Event
			for _, p := range c.pay {
				p.Order, p.Total = "o", 500
				events = x.do(tilltest.Cashier, &p)
			}
			r := x.receipt(events)
			if got := x.s.Shift.Totals.Cash - before; got != c.cash {
				t.Errorf("cash %d, want %d", got, c.cash)
			}
			if r.Change != c.change || r.Tip != c.tip || r.Total != 500 {
				t.Errorf("total %d, change %d, tip %d; want change %d, tip %d", r.Total, r.Change, r.Tip, c.change, c.tip)
			}
			if got := r.Record().Paid; !reflect.DeepEqual(got, c.record) {
				t.Errorf("record %v, want %v", got, c.record)
			}
			if got, want := r.Drawer(), c.cash > 0; got != want {
				t.Errorf("drawer opens: %v, want %v", got, want)
			}
			if len(x.s.Orders) != 0 || !r.Printed() {
				t.Errorf("orders %v, printed %v", x.s.Orders, r.Printed())
			}
		})
	}
}

func TestRecordCarriesTipsUntaxed(t *testing.T) {
	x := openShop(t)
	basket(x)
	x.do("", &till.AddLine{Order: "o", Line: "b", Article: tilltest.Beans, Qty: 250})
	r := x.receipt(x.do(tilltest.Cashier, &till.Pay{Order: "o", Tender: "card", Total: x.total(), Tip: 100}))
	rec := r.Record()
	want := []fiscal.Gross{{Key: 1, Amount: 1760}, {Key: 2, Amount: 700}, {Key: 5, Amount: 100}}
	if !reflect.DeepEqual(rec.Gross, want) {
		t.Errorf("got %v, want %v", rec.Gross, want)
	}
	if rec.Number != r.Number || rec.Process != "o" || rec.Kind != fiscal.Receipt || !rec.Time.Equal(r.Ended) {
		t.Errorf("record %+v", rec)
	}
}

func TestFreeOrder(t *testing.T) {
	x := openShop(t)
	x.add("l", tilltest.Freebie, 1)
	if r := x.pay("cash"); r.Total != 0 || len(r.Payments) != 1 {
		t.Errorf("receipt %+v", r)
	}
}

func TestPartPaymentsCanBeTakenBack(t *testing.T) {
	x := openShop(t)
	partlyPaid(x)
	if paid := x.s.Orders["o"].Paid(); paid != 50 {
		t.Errorf("paid %d", paid)
	}
	x.do("", &till.DropPayments{Order: "o"})
	if events := x.do("", &till.DropPayments{Order: "o"}); events != nil {
		t.Errorf("dropped twice: %v", events)
	}
	x.do(tilltest.Owner, &till.VoidLine{Order: "o", Line: "l"}) // may be changed again
	if x.s.Shift.Totals.Receipts != 0 {
		t.Error("a receipt was made")
	}
}

func TestReceiptSaysWhoWhenAndWhere(t *testing.T) {
	x := openShop(t)
	x.add("l", tilltest.Espresso, 1)
	opened := fiscal.Opened{Transaction: 7, Serial: "5e41"}
	x.do("", till.RecordProcess{Order: "o", Opened: opened})
	start := x.at
	x.at = x.at.Add(90e9)
	x.master("company", "company", `{"id":"company","name":"Neu","street":"a","city":"b","timeZone":"Europe/Berlin","zip":"","currency":"EUR"}`)
	r := x.pay("cash")
	if !r.Started.Equal(start) || !r.Ended.Equal(x.at) || r.By != tilltest.Cashier || r.ByName != "Name of karl" || r.Shift != 1 {
		t.Errorf("receipt %+v", r)
	}
	if x.s.Headers[r.Header].Name != "Neu" || r.Opened == nil || *r.Opened != opened {
		t.Errorf("header %d, process %v", r.Header, r.Opened)
	}
}

func TestVoidMirrors(t *testing.T) {
	x := openShop(t)
	basket(x)
	x.do(tilltest.Owner, &till.GiveDiscount{Order: "o", ID: "regular"})
	old := x.receipt(x.do(tilltest.Cashier, &till.Pay{Order: "o", Tender: "cash", Total: x.total(), Given: 5000, Tip: 32}))
	before := x.s.Shift.Totals.Cash
	r := x.receipt(x.do(tilltest.Owner, &till.VoidReceipt{Receipt: old.Number, Reason: " falsch "}))
	if r.Kind != till.Void || r.VoidOf != old.Number || r.Reason != "falsch" || r.By != tilltest.Owner || r.Number != old.Number+1 {
		t.Errorf("void %+v", r)
	}
	if r.Change != 0 || r.Payments[0].Given != 0 || !r.Drawer() || r.Process != "receipt-3" {
		t.Errorf("void %+v", r)
	}
	if got := x.s.Shift.Totals.Cash; got != before-old.Total-old.Tip {
		t.Errorf("cash %d after %d", got, before)
	}
	day := x.s.Day
	if day.Turnover != 0 || day.Tips != 0 || day.Discounts != 0 || day.Voids != 1 || day.VoidSum != -old.Total || x.s.Grand != 0 {
		t.Errorf("day %+v, grand %d", day, x.s.Grand)
	}
	if x.s.Voided[old.Number] != r.Number {
		t.Errorf("voided %v", x.s.Voided)
	}
}

// TestVoidNeedsTheReceiptItself: the engine may hand in the wrong one.
func TestVoidNeedsTheReceiptItself(t *testing.T) {
	x := openShop(t)
	r := x.sell(tilltest.Espresso)
	in := x.input(tilltest.Owner, &till.VoidReceipt{Receipt: r.Number, Reason: "x"})
	other := r
	other.Number = 99
	for _, past := range []*till.Receipt{nil, &other} {
		in.Past = past
		if _, err := till.Decide(x.s, in); codeOf(t, err) != "unknownReceipt" {
			t.Errorf("got %v", err)
		}
	}
}

func TestCashMoves(t *testing.T) {
	x := openShop(t)
	for _, c := range []struct {
		amount money.Cents
		kind   string
		cash   money.Cents
	}{
		{50_00, till.Deposit, 150_00},
		{-150_00, till.Withdrawal, 0},
		{1, till.Deposit, 1},
	} {
		r := x.receipt(x.do(tilltest.Cashier, &till.MoveCash{Amount: c.amount, Note: "Bank"}))
		if r.Kind != c.kind || r.Total != c.amount || !r.Drawer() || !r.Printed() || r.Reason != "Bank" {
			t.Errorf("%d: %+v", c.amount, r)
		}
		if got := x.s.Shift.Totals.Cash; got != c.cash {
			t.Errorf("cash %d, want %d", got, c.cash)
		}
		if rec := r.Record(); len(rec.Gross) != 0 || !reflect.DeepEqual(rec.Paid, []fiscal.Paid{{Cash: true, Amount: c.amount}}) {
			t.Errorf("record %+v", rec)
		}
	}
	if day := x.s.Day; day.Deposits != 50_01 || day.Withdrawals != -150_00 || day.Turnover != 0 || len(day.Moves) != 4 {
		t.Errorf("day %+v", day)
	}
}

// TestManyMoves: the list of moves ends, the sums do not.
func TestManyMoves(t *testing.T) {
	totals := till.NewTotals()
	for n := range uint64(300) {
		totals.Add(till.Receipt{Number: n + 1, Kind: till.Deposit, Total: 1,
			Payments: []till.Payment{{Type: catalog.Bar, Amount: 1}}}, nil)
	}
	if len(totals.Moves) != 200 || totals.Deposits != 300 || totals.Cash != 300 || totals.Last != 300 {
		t.Errorf("%d moves, %d deposited, %d cash", len(totals.Moves), totals.Deposits, totals.Cash)
	}
}

// TestTotalsKeepRatesApart: two rates of one key are two lines, in order.
func TestTotalsKeepRatesApart(t *testing.T) {
	totals := till.NewTotals()
	for _, tax := range []till.Tax{{Key: 2, Rate: 700}, {Key: 1, Rate: 1900}, {Key: 1, Rate: 1600}, {Key: 2, Rate: 700}} {
		totals.Add(till.Receipt{Kind: till.Sale, VAT: []till.VATSum{{Tax: tax, Gross: 10, Net: 9, VAT: 1}}}, nil)
	}
	want := []till.VATSum{{Tax: till.Tax{Key: 1, Rate: 1600}, Gross: 10, Net: 9, VAT: 1},
		{Tax: till.Tax{Key: 1, Rate: 1900}, Gross: 10, Net: 9, VAT: 1}, {Tax: till.Tax{Key: 2, Rate: 700}, Gross: 20, Net: 18, VAT: 2}}
	if !reflect.DeepEqual(totals.VAT, want) {
		t.Errorf("got %v, want %v", totals.VAT, want)
	}
}

// TestMasterDataChanges: old, new, and nothing when nothing changed; a PIN the
// office left out stays.
func TestMasterDataChanges(t *testing.T) {
	x := openShop(t)
	row := `{"id":"karl","name":"Karl","fullName":"Karl Groß","role":"seller","discountCap":2000,"active":true}`
	e := x.do(tilltest.Owner, setMaster("employee", "karl", row))[0].MasterChanged
	var old, now catalog.Employee
	if json.Unmarshal(e.Old, &old) != nil || json.Unmarshal(e.New, &now) != nil {
		t.Fatalf("event %s", encode(t, e))
	}
	if old.Name != "Name of karl" || now.Name != "Karl" || now.PIN != "hash of karl" || now.DiscountCap != 2000 {
		t.Errorf("old %+v, new %+v", old, now)
	}
	if events := x.do(tilltest.Owner, setMaster("employee", "karl", row)); events != nil {
		t.Errorf("the same row again: %v", events)
	}
	x.do(tilltest.Owner, setMaster("employee", "karl", `{"id":"karl","name":"Karl","fullName":"Karl Groß","role":"seller","pin":"new hash"}`))
	if got := x.s.Catalog.Employees["karl"]; got.PIN != "new hash" || got.Active {
		t.Errorf("row %+v", got)
	}
	if e := x.do(tilltest.Owner, setMaster("group", "g", `{"id":"g","name":"G"}`))[0].MasterChanged; e.Old != nil {
		t.Errorf("a new row was %s before", e.Old)
	}
	x.master("company", "company", `{"id":"company","name":"Neu","street":"a","city":"b","timeZone":"UTC","zip":"","currency":"EUR"}`)
	if len(x.s.Headers) != 2 || x.s.Location().String() != "UTC" {
		t.Errorf("%d headers, zone %v", len(x.s.Headers), x.s.Location())
	}
}
