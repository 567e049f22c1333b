package till

import (
	"fmt"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
)

// MoveCash puts money into the drawer (Einlage, above zero) or takes it out
// (Entnahme, below zero), as a receipt of its own.
type MoveCash struct {
	Amount money.Cents `json:"amount"`
	Note   string      `json:"note"`
}

// OpenDrawer opens the drawer without a sale; it is counted and logged.
type OpenDrawer struct {
	Reason string `json:"reason,omitempty"`
}

// OpenShift begins a shift (Kassensitzung) with the counted float. With a
// count, Float may be left out.
type OpenShift struct {
	Float money.Cents `json:"float,omitempty"`
	Count Count       `json:"count,omitempty"`
	Note  string      `json:"note,omitempty"`
}

// BeginCount stops selling so that the drawer can be counted.
type BeginCount struct{}

// RescueShift puts a shift that is stuck in its count back to selling.
type RescueShift struct {
	Reason string `json:"reason,omitempty"`
}

// CloseShift ends the shift with the counted drawer. A difference needs a
// reason.
type CloseShift struct {
	Counted money.Cents `json:"counted,omitempty"`
	Count   Count       `json:"count,omitempty"`
	Reason  string      `json:"reason,omitempty"`
}

// ForceClose ends a shift without a count; it is flagged for ever.
type ForceClose struct {
	Reason string `json:"reason"`
}

func (*MoveCash) Op() string    { return "moveCash" }
func (*OpenDrawer) Op() string  { return "openDrawer" }
func (*OpenShift) Op() string   { return "openShift" }
func (*BeginCount) Op() string  { return "beginCount" }
func (*RescueShift) Op() string { return "rescueShift" }
func (*CloseShift) Op() string  { return "closeShift" }
func (*ForceClose) Op() string  { return "forceClose" }

func (c *MoveCash) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.MoveCash); err != nil {
		return nil, err
	}
	if err := s.selling(); err != nil {
		return nil, err
	}
	cash := s.Shift.Totals.Cash
	switch {
	case c.Amount == 0 || c.Amount > money.MaxCents || c.Amount < -money.MaxCents:
		return nil, refuse("badAmount", "This amount is not possible.", "Enter an amount above zero.")
	case c.Amount < 0 && cash+c.Amount < 0:
		return nil, refuse("notEnoughCash", "There is less money in the drawer.",
			fmt.Sprintf("Take out at most %s.", cash.German())).with("cash", int64(cash))
	case short(c.Note) == "":
		return nil, refuse("reasonMissing", "Money put in or taken out needs a reason.", "Enter what it is for.")
	}
	kind := Deposit
	if c.Amount < 0 {
		kind = Withdrawal
	}
	r := s.cashMove(kind, c.Amount, short(c.Note), in)
	return []Event{{ReceiptPrepared: &r}}, nil
}

func (c *OpenDrawer) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.IssueBills); err != nil {
		return nil, err
	}
	return []Event{{DrawerOpened: &Reasoned{Reason: short(c.Reason)}}}, nil
}

func (c *OpenShift) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.IssueBills); err != nil {
		return nil, err
	}
	if len(s.Headers) == 0 || s.Catalog.Register.Serial == "" {
		return nil, refuse("notSetUp", "This box is not set up yet.", "Enter the company and the register in the office.")
	}
	if s.Shift != nil {
		return nil, refuse("shiftOpen", fmt.Sprintf("Shift %d of %s is still open.", s.Shift.ID, s.Shift.ByName),
			"Go on selling in it, or close it first.").with("shift", s.Shift.ID).with("name", s.Shift.ByName)
	}
	float, err := counted(c.Float, c.Count)
	if err != nil {
		return nil, err
	}
	id := s.Shifts + 1
	events := []Event{{ShiftOpened: &ShiftOpened{Shift: id, ByName: s.Catalog.Employees[in.By].Name,
		Float: float, Count: c.Count.kept(), Note: short(c.Note)}}}
	if float == 0 {
		return events, nil
	}
	r := s.cashMove(Float, float, short(c.Note), in)
	r.Shift = id
	return append(events, Event{ReceiptPrepared: &r}), nil
}

// counted takes the sum of a count, or the bare amount if nothing was counted
// by denomination.
func counted(amount money.Cents, count Count) (money.Cents, error) {
	bad := refuse("badCount", "This count is not possible.", "Check the numbers of coins and notes.")
	sum, ok := count.Sum()
	switch {
	case !ok, len(count) > 20, sum > money.MaxCents, amount < 0, amount > money.MaxCents:
		return 0, bad
	case len(count) == 0:
		return amount, nil
	case amount != 0 && amount != sum:
		return 0, bad
	}
	return sum, nil
}

func (s *State) openedShift() (*Shift, error) {
	if s.Shift == nil {
		return nil, refuse("noShift", "No shift is open.", "Open the shift and count the float.")
	}
	return s.Shift, nil
}

func (c *BeginCount) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.IssueBills); err != nil {
		return nil, err
	}
	x, err := s.openedShift()
	if err != nil || x.State == StateCounting {
		return nil, err
	}
	return []Event{{ShiftCounting: &ShiftRef{Shift: x.ID}}}, nil
}

// decide lets the one who opened the shift go back to selling, and an
// administrator rescue anybody's.
func (c *RescueShift) decide(s *State, in Input) ([]Event, error) {
	x, err := s.openedShift()
	if err != nil {
		return nil, err
	}
	if x.By != in.By {
		if err := s.may(in, catalog.Administrate); err != nil {
			return nil, err
		}
	}
	if x.State != StateCounting {
		return nil, nil
	}
	return []Event{{ShiftRescued: &ShiftRescued{Shift: x.ID, Reason: short(c.Reason)}}}, nil
}

func (c *CloseShift) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.IssueBills); err != nil {
		return nil, err
	}
	x, err := s.openedShift()
	if err != nil {
		return nil, err
	}
	if x.State != StateCounting {
		return nil, refuse("notCounting", "Stop selling before you count.", "Press close shift (F10).")
	}
	sum, err := counted(c.Counted, c.Count)
	if err != nil {
		return nil, err
	}
	if sum != x.Totals.Cash && short(c.Reason) == "" {
		return nil, refuse("reasonMissing", "The drawer differs from what it should hold by "+(sum-x.Totals.Cash).German()+".",
			"Count again, or enter a reason.").with("difference", int64(sum-x.Totals.Cash))
	}
	return s.closing(x, sum, ShiftClosed{Count: c.Count.kept(), Reason: short(c.Reason)}, in), nil
}

func (c *ForceClose) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.Administrate); err != nil {
		return nil, err
	}
	x, err := s.openedShift()
	if err != nil {
		return nil, err
	}
	if short(c.Reason) == "" {
		return nil, refuse("reasonMissing", "Closing without a count needs a reason.", "Enter why nobody counts.")
	}
	return s.closing(x, x.Totals.Cash, ShiftClosed{Reason: short(c.Reason), Forced: true}, in), nil
}

// closing books the difference as a receipt of its own (DifferenzSollIst) and
// ends the shift.
func (s *State) closing(x *Shift, sum money.Cents, e ShiftClosed, in Input) []Event {
	e.Shift, e.ByName = x.ID, s.Catalog.Employees[in.By].Name
	e.Counted, e.Expected = sum, x.Totals.Cash
	var events []Event
	if diff := sum - x.Totals.Cash; diff != 0 {
		r := s.cashMove(Difference, diff, e.Reason, in)
		events = append(events, Event{ReceiptPrepared: &r})
	}
	return append(events, Event{ShiftClosed: &e})
}
