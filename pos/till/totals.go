package till

import (
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
)

// Totals are running sums over receipts: of a shift, or since the last
// closing. They follow from the events alone.
type Totals struct {
	First       uint64               `json:"first,omitempty"` // receipt numbers
	Last        uint64               `json:"last,omitempty"`
	Receipts    int                  `json:"receipts"` // sales
	Voids       int                  `json:"voids"`
	VoidSum     money.Cents          `json:"voidSum"`
	Turnover    money.Cents          `json:"turnover"` // sales less voids
	Discounts   money.Cents          `json:"discounts"`
	Tips        money.Cents          `json:"tips"`
	VAT         []VATSum             `json:"vat"`
	Tenders     map[string]TenderSum `json:"tenders"`
	Groups      map[string]Sum       `json:"groups"`
	Staff       map[string]Sum       `json:"staff"`
	Float       money.Cents          `json:"float"`
	Deposits    money.Cents          `json:"deposits"`
	Withdrawals money.Cents          `json:"withdrawals"` // negative
	Difference  money.Cents          `json:"difference"`
	Cash        money.Cents          `json:"cash"` // expected in the drawer
	LineVoids   int                  `json:"lineVoids"`
	LineVoidSum money.Cents          `json:"lineVoidSum"`
	Cancelled   int                  `json:"cancelled"` // orders
	DrawerOpens int                  `json:"drawerOpens"`
	Unsigned    int                  `json:"unsigned"` // receipts marked for an outage
	Shifts      []uint64             `json:"shifts,omitempty"`
	Moves       []CashMove           `json:"moves,omitempty"`
}

// CashMove is a deposit or withdrawal of the period, for the report.
type CashMove struct {
	Receipt uint64      `json:"receipt"`
	Kind    string      `json:"kind"`
	Amount  money.Cents `json:"amount"`
	Note    string      `json:"note,omitempty"`
}

// maxMoves bounds Totals.Moves; the sums stay right beyond it.
const maxMoves = 200

// TenderSum is what came in by one way to pay.
type TenderSum struct {
	Name   string      `json:"name"`
	Type   string      `json:"type"`
	Count  int         `json:"count"`
	Amount money.Cents `json:"amount"`
	Tips   money.Cents `json:"tips,omitempty"`
}

// Sum is a named turnover.
type Sum struct {
	Name   string      `json:"name"`
	Qty    money.Qty   `json:"qty,omitempty"`
	Count  int         `json:"count,omitempty"`
	Amount money.Cents `json:"amount"`
}

// NewTotals returns empty sums.
func NewTotals() Totals {
	return Totals{Tenders: map[string]TenderSum{}, Groups: map[string]Sum{}, Staff: map[string]Sum{}}
}

// Add counts a receipt. groupName gives the name of an article group.
func (t *Totals) Add(r Receipt, groupName func(string) string) {
	if t.First == 0 {
		t.First = r.Number
	}
	t.Last = r.Number
	for _, p := range r.Payments {
		if p.Type == catalog.Bar {
			t.Cash += p.Amount + p.Tip
		}
	}
	if r.Kind == Sale || r.Kind == Void {
		t.addSale(r, groupName)
		return
	}
	t.addMove(r)
}

func (t *Totals) addSale(r Receipt, groupName func(string) string) {
	if r.Kind == Void {
		t.Voids++
		t.VoidSum += r.Total
	} else {
		t.Receipts++
	}
	t.Turnover += r.Total
	t.Discounts += r.Saved
	t.Tips += r.Tip
	for _, v := range r.VAT {
		t.addVAT(v)
	}
	for _, p := range r.Payments {
		x := t.Tenders[p.Tender]
		x.Name, x.Type = p.Name, p.Type
		x.Count++
		x.Amount += p.Amount
		x.Tips += p.Tip
		t.Tenders[p.Tender] = x
	}
	for _, l := range r.Lines {
		g := t.Groups[l.Group]
		g.Name = groupName(l.Group)
		g.Qty += l.Qty
		g.Amount += l.Total
		t.Groups[l.Group] = g
	}
	p := t.Staff[r.By]
	p.Name = r.ByName
	p.Count++
	p.Amount += r.Total
	t.Staff[r.By] = p
}

func (t *Totals) addMove(r Receipt) {
	switch r.Kind {
	case Float:
		t.Float += r.Total
	case Deposit:
		t.Deposits += r.Total
	case Withdrawal:
		t.Withdrawals += r.Total
	case Difference:
		t.Difference += r.Total
	}
	if len(t.Moves) < maxMoves {
		t.Moves = append(t.Moves, CashMove{Receipt: r.Number, Kind: r.Kind, Amount: r.Total, Note: r.Reason})
	}
}

func (t *Totals) addVAT(v VATSum) {
	for i := range t.VAT {
		if t.VAT[i].Tax == v.Tax {
			t.VAT[i].Gross += v.Gross
			t.VAT[i].Net += v.Net
			t.VAT[i].VAT += v.VAT
			return
		}
	}
	t.VAT = append(t.VAT, v)
	for i := len(t.VAT) - 1; i > 0 && vatLess(t.VAT[i], t.VAT[i-1]); i-- {
		t.VAT[i], t.VAT[i-1] = t.VAT[i-1], t.VAT[i]
	}
}

func vatLess(a, b VATSum) bool {
	return a.Key < b.Key || a.Key == b.Key && a.Rate < b.Rate
}

// clone copies the sums so that a frozen report never changes with them.
func (t Totals) clone() Totals {
	c := t
	c.VAT = append([]VATSum(nil), t.VAT...)
	c.Shifts = append([]uint64(nil), t.Shifts...)
	c.Moves = append([]CashMove(nil), t.Moves...)
	c.Tenders, c.Groups, c.Staff = map[string]TenderSum{}, map[string]Sum{}, map[string]Sum{}
	for k, v := range t.Tenders {
		c.Tenders[k] = v
	}
	for k, v := range t.Groups {
		c.Groups[k] = v
	}
	for k, v := range t.Staff {
		c.Staff[k] = v
	}
	return c
}
