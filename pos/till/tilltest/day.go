package tilltest

import (
	"fmt"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

// Day makes random commands of a shop day, one after the other. Most of them
// are what a shop would do next; one in ten is nonsense, to be refused.
type Day struct {
	// Pick chooses one of n, from 0 to n-1: the only source of chance. n is
	// at least 1.
	Pick func(n int) int
	// Now is the time of the next command; Next moves it on by up to ten
	// minutes.
	Now time.Time
	// Box lets the box's own commands come too: seals, outages, logins. An
	// engine makes them itself.
	Box bool
	// Client names the screen.
	Client string

	n     uint64                   // of the screen's last command
	ids   int                      // of the last order or line
	sales map[uint64]*till.Receipt // that can be voided, and those that cannot
}

// NewDay returns a day that begins with the shop's books.
func NewDay(pick func(n int) int) *Day {
	return &Day{Pick: pick, Now: Opening, Box: true, Client: "c-1", sales: map[uint64]*till.Receipt{}}
}

// Saw tells the day what became of its command, so that it can void receipts.
func (d *Day) Saw(c *till.Commit) {
	for i := range c.Events {
		if r := c.Events[i].ReceiptPrepared; r != nil {
			d.sales[r.Number] = r
		}
	}
}

// Past is the finished receipt a command speaks about, nil if it speaks about
// none or there is none.
func (d *Day) Past(c till.Command) *till.Receipt { return d.sales[till.PastReceipt(c)] }

// Next chooses what happens next in the state, which it does not change.
func (d *Day) Next(s *till.State) till.Input {
	d.Now = d.Now.Add(time.Duration(d.Pick(600)) * time.Second)
	in := till.Input{At: d.Now.UTC()}
	if d.Box && d.Pick(4) == 0 {
		in.Do = d.box(s)
		return in
	}
	d.n++
	in.Client, in.N, in.By = d.Client, d.n, d.person()
	switch {
	case d.Pick(10) == 0:
		in.Do = d.nonsense(s)
	case s.Shift == nil:
		in.Do = d.closed(s)
	case s.Shift.State == till.StateCounting:
		in.Do = d.counting(s)
	default:
		in.Do = d.selling(s)
	}
	in.Past = d.Past(in.Do)
	return in
}

// person is mostly the owner, so that most things are allowed.
func (d *Day) person() string {
	return one(d, Owner, Owner, Owner, Owner, Cashier, Cashier, Trainee)
}

func one[T any](d *Day, choices ...T) T { return choices[d.Pick(len(choices))] }

// often chooses yes n times in m.
func (d *Day) often(n, m int) bool { return d.Pick(m) < n }

func (d *Day) id(kind string) string {
	d.ids++
	return fmt.Sprintf("%s-%d", kind, d.ids)
}

// order is an open order, or a new id.
func (d *Day) order(s *till.State) *till.Order {
	ids := catalog.SortedIDs(s.Orders)
	if len(ids) == 0 || len(ids) < 3 && d.often(1, 3) {
		return &till.Order{ID: d.id("o")}
	}
	return s.Orders[one(d, ids...)]
}

func (d *Day) line(o *till.Order) till.Line {
	if len(o.Lines) == 0 {
		return till.Line{ID: "l-0", Qty: money.One}
	}
	return one(d, o.Lines...)
}

func (d *Day) closed(s *till.State) till.Command {
	switch d.Pick(4) {
	case 0:
		return &till.CloseDayCmd{}
	case 1:
		return &till.OpenShift{Count: till.Count{5000: int64(d.Pick(3)), 200: int64(d.Pick(9)), 1: int64(d.Pick(50))}}
	default:
		return &till.OpenShift{Float: money.Cents(d.Pick(20_000)), Note: one(d, "", "Frühschicht")}
	}
}

func (d *Day) counting(s *till.State) till.Command {
	cash := max(s.Shift.Totals.Cash, 0)
	switch d.Pick(5) {
	case 0:
		return &till.RescueShift{Reason: "weiter"}
	case 1:
		return &till.ForceClose{Reason: "niemand zählt"}
	case 2:
		return &till.CloseShift{Count: till.Count{100: int64(min(cash/100, 100_000)), 1: int64(cash % 100)}, Reason: one(d, "", "gezählt")}
	case 3:
		return &till.CloseShift{Counted: max(cash+money.Cents(d.Pick(200)-100), 0), Reason: "verzählt"}
	}
	return &till.CloseShift{Counted: cash}
}

// selling is a step of an open shift; selling itself is the most frequent.
func (d *Day) selling(s *till.State) till.Command {
	switch n := d.Pick(30); {
	case n < 10:
		return d.addLine(s)
	case n < 16:
		return d.pay(s)
	case n < 22:
		return d.change(s)
	}
	switch d.Pick(8) {
	case 0:
		return &till.MoveCash{Amount: money.Cents(d.Pick(10_000) - 5_000), Note: one(d, "Bank", "Wechselgeld")}
	case 1:
		return &till.OpenDrawer{Reason: "Wechseln"}
	case 2:
		return &till.BeginCount{}
	case 3:
		return &till.Report{}
	case 4:
		return &till.Reprint{Receipt: uint64(d.Pick(int(s.Receipts) + 1))}
	case 5:
		return d.master(s)
	default:
		return &till.VoidReceipt{Receipt: uint64(1 + d.Pick(int(s.Receipts)+1)), Reason: "Irrtum"}
	}
}

func (d *Day) addLine(s *till.State) till.Command {
	c := &till.AddLine{Order: d.order(s).ID, Line: d.id("l"), Qty: money.One, TakeAway: d.often(1, 2),
		Article: one(d, Espresso, Espresso, Cake, Cake, Beans, Tobacco, Voucher, Freebie)}
	switch c.Article {
	case Beans:
		c.Qty = money.Qty(1 + d.Pick(3_000))
	case Voucher:
		price := money.Cents(d.Pick(5_000))
		c.Price = &price
	default:
		c.Qty *= money.Qty(1 + d.Pick(5))
	}
	return c
}

func (d *Day) pay(s *till.State) till.Command {
	o := d.order(s)
	total := o.Bill().Total
	open := total - o.Paid()
	c := &till.Pay{Order: o.ID, Tender: one(d, "cash", "cash", "card", "voucher"), Total: total}
	if d.often(1, 4) {
		c.Amount = money.Cents(d.Pick(int(open) + 1))
	}
	if d.often(1, 4) {
		c.Tip = money.Cents(d.Pick(300))
	}
	if c.Tender == "cash" && d.often(2, 3) {
		c.Given = open + c.Tip + money.Cents(d.Pick(2_000))
	}
	return c
}

func (d *Day) change(s *till.State) till.Command {
	o := d.order(s)
	l := d.line(o)
	switch d.Pick(9) {
	case 0:
		return &till.SetQty{Order: o.ID, Line: l.ID, Qty: l.Qty + money.One}
	case 1:
		return &till.SetQty{Order: o.ID, Line: l.ID, Qty: max(l.Qty-money.One, 500), Reason: "zu viel"}
	case 2:
		return &till.VoidLine{Order: o.ID, Line: l.ID}
	case 3:
		return &till.GiveDiscount{Order: o.ID, Line: l.ID, ID: one(d, "", "regular", "euro")}
	case 4:
		return &till.GiveDiscount{Order: o.ID, Percent: money.Rate(d.Pick(3_000))}
	case 5:
		return &till.SetTakeAway{Order: o.ID, TakeAway: !o.TakeAway}
	case 6:
		return &till.Park{Order: o.ID, Label: one(d, "Tisch 1", "Frau Özgür")}
	case 7:
		for _, id := range catalog.SortedIDs(s.Orders) {
			if s.Orders[id].Parked {
				o = s.Orders[id]
			}
		}
		return one[till.Command](d, &till.Resume{Order: o.ID}, &till.DropPayments{Order: o.ID})
	}
	return &till.CancelOrder{Order: o.ID, Reason: "Gast ging"}
}

// master changes a price or a rate while orders are open.
func (d *Day) master(s *till.State) till.Command {
	if d.often(1, 4) {
		x := s.Catalog.Company
		x.Phone = fmt.Sprint("030 ", d.Pick(1000))
		c := row(catalog.KindCompany, "company", x)
		return &c
	}
	a := s.Catalog.Articles[one(d, Espresso, Cake, Beans)]
	a.Price = money.Cents(d.Pick(1_000))
	c := row(catalog.KindArticle, a.ID, a)
	return &c
}

// box is what the box itself notes.
func (d *Day) box(s *till.State) till.Command {
	if len(s.Unsealed) > 0 && d.often(2, 3) {
		for n := s.Receipts; n > 0; n-- {
			if r, ok := s.Unsealed[n]; ok {
				return till.RecordSeal{Receipt: n, Seal: d.seal(s, r.Process, r.Opened)}
			}
		}
	}
	switch d.Pick(5) {
	case 0:
		return one[till.Command](d, till.BeginOutage{Reason: "gezogen"}, till.EndOutage{})
	case 1:
		return till.NoteLogin{Employee: d.person(), Failed: d.often(1, 3)}
	case 2:
		for _, id := range catalog.SortedIDs(s.Aborting) {
			return till.RecordAbort{Order: id, Seal: d.seal(s, id, s.Aborting[id].Process)}
		}
	}
	o := d.order(s)
	return till.RecordProcess{Order: o.ID, Opened: fiscal.Opened{Transaction: s.Transaction + 1, At: d.Now.UTC(), Serial: "5e41"}}
}

// seal is what a signing unit would answer, or the mark of its outage.
func (d *Day) seal(s *till.State, process string, opened *fiscal.Opened) fiscal.Seal {
	if s.Outage != nil {
		o := *s.Outage
		return fiscal.Seal{Regime: "de", Outage: &o}
	}
	seal := fiscal.Seal{Regime: "de", Serial: "5e41", Transaction: s.Transaction + 1, Signature: []byte(process)}
	if opened != nil {
		seal.Transaction = opened.Transaction
	}
	return seal
}

// nonsense is a command that should be refused, or at least harmless.
func (d *Day) nonsense(s *till.State) till.Command {
	price := money.Cents(d.Pick(1000) - 500)
	wild := money.Cents(d.Pick(2_000_000) - 1_000_000)
	o := d.order(s)
	return one[till.Command](d,
		&till.AddLine{Order: o.ID, Line: d.line(o).ID, Article: Espresso, Qty: money.One},
		&till.AddLine{Order: "receipt-" + fmt.Sprint(s.Receipts+1), Line: d.id("l"), Article: Espresso, Qty: money.One},
		&till.AddLine{Order: "not an id", Line: "", Article: Former, Qty: money.Qty(wild), Price: &price},
		&till.AddLine{Order: o.ID, Line: d.id("l"), Article: one(d, Former, Future, Voucher, Beans, "?"), Qty: money.MaxQty, Price: &price},
		&till.SetQty{Order: o.ID, Line: d.line(o).ID, Qty: money.Qty(wild)},
		&till.GiveDiscount{Order: o.ID, Amount: wild, Percent: money.Rate(d.Pick(2))},
		&till.Pay{Order: o.ID, Tender: one(d, "cash", "cheque"), Total: o.Bill().Total, Amount: wild, Given: wild, Tip: wild},
		&till.Pay{Order: "gone", Total: wild},
		&till.MoveCash{Amount: wild, Note: one(d, "", "x")},
		&till.OpenShift{Float: wild}, &till.CloseShift{Counted: wild}, &till.ForceClose{},
		&till.RescueShift{}, &till.BeginCount{}, &till.CloseDayCmd{},
		&till.Reprint{Closing: uint64(d.Pick(3)), Shift: uint64(d.Pick(3))},
		&till.VoidReceipt{Receipt: uint64(d.Pick(9))},
		&till.SetMaster{Kind: "nothing", ID: "x"},
		&till.SetMaster{Kind: catalog.KindEmployee, ID: Owner, Value: []byte(`{"id":"olga"}`)},
	)
}
