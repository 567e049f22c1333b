package till_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

func TestOpenShift(t *testing.T) {
	for _, c := range []struct {
		name  string
		do    till.OpenShift
		float money.Cents
	}{
		{"bare amount", till.OpenShift{Float: 100_00, Note: " früh "}, 100_00},
		{"counted", till.OpenShift{Count: till.Count{5000: 1, 200: 3, 1: 7}}, 56_07},
		{"both, agreeing", till.OpenShift{Float: 2, Count: till.Count{1: 2}}, 2},
		{"empty drawer", till.OpenShift{}, 0},
		{"counted empty", till.OpenShift{Count: till.Count{100: 0}}, 0},
	} {
		x := closedShop(t)
		events := x.do(tilltest.Cashier, &c.do)
		s := x.s.Shift
		if s == nil || s.ID != 1 || s.State != till.StateOpen || s.By != tilltest.Cashier || s.ByName != "Name of karl" || s.Float != c.float {
			t.Fatalf("%s: %+v", c.name, s)
		}
		if s.Totals.Cash != c.float || s.Totals.Float != c.float || !reflect.DeepEqual(s.FloatOf, c.do.Count) {
			t.Errorf("%s: totals %+v, count %v", c.name, s.Totals, s.FloatOf)
		}
		if want := 2 - b2i(c.float == 0); len(events) != want {
			t.Errorf("%s: %d events, want %d", c.name, len(events), want)
		}
		if c.float > 0 {
			r := events[1].ReceiptPrepared
			if r.Kind != till.Float || r.Shift != 1 || r.Printed() || r.Drawer() {
				t.Errorf("%s: receipt %+v", c.name, r)
			}
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestCloseShift: float 100.00, a sale of 2.50 in cash and one by card.
func TestCloseShift(t *testing.T) {
	const expected = 102_50
	for _, c := range []struct {
		name string
		do   till.Command
		diff money.Cents
	}{
		{"exact", &till.CloseShift{Counted: expected}, 0},
		{"counted by coin", &till.CloseShift{Count: till.Count{10000: 1, 200: 1, 50: 1}}, 0},
		{"too little", &till.CloseShift{Counted: expected - 30, Reason: "verzählt"}, -30},
		{"too much", &till.CloseShift{Counted: expected + 1, Reason: "gefunden"}, 1},
		{"empty", &till.CloseShift{Counted: 0, Reason: "Raub"}, -expected},
		{"forced", &till.ForceClose{Reason: "niemand da"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := openShop(t)
			x.sell(tilltest.Espresso)
			x.add("l", tilltest.Espresso, 1)
			x.pay("card")
			counting(x)
			open := *x.s.Shift
			x.at = x.at.Add(time.Hour)
			events := x.do(tilltest.Owner, c.do)
			e := events[len(events)-1].ShiftClosed
			done := open.Finish(e, &till.Commit{At: x.at})
			if done.State != till.StateClosed || done.Expected != expected || done.Diff != c.diff || done.Counted != expected+c.diff {
				t.Errorf("shift %+v", done)
			}
			if done.ClosedBy != "Name of olga" || !done.Closed.Equal(x.at) || done.Forced != (c.name == "forced") {
				t.Errorf("shift %+v", done)
			}
			if x.s.Shift != nil || x.s.Day.Difference != c.diff || x.s.Day.Cash != expected+c.diff {
				t.Errorf("day %+v", x.s.Day)
			}
			if (len(events) == 2) != (c.diff != 0) {
				t.Errorf("%d events for a difference of %d", len(events), c.diff)
			}
		})
	}
}

func TestCountingAndBack(t *testing.T) {
	x := openShop(t)
	if events := x.do("", &till.RescueShift{}); events != nil {
		t.Errorf("rescued while selling: %v", events)
	}
	counting(x)
	if events := x.do(tilltest.Cashier, &till.BeginCount{}); events != nil {
		t.Errorf("counting twice: %v", events)
	}
	x.do(tilltest.Owner, &till.RescueShift{Reason: "Gast kam"})
	x.sell(tilltest.Espresso)
	if x.s.Shift.Rescued != 1 {
		t.Errorf("rescued %d", x.s.Shift.Rescued)
	}
}

// TestReportChangesNothing and stays as it was when selling goes on.
func TestReportChangesNothing(t *testing.T) {
	x := openShop(t)
	x.sell(tilltest.Espresso)
	before := encode(t, x.s.Day)
	e := x.do(tilltest.Cashier, &till.Report{})[0].Reported
	if string(encode(t, x.s.Day)) != string(before) {
		t.Error("the day changed")
	}
	frozen := encode(t, e)
	x.sell(tilltest.Espresso) // the same rate, group and tender as before
	x.add("l", tilltest.Cake, 1)
	x.do("", &till.SetTakeAway{Order: "o", TakeAway: true})
	x.pay("voucher")
	x.do(tilltest.Cashier, &till.MoveCash{Amount: 1, Note: "x"})
	if string(encode(t, e)) != string(frozen) {
		t.Error("the report changed with later sales")
	}
	if e.Shift == nil || e.Shift.Totals.Receipts != 1 || e.Day.Turnover != 250 {
		t.Errorf("report %+v", e)
	}
	noCash := closedShop(t)
	if e := noCash.do(tilltest.Cashier, &till.Report{})[0].Reported; e.Shift != nil {
		t.Errorf("a shift without one: %+v", e.Shift)
	}
}

// TestTwoDays closes two days, the first of two shifts, with an order that is
// carried over.
func TestTwoDays(t *testing.T) {
	x := openShop(t)
	x.sell(tilltest.Espresso)
	noShiftWith(x, 102_50)
	x.at = x.at.Add(time.Hour)
	x.do(tilltest.Trainee, &till.OpenShift{Float: 50_00})
	x.sell(tilltest.Cake)
	x.do("", &till.AddLine{Order: "later", Line: "l", Article: tilltest.Cake, Qty: 1000})
	noShiftWith(x, 54_20)
	start := tilltest.Opening
	z := x.do(tilltest.Owner, &till.CloseDayCmd{})[0].DayClosed
	if z.Number != 1 || z.Orders != 1 || z.Grand != 670 || !z.Start.Equal(start) || !z.At.Equal(x.at) || z.Serial != "TEST-0001" || z.ByName != "Name of olga" {
		t.Errorf("first %+v", z)
	}
	if got := z.Totals; got.Turnover != 670 || got.Cash != 54_20 || got.Float != 150_00 || !reflect.DeepEqual(got.Shifts, []uint64{1, 2}) || got.First != 1 || got.Last != 4 {
		t.Errorf("first %+v", got)
	}
	if z.Outaged || z.FromSeq != 1 {
		t.Errorf("first %+v", z)
	}
	x.do("", till.BeginOutage{Reason: "gezogen"})
	x.at = x.at.Add(10 * time.Hour)
	x.do(tilltest.Cashier, &till.OpenShift{})
	x.receipt(x.do("", &till.Pay{Order: "later", Tender: "cash", Total: 420}))
	noShiftWith(x, 4_20)
	z2 := x.do(tilltest.Owner, &till.CloseDayCmd{})[0].DayClosed
	if z2.Number != 2 || z2.Grand != 1090 || z2.Totals.First != 5 || z2.Totals.Turnover != 420 || !z2.Outaged || z2.FromSeq != z.ToSeq+2 {
		t.Errorf("second %+v", z2)
	}
	if !z2.Start.Equal(x.at) {
		t.Errorf("the second day begins at %v, with its shift, not %v", x.at, z2.Start)
	}
}

func noShiftWith(x *shop, cash money.Cents) {
	x.t.Helper()
	counting(x)
	x.do(tilltest.Cashier, &till.CloseShift{Counted: cash})
}

func TestShiftWithoutSales(t *testing.T) {
	x := closedShop(t)
	x.do(tilltest.Cashier, &till.OpenShift{})
	noShiftWith(x, 0)
	if z := x.do(tilltest.Owner, &till.CloseDayCmd{})[0].DayClosed; z.Totals.Last != 0 || len(z.Totals.Shifts) != 1 {
		t.Errorf("closing %+v", z)
	}
}

func TestReprint(t *testing.T) {
	x := openShop(t)
	x.sell(tilltest.Espresso)
	noShiftWith(x, 102_50)
	x.do(tilltest.Owner, &till.CloseDayCmd{})
	for _, c := range []till.Reprint{{Receipt: 2}, {Closing: 1}, {Shift: 1}} {
		e := x.do(tilltest.Trainee, &c)[0].ReprintRequested
		if *e != (till.ReprintRequested(c)) {
			t.Errorf("got %+v, want %+v", *e, c)
		}
	}
}

// TestOldScreensAreForgotten at a closing, ninety days after their last word.
func TestOldScreensAreForgotten(t *testing.T) {
	x := closedShop(t)
	say := func(client string, n uint64) {
		x.apply(&till.Commit{Client: client, N: n, Op: "report", Seq: x.s.Seq + 1, At: x.at})
	}
	say("old", 1)
	x.at = x.at.Add(90 * 24 * time.Hour)
	say("edge", 1)
	x.at = x.at.Add(time.Second)
	x.do("", &till.OpenShift{})
	x.do("", &till.ForceClose{Reason: "x"})
	x.do("", &till.CloseDayCmd{})
	if x.s.Clients["old"] != nil || x.s.Clients["edge"] == nil {
		t.Errorf("clients %v", x.s.Clients)
	}
}
