package till

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/tresen-pos/tresen/pos/catalog"
)

// Report prints an X report (Zwischenbericht); nothing is reset.
type Report struct{}

// CloseDayCmd makes the Z (Tagesabschluss).
type CloseDayCmd struct{}

// Reprint asks for paper again: of a receipt, a closing or a shift. It comes
// out marked as a copy.
type Reprint struct {
	Receipt uint64 `json:"receipt,omitempty"`
	Closing uint64 `json:"closing,omitempty"`
	Shift   uint64 `json:"shift,omitempty"`
}

// SetMaster stores a row of master data. The value is the whole row; an
// employee's PIN arrives hashed, and an empty one keeps the old.
type SetMaster struct {
	Kind  catalog.Kind    `json:"kind"`
	ID    string          `json:"id"`
	Value json.RawMessage `json:"value"`
}

func (*Report) Op() string      { return "report" }
func (*CloseDayCmd) Op() string { return "closeDay" }
func (*Reprint) Op() string     { return "reprint" }
func (*SetMaster) Op() string   { return "setMaster" }

func (c *Report) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.IssueBills); err != nil {
		return nil, err
	}
	return []Event{{Reported: &Reported{Shift: s.OpenShift(), Day: s.DayTotals()}}}, nil
}

func (c *CloseDayCmd) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.CloseDay); err != nil {
		return nil, err
	}
	if s.Shift != nil {
		return nil, refuse("shiftOpen", fmt.Sprintf("Shift %d of %s is still open.", s.Shift.ID, s.Shift.ByName),
			"Count and close the shift first.").with("shift", s.Shift.ID).with("name", s.Shift.ByName)
	}
	if s.Day.Last == 0 && len(s.Day.Shifts) == 0 {
		return nil, refuse("nothingToClose", "Nothing happened since the last closing.", "Open a shift and sell.")
	}
	z := Closing{Number: s.Closings + 1, By: in.By, ByName: s.Catalog.Employees[in.By].Name,
		Start: s.DayStart, At: in.At, FromSeq: s.DayFrom, ToSeq: s.Seq, Totals: s.Day.clone(),
		Grand: s.Grand, Orders: len(s.Orders), Header: len(s.Headers) - 1,
		Serial: s.Catalog.Register.Serial, Outaged: s.Outage != nil}
	return []Event{{DayClosed: &z}}, nil
}

func (c *Reprint) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, catalog.IssueBills); err != nil {
		return nil, err
	}
	last, n := s.Receipts, c.Receipt
	switch {
	case c.Closing > 0:
		last, n = s.Closings, c.Closing
	case c.Shift > 0:
		last, n = s.Shifts, c.Shift
	}
	one := *c == Reprint{Receipt: n} || *c == Reprint{Closing: n} || *c == Reprint{Shift: n}
	if n == 0 || n > last || !one || s.Shift != nil && c.Shift == s.Shift.ID {
		return nil, refuse("unknownReceipt", fmt.Sprintf("There is no number %d.", n), "Check the number.")
	}
	return []Event{{ReprintRequested: &ReprintRequested{Receipt: c.Receipt, Closing: c.Closing, Shift: c.Shift}}}, nil
}

func (c *SetMaster) decide(s *State, in Input) ([]Event, error) {
	if err := s.may(in, c.Kind.Needs()); err != nil {
		return nil, err
	}
	value, err := c.keepPIN(s)
	if err != nil {
		return nil, err
	}
	if err := s.Catalog.Check(c.Kind, c.ID, value); err != nil {
		return nil, fromProblem(err)
	}
	old, err := s.Catalog.Row(c.Kind, c.ID)
	if err != nil {
		return nil, fromProblem(err)
	}
	value, err = canonical(c.Kind, c.ID, value)
	if err != nil {
		return nil, fromProblem(err)
	}
	if string(old) == string(value) {
		return nil, nil
	}
	return []Event{{MasterChanged: &MasterChanged{Kind: c.Kind, ID: c.ID, Old: old, New: value}}}, nil
}

// keepPIN carries an employee's PIN over when the office leaves it empty,
// because the office never gets to see it.
func (c *SetMaster) keepPIN(s *State) (json.RawMessage, error) {
	if c.Kind != catalog.KindEmployee {
		return c.Value, nil
	}
	var e catalog.Employee
	strict := json.NewDecoder(bytes.NewReader(c.Value))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&e); err != nil {
		return nil, refuse("badRequest", "The employee cannot be read: "+err.Error(), "")
	}
	if e.PIN != "" {
		return c.Value, nil
	}
	e.PIN = s.Catalog.Employees[e.ID].PIN
	return json.Marshal(e)
}

// canonical writes a row the way Row does, so that equal rows are equal bytes.
func canonical(k catalog.Kind, id string, value json.RawMessage) (json.RawMessage, error) {
	scratch := catalog.New()
	if err := scratch.Put(k, id, value); err != nil {
		return nil, err
	}
	return scratch.Row(k, id)
}
