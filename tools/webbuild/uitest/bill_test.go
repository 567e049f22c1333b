package uitest

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

var update = flag.Bool("update", false, "write firmware/web/ui/testdata/bill.json anew from pos/till")

const vectors = "../../../firmware/web/ui/testdata/bill.json"

// figures is a bill without its names: full, discount, share and total by line.
type figures struct {
	Lines [][4]money.Cents `json:"lines"`
	Total money.Cents      `json:"total"`
	Saved money.Cents      `json:"saved"`
}

type vector struct {
	Order *till.Order `json:"order"`
	Bill  figures     `json:"bill"`
}

func figure(o *till.Order) figures {
	b := o.Bill()
	f := figures{Lines: [][4]money.Cents{}, Total: b.Total, Saved: b.Saved}
	for _, l := range b.Lines {
		f.Lines = append(f.Lines, [4]money.Cents{l.Full, l.Discount, l.Share, l.Total})
	}
	return f
}

// random makes orders as they come and as they never should.
func random(r *rand.Rand) *till.Order {
	o := &till.Order{ID: "o", TakeAway: r.IntN(2) == 0, Lines: []till.Line{}}
	for i := range r.IntN(9) {
		l := till.Line{ID: fmt.Sprint("l", i), Qty: money.One * money.Qty(1+r.IntN(5)), Price: money.Cents(r.IntN(3000)),
			EatIn: till.Tax{Key: 1, Rate: 1900}, TakeAway: till.Tax{Key: 2, Rate: 700}, NoRebate: r.IntN(4) == 0, Discount: discount(r)}
		switch r.IntN(8) {
		case 0:
			l.Qty = money.Qty(1 + r.IntN(5000)) // by weight
		case 1:
			l.Qty, l.Price = money.Qty(1+r.IntN(int(money.MaxQty))), money.Cents(r.IntN(10_000_000))
		}
		o.Lines = append(o.Lines, l)
	}
	o.Discount = discount(r)
	return o
}

func discount(r *rand.Rand) *till.Discount {
	switch r.IntN(5) {
	case 0:
		return &till.Discount{Name: "p", Percent: money.Rate(1 + r.IntN(10000))}
	case 1:
		return &till.Discount{Name: "a", Amount: money.Cents(1 + r.IntN(6000))}
	}
	return nil
}

// The committed vectors are what pos/till says today.
func TestBillVectors(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var want []vector
	for range 120 {
		o := random(r)
		want = append(want, vector{o, figure(o)})
	}
	if *update {
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectors, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i, v := range load(t) {
		if got := figure(v.Order); !reflect.DeepEqual(got, v.Bill) {
			t.Errorf("vector %d: pos/till says %v, the file says %v; run with -update if the rule changed", i, got, v.Bill)
		}
	}
}

func load(t *testing.T) []vector {
	t.Helper()
	b, err := os.ReadFile(vectors)
	if err != nil {
		t.Fatal(err)
	}
	var vs []vector
	if err := json.Unmarshal(b, &vs); err != nil {
		t.Fatal(err)
	}
	if len(vs) < 100 {
		t.Fatalf("only %d vectors", len(vs))
	}
	return vs
}

// The till on the screen reckons as pos/till does: the committed vectors and
// as many new ones.
func TestScreenReckonsAsTheBox(t *testing.T) {
	p := page(t)
	vs := load(t)
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		o := random(r)
		vs = append(vs, vector{o, figure(o)})
	}
	orders := make([]*till.Order, len(vs))
	for i, v := range vs {
		orders[i] = v.Order
	}
	b, err := json.Marshal(orders)
	if err != nil {
		t.Fatal(err)
	}
	var got []figures
	if err := p.Eval("window.bills("+string(b)+")", &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(vs) {
		t.Fatalf("got %d bills, want %d", len(got), len(vs))
	}
	for i, v := range vs {
		if !reflect.DeepEqual(got[i], v.Bill) {
			b, _ := json.Marshal(v.Order)
			t.Errorf("bill %d: got %v, want %v for %s", i, got[i], v.Bill, b)
		}
	}
}
