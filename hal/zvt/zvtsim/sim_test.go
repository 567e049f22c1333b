package zvtsim_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/zvt"
	"github.com/tresen-pos/tresen/hal/zvt/zvtsim"
)

func TestPaymentWithReceipts(t *testing.T) {
	for _, linesOnly := range []bool{false, true} {
		sim, c := start(t, zvtsim.Options{}, zvt.Opts{LinesOnly: linesOnly})
		sim.Present(zvtsim.Card{WrongPIN: 1, SlowHost: 3})
		var said []byte
		var text string
		printed := 0
		r := c.Transact(bg, pay(1234), zvt.Hooks{Keep: keep,
			Lines:    func(l []zvt.Line) error { printed += len(l); return nil },
			Progress: func(p zvt.Progress) { said = append(said, p.Code); text += p.Text }})
		if r.Outcome != zvt.Approved || r.Status.Amount != 1234 || r.Err != nil || r.Status.PAN != "474843******7743" {
			t.Fatalf("got %v, %v, %+v", r.Outcome, r.Err, r.Status)
		}
		if string(said) != "\x0a\x15\x04\x04\x04\x0b" || text != "bitte Karte vorhalten" {
			t.Errorf("got progress %x %q", said, text)
		}
		if len(r.Lines) != 8 || printed != 8 || r.Lines[0].Text != "Händlerbeleg" || !r.Lines[3].Last || !r.Lines[7].Last || r.Lines[0].Last {
			t.Errorf("got %d lines, %+v", printed, r.Lines)
		}
		if got := sim.Charged(); len(got) != 1 || got[0].Amount != 1234 || got[0].Receipt != r.Status.Receipt {
			t.Errorf("got %+v", got)
		}
		if c.Health().Severity != hal.Fine {
			t.Errorf("got %+v", c.Health())
		}
	}
}

func TestDeclineTipAndPart(t *testing.T) {
	sim, c := start(t, zvtsim.Options{}, zvt.Opts{})
	sim.Present(zvtsim.Card{Decline: 0x37}, zvtsim.Card{Tip: 150}, zvtsim.Card{Partial: 300})
	if r := c.Transact(bg, pay(1000), zvt.Hooks{Keep: keep}); r.Outcome != zvt.Declined || r.Code != 0x37 || r.Sentence().German != "PIN falsch." {
		t.Errorf("got %+v", r)
	}
	q := pay(1000)
	q.TipAsked = true
	if r := c.Transact(bg, q, zvt.Hooks{Keep: keep}); r.Outcome != zvt.Approved || r.Status.Amount != 1150 || r.Status.Tip != 150 || !r.Differs(q) {
		t.Errorf("got %+v", r)
	}
	if r := c.Transact(bg, pay(1000), zvt.Hooks{Keep: keep}); r.Outcome != zvt.Approved || r.Status.Amount != 300 || !r.Status.Partial {
		t.Errorf("got %+v", r)
	}
	if got := sim.Charged(); len(got) != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestAbortWaitsForTheEnd(t *testing.T) {
	sim, c := start(t, zvtsim.Options{}, zvt.Opts{})
	sim.Present(zvtsim.Card{NeverHeld: true})
	r := c.Transact(bg, pay(500), zvt.Hooks{Keep: keep, Progress: func(zvt.Progress) { c.Abort() }})
	if r.Outcome != zvt.Declined || r.Code != 0x6c || len(sim.Books()) != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestReversalAndRefund(t *testing.T) {
	sim, c := start(t, zvtsim.Options{}, zvt.Opts{})
	p := c.Transact(bg, pay(700), zvt.Hooks{Keep: keep})
	q := pay(700)
	q.Code, q.Receipt = zvt.CodeReversal, p.Status.Receipt
	if r := c.Transact(bg, q, zvt.Hooks{Keep: keep}); r.Outcome != zvt.Approved {
		t.Fatalf("got %+v", r)
	}
	if r := c.Transact(bg, q, zvt.Hooks{Keep: keep}); r.Outcome != zvt.Declined || r.Code != 0xb4 {
		t.Errorf("got %+v, want already reversed", r)
	}
	q.Code = zvt.CodeRefund
	if r := c.Transact(bg, q, zvt.Hooks{Keep: keep}); r.Outcome != zvt.Approved || r.Status.Amount != 700 {
		t.Errorf("got %+v", r)
	}
	if got := sim.Charged(); len(got) != 0 {
		t.Errorf("got %+v, want nothing charged", got)
	}
}

func TestPreAuthorisationFamily(t *testing.T) {
	for _, c := range []struct {
		code        zvt.Code
		amount, net int64
	}{{zvt.CodeBookTotal, 800, 800}, {zvt.CodePartial, 300, 700}, {zvt.CodePreAuthCancel, 1000, 0}} {
		sim, cl := start(t, zvtsim.Options{}, zvt.Opts{})
		q := pay(1000)
		q.Code = zvt.CodePreAuth
		r := cl.Transact(bg, q, zvt.Hooks{Keep: keep})
		if r.Outcome != zvt.Approved || len(sim.Charged()) != 0 {
			t.Fatalf("got %+v", r)
		}
		q.Code, q.Amount, q.Receipt = c.code, c.amount, r.Status.Receipt
		if r = cl.Transact(bg, q, zvt.Hooks{Keep: keep}); r.Outcome != zvt.Approved {
			t.Fatalf("%s: got %+v", c.code, r)
		}
		net := int64(0)
		for _, b := range sim.Charged() {
			net += b.Amount
		}
		if net != c.net {
			t.Errorf("%s: got %d, want %d", c.code, net, c.net)
		}
	}
}

func TestUpkeep(t *testing.T) {
	_, c := start(t, zvtsim.Options{}, zvt.Opts{})
	if reg, err := c.Register(bg); err != nil || reg.TID != "29001006" || reg.Currency != 978 || reg.NeedsInitialise {
		t.Errorf("got %+v, %v", reg, err)
	}
	for _, amount := range []int64{100, 250} {
		if r := c.Transact(bg, pay(amount), zvt.Hooks{Keep: keep}); r.Outcome != zvt.Approved {
			t.Fatalf("got %+v", r)
		}
	}
	if st, err := c.Enquire(bg); err != nil || !st.Idle() || st.Version != "SIM 1.0" {
		t.Errorf("got %+v, %v", st, err)
	}
	if r, err := c.Diagnose(bg, zvt.Hooks{}); err != nil || len(r.Lines) != 1 || r.Lines[0].Text != "Diagnose erfolgreich" {
		t.Errorf("got %+v, %v", r, err)
	}
	if _, err := c.Initialise(bg, zvt.Hooks{}); err != nil {
		t.Error(err)
	}
	if r, err := c.Repeat(bg, true, zvt.Hooks{}); err != nil || len(r.Statuses) != 1 || r.Statuses[0].Amount != 250 || len(r.Lines) != 8 {
		t.Errorf("got %+v, %v", r, err)
	}
	r, err := c.EndOfDay(bg, zvt.Hooks{})
	if tot := r.Totals(); err != nil || tot == nil || tot.Amount != 350 || tot.Totals.Groups[4] != (zvt.Group{Count: 2, Sum: 350}) || tot.Totals.To != 2 {
		t.Errorf("got %+v, %v", r, err)
	}
	if err := c.LogOff(bg); err != nil {
		t.Error(err)
	}
}

func TestRefusals(t *testing.T) {
	_, c := start(t, zvtsim.Options{}, zvt.Opts{Currency: 756})
	_, err := c.Register(bg)
	var e *zvt.Error
	if !errors.As(err, &e) || e.Code != 0x6f || !strings.Contains(err.Error(), "Wrong currency.") {
		t.Errorf("got %v", err)
	}
	if r := c.Transact(bg, pay(100), zvt.Hooks{Keep: keep}); r.Outcome != zvt.NotSent || r.Err == nil {
		t.Errorf("got %+v, want not sent", r)
	}
	sim, c := start(t, zvtsim.Options{}, zvt.Opts{})
	for _, q := range []zvt.Request{pay(0), {Code: zvt.CodeReversal, Amount: 1}, {Code: zvt.CodeEnquiry, Amount: 1}, pay(1e13)} {
		if r := c.Transact(bg, q, zvt.Hooks{Keep: keep}); r.Outcome != zvt.NotSent {
			t.Errorf("%+v: got %v", q, r.Outcome)
		}
	}
	if r := c.Transact(bg, pay(1), zvt.Hooks{}); r.Outcome != zvt.NotSent || sim.Requests() != 0 {
		t.Errorf("got %v, want a request without Keep refused", r.Outcome)
	}
	if _, err := zvt.New(link.TCP{}, zvt.Opts{Password: "12"}); err == nil {
		t.Error("a short password was taken")
	}
}

// A result that cannot be made durable is not acknowledged: the terminal reverses
// it, and asking later proves it.
func TestNothingIsAcknowledgedBeforeItIsDurable(t *testing.T) {
	sim, c := start(t, zvtsim.Options{BusyPolls: 2}, zvt.Opts{})
	first := c.Transact(bg, pay(100), zvt.Hooks{Keep: keep})
	full := errors.New("disk full")
	q := pay(200)
	q.Last = first.Status.Reference
	r := c.Transact(bg, q, zvt.Hooks{Keep: func(zvt.Status) error { return full }})
	if r.Outcome != zvt.Unclear || !errors.Is(r.Err, full) {
		t.Fatalf("got %+v", r)
	}
	if r = c.Resolve(bg, q, zvt.Hooks{Keep: keep}); r.Outcome != zvt.Declined {
		t.Errorf("got %+v", r)
	}
	if got := sim.Charged(); len(got) != 1 || got[0].Amount != 100 {
		t.Errorf("got %+v", got)
	}
}

// Paper out must not reverse an approved payment.
func TestFailingLinesKeepThePayment(t *testing.T) {
	sim, c := start(t, zvtsim.Options{}, zvt.Opts{})
	r := c.Transact(bg, pay(100), zvt.Hooks{Keep: keep, Lines: func([]zvt.Line) error { return errors.New("no room") }})
	if r.Outcome != zvt.Approved || r.PrintErr == nil || len(sim.Charged()) != 1 {
		t.Errorf("got %+v", r)
	}
}
