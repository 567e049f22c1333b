package zvt

import (
	"errors"
	"testing"
	"time"
)

// TestResolveTalk plays the procedure byte by byte.
func TestResolveTalk(t *testing.T) {
	const (
		enquiry = "> 050103000000"
		repeat  = "> 0620050000000303"
		start   = "< 800000"
		ok      = "> 800000"
		done    = "< 060f00"
		ready   = "< 060f0100"
		busy    = "< 060f019c"
	)
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	booked := func(receipt string) string {
		return status(t, hexField(t, bmpResult, "00"), hexField(t, bmpAmount, "000000001000"), hexField(t, bmpTime, "120005"),
			hexField(t, bmpDate, "1121"), hexField(t, bmpReceipt, receipt))
	}
	for _, c := range []struct {
		name string
		talk []string
		want Outcome
		kept int
	}{
		{"busy, then booked", []string{enquiry, start, busy, ok, enquiry, start, ready, ok, repeat, start, booked("0007"), ok, done, ok}, Approved, 1},
		{"not booked", []string{enquiry, start, ready, ok, repeat, start, booked("0006"), ok, done, ok}, Declined, 0},
		{"a bare completion", []string{enquiry, start, ready, ok, repeat, start, done, ok}, Unclear, 0},
		{"no receipt to repeat", []string{enquiry, start, ready, ok, repeat, "< 848300"}, Unclear, 0},
		{"late result is taken", []string{enquiry, booked("0007"), ok, start, ready, ok, repeat, start, booked("0007"), ok, done, ok}, Approved, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			cl := played(t, Opts{Tries: 1, Pause: 1}, conversation(c.talk...)...)
			cl.opts.After = func(d time.Duration) <-chan time.Time {
				if d == 1 {
					return time.After(0)
				}
				return nil
			}
			kept := 0
			q := Request{Code: CodeAuthorise, Amount: 1000, Started: now, Last: Reference{Receipt: 6}}
			r := cl.Resolve(bg, q, Hooks{Keep: func(Status) error { kept++; return nil }})
			if r.Outcome != c.want || kept != c.kept || (c.want == Unclear) != (r.Err != nil) {
				t.Errorf("got %v, kept %d, %v", r.Outcome, kept, r.Err)
			}
		})
	}
}

func TestClosedClientSaysNothing(t *testing.T) {
	c := played(t, Opts{})
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	r := c.Transact(bg, Request{Code: CodeAuthorise, Amount: 1}, Hooks{Keep: keepAll})
	if r.Outcome != NotSent || r.Err == nil {
		t.Errorf("got %+v", r)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if r := c.Resolve(bg, Request{Code: CodeAuthorise, Amount: 1}, Hooks{}); r.Outcome != Unclear || r.Err == nil {
		t.Errorf("got %+v", r)
	}
}

func TestWords(t *testing.T) {
	for o, want := range map[Outcome]string{Unclear: "unclear", NotSent: "not sent", Approved: "approved", Declined: "declined", 9: "outcome 9"} {
		if got := o.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if s := (Result{Outcome: o}).Sentence(); s.German == "" || s.English == "" {
			t.Errorf("%v has no sentence", o)
		}
	}
	e := &Error{Doing: CodeEndOfDay.String(), On: "tcp a:20007", Code: 0xf0, HasCode: true}
	if got, want := e.Error(), "06 50 end of day on tcp a:20007: refused with f0: End of day is open. Run the end of day."; got != want || !errors.Is(e, e) {
		t.Errorf("got %q, want %q", got, want)
	}
}
