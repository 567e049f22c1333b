package till

import (
	"fmt"

	"github.com/tresen-pos/tresen/pos/money"
)

func (s *State) orderOpened(e *OrderOpened, c *Commit) error {
	if s.Orders[e.Order] != nil {
		return fmt.Errorf("order %s opened twice", e.Order)
	}
	s.Orders[e.Order] = &Order{ID: e.Order, Number: e.Number, By: c.By, At: c.At,
		TakeAway: e.TakeAway, Lines: []Line{}}
	s.OrderNo = e.Number
	return nil
}

func (s *State) applyOrder(e *Event, c *Commit) error {
	id := e.order()
	if p := e.ProcessOpened; p != nil {
		s.heard(p.Opened.Serial, p.Opened.Transaction)
	}
	o := s.Orders[id]
	if o == nil {
		return s.lateProcess(e, id)
	}
	switch {
	case e.LineAdded != nil:
		o.Lines = append(o.Lines, e.LineAdded.Line)
	case e.LineRaised != nil:
		return o.change(e.LineRaised.Line, e.LineRaised.By)
	case e.LineVoided != nil:
		s.count(func(t *Totals) { t.LineVoids++; t.LineVoidSum += e.LineVoided.Amount })
		return o.change(e.LineVoided.Line, -e.LineVoided.Qty)
	case e.Discounted != nil:
		return o.discounted(e.Discounted)
	case e.TakeAwaySet != nil:
		o.TakeAway = e.TakeAwaySet.TakeAway
	case e.OrderParked != nil:
		o.Parked, o.Label = true, e.OrderParked.Label
	case e.OrderResumed != nil:
		o.Parked = false
	case e.OrderCancelled != nil:
		s.count(func(t *Totals) { t.Cancelled++ })
		s.Aborting[id] = Abort{Process: o.Process, At: c.At}
		delete(s.Orders, id)
	case e.PaymentAdded != nil:
		o.Payments = append(o.Payments, e.PaymentAdded.Payment)
	case e.PaymentsDropped != nil:
		o.Payments = nil
	case e.ProcessOpened != nil:
		opened := e.ProcessOpened.Opened
		o.Process = &opened
	}
	return nil
}

// lateProcess takes the signing unit's answer for an order that was paid or
// cancelled in the meantime; for anything else the order must exist.
func (s *State) lateProcess(e *Event, id string) error {
	if e.ProcessOpened == nil {
		return fmt.Errorf("order %s does not exist", id)
	}
	opened := e.ProcessOpened.Opened
	if a, ok := s.Aborting[id]; ok {
		a.Process = &opened
		s.Aborting[id] = a
	}
	for n, r := range s.Unsealed {
		if r.Process == id {
			r.Opened = &opened
			s.Unsealed[n] = r
		}
	}
	return nil
}

// order is the id of the order an event of applyOrder speaks of.
func (e *Event) order() string {
	switch {
	case e.LineAdded != nil:
		return e.LineAdded.Order
	case e.LineRaised != nil:
		return e.LineRaised.Order
	case e.LineVoided != nil:
		return e.LineVoided.Order
	case e.Discounted != nil:
		return e.Discounted.Order
	case e.TakeAwaySet != nil:
		return e.TakeAwaySet.Order
	case e.OrderParked != nil:
		return e.OrderParked.Order
	case e.OrderResumed != nil:
		return e.OrderResumed.Order
	case e.OrderCancelled != nil:
		return e.OrderCancelled.Order
	case e.PaymentAdded != nil:
		return e.PaymentAdded.Order
	case e.PaymentsDropped != nil:
		return e.PaymentsDropped.Order
	case e.ProcessOpened != nil:
		return e.ProcessOpened.Order
	}
	return ""
}

func (o *Order) change(line string, by money.Qty) error {
	i := o.line(line)
	if i < 0 {
		return fmt.Errorf("order %s has no line %s", o.ID, line)
	}
	o.Lines[i].Qty += by
	if o.Lines[i].Qty <= 0 {
		o.Lines = append(o.Lines[:i:i], o.Lines[i+1:]...)
	}
	return nil
}

func (o *Order) discounted(e *Discounted) error {
	if e.Line == "" {
		o.Discount = e.Discount
		return nil
	}
	i := o.line(e.Line)
	if i < 0 {
		return fmt.Errorf("order %s has no line %s", o.ID, e.Line)
	}
	o.Lines[i].Discount = e.Discount
	return nil
}

// Order is the id of the open order the event speaks of; empty if none.
func (e *Event) Order() string {
	if e.OrderOpened != nil {
		return e.OrderOpened.Order
	}
	return e.order()
}
