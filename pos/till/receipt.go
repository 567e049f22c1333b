package till

import (
	"slices"
	"strconv"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
)

// Receipt kinds. The last four move cash without a sale; their names are the
// business cases (GV_TYP) of DSFinV-K.
const (
	Sale       = "sale"
	Void       = "void"
	Float      = "Anfangsbestand"
	Deposit    = "Einzahlung"
	Withdrawal = "Auszahlung"
	Difference = "DifferenzSollIst"
)

// Receipt is a numbered business transaction (Beleg), frozen for ever. Its
// number, sums and time are durable before it is signed.
type Receipt struct {
	Number   uint64      `json:"number"`
	Kind     string      `json:"kind"`
	Process  string      `json:"process"` // the order it ends, or a name of its own
	Shift    uint64      `json:"shift"`
	Started  time.Time   `json:"started"`
	Ended    time.Time   `json:"ended"`
	By       string      `json:"by"`
	ByName   string      `json:"byName"`
	Label    string      `json:"label,omitempty"`
	TakeAway bool        `json:"takeAway,omitempty"`
	Lines    []Sold      `json:"lines,omitempty"`
	Discount *Discount   `json:"discount,omitempty"` // on the whole order
	Saved    money.Cents `json:"saved,omitempty"`    // all discounts together
	VAT      []VATSum    `json:"vat,omitempty"`
	Total    money.Cents `json:"total"` // of the goods, or the cash moved
	Tip      money.Cents `json:"tip,omitempty"`
	Payments []Payment   `json:"payments,omitempty"`
	Change   money.Cents `json:"change,omitempty"`
	VoidOf   uint64      `json:"voidOf,omitempty"`
	Reason   string      `json:"reason,omitempty"`
	Header   int         `json:"header"` // index of the company row in State.Headers

	Opened *fiscal.Opened `json:"opened,omitempty"` // device process it ends
}

// Sold is a line of a receipt.
type Sold struct {
	ID       string      `json:"id,omitempty"`
	Article  string      `json:"article"`
	PLU      string      `json:"plu"`
	Name     string      `json:"name"`
	Group    string      `json:"group"`
	Qty      money.Qty   `json:"qty"`
	Price    money.Cents `json:"price"`
	Rebate   string      `json:"rebate,omitempty"`   // name of the line's discount
	Discount money.Cents `json:"discount,omitempty"` // on the line
	Share    money.Cents `json:"share,omitempty"`    // of the order's discount
	Total    money.Cents `json:"total"`
	Tax      Tax         `json:"tax"`
	At       time.Time   `json:"at"`
	By       string      `json:"by,omitempty"`
}

// VATSum is the printed tax line: gross, net and tax of one rate.
type VATSum struct {
	Tax
	Gross money.Cents `json:"gross"`
	Net   money.Cents `json:"net"`
	VAT   money.Cents `json:"vat"`
}

// receiptOf freezes a paid order.
func (s *State) receiptOf(o *Order, in Input) Receipt {
	b := o.Bill()
	r := s.blank(Sale, o.ID, in)
	r.Started, r.Label, r.TakeAway = o.At, o.Label, o.TakeAway
	r.Discount, r.Saved, r.Total = o.Discount, b.Saved, b.Total
	r.Payments = slices.Clone(o.Payments)
	for i, l := range o.Lines {
		x := b.Lines[i]
		sold := Sold{ID: l.ID, Article: l.Article, PLU: l.PLU, Name: l.Name, Group: l.Group,
			Qty: l.Qty, Price: l.Price, Discount: x.Discount, Share: x.Share,
			Total: x.Total, Tax: x.Tax, At: l.At, By: l.By}
		if l.Discount != nil {
			sold.Rebate = l.Discount.Name
		}
		r.Lines = append(r.Lines, sold)
	}
	r.VAT = vatOf(r.Lines)
	for _, p := range r.Payments {
		r.Tip += p.Tip
		if p.Given > 0 {
			r.Change += p.Given - p.Amount - p.Tip
		}
	}
	return r
}

// blank is a receipt with the next number and nothing on it.
func (s *State) blank(kind, process string, in Input) Receipt {
	r := Receipt{Number: s.Receipts + 1, Kind: kind, Process: process, Started: in.At, Ended: in.At,
		By: in.By, ByName: s.Catalog.Employees[in.By].Name, Header: len(s.Headers) - 1}
	if s.Shift != nil {
		r.Shift = s.Shift.ID
	}
	return r
}

// vatOf sums lines by rate and splits each sum once, so that rounding happens
// per rate and receipt, as it is printed.
func vatOf(lines []Sold) []VATSum {
	var sums []VATSum
	for _, l := range lines {
		i := slices.IndexFunc(sums, func(v VATSum) bool { return v.Tax == l.Tax })
		if i < 0 {
			sums = append(sums, VATSum{Tax: l.Tax})
			i = len(sums) - 1
		}
		sums[i].Gross += l.Total
	}
	for i := range sums {
		v := &sums[i]
		v.VAT = money.VATIn(v.Gross, v.Rate)
		v.Net = v.Gross - v.VAT
	}
	slices.SortFunc(sums, func(a, b VATSum) int {
		if a.Key != b.Key {
			return a.Key - b.Key
		}
		return int(a.Rate - b.Rate)
	})
	return sums
}

// voidOf mirrors a receipt with all signs reversed.
func (s *State) voidOf(old Receipt, reason string, in Input) Receipt {
	r := s.blank(Void, "", in)
	r.Process = processName(r.Number)
	r.VoidOf, r.Reason, r.Label, r.TakeAway = old.Number, reason, old.Label, old.TakeAway
	r.Saved, r.Total, r.Tip = -old.Saved, -old.Total, -old.Tip
	for _, l := range old.Lines {
		l.Qty, l.Discount, l.Share, l.Total = -l.Qty, -l.Discount, -l.Share, -l.Total
		r.Lines = append(r.Lines, l)
	}
	for _, v := range old.VAT {
		r.VAT = append(r.VAT, VATSum{Tax: v.Tax, Gross: -v.Gross, Net: -v.Net, VAT: -v.VAT})
	}
	for _, p := range old.Payments {
		p.Amount, p.Tip, p.Given = -p.Amount, -p.Tip, 0
		r.Payments = append(r.Payments, p)
	}
	return r
}

// cashMove is a receipt that only moves cash; amount is signed.
func (s *State) cashMove(kind string, amount money.Cents, note string, in Input) Receipt {
	r := s.blank(kind, "", in)
	r.Process = processName(r.Number)
	r.Total, r.Reason = amount, note
	r.Payments = []Payment{{Tender: "", Name: kind, Type: catalog.Bar, Amount: amount,
		Drawer: kind == Deposit || kind == Withdrawal}}
	return r
}

// tipKey is where tips for the staff stand: not taxable (key 5).
const tipKey = 5

// Record is the receipt as a fiscal regime seals it.
func (r Receipt) Record() fiscal.Record {
	rec := fiscal.Record{Process: r.Process, Number: r.Number, Kind: fiscal.Receipt, Time: r.Ended}
	for _, v := range r.VAT {
		rec.Gross = append(rec.Gross, fiscal.Gross{Key: v.Key, Amount: v.Gross})
	}
	if r.Tip != 0 {
		rec.Gross = append(rec.Gross, fiscal.Gross{Key: tipKey, Amount: r.Tip})
	}
	for _, p := range r.Payments {
		rec.Paid = append(rec.Paid, fiscal.Paid{Cash: p.Type == catalog.Bar, Amount: p.Amount + p.Tip})
	}
	return rec
}

// Printed reports whether the customer gets paper: cash that only moves into
// or out of the till at opening and counting does not.
func (r Receipt) Printed() bool { return r.Kind != Float && r.Kind != Difference }

// Drawer reports whether the drawer opens for it.
func (r Receipt) Drawer() bool {
	return slices.ContainsFunc(r.Payments, func(p Payment) bool { return p.Drawer })
}

// processPrefix begins the names of processes that end no order; no order's id
// may begin with it.
const processPrefix = "receipt-"

// processName names the device process of a receipt that ends no order.
func processName(number uint64) string { return processPrefix + strconv.FormatUint(number, 10) }
