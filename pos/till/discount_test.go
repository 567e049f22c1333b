package till_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// basket is two espressos (5.00), a cake (4.20) and tobacco (8.40, never
// reduced): 17.60.
func basket(x *shop) {
	x.add("e", tilltest.Espresso, 2)
	x.add("c", tilltest.Cake, 1)
	x.add("t", tilltest.Tobacco, 1)
}

func TestDiscounts(t *testing.T) {
	line := func(c till.GiveDiscount) *till.GiveDiscount { c.Order, c.Line = "o", "e"; return &c }
	whole := func(c till.GiveDiscount) *till.GiveDiscount { c.Order = "o"; return &c }
	for _, c := range []struct {
		name  string
		do    []*till.GiveDiscount
		total money.Cents
	}{
		{"none", nil, 1760},
		{"line by percent", []*till.GiveDiscount{line(till.GiveDiscount{Percent: 1000})}, 1710},
		{"line by amount", []*till.GiveDiscount{line(till.GiveDiscount{Amount: 120})}, 1640},
		{"line by name", []*till.GiveDiscount{line(till.GiveDiscount{ID: "euro"})}, 1660},
		{"line for nothing", []*till.GiveDiscount{line(till.GiveDiscount{Percent: 10000})}, 1260},
		{"line by more than it costs", []*till.GiveDiscount{line(till.GiveDiscount{Amount: 9999})}, 1260},
		{"line, another one", []*till.GiveDiscount{line(till.GiveDiscount{ID: "euro"}), line(till.GiveDiscount{Percent: 1000})}, 1710},
		{"line, taken back", []*till.GiveDiscount{line(till.GiveDiscount{ID: "euro"}), line(till.GiveDiscount{})}, 1760},
		{"order by percent, without tobacco", []*till.GiveDiscount{whole(till.GiveDiscount{ID: "regular"})}, 1760 - 92},
		{"order by amount", []*till.GiveDiscount{whole(till.GiveDiscount{Amount: 500})}, 1260},
		{"order by more than it costs", []*till.GiveDiscount{whole(till.GiveDiscount{Amount: 5000})}, 840},
		{"order after the line", []*till.GiveDiscount{line(till.GiveDiscount{Percent: 5000}), whole(till.GiveDiscount{Percent: 1000})}, 1760 - 250 - 67},
		{"order, taken back", []*till.GiveDiscount{whole(till.GiveDiscount{Percent: 1000}), whole(till.GiveDiscount{})}, 1760},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := openShop(t)
			basket(x)
			for _, d := range c.do {
				x.do(tilltest.Owner, d)
			}
			r := x.pay("cash")
			if r.Total != c.total || r.Saved != 1760-c.total {
				t.Errorf("total %d saving %d, want %d", r.Total, r.Saved, c.total)
			}
			if last := r.Lines[2]; last.Total != 840 {
				t.Errorf("tobacco is sold for %d", last.Total)
			}
		})
	}
}

func TestDiscountNames(t *testing.T) {
	x := openShop(t)
	basket(x)
	x.do(tilltest.Owner, &till.GiveDiscount{Order: "o", Line: "e", ID: "euro"})
	x.do(tilltest.Owner, &till.GiveDiscount{Order: "o", Line: "c", Percent: 500})
	x.do(tilltest.Owner, &till.GiveDiscount{Order: "o", ID: "regular"})
	r := x.pay("cash")
	if r.Lines[0].Rebate != "Ein Euro" || r.Lines[1].Rebate != "Rabatt" || r.Lines[2].Rebate != "" {
		t.Errorf("lines %+v", r.Lines)
	}
	if r.Discount == nil || r.Discount.Name != "Stammgast" || r.Discount.ID != "regular" {
		t.Errorf("order %+v", r.Discount)
	}
}

func TestDiscountCap(t *testing.T) {
	for _, c := range []struct {
		name string
		do   till.GiveDiscount
		want string
	}{
		{"at the cap", till.GiveDiscount{Percent: 1000}, ""},
		{"above", till.GiveDiscount{Percent: 1001}, "discountCap"},
		{"amount at the cap of the line", till.GiveDiscount{Line: "e", Amount: 50}, ""},
		{"amount above it", till.GiveDiscount{Line: "e", Amount: 51}, "discountCap"},
		{"amount at the cap of the order, without tobacco", till.GiveDiscount{Amount: 92}, ""},
		{"amount above that", till.GiveDiscount{Amount: 93}, "discountCap"},
		{"named within", till.GiveDiscount{ID: "regular"}, ""},
		{"named above", till.GiveDiscount{ID: "euro"}, "discountCap"},
		{"taking away", till.GiveDiscount{}, ""},
	} {
		x := openShop(t)
		basket(x)
		c.do.Order = "o"
		events, err := till.Decide(x.s, x.input(tilltest.Cashier, &c.do))
		got := ""
		if err != nil {
			got = codeOf(t, err)
		}
		if got != c.want || (got == "") != (len(events) == 1) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCapHoldsForTheWholeOrder: discounts of one person add up, and an amount
// is weighed again when the order is paid. Somebody who may give more passes it.
func TestCapHoldsForTheWholeOrder(t *testing.T) {
	karl, olga := tilltest.Cashier, tilltest.Owner
	pay := func(x *shop) *till.Pay { return &till.Pay{Order: "o", Tender: "card", Total: x.total()} }
	t.Run("line and order add up", func(t *testing.T) {
		x := openShop(t)
		basket(x)
		x.do(karl, &till.GiveDiscount{Order: "o", Line: "e", Percent: 1000})
		if got := x.refused(karl, &till.GiveDiscount{Order: "o", Percent: 1000}); got != "discountCap" {
			t.Errorf("got %q", got)
		}
		x.do(olga, &till.GiveDiscount{Order: "o", Percent: 1000})
		x.do(karl, pay(x)) // what others gave does not count against him
	})
	t.Run("an amount grows when lines go", func(t *testing.T) {
		x := openShop(t)
		basket(x)
		x.do(karl, &till.GiveDiscount{Order: "o", Amount: 92})
		x.do(karl, &till.VoidLine{Order: "o", Line: "e"})
		if got := x.refused(karl, pay(x)); got != "discountCap" {
			t.Errorf("got %q", got)
		}
		x.do(olga, pay(x))
	})
	t.Run("taking away is never refused", func(t *testing.T) {
		x := openShop(t)
		basket(x)
		x.do(karl, &till.GiveDiscount{Order: "o", Line: "e", Amount: 50})
		x.do(karl, &till.GiveDiscount{Order: "o", Line: "c", Amount: 40})
		x.master("employee", karl, `{"id":"karl","name":"Karl","fullName":"Karl K","role":"seller","discountCap":0,"active":true}`)
		if got := x.refused(karl, pay(x)); got != "discountCap" {
			t.Errorf("got %q", got)
		}
		x.do(karl, &till.GiveDiscount{Order: "o", Line: "e"}) // the other one is still too much
		x.do(karl, &till.GiveDiscount{Order: "o", Line: "c"})
		x.do(karl, pay(x))
	})
	t.Run("each line rounded up", func(t *testing.T) {
		x := openShop(t)
		x.master("article", "mint", `{"id":"mint","plu":"777","name":"Bonbon","group":"drinks","price":5,"vat":"general","active":true}`)
		for i := range 6 {
			line := fmt.Sprint("m", i)
			x.add(line, "mint", 1)
			x.do(karl, &till.GiveDiscount{Order: "o", Line: line, Percent: 1000}) // half a cent, rounded to a whole one
		}
		x.do(karl, pay(x))
	})
}

// TestBillNeverInventsMoney: whatever the discounts, lines come to the total,
// no line is below zero, and what is saved is what is missing.
func TestBillNeverInventsMoney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) *till.Discount {
			switch rapid.IntRange(0, 2).Draw(t, label) {
			case 1:
				return &till.Discount{Percent: money.Rate(rapid.IntRange(1, 10000).Draw(t, "percent"))}
			case 2:
				return &till.Discount{Amount: money.Cents(rapid.Int64Range(1, 1e6).Draw(t, "amount"))}
			}
			return nil
		}
		o := till.Order{TakeAway: rapid.Bool().Draw(t, "away"), Discount: draw("order")}
		var full money.Cents
		for range rapid.IntRange(0, 8).Draw(t, "lines") {
			l := till.Line{Qty: money.Qty(rapid.Int64Range(1, 50_000).Draw(t, "qty")),
				Price: money.Cents(rapid.Int64Range(0, 100_000).Draw(t, "price")), NoRebate: rapid.Bool().Draw(t, "fixed")}
			if !l.NoRebate {
				l.Discount = draw("line")
			}
			o.Lines = append(o.Lines, l)
			full += l.Qty.Times(l.Price)
		}
		b := o.Bill()
		var total money.Cents
		for i, x := range b.Lines {
			total += x.Total
			if x.Total < 0 || x.Total != x.Full-x.Discount-x.Share {
				t.Fatalf("line %d: %+v", i, x)
			}
			if o.Lines[i].NoRebate && x.Total != x.Full {
				t.Fatalf("line %d takes no discount: %+v", i, x)
			}
		}
		if b.Total != total || b.Total+b.Saved != full {
			t.Fatalf("lines %d, total %d, saved %d, full %d", total, b.Total, b.Saved, full)
		}
	})
}
