package till

import (
	"fmt"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
)

// Apply brings the state to where the commit left it. Commits must come in
// order. An error means the journal and this program disagree: stop, do not
// sell on.
func (s *State) Apply(c *Commit) error {
	s.Seq = c.Seq
	if c.At.After(s.Time) {
		s.Time = c.At
	}
	answer := Answer{N: c.N, Seq: c.Seq}
	for i := range c.Events {
		if err := s.apply(&c.Events[i], c); err != nil {
			return fmt.Errorf("apply commit %d (%s): %w", c.Seq, c.Op, err)
		}
		if r := c.Events[i].ReceiptPrepared; r != nil {
			answer.Receipt = r.Number
		}
		if z := c.Events[i].DayClosed; z != nil {
			answer.Closing = z.Number
		}
	}
	if c.Client != "" {
		s.remember(c.Client, answer, c.At)
	}
	return nil
}

func (s *State) remember(client string, a Answer, at time.Time) {
	x := s.Clients[client]
	if x == nil {
		x = &Client{}
		s.Clients[client] = x
	}
	x.Last, x.Seen = a.N, at
	x.Recent = append(x.Recent, a)
	if len(x.Recent) > recentAnswers {
		x.Recent = append(x.Recent[:0], x.Recent[len(x.Recent)-recentAnswers:]...)
	}
}

// apply does one event. The order of cases is that of Event.
func (s *State) apply(e *Event, c *Commit) error {
	switch {
	case e.OrderOpened != nil:
		return s.orderOpened(e.OrderOpened, c)
	case e.LineAdded != nil, e.LineRaised != nil, e.LineVoided != nil, e.Discounted != nil,
		e.TakeAwaySet != nil, e.OrderParked != nil, e.OrderResumed != nil, e.OrderCancelled != nil,
		e.PaymentAdded != nil, e.PaymentsDropped != nil, e.ProcessOpened != nil:
		return s.applyOrder(e, c)
	case e.ReceiptPrepared != nil:
		return s.receiptPrepared(*e.ReceiptPrepared)
	case e.ReceiptSealed != nil:
		return s.receiptSealed(e.ReceiptSealed)
	case e.ProcessAborted != nil:
		delete(s.Aborting, e.ProcessAborted.Order)
		s.heard(e.ProcessAborted.Seal.Serial, e.ProcessAborted.Seal.Transaction)
	case e.DayClosed != nil:
		s.dayClosed(e.DayClosed, c)
	case e.MasterChanged != nil:
		return s.masterChanged(e.MasterChanged)
	case e.DrawerOpened != nil:
		s.count(func(t *Totals) { t.DrawerOpens++ })
	case e.OutageBegan != nil:
		s.Outage = &fiscal.Outage{Since: c.At, Reason: e.OutageBegan.Reason}
	case e.OutageEnded != nil:
		s.Outage = nil
	case e.Reported != nil, e.ReprintRequested != nil, e.LoggedIn != nil, e.LoginFailed != nil:
		// Facts for the books; the rules need nothing of them.
	default:
		return s.applyShift(e, c)
	}
	return nil
}

// count changes the running sums of the day and of the open shift alike.
func (s *State) count(f func(*Totals)) {
	f(&s.Day)
	if s.Shift != nil {
		f(&s.Shift.Totals)
	}
}

func (s *State) masterChanged(e *MasterChanged) error {
	if err := s.Catalog.Put(e.Kind, e.ID, e.New); err != nil {
		return fmt.Errorf("%s %s: %w", e.Kind, e.ID, err)
	}
	if e.Kind == "company" {
		s.Headers = append(s.Headers, s.Catalog.Company)
	}
	return nil
}

func (s *State) receiptPrepared(r Receipt) error {
	if r.Number != s.Receipts+1 {
		return fmt.Errorf("receipt %d follows %d", r.Number, s.Receipts)
	}
	s.Receipts = r.Number
	if s.DayStart.IsZero() {
		s.DayStart = r.Started
	}
	s.count(func(t *Totals) { t.Add(r, s.groupName) })
	s.Unsealed[r.Number] = r
	if r.Kind == Sale {
		delete(s.Orders, r.Process)
	}
	if r.VoidOf > 0 {
		s.Voided[r.VoidOf] = r.Number
	}
	if r.Kind == Sale || r.Kind == Void {
		s.Grand += r.Total
	}
	return nil
}

func (s *State) groupName(id string) string { return s.Catalog.Groups[id].Name }

func (s *State) receiptSealed(e *ReceiptSealed) error {
	if _, ok := s.Unsealed[e.Receipt]; !ok {
		return fmt.Errorf("seal for receipt %d, which awaits none", e.Receipt)
	}
	delete(s.Unsealed, e.Receipt)
	s.heard(e.Seal.Serial, e.Seal.Transaction)
	if e.Seal.Outage != nil {
		s.count(func(t *Totals) { t.Unsigned++ })
	}
	return nil
}

// staleClient is how long a silent screen is remembered.
const staleClient = 90 * 24 * time.Hour

func (s *State) dayClosed(z *Closing, c *Commit) {
	s.Closings = z.Number
	s.Day = NewTotals()
	s.DayFrom = c.Seq + 1
	s.DayStart = time.Time{}
	for id, x := range s.Clients {
		if c.At.Sub(x.Seen) > staleClient {
			delete(s.Clients, id)
		}
	}
}

// heard keeps the highest transaction of the present signing unit; another
// unit begins to count anew.
func (s *State) heard(unit string, transaction uint64) {
	switch {
	case unit == "":
	case unit != s.Unit:
		s.Unit, s.Transaction = unit, transaction
	case transaction > s.Transaction:
		s.Transaction = transaction
	}
}
