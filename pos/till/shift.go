package till

import (
	"time"

	"github.com/tresen-pos/tresen/pos/money"
)

// States of a shift (Kassensitzung).
const (
	StateOpen     = "open"
	StateCounting = "counting" // closing control: waiting for the count
	StateClosed   = "closed"
)

// Shift is a cash session of the register: from the counted float to the
// counted drawer.
type Shift struct {
	ID       uint64      `json:"id"`
	State    string      `json:"state"`
	By       string      `json:"by"`
	ByName   string      `json:"byName"`
	At       time.Time   `json:"at"`
	Float    money.Cents `json:"float"`
	FloatOf  Count       `json:"floatOf,omitempty"`
	Note     string      `json:"note,omitempty"`
	Totals   Totals      `json:"totals"`
	Closed   time.Time   `json:"closed,omitzero"`
	ClosedBy string      `json:"closedBy,omitempty"`
	Counted  money.Cents `json:"counted"`
	CountOf  Count       `json:"countOf,omitempty"`
	Expected money.Cents `json:"expected"`
	Diff     money.Cents `json:"diff"`
	Reason   string      `json:"reason,omitempty"`
	Forced   bool        `json:"forced,omitempty"` // closed without a count
	Rescued  int         `json:"rescued,omitempty"`
	Closing  uint64      `json:"closing,omitempty"` // Z that contains it
}

// Count is counted cash: pieces by denomination in cents (Zählprotokoll).
type Count map[money.Cents]int64

// Sum is the value of the count; false when a figure is out of range.
func (c Count) Sum() (money.Cents, bool) {
	var sum money.Cents
	for coin, n := range c {
		if coin <= 0 || coin > 50_000 || n < 0 || n > 100_000 {
			return 0, false
		}
		sum += coin * money.Cents(n)
	}
	return sum, true
}

// kept is the count as the journal keeps it: an empty one is none.
func (c Count) kept() Count {
	if len(c) == 0 {
		return nil
	}
	return c
}

// Closing is a Z (Tagesabschluss): everything since the one before it. It
// cannot be changed, and it prints the same for ever.
type Closing struct {
	Number  uint64      `json:"number"`
	By      string      `json:"by"`
	ByName  string      `json:"byName"`
	Start   time.Time   `json:"start"`
	At      time.Time   `json:"at"`
	FromSeq uint64      `json:"fromSeq"` // commits it covers
	ToSeq   uint64      `json:"toSeq"`
	Totals  Totals      `json:"totals"`
	Grand   money.Cents `json:"grand"`
	Orders  int         `json:"orders"` // still open, carried over
	Header  int         `json:"header"`
	Serial  string      `json:"serial"`            // of the register
	Outaged bool        `json:"outaged,omitempty"` // signing unit missing at the closing
}

// OpenShift is a copy of the open shift, nil if there is none.
func (s *State) OpenShift() *Shift {
	if s.Shift == nil {
		return nil
	}
	x := *s.Shift
	x.Totals = s.Shift.Totals.clone()
	return &x
}

// DayTotals is a copy of the sums since the last closing.
func (s *State) DayTotals() Totals { return s.Day.clone() }
