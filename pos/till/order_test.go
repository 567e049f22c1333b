package till_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

func TestOrderGrowsAndShrinks(t *testing.T) {
	x := openShop(t)
	for _, step := range []struct {
		do    till.Command
		qty   []money.Qty // of the lines after it
		total money.Cents
	}{
		{addOne(tilltest.Espresso), []money.Qty{1000}, 250},
		{&till.SetQty{Order: "o", Line: "m", Qty: 3000}, []money.Qty{3000}, 750},
		{&till.SetQty{Order: "o", Line: "m", Qty: 3000}, []money.Qty{3000}, 750}, // nothing to do
		{&till.SetQty{Order: "o", Line: "m", Qty: 2000}, []money.Qty{2000}, 500},
		{&till.AddLine{Order: "o", Line: "b", Article: tilltest.Beans, Qty: 333}, []money.Qty{2000, 333}, 500 + 932},
		{&till.AddLine{Order: "o", Line: "v", Article: tilltest.Voucher, Qty: 1000, Price: price(25_00)}, []money.Qty{2000, 333, 1000}, 500 + 932 + 2500},
		{&till.VoidLine{Order: "o", Line: "b"}, []money.Qty{2000, 1000}, 3000},
		{&till.VoidLine{Order: "o", Line: "m"}, []money.Qty{1000}, 2500},
		{&till.VoidLine{Order: "o", Line: "v"}, nil, 0},
	} {
		x.do(tilltest.Owner, step.do)
		var qty []money.Qty
		for _, l := range x.s.Orders["o"].Lines {
			qty = append(qty, l.Qty)
		}
		if !reflect.DeepEqual(qty, step.qty) || x.total() != step.total {
			t.Errorf("after %s: got %v for %d, want %v for %d", step.do.Op(), qty, x.total(), step.qty, step.total)
		}
	}
	if day := x.s.Day; day.LineVoids != 4 || day.LineVoidSum != 250+932+500+2500 {
		t.Errorf("voids: %d for %d", day.LineVoids, day.LineVoidSum)
	}
}

func TestLineIsFrozen(t *testing.T) {
	x := openShop(t)
	x.add("l", tilltest.Espresso, 1)
	dear(x)
	x.add("m", tilltest.Espresso, 1)
	if got := x.total(); got != 250+2_000_00 {
		t.Errorf("got %d: the first espresso must keep its price", got)
	}
	l := x.s.Orders["o"].Lines[0]
	if l.PLU != "plu-espresso" || l.Name != "Name of espresso" || l.Group != "drinks" || l.By != tilltest.Cashier || !l.At.Equal(x.at) {
		t.Errorf("line %+v", l)
	}
}

func TestOrderNumbersRunInTheirCircle(t *testing.T) {
	x := openShop(t)
	for want := uint64(1); want <= 1001; want++ {
		events := x.do("", &till.AddLine{Order: "o", Line: "l", Article: tilltest.Freebie, Qty: 1000})
		got := events[0].OrderOpened.Number
		if got != (want-1)%999+1 {
			t.Fatalf("order %d is called %d", want, got)
		}
		x.do("", &till.CancelOrder{Order: "o"})
		x.do("", till.RecordAbort{Order: "o"})
	}
	if x.s.Day.Cancelled != 1001 {
		t.Errorf("cancelled %d", x.s.Day.Cancelled)
	}
}

func TestParkAndResume(t *testing.T) {
	x := openShop(t)
	x.add("l", tilltest.Espresso, 1)
	x.do("", &till.Park{Order: "o", Label: "  Tisch 5 "})
	if o := x.s.Orders["o"]; !o.Parked || o.Label != "Tisch 5" {
		t.Errorf("parked %v as %q", o.Parked, o.Label)
	}
	x.do("", &till.Resume{Order: "o"})
	if events := x.do("", &till.Resume{Order: "o"}); events != nil {
		t.Errorf("resumed twice: %v", events)
	}
	if o := x.s.Orders["o"]; o.Parked || o.Label != "Tisch 5" {
		t.Errorf("resumed: %v, label %q", o.Parked, o.Label)
	}
	if r := x.pay("card"); r.Label != "Tisch 5" {
		t.Errorf("receipt for %q", r.Label)
	}
}

func TestCancelKeepsWhatWasOrdered(t *testing.T) {
	x := openShop(t)
	x.add("l", tilltest.Espresso, 2)
	x.do("", till.RecordProcess{Order: "o"})
	e := x.do(tilltest.Cashier, &till.CancelOrder{Order: "o", Reason: "Gast ging"})[0].OrderCancelled
	if e.Amount != 500 || len(e.Lines) != 1 || e.Reason != "Gast ging" {
		t.Errorf("event %+v", e)
	}
	if a, ok := x.s.Aborting["o"]; !ok || a.Process == nil || len(x.s.Orders) != 0 {
		t.Errorf("aborting %v, orders %v", x.s.Aborting, x.s.Orders)
	}
}

// TestOrderNamedLikeAReceipt: receipt-2 is the process of a cash move, so no
// order may have that name and vanish with it.
func TestOrderNamedLikeAReceipt(t *testing.T) {
	x := openShop(t)
	c := &till.AddLine{Order: "receipt-2", Line: "l", Article: tilltest.Espresso, Qty: 1000}
	if got := x.refused(tilltest.Cashier, c); got != "badRequest" {
		t.Errorf("got %q", got)
	}
}

func TestEndedOrderIDIsFreeAgainAfterItsSeal(t *testing.T) {
	x := openShop(t)
	paidUnsealed(x)
	if got := x.refused("", addOne(tilltest.Espresso)); got != "unknownOrder" {
		t.Errorf("before the seal: %q", got)
	}
	x.do("", till.RecordSeal{Receipt: 2})
	x.do("", addOne(tilltest.Espresso))
}

func TestTextsAreBounded(t *testing.T) {
	x := openShop(t)
	for in, want := range map[string]string{
		strings.Repeat("ä", 201): strings.Repeat("ä", 200),
		" \n Wechselgeld\t":      "Wechselgeld",
		"a\xffb":                 "a\uFFFDb",
	} {
		if got := x.do("", &till.OpenDrawer{Reason: in})[0].DrawerOpened.Reason; got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// TestEatInAndTakeAway checks the tax of a cake eaten in and taken away in the
// night in which the rate changed (§12 Abs. 2 Nr. 15 UStG), by Berlin's clock.
func TestEatInAndTakeAway(t *testing.T) {
	general, reduced := till.Tax{Key: 1, Rate: 1900}, till.Tax{Key: 2, Rate: 700}
	for _, c := range []struct {
		at        string // UTC
		in, taken till.Tax
	}{
		{"2025-12-31T21:59:00Z", general, reduced},
		{"2025-12-31T22:59:59Z", general, reduced}, // 23:59:59 in Berlin
		{"2025-12-31T23:00:00Z", reduced, reduced}, // midnight in Berlin
		{"2026-01-01T00:30:00Z", reduced, reduced},
		{"2026-06-30T21:59:59Z", reduced, reduced},
	} {
		x := openShop(t)
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		x.at = at
		for _, taken := range []bool{false, true} {
			x.add("l", tilltest.Cake, 1)
			x.do("", &till.SetTakeAway{Order: "o", TakeAway: taken})
			r, want := x.pay("cash"), c.in
			if taken {
				want = c.taken
			}
			if len(r.VAT) != 1 || r.VAT[0].Tax != want || r.Total != 420 || r.TakeAway != taken {
				t.Errorf("%s, taken away %v: got %+v, want %v", c.at, taken, r.VAT, want)
			}
		}
	}
}

// TestOrderAcrossTheNewYear: a line keeps the rate of its moment, so one
// receipt may have both rates of one article.
func TestOrderAcrossTheNewYear(t *testing.T) {
	x := openShop(t)
	x.at = time.Date(2025, 12, 31, 23, 50, 0, 0, tilltest.Berlin)
	x.add("old", tilltest.Cake, 1)
	x.at = x.at.Add(20 * time.Minute)
	x.add("new", tilltest.Cake, 1)
	r := x.pay("cash")
	want := []till.VATSum{
		{Tax: till.Tax{Key: 1, Rate: 1900}, Gross: 420, Net: 353, VAT: 67},
		{Tax: till.Tax{Key: 2, Rate: 700}, Gross: 420, Net: 393, VAT: 27},
	}
	if !reflect.DeepEqual(r.VAT, want) {
		t.Errorf("got %v, want %v", r.VAT, want)
	}
	if !r.Started.Before(r.Ended) {
		t.Errorf("from %v to %v", r.Started, r.Ended)
	}
}

// TestTakeAwayOfANewOrder: the switch of the first tap counts, later taps
// leave the order as it is.
func TestTakeAwayOfANewOrder(t *testing.T) {
	x := openShop(t)
	first, second := addOne(tilltest.Cake), addOne(tilltest.Cake)
	first.TakeAway, second.Line = true, "second"
	x.do("", first)
	x.do("", second)
	if !x.s.Orders["o"].TakeAway {
		t.Error("the order is not taken away")
	}
	if events := x.do("", &till.SetTakeAway{Order: "o", TakeAway: true}); events != nil {
		t.Errorf("switched to what it is: %v", events)
	}
}
