package till_test

import (
	"encoding/json"
	"testing"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// needs lists every public command with the right it takes and a shop in which
// it works.
var needs = []struct {
	right catalog.Right
	prep  func(*shop)
	do    till.Command
}{
	{catalog.IssueBills, nothing, &till.AddLine{Order: "n", Line: "l", Article: tilltest.Espresso, Qty: 1000}},
	{catalog.PlusMinus, espresso, &till.SetQty{Order: "o", Line: "l", Qty: 2000}},
	{catalog.PlusMinus, twoEspressos, &till.SetQty{Order: "o", Line: "l", Qty: 1000}}, // no void: the key works both ways
	{catalog.VoidOrders, espresso, &till.VoidLine{Order: "o", Line: "l"}},
	{catalog.GiveDiscount, espresso, &till.GiveDiscount{Order: "o", ID: "regular"}},
	{catalog.GiveDiscount, espresso, &till.GiveDiscount{Order: "o"}},
	{catalog.IssueBills, espresso, &till.SetTakeAway{Order: "o", TakeAway: true}},
	{catalog.IssueBills, espresso, &till.Park{Order: "o", Label: "Tisch 1"}},
	{catalog.IssueBills, parked, &till.Resume{Order: "o"}},
	{catalog.VoidOrders, espresso, &till.CancelOrder{Order: "o"}},
	{catalog.IssueBills, emptied, &till.CancelOrder{Order: "o"}}, // nothing is taken off
	{catalog.IssueBills, espresso, &till.Pay{Order: "o", Tender: "cash", Total: 250}},
	{catalog.IssueBills, partlyPaid, &till.DropPayments{Order: "o"}},
	{catalog.VoidReceipts, func(x *shop) { x.sell(tilltest.Espresso) }, &till.VoidReceipt{Receipt: 2, Reason: "x"}},
	{catalog.IssueBills, nothing, &till.Reprint{Receipt: 1}},
	{catalog.IssueBills, nothing, &till.OpenDrawer{}},
	{catalog.MoveCash, nothing, &till.MoveCash{Amount: 1, Note: "x"}},
	{catalog.IssueBills, noShift, &till.OpenShift{}},
	{catalog.IssueBills, nothing, &till.BeginCount{}},
	{catalog.Administrate, counting, &till.RescueShift{}}, // of somebody else
	{catalog.IssueBills, counting, &till.CloseShift{Counted: 100_00}},
	{catalog.Administrate, nothing, &till.ForceClose{Reason: "x"}},
	{catalog.IssueBills, nothing, &till.Report{}},
	{catalog.CloseDay, noShift, &till.CloseDayCmd{}},
	{catalog.EditProducts, nothing, setMaster("group", "new", `{"id":"new","name":"x"}`)},
	{catalog.EditProducts, nothing, setMaster("discount", "new", `{"id":"new","name":"x","percent":100}`)},
	{catalog.EditProducts, nothing, setMaster("article", "new", `{"id":"new","plu":"9","name":"x","group":"food","vat":"general"}`)},
	{catalog.Administrate, nothing, setMaster("role", "new", `{"id":"new","name":"x"}`)},
	{catalog.Administrate, nothing, setMaster("employee", "new", `{"id":"new","name":"x","fullName":"x","role":"boss"}`)},
	{catalog.Settings, nothing, setMaster("tender", "new", `{"id":"new","name":"x","type":"Bar"}`)},
	{catalog.Settings, nothing, setMaster("vat", "new", `{"id":"new","name":"x","rates":[{"from":"2020-01-01","rate":1900,"key":1}]}`)},
	{catalog.Settings, nothing, setMaster("layout", "layout", `{"id":"layout","columns":4,"rows":4,"theme":"dark"}`)},
}

func parked(x *shop)       { espresso(x); x.do("", &till.Park{Order: "o", Label: "Tisch 1"}) }
func emptied(x *shop)      { espresso(x); x.do("", &till.VoidLine{Order: "o", Line: "l"}) }
func twoEspressos(x *shop) { x.add("l", tilltest.Espresso, 2) }

// alsoNeeds are rights a command takes beside the one under test.
func alsoNeeds(c till.Command) []catalog.Right {
	switch c.(type) {
	case *till.SetQty, *till.VoidLine, *till.GiveDiscount, *till.CancelOrder:
		return []catalog.Right{catalog.IssueBills}
	}
	return nil
}

// TestRights: a command works with the rights it needs and no others, and is
// forbidden to somebody who has all rights but one of them.
func TestRights(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range needs {
		tested[c.do.Op()] = true
		needed := append([]catalog.Right{c.right}, alsoNeeds(c.do)...)
		t.Run(c.do.Op()+" with "+string(c.right), func(t *testing.T) {
			x := openShop(t)
			x.hire("temp", needed)
			c.prep(x)
			if len(x.do("temp", c.do)) == 0 {
				t.Error("nothing happened")
			}
		})
		for _, right := range needed {
			t.Run(c.do.Op()+" without "+string(right), func(t *testing.T) {
				x := openShop(t)
				x.hire("temp", allBut(right))
				c.prep(x)
				if got := x.refused("temp", c.do); got != "forbidden" {
					t.Errorf("got %q, want forbidden", got)
				}
			})
		}
	}
	for _, op := range till.Ops() {
		if !tested[op] {
			t.Errorf("no test for the right to %s", op)
		}
	}
}

func allBut(right catalog.Right) []catalog.Right {
	var rights []catalog.Right
	for _, r := range catalog.Rights {
		if r != right {
			rights = append(rights, r)
		}
	}
	return rights
}

// hire adds an employee with these rights who may give any discount.
func (x *shop) hire(id string, rights []catalog.Right) {
	x.t.Helper()
	role, err := json.Marshal(catalog.Role{ID: id, Name: id, Rights: rights, Active: true})
	if err != nil {
		x.t.Fatal(err)
	}
	x.master("role", id, string(role))
	x.master("employee", id, `{"id":"`+id+`","name":"x","fullName":"x","role":"`+id+`","discountCap":10000,"active":true}`)
}

// TestOwnShiftNeedsNoAdministrator: who opened the shift may go back to
// selling from the count.
func TestOwnShiftNeedsNoAdministrator(t *testing.T) {
	x := openShop(t)
	counting(x)
	x.do(tilltest.Cashier, &till.RescueShift{})
	if x.s.Shift.State != till.StateOpen || x.s.Shift.Rescued != 1 {
		t.Errorf("shift %s, rescued %d", x.s.Shift.State, x.s.Shift.Rescued)
	}
}

// TestBoxMayAll: commands without an employee are the box's own.
func TestBoxMayAll(t *testing.T) {
	for _, c := range needs {
		x := openShop(t)
		c.prep(x)
		if len(x.do("", c.do)) == 0 {
			t.Errorf("%s: nothing happened", c.do.Op())
		}
	}
}
