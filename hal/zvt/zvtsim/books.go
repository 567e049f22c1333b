package zvtsim

import (
	"time"

	"github.com/tresen-pos/tresen/hal/zvt"
)

// Booking is one movement of money in the terminal's own books.
type Booking struct {
	Receipt  int64 // counts from 1 to 9999 and over
	Trace    int64
	Code     zvt.Code // the command that caused it
	Amount   int64    // cents; negative for refunds and reversals
	Tip      int64
	Partial  bool
	At       time.Time
	Request  int  // number of the command that caused it, from 1
	Reversed bool // by itself (no acknowledgement) or by 06 30
	Reserved bool // a pre-authorisation: nothing charged yet
}

// Charged lists the bookings that moved money and were not reversed.
func (t *Terminal) Charged() []Booking {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []Booking
	for _, b := range t.books {
		if !b.Reversed && !b.Reserved && b.Amount > 0 {
			out = append(out, b)
		}
	}
	return out
}

// Books lists everything ever booked, oldest first.
func (t *Terminal) Books() []Booking {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Booking(nil), t.books...)
}

// Requests is how many commands that move money were received.
func (t *Terminal) Requests() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.requests
}

// book enters a movement and returns its place.
func (t *Terminal) book(b Booking) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := int64(len(t.books) + t.opts.FirstReceipt)
	b.Receipt, b.Trace, b.At, b.Request = n%9999+1, n+1, t.opts.Now(), t.requests
	t.books = append(t.books, b)
	return len(t.books) - 1
}

func (t *Terminal) at(place int) Booking {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.books[place]
}

func (t *Terminal) reverse(place int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.books[place].Reversed = true
}

// find returns the place of the newest booking with the receipt number.
func (t *Terminal) find(receipt int64) (int, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(t.books) - 1; i >= 0; i-- {
		if t.books[i].Receipt == receipt {
			return i, true
		}
	}
	return 0, false
}

// newest returns the newest booking that the terminal did not take back itself.
func (t *Terminal) newest() (int, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(t.books) - 1; i >= 0; i-- {
		if !t.books[i].Reversed || t.books[i].Code == zvt.CodeReversal {
			return i, true
		}
	}
	return 0, false
}
