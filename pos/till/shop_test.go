package till_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// shop is a till under test with the master data of tilltest. What is done in
// it goes through the books of tilltest as well.
type shop struct {
	t     *testing.T
	s     *till.State
	at    time.Time
	books *tilltest.Ledger
}

// closedShop has sold nothing and has no shift.
func closedShop(t *testing.T) *shop {
	t.Helper()
	x := &shop{t: t, s: till.New(), at: tilltest.Opening, books: tilltest.NewLedger()}
	c, err := tilltest.Import()
	if err != nil {
		t.Fatal(err)
	}
	x.apply(c)
	return x
}

// openShop has a shift of Karl's with 100.00 in the drawer.
func openShop(t *testing.T) *shop {
	t.Helper()
	x := closedShop(t)
	x.do(tilltest.Cashier, &till.OpenShift{Float: 100_00})
	return x
}

func (x *shop) apply(c *till.Commit) {
	x.t.Helper()
	if err := x.s.Apply(c); err != nil {
		x.t.Fatal(err)
	}
	if err := x.books.Saw(c); err != nil {
		x.t.Fatal(err)
	}
	if err := x.books.Compare(x.s); err != nil {
		x.t.Fatal(err)
	}
}

func (x *shop) input(by string, c till.Command) till.Input {
	in := till.Input{By: by, At: x.at, Do: c}
	if n := till.PastReceipt(c); n > 0 && n <= uint64(len(x.books.Receipts)) {
		in.Past = x.books.Receipts[n-1]
	}
	return in
}

// do carries out a command that must be accepted, and returns what happened.
func (x *shop) do(by string, c till.Command) []till.Event {
	x.t.Helper()
	events, err := till.Decide(x.s, x.input(by, c))
	if err != nil {
		x.t.Fatalf("%s by %s: %v", c.Op(), by, err)
	}
	if len(events) > 0 {
		x.apply(&till.Commit{Op: c.Op(), By: by, Events: events, Seq: x.s.Seq + 1, At: x.at})
	}
	return events
}

// refused returns the code with which a command is refused, and checks that
// nothing changed.
func (x *shop) refused(by string, c till.Command) string {
	x.t.Helper()
	before, err := json.Marshal(x.s)
	if err != nil {
		x.t.Fatal(err)
	}
	events, err := till.Decide(x.s, x.input(by, c))
	after, _ := json.Marshal(x.s)
	if string(before) != string(after) {
		x.t.Fatalf("%s changed the state while it was refused", c.Op())
	}
	if len(events) > 0 || err == nil {
		return ""
	}
	var r *till.Refusal
	if !errors.As(err, &r) {
		x.t.Fatalf("%s: %v is no refusal", c.Op(), err)
	}
	if r.Sentence == "" {
		x.t.Errorf("%s: %s has no sentence", c.Op(), r.Code)
	}
	return r.Code
}

// add puts pieces of an article into order o.
func (x *shop) add(line, article string, pieces int64) {
	x.t.Helper()
	x.do(tilltest.Cashier, &till.AddLine{Order: "o", Line: line, Article: article, Qty: money.One * money.Qty(pieces)})
}

// sell makes a cash sale of one article and returns its receipt.
func (x *shop) sell(article string) till.Receipt {
	x.t.Helper()
	x.add("l", article, 1)
	return x.pay("cash")
}

// pay pays what is open of order o and returns the receipt.
func (x *shop) pay(tender string) till.Receipt {
	x.t.Helper()
	return x.receipt(x.do(tilltest.Cashier, &till.Pay{Order: "o", Tender: tender, Total: x.total()}))
}

func (x *shop) total() money.Cents {
	x.t.Helper()
	o := x.s.Orders["o"]
	if o == nil {
		x.t.Fatal("order o is not open")
	}
	return o.Bill().Total
}

// receipt is the one made by the events; it is sealed at once.
func (x *shop) receipt(events []till.Event) till.Receipt {
	x.t.Helper()
	for _, e := range events {
		if e.ReceiptPrepared != nil {
			x.do("", till.RecordSeal{Receipt: e.ReceiptPrepared.Number})
			return *e.ReceiptPrepared
		}
	}
	x.t.Fatalf("no receipt was made")
	return till.Receipt{}
}

// master stores a row as the owner.
func (x *shop) master(kind, id, value string) {
	x.t.Helper()
	x.do(tilltest.Owner, setMaster(kind, id, value))
}
