package till

import (
	"errors"
	"fmt"
)

func (s *State) applyShift(e *Event, c *Commit) error {
	if e.ShiftOpened != nil {
		return s.shiftOpened(e.ShiftOpened, c)
	}
	id, ok := e.shift()
	if !ok {
		return errors.New("an event of no known type")
	}
	if s.Shift == nil || s.Shift.ID != id {
		return fmt.Errorf("shift %d is not open", id)
	}
	switch {
	case e.ShiftCounting != nil:
		s.Shift.State = StateCounting
	case e.ShiftRescued != nil:
		s.Shift.State = StateOpen
		s.Shift.Rescued++
	case e.ShiftClosed != nil:
		s.Shift = nil
	}
	return nil
}

func (e *Event) shift() (uint64, bool) {
	switch {
	case e.ShiftCounting != nil:
		return e.ShiftCounting.Shift, true
	case e.ShiftRescued != nil:
		return e.ShiftRescued.Shift, true
	case e.ShiftClosed != nil:
		return e.ShiftClosed.Shift, true
	}
	return 0, false
}

func (s *State) shiftOpened(e *ShiftOpened, c *Commit) error {
	if s.Shift != nil {
		return fmt.Errorf("shift %d opened while %d is", e.Shift, s.Shift.ID)
	}
	s.Shifts = e.Shift
	s.Shift = &Shift{ID: e.Shift, State: StateOpen, By: c.By, ByName: e.ByName, At: c.At,
		Float: e.Float, FloatOf: e.Count, Note: e.Note, Totals: NewTotals()}
	s.Day.Shifts = append(s.Day.Shifts, e.Shift)
	s.Day.Cash = 0 // the last shift's money left the drawer with its count
	if s.DayStart.IsZero() {
		s.DayStart = c.At
	}
	return nil
}

// Finish returns the shift as its closing leaves it, for those who keep the
// history.
func (x Shift) Finish(e *ShiftClosed, c *Commit) Shift {
	x.State, x.Closed, x.ClosedBy = StateClosed, c.At, e.ByName
	x.Counted, x.CountOf, x.Expected = e.Counted, e.Count, e.Expected
	x.Diff, x.Reason, x.Forced = e.Counted-e.Expected, e.Reason, e.Forced
	return x
}
