package tilltest

import (
	"fmt"
	"time"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

// Ledger keeps the books a second time, from the receipts alone, and compares:
// every receipt adds up, numbers have no gap, a void mirrors what it voids,
// shifts and closings are the sums over their receipts, the drawer holds what
// came in less what went out. Give it every commit in order.
type Ledger struct {
	Receipts []*till.Receipt // by number, from 1
	Closings []*till.Closing
	Shifts   []*till.ShiftClosed

	seq       uint64
	day       period
	shift     *period
	shiftID   uint64
	unsealed  map[uint64]bool
	voided    map[uint64]bool
	closedSeq uint64 // commit of the last closing
}

// period is what happened in a shift or between two closings.
type period struct {
	receipts  []*till.Receipt
	cash      money.Cents
	lineVoids int
	cancelled int
	drawer    int
	unsigned  int
}

// NewLedger returns empty books.
func NewLedger() *Ledger {
	return &Ledger{unsealed: map[uint64]bool{}, voided: map[uint64]bool{}}
}

// Saw books a commit; the error says which promise it breaks.
func (l *Ledger) Saw(c *till.Commit) error {
	if c.Seq != l.seq+1 {
		return fmt.Errorf("commit %d follows %d", c.Seq, l.seq)
	}
	l.seq = c.Seq
	for i := range c.Events {
		if err := l.event(&c.Events[i], c); err != nil {
			return fmt.Errorf("commit %d (%s): %w", c.Seq, c.Op, err)
		}
	}
	return nil
}

// each changes the day and, if one is open, the shift.
func (l *Ledger) each(f func(*period)) {
	f(&l.day)
	if l.shift != nil {
		f(l.shift)
	}
}

func (l *Ledger) event(e *till.Event, c *till.Commit) error {
	switch {
	case e.ReceiptPrepared != nil:
		return l.receipt(e.ReceiptPrepared)
	case e.ReceiptSealed != nil:
		if !l.unsealed[e.ReceiptSealed.Receipt] {
			return fmt.Errorf("receipt %d is sealed twice or does not exist", e.ReceiptSealed.Receipt)
		}
		delete(l.unsealed, e.ReceiptSealed.Receipt)
		if e.ReceiptSealed.Seal.Outage != nil {
			l.each(func(p *period) { p.unsigned++ })
		}
	case e.LineVoided != nil:
		l.each(func(p *period) { p.lineVoids++ })
	case e.OrderCancelled != nil:
		l.each(func(p *period) { p.cancelled++ })
	case e.DrawerOpened != nil:
		l.each(func(p *period) { p.drawer++ })
	case e.ShiftOpened != nil:
		l.shift, l.shiftID, l.day.cash = &period{}, e.ShiftOpened.Shift, 0
	case e.ShiftClosed != nil:
		return l.shiftClosed(e.ShiftClosed)
	case e.Reported != nil:
		return l.reported(e.Reported)
	case e.DayClosed != nil:
		return l.dayClosed(e.DayClosed, c)
	}
	return nil
}

func (l *Ledger) receipt(r *till.Receipt) error {
	if want := uint64(len(l.Receipts) + 1); r.Number != want {
		return fmt.Errorf("receipt %d, want number %d", r.Number, want)
	}
	if err := AddsUp(r); err != nil {
		return fmt.Errorf("receipt %d: %w", r.Number, err)
	}
	if r.Kind == till.Void {
		if err := l.void(r); err != nil {
			return fmt.Errorf("receipt %d: %w", r.Number, err)
		}
	}
	l.Receipts = append(l.Receipts, r)
	l.unsealed[r.Number] = true
	l.each(func(p *period) {
		p.receipts = append(p.receipts, r)
		for _, x := range r.Record().Paid { // what the signing unit is told
			if x.Cash {
				p.cash += x.Amount
			}
		}
	})
	return nil
}

// void checks that the receipt undoes an earlier sale, wholly and once.
func (l *Ledger) void(r *till.Receipt) error {
	if r.VoidOf == 0 || r.VoidOf >= r.Number || l.voided[r.VoidOf] {
		return fmt.Errorf("voids %d, which cannot be", r.VoidOf)
	}
	l.voided[r.VoidOf] = true
	old := l.Receipts[r.VoidOf-1]
	switch {
	case old.Kind != till.Sale:
		return fmt.Errorf("voids %d, a %s", r.VoidOf, old.Kind)
	case r.Total != -old.Total, r.Tip != -old.Tip, r.Saved != -old.Saved, len(r.Lines) != len(old.Lines),
		len(r.VAT) != len(old.VAT), len(r.Payments) != len(old.Payments):
		return fmt.Errorf("does not mirror %d", r.VoidOf)
	}
	for i := range r.Lines {
		if r.Lines[i].Qty != -old.Lines[i].Qty || r.Lines[i].Total != -old.Lines[i].Total || r.Lines[i].Tax != old.Lines[i].Tax {
			return fmt.Errorf("line %d does not mirror %d", i, r.VoidOf)
		}
	}
	return nil
}

func (l *Ledger) shiftClosed(e *till.ShiftClosed) error {
	p := l.shift
	if p == nil || e.Shift != l.shiftID {
		return fmt.Errorf("shift %d closes, but is not open", e.Shift)
	}
	// The difference, if there is one, has become a receipt just before.
	if e.Counted != p.cash {
		return fmt.Errorf("shift %d counts %d, its receipts leave %d in the drawer", e.Shift, e.Counted, p.cash)
	}
	var diff money.Cents
	for _, r := range p.receipts {
		if r.Kind == till.Difference {
			diff += r.Total
		}
	}
	if diff != e.Counted-e.Expected {
		return fmt.Errorf("shift %d differs by %d, receipts say %d", e.Shift, e.Counted-e.Expected, diff)
	}
	l.Shifts = append(l.Shifts, e)
	l.shift = nil
	return nil
}

func (l *Ledger) reported(r *till.Reported) error {
	if err := l.day.compare(r.Day); err != nil {
		return fmt.Errorf("report X, day: %w", err)
	}
	if (r.Shift == nil) != (l.shift == nil) {
		return fmt.Errorf("report X and books disagree whether a shift is open")
	}
	if r.Shift != nil {
		return l.shift.compare(r.Shift.Totals)
	}
	return nil
}

func (l *Ledger) dayClosed(z *till.Closing, c *till.Commit) error {
	if want := uint64(len(l.Closings) + 1); z.Number != want {
		return fmt.Errorf("closing %d, want number %d", z.Number, want)
	}
	if z.FromSeq != l.closedSeq+1 || z.ToSeq != c.Seq-1 {
		return fmt.Errorf("closing %d covers %d to %d, want %d to %d", z.Number, z.FromSeq, z.ToSeq, l.closedSeq+1, c.Seq-1)
	}
	if err := l.day.compare(z.Totals); err != nil {
		return fmt.Errorf("closing %d: %w", z.Number, err)
	}
	var grand money.Cents
	for _, r := range l.Receipts {
		if r.Kind == till.Sale || r.Kind == till.Void {
			grand += r.Total
		}
	}
	if z.Grand != grand {
		return fmt.Errorf("closing %d: grand total %d, receipts say %d", z.Number, z.Grand, grand)
	}
	l.Closings, l.closedSeq, l.day = append(l.Closings, z), c.Seq, period{}
	return nil
}

// Compare holds the running sums of a state against the books.
func (l *Ledger) Compare(s *till.State) error {
	if s.Receipts != uint64(len(l.Receipts)) || s.Closings != uint64(len(l.Closings)) {
		return fmt.Errorf("state counts %d receipts and %d closings, books %d and %d", s.Receipts, s.Closings, len(l.Receipts), len(l.Closings))
	}
	if len(s.Unsealed) != len(l.unsealed) || len(s.Voided) != len(l.voided) {
		return fmt.Errorf("state has %d unsealed and %d voided, books %d and %d", len(s.Unsealed), len(s.Voided), len(l.unsealed), len(l.voided))
	}
	if err := l.day.compare(s.Day); err != nil {
		return fmt.Errorf("day: %w", err)
	}
	if (s.Shift == nil) != (l.shift == nil) {
		return fmt.Errorf("state and books disagree whether a shift is open")
	}
	if s.Shift != nil {
		if err := l.shift.compare(s.Shift.Totals); err != nil {
			return fmt.Errorf("shift: %w", err)
		}
	}
	return nil
}

// compare adds the receipts up and looks for the first sum that differs.
func (p *period) compare(t till.Totals) error {
	want := till.NewTotals()
	vat := map[till.Tax]till.VATSum{}
	for _, r := range p.receipts {
		addTo(&want, vat, r)
	}
	for _, x := range []struct {
		name      string
		got, want any
	}{
		{"first", t.First, want.First}, {"last", t.Last, want.Last}, {"receipts", t.Receipts, want.Receipts},
		{"voids", t.Voids, want.Voids}, {"void sum", t.VoidSum, want.VoidSum}, {"turnover", t.Turnover, want.Turnover},
		{"discounts", t.Discounts, want.Discounts}, {"tips", t.Tips, want.Tips}, {"float", t.Float, want.Float},
		{"deposits", t.Deposits, want.Deposits}, {"withdrawals", t.Withdrawals, want.Withdrawals},
		{"difference", t.Difference, want.Difference}, {"cash", t.Cash, p.cash}, {"line voids", t.LineVoids, p.lineVoids},
		{"cancelled", t.Cancelled, p.cancelled}, {"drawer", t.DrawerOpens, p.drawer}, {"unsigned", t.Unsigned, p.unsigned},
		{"rates", len(t.VAT), len(vat)}, {"groups", sumOf(t.Groups), want.Turnover}, {"staff", sumOf(t.Staff), want.Turnover},
		{"tenders", len(t.Tenders), len(want.Tenders)},
	} {
		if x.got != x.want {
			return fmt.Errorf("%s is %v, receipts say %v", x.name, x.got, x.want)
		}
	}
	for _, v := range t.VAT {
		if v != vat[v.Tax] {
			return fmt.Errorf("VAT %v is %v, receipts say %v", v.Tax, v, vat[v.Tax])
		}
	}
	for id, x := range want.Tenders {
		if got := t.Tenders[id]; got.Amount != x.Amount || got.Tips != x.Tips || got.Count != x.Count {
			return fmt.Errorf("tender %s is %v, receipts say %v", id, got, x)
		}
	}
	return nil
}

func addTo(t *till.Totals, vat map[till.Tax]till.VATSum, r *till.Receipt) {
	if t.First == 0 {
		t.First = r.Number
	}
	t.Last = r.Number
	switch r.Kind {
	case till.Float:
		t.Float += r.Total
	case till.Deposit:
		t.Deposits += r.Total
	case till.Withdrawal:
		t.Withdrawals += r.Total
	case till.Difference:
		t.Difference += r.Total
	case till.Void:
		t.Voids++
		t.VoidSum += r.Total
	case till.Sale:
		t.Receipts++
	}
	if r.Kind != till.Sale && r.Kind != till.Void {
		return
	}
	t.Turnover, t.Discounts, t.Tips = t.Turnover+r.Total, t.Discounts+r.Saved, t.Tips+r.Tip
	for _, v := range r.VAT {
		x := vat[v.Tax]
		vat[v.Tax] = till.VATSum{Tax: v.Tax, Gross: x.Gross + v.Gross, Net: x.Net + v.Net, VAT: x.VAT + v.VAT}
	}
	for _, p := range r.Payments {
		x := t.Tenders[p.Tender]
		t.Tenders[p.Tender] = till.TenderSum{Count: x.Count + 1, Amount: x.Amount + p.Amount, Tips: x.Tips + p.Tip}
	}
}

func sumOf(m map[string]till.Sum) (sum money.Cents) {
	for _, x := range m {
		sum += x.Amount
	}
	return sum
}

// AddsUp checks the arithmetic of one receipt by itself: money is neither made
// nor lost between lines, rates, payments and what the signing unit is told.
func AddsUp(r *till.Receipt) error {
	if r.Ended.Before(r.Started) {
		return fmt.Errorf("ends %s before it starts %s", r.Ended.Format(time.RFC3339), r.Started.Format(time.RFC3339))
	}
	if r.Kind != till.Sale && r.Kind != till.Void {
		return moveAddsUp(r)
	}
	var total, saved, paid, tip, change money.Cents
	gross := map[till.Tax]money.Cents{}
	for _, x := range r.Lines {
		if full := x.Qty.Times(x.Price); full-x.Discount-x.Share != x.Total {
			return fmt.Errorf("line %s: %d less %d and %d is not %d", x.ID, full, x.Discount, x.Share, x.Total)
		}
		total, saved = total+x.Total, saved+x.Discount+x.Share
		gross[x.Tax] += x.Total
	}
	for _, p := range r.Payments {
		paid, tip = paid+p.Amount, tip+p.Tip
		if p.Given > 0 {
			change += p.Given - p.Amount - p.Tip
		}
	}
	switch {
	case len(r.Lines) == 0:
		return fmt.Errorf("nothing is sold")
	case total != r.Total, paid != r.Total:
		return fmt.Errorf("lines come to %d, payments to %d, the total is %d", total, paid, r.Total)
	case saved != r.Saved, tip != r.Tip, change != r.Change, change < 0:
		return fmt.Errorf("discounts %d, tip %d, change %d, the receipt says %d, %d, %d", saved, tip, change, r.Saved, r.Tip, r.Change)
	}
	if err := taxAddsUp(r, gross); err != nil {
		return err
	}
	return sealedAddsUp(r)
}

func moveAddsUp(r *till.Receipt) error {
	if len(r.Payments) != 1 || r.Payments[0].Type != catalog.Bar || r.Payments[0].Amount != r.Total || r.Total == 0 {
		return fmt.Errorf("moves %d, pays %v", r.Total, r.Payments)
	}
	return nil
}

// taxAddsUp checks each rate: gross is the sum of its lines, net and tax come
// to gross, and the tax is the exact one to half a cent.
func taxAddsUp(r *till.Receipt, gross map[till.Tax]money.Cents) error {
	if len(gross) != len(r.VAT) {
		return fmt.Errorf("%d rates sold, %d shown", len(gross), len(r.VAT))
	}
	for _, v := range r.VAT {
		if v.Gross != gross[v.Tax] || v.Net+v.VAT != v.Gross {
			return fmt.Errorf("rate %v: lines %d, shown %d = %d + %d", v.Tax, gross[v.Tax], v.Gross, v.Net, v.VAT)
		}
		// |VAT - gross * rate / (1 + rate)| <= 1/2, in whole numbers.
		off := 2 * (int64(v.VAT)*(10000+int64(v.Rate)) - int64(v.Gross)*int64(v.Rate))
		if limit := 10000 + int64(v.Rate); off > limit || off < -limit {
			return fmt.Errorf("rate %v: %d is not the tax in %d", v.Tax, v.VAT, v.Gross)
		}
	}
	return nil
}

// sealedAddsUp checks that gross amounts and payments of the record agree.
func sealedAddsUp(r *till.Receipt) error {
	rec := r.Record()
	var sold, paid money.Cents
	for _, g := range rec.Gross {
		sold += g.Amount
	}
	for _, p := range rec.Paid {
		paid += p.Amount
	}
	if sold != paid || sold != r.Total+r.Tip {
		return fmt.Errorf("the record sells %d and pays %d, the receipt says %d", sold, paid, r.Total+r.Tip)
	}
	return nil
}
