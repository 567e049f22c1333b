package till

import (
	"fmt"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
)

// Pay takes a tender. Total is the order's total as the screen shows it, so
// that nobody pays an amount that is no longer true. Amount 0 means what is
// still open. When nothing is open any more, the receipt is made.
type Pay struct {
	Order  string      `json:"order"`
	Tender string      `json:"tender"`
	Total  money.Cents `json:"total"`
	Amount money.Cents `json:"amount,omitempty"`
	Given  money.Cents `json:"given,omitempty"`
	Tip    money.Cents `json:"tip,omitempty"`
}

// DropPayments takes all payments of an unfinished order back.
type DropPayments struct {
	Order string `json:"order"`
}

// VoidReceipt (Belegstorno) makes a new receipt with everything reversed.
type VoidReceipt struct {
	Receipt uint64 `json:"receipt"`
	Reason  string `json:"reason"`
}

func (*Pay) Op() string          { return "pay" }
func (*DropPayments) Op() string { return "dropPayments" }
func (*VoidReceipt) Op() string  { return "voidReceipt" }

// PastReceipt is the receipt to void.
func (c *VoidReceipt) PastReceipt() uint64 { return c.Receipt }

func (c *Pay) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.IssueBills); err != nil {
		return nil, err
	}
	if err := s.selling(); err != nil {
		return nil, err
	}
	o := s.Orders[c.Order]
	if o == nil {
		return nil, unknownOrder(c.Order)
	}
	if len(o.Lines) == 0 {
		return nil, refuse("emptyOrder", "There is nothing to pay.", "Add an article first.")
	}
	total := o.Bill().Total
	if total != c.Total {
		return nil, refuse("totalChanged", "The order now costs "+total.German()+".",
			"Check the order and pay again.").with("total", int64(total))
	}
	if err := s.capsHold(o, in.By); err != nil {
		return nil, err
	}
	if len(o.Payments) >= maxPayments {
		return nil, refuse("tooMuch", "This order has too many payments.", "Take them back and pay in fewer parts.")
	}
	p, err := c.payment(s, total-o.Paid())
	if err != nil {
		return nil, err
	}
	return s.paid(o, p, in), nil
}

// payment checks the tender against what is still open.
func (c *Pay) payment(s *State, open money.Cents) (Payment, error) {
	t, ok := s.Catalog.Tenders[c.Tender]
	if !ok || !t.Active {
		return Payment{}, refuse("unknownTender", "This way to pay no longer exists.", "Choose another one.")
	}
	p := Payment{Tender: t.ID, Name: t.Name, Type: t.Type, Drawer: t.Drawer, Amount: c.Amount, Given: c.Given, Tip: c.Tip}
	if p.Amount == 0 {
		p.Amount = open
	}
	switch {
	case p.Amount < 0 || p.Amount > open || p.Amount == 0 && open > 0:
		return Payment{}, refuse("badAmount", "The amount is more than what is open.",
			"Pay at most "+open.German()+".").with("open", int64(open))
	case p.Tip < 0 || p.Tip > money.MaxCents || p.Given < 0 || p.Given > money.MaxCents:
		return Payment{}, refuse("badAmount", "This amount is not possible.", "Enter a smaller amount.")
	case !t.Cash() && p.Given > 0:
		return Payment{}, refuse("noChange", "Only cash gives change.", "Enter the amount without money given.")
	case p.Given > 0 && p.Given < p.Amount+p.Tip:
		return Payment{}, refuse("tooLittle", "The money given is too little.",
			fmt.Sprintf("At least %s.", (p.Amount+p.Tip).German()))
	}
	return p, nil
}

// paid adds the payment and, if it was the last, freezes the receipt.
func (s *State) paid(o *Order, p Payment, in Input) []Event {
	events := []Event{{PaymentAdded: &PaymentAdded{Order: o.ID, Payment: p}}}
	full := *o
	full.Payments = append(append([]Payment(nil), o.Payments...), p)
	if full.Paid() < full.Bill().Total {
		return events
	}
	r := s.receiptOf(&full, in)
	r.Opened = o.Process
	return append(events, Event{ReceiptPrepared: &r})
}

func (c *DropPayments) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.IssueBills); err != nil {
		return nil, err
	}
	o := s.Orders[c.Order]
	if o == nil {
		return nil, unknownOrder(c.Order)
	}
	if len(o.Payments) == 0 {
		return nil, nil
	}
	return []Event{{PaymentsDropped: &OrderRef{Order: c.Order}}}, nil
}

func (c *VoidReceipt) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.VoidReceipts); err != nil {
		return nil, err
	}
	if err := s.selling(); err != nil {
		return nil, err
	}
	if in.Past == nil || in.Past.Number != c.Receipt {
		return nil, refuse("unknownReceipt", fmt.Sprintf("There is no receipt %d.", c.Receipt), "Check the number.")
	}
	if by, ok := s.Voided[c.Receipt]; ok {
		return nil, refuse("alreadyVoided", fmt.Sprintf("Receipt %d was voided by receipt %d.", c.Receipt, by), "").
			with("receipt", c.Receipt).with("by", by)
	}
	if in.Past.Kind != Sale {
		return nil, refuse("notVoidable", "Only sales can be voided.",
			"Undo a deposit with a withdrawal, and the other way round.")
	}
	if short(c.Reason) == "" {
		return nil, refuse("reasonMissing", "A void needs a reason.", "Enter why the receipt is voided.")
	}
	r := s.voidOf(*in.Past, short(c.Reason), in)
	return []Event{{ReceiptPrepared: &r}}, nil
}
