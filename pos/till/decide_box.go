package till

import (
	"fmt"

	"github.com/tresen-pos/tresen/fiscal"
)

// The commands in this file are the box's own; no screen can send them.

// RecordProcess notes that the signing unit has begun an order.
type RecordProcess struct {
	Order  string
	Opened fiscal.Opened
}

// RecordSeal notes the seal of a receipt.
type RecordSeal struct {
	Receipt uint64
	Seal    fiscal.Seal
}

// RecordAbort notes the end of a cancelled order's device process.
type RecordAbort struct {
	Order string
	Seal  fiscal.Seal
}

// BeginOutage notes that the signing unit does not answer.
type BeginOutage struct{ Reason string }

// EndOutage notes that the signing unit is back.
type EndOutage struct{}

// NoteLogin notes who logged in, or tried to.
type NoteLogin struct {
	Employee string
	Failed   bool
}

// Import stores first master data in a box that has none.
type Import struct{ Rows []SetMaster }

func (RecordProcess) Op() string { return "recordProcess" }
func (RecordSeal) Op() string    { return "recordSeal" }
func (RecordAbort) Op() string   { return "recordAbort" }
func (BeginOutage) Op() string   { return "beginOutage" }
func (EndOutage) Op() string     { return "endOutage" }
func (NoteLogin) Op() string     { return "noteLogin" }
func (Import) Op() string        { return "import" }

// decide drops an answer that came too late to matter.
func (c RecordProcess) decide(s *State, in Input) ([]Event, error) {
	_, aborting := s.Aborting[c.Order]
	known := s.Orders[c.Order] != nil || aborting
	for _, r := range s.Unsealed {
		known = known || r.Process == c.Order
	}
	if !known {
		return nil, nil
	}
	return []Event{{ProcessOpened: &ProcessOpened{Order: c.Order, Opened: c.Opened}}}, nil
}

func (c RecordSeal) decide(s *State, in Input) ([]Event, error) {
	if _, ok := s.Unsealed[c.Receipt]; !ok {
		return nil, refuse("notAwaited", fmt.Sprintf("Receipt %d awaits no seal.", c.Receipt), "")
	}
	return []Event{{ReceiptSealed: &ReceiptSealed{Receipt: c.Receipt, Seal: c.Seal}}}, nil
}

func (c RecordAbort) decide(s *State, in Input) ([]Event, error) {
	if _, ok := s.Aborting[c.Order]; !ok {
		return nil, nil
	}
	return []Event{{ProcessAborted: &ProcessAborted{Order: c.Order, Seal: c.Seal}}}, nil
}

func (c BeginOutage) decide(s *State, in Input) ([]Event, error) {
	if s.Outage != nil {
		return nil, nil
	}
	return []Event{{OutageBegan: &Reasoned{Reason: short(c.Reason)}}}, nil
}

func (c EndOutage) decide(s *State, in Input) ([]Event, error) {
	if s.Outage == nil {
		return nil, nil
	}
	o := *s.Outage
	o.Until = in.At
	return []Event{{OutageEnded: &o}}, nil
}

func (c NoteLogin) decide(s *State, in Input) ([]Event, error) {
	if c.Failed {
		return []Event{{LoginFailed: &Login{Employee: c.Employee}}}, nil
	}
	return []Event{{LoggedIn: &Login{Employee: c.Employee}}}, nil
}

func (c Import) decide(s *State, in Input) ([]Event, error) {
	if len(s.Headers) > 0 || len(s.Catalog.Employees) > 0 {
		return nil, refuse("notEmpty", "This box already has books.", "First data are only taken into an empty box.")
	}
	scratch := New()
	scratch.Catalog.KeepCodes()
	var events []Event
	for i := range c.Rows {
		more, err := c.Rows[i].decide(scratch, in)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", c.Rows[i].Kind, c.Rows[i].ID, err)
		}
		for j := range more {
			if err := scratch.apply(&more[j], &Commit{}); err != nil {
				return nil, err
			}
		}
		events = append(events, more...)
	}
	return events, nil
}
