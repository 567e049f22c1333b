package de

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/money"
)

// sale is a receipt over an amount in cash.
func sale(process string, amount money.Cents, at time.Time) fiscal.Record {
	return fiscal.Record{Process: process, Kind: fiscal.Receipt, Gross: gross(1, int(amount)), Paid: []fiscal.Paid{cash(amount)}, Time: at}
}

func begin(t *testing.T, g *Regime) *fiscal.Opened {
	t.Helper()
	o, err := g.Begin(t.Context(), "o")
	if err != nil {
		t.Fatal(err)
	}
	return &o
}

func seal(t *testing.T, g *Regime, r fiscal.Record, o *fiscal.Opened) fiscal.Seal {
	t.Helper()
	s, err := g.Seal(t.Context(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	if s.ProcessData != ProcessData(r) || !s.Signed() || s.ClientID != till || s.ProcessType != ProcessType || s.Regime != "de" || !s.Demo {
		t.Fatalf("seal of %s is %+v", r.Process, s)
	}
	return s
}

func settle(t *testing.T, g *Regime, s fiscal.Standing) {
	t.Helper()
	if err := g.Settle(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func TestBeginAndSeal(t *testing.T) {
	s := newStick("5e41")
	g, _ := newRegime(s)
	settle(t, g, fiscal.Standing{})
	o := begin(t, g)
	if o.Transaction != 1 || o.Serial != "5e41" || o.At.IsZero() {
		t.Errorf("begun as %+v", o)
	}
	got := seal(t, g, sale("o-1", 250, s.now), o)
	if got.Transaction != 1 || got.Counter != 2 || !got.Start.Equal(o.At) || got.End.Before(got.Start) || got.Serial != "5e41" {
		t.Errorf("sealed as %+v", got)
	}
	// A void or a deposit has no transaction yet.
	if got := seal(t, g, sale("receipt-2", -250, s.now), nil); got.Transaction != 2 || got.Counter != 4 {
		t.Errorf("sealed as %+v", got)
	}
	if len(s.open) > 0 || len(s.ended) != 2 {
		t.Errorf("%d open, %d ended", len(s.open), len(s.ended))
	}
}

// A unit that can do both in one step is asked once; a lost answer is found
// again after the next start, like any other.
func TestTransactsInOneStep(t *testing.T) {
	s := newStick("5e41")
	q := quick{&socket{s}}
	fresh := func() *Regime { return New(Options{Unit: q, Memory: q, Client: till, Demo: true}) }
	r := sale("o-1", 250, s.now)
	s.lost = errPulled
	if _, err := fresh().Seal(t.Context(), r, nil); !errors.Is(err, errPulled) {
		t.Fatalf("got %v, want the outage", err)
	}
	if !strings.HasPrefix(s.calls[0], "transact ") || s.last != 1 {
		t.Errorf("asked %q", s.calls)
	}
	g := fresh()
	settle(t, g, fiscal.Standing{Undone: []fiscal.Record{r}})
	if got := seal(t, g, r, nil); got.Transaction != 1 || s.last != 1 {
		t.Errorf("sealed as transaction %d of %d, want the one the unit has", got.Transaction, s.last)
	}
	if got := seal(t, g, r, nil); got.Transaction != 2 {
		t.Errorf("a second record got transaction %d", got.Transaction)
	}
}

// The answer to a finish got lost: the same seal again, nothing signed twice.
func TestAdoptsALostAnswer(t *testing.T) {
	s := newStick("5e41")
	g, _ := newRegime(s)
	settle(t, g, fiscal.Standing{})
	o, r := begin(t, g), sale("o-1", 250, s.now)
	s.lost = errPulled
	if _, err := g.Seal(t.Context(), r, o); !errors.Is(err, errPulled) {
		t.Fatalf("got %v, want the outage", err)
	}
	first := seal(t, g, r, o)
	again := seal(t, g, r, o)
	if first.Transaction != 1 || again.Counter != first.Counter || len(s.ended) != 1 || s.last != 1 {
		t.Errorf("sealed as %+v and %+v; %d ended", first, again, len(s.ended))
	}
}

// A transaction that ended with something else (settling had aborted it) is
// not the seal of this receipt.
func TestDoesNotAdoptWhatSaysSomethingElse(t *testing.T) {
	s := newStick("5e41")
	g, _ := newRegime(s)
	o := begin(t, g)
	settle(t, g, fiscal.Standing{})
	if got := seal(t, g, sale("o-1", 250, s.now), o); got.Transaction != 2 || len(s.ended) != 2 {
		t.Errorf("sealed as %+v", got)
	}
	if got := s.ended[1].ProcessData; !strings.HasPrefix(got, string(fiscal.Aborted)) {
		t.Errorf("first transaction ended as %s", got)
	}
}

// The other unit has an open transaction with the same number, for another
// order. Neither order may get the other's.
func TestAnotherUnit(t *testing.T) {
	a, b := newStick("aa"), newStick("bb")
	g, plug := newRegime(a)
	settle(t, g, fiscal.Standing{})
	old := begin(t, g)
	plug.stick = b
	settle(t, g, fiscal.Standing{Keep: []fiscal.Opened{*old}, Last: *old})
	fresh := begin(t, g)
	if old.Transaction != fresh.Transaction {
		t.Fatalf("transactions %d and %d, want the same number", old.Transaction, fresh.Transaction)
	}
	x, y := seal(t, g, sale("o-old", 250, b.now), old), seal(t, g, sale("o-new", 250, b.now), fresh)
	if x.Serial != "bb" || y.Serial != "bb" || x.Transaction == y.Transaction || y.Transaction != fresh.Transaction {
		t.Errorf("sealed as %d of %s and %d of %s", x.Transaction, x.Serial, y.Transaction, y.Serial)
	}
	plug.stick = a
	settle(t, g, fiscal.Standing{Last: fiscal.Opened{Transaction: y.Transaction, Serial: "bb"}})
	if len(a.open) > 0 || !strings.HasPrefix(a.ended[1].ProcessData, string(fiscal.Aborted)) {
		t.Errorf("first unit: %v open, %v ended", a.open, a.ended)
	}
}

// A unit that comes back has sealed receipts long ago that look like new ones.
func TestAReturningUnitGivesNoOldSeals(t *testing.T) {
	a, b := newStick("aa"), newStick("bb")
	g, plug := newRegime(a)
	settle(t, g, fiscal.Standing{})
	for range 5 {
		seal(t, g, sale("receipt-1", 250, a.now), nil)
	}
	plug.stick = b
	settle(t, g, fiscal.Standing{Last: fiscal.Opened{Transaction: 5, Serial: "aa"}})
	seal(t, g, sale("receipt-6", 250, b.now), nil)
	plug.stick = a
	frozen := sale("receipt-7", 250, a.now.Add(time.Second))
	a.now = a.now.Add(time.Minute)
	settle(t, g, fiscal.Standing{Last: fiscal.Opened{Transaction: 1, Serial: "bb"}, Undone: []fiscal.Record{frozen}})
	if got := seal(t, g, frozen, nil); got.Transaction != 6 {
		t.Errorf("sealed by transaction %d of an older receipt", got.Transaction)
	}
}

func TestSettleEndsWhatNobodyKnows(t *testing.T) {
	s := newStick("5e41")
	g, _ := newRegime(s)
	keep, lost := begin(t, g), begin(t, g)
	other := New(Options{Unit: s, Memory: s, Client: "TILL-2"})
	foreign := begin(t, other)
	wrong := fiscal.Opened{Transaction: lost.Transaction, Serial: "another unit"}
	settle(t, g, fiscal.Standing{Keep: []fiscal.Opened{*keep, wrong}, Last: *lost})
	if _, ok := s.open[keep.Transaction]; !ok {
		t.Error("an order's transaction was ended")
	}
	if _, ok := s.open[foreign.Transaction]; !ok {
		t.Error("another register's transaction was ended")
	}
	if f := s.ended[lost.Transaction]; f.ProcessData != "AVBelegabbruch^0.00_0.00_0.00_0.00_0.00^" || f.ProcessType != ProcessType {
		t.Errorf("the unknown one ended as %q", f.ProcessData)
	}
	settle(t, g, fiscal.Standing{Keep: []fiscal.Opened{*keep}, Last: *lost})
	if len(s.ended) != 1 {
		t.Errorf("%d ended after settling again, want 1", len(s.ended))
	}
}

// After a crash two receipts of the same amount were sealed, the books know of
// none: each takes one, and a third one is signed.
func TestLooseSealsAreAdoptedOnce(t *testing.T) {
	s := newStick("5e41")
	before, _ := newRegime(s)
	settle(t, before, fiscal.Standing{})
	known := seal(t, before, sale("receipt-1", 250, s.now), nil)
	records := []fiscal.Record{sale("receipt-2", 250, s.now), sale("receipt-3", 250, s.now), sale("receipt-4", 420, s.now)}
	for _, r := range records[:2] {
		seal(t, before, r, nil)
	}
	g, _ := newRegime(s)
	settle(t, g, fiscal.Standing{Undone: records, Last: fiscal.Opened{Transaction: known.Transaction, Serial: known.Serial}})
	var got []uint64
	for _, r := range append(records, sale("receipt-5", 250, s.now), sale("receipt-2", 250, s.now)) {
		got = append(got, seal(t, g, r, nil).Transaction)
	}
	if want := []uint64{2, 3, 4, 5, 6}; !slices.Equal(got, want) {
		t.Errorf("sealed by transactions %v, want %v", got, want)
	}
}

// A seal is only looked for where a record misses one: a receipt made after the
// start never takes an old transaction, however alike.
func TestLooseSealsAreOnlyForTheUndone(t *testing.T) {
	s := newStick("5e41")
	before, _ := newRegime(s)
	settle(t, before, fiscal.Standing{})
	for range 3 {
		seal(t, before, sale("receipt-1", 250, s.now), nil)
	}
	g, _ := newRegime(s)
	settle(t, g, fiscal.Standing{})
	if s.looks != 0 {
		t.Errorf("looked up %d transactions for nothing", s.looks)
	}
	if got := seal(t, g, sale("receipt-2", 250, s.now), nil); got.Transaction != 4 {
		t.Errorf("sealed by transaction %d of an older receipt", got.Transaction)
	}
}

// A transaction of another register or with other contents is not loose.
func TestLooseSealsMustFit(t *testing.T) {
	s := newStick("5e41")
	other := New(Options{Unit: s, Memory: s, Client: "TILL-2"})
	settle(t, other, fiscal.Standing{})
	if _, err := other.Seal(t.Context(), sale("receipt-1", 250, s.now), nil); err != nil {
		t.Fatal(err)
	}
	g, _ := newRegime(s)
	r := sale("receipt-1", 250, s.now.Add(-time.Second))
	settle(t, g, fiscal.Standing{Undone: []fiscal.Record{r}})
	if got := seal(t, g, r, nil); got.Transaction != 2 {
		t.Errorf("took transaction %d of another register", got.Transaction)
	}
}

// The very first receipts of the books: the unit is not known to them, but it
// ended the transaction after the receipt was frozen.
func TestLooseSealOfANewUnit(t *testing.T) {
	s := newStick("5e41")
	before, _ := newRegime(s)
	settle(t, before, fiscal.Standing{})
	r := sale("receipt-1", 250, s.now)
	first := seal(t, before, r, nil)
	g, _ := newRegime(s)
	settle(t, g, fiscal.Standing{Undone: []fiscal.Record{r}})
	if got := seal(t, g, r, nil); got.Transaction != first.Transaction {
		t.Errorf("sealed by %d, want %d adopted", got.Transaction, first.Transaction)
	}
}

// An aborted order whose transaction the books knew is adopted like a receipt.
func TestAdoptsAnAbort(t *testing.T) {
	s := newStick("5e41")
	g, _ := newRegime(s)
	o := begin(t, g)
	r := fiscal.Record{Process: "o-1", Kind: fiscal.Aborted, Time: s.now}
	first := seal(t, g, r, o)
	g, _ = newRegime(s)
	settle(t, g, fiscal.Standing{Keep: []fiscal.Opened{*o}, Last: *o})
	if got := seal(t, g, r, o); got.Counter != first.Counter || len(s.ended) != 1 {
		t.Errorf("sealed as %+v", got)
	}
}

func TestLookBackIsBounded(t *testing.T) {
	s := newStick("5e41")
	before, _ := newRegime(s)
	settle(t, before, fiscal.Standing{})
	old := sale("receipt-1", 777, s.now)
	for i := range 2 * maxLook {
		r := sale("receipt-2", 250, s.now)
		if i == 5 {
			r = old
		}
		seal(t, before, r, nil)
	}
	g, _ := newRegime(s)
	settle(t, g, fiscal.Standing{Undone: []fiscal.Record{old}, Last: fiscal.Opened{Transaction: 1, Serial: "5e41"}})
	if s.looks != maxLook {
		t.Errorf("looked up %d transactions, want %d", s.looks, maxLook)
	}
}

// Whatever fails in the unit comes out as it is, for the outage's reason.
func TestOutagesPassThrough(t *testing.T) {
	s := newStick("5e41")
	g, _ := newRegime(s)
	settle(t, g, fiscal.Standing{})
	o := begin(t, g)
	s.fail = errPulled
	r := sale("o-1", 250, s.now)
	ctx := t.Context()
	_, beginErr := g.Begin(ctx, "o-2")
	_, sealErr := g.Seal(ctx, r, o)
	_, newErr := g.Seal(ctx, r, nil)
	for what, err := range map[string]error{"begin": beginErr, "seal": sealErr, "seal new": newErr, "settle": g.Settle(ctx, fiscal.Standing{})} {
		if !errors.Is(err, errPulled) || !strings.Contains(err.Error(), "TSE") {
			t.Errorf("%s: got %v", what, err)
		}
	}
	s.fail = nil
	settle(t, g, fiscal.Standing{Keep: []fiscal.Opened{*o}, Last: *o})
	if got := seal(t, g, r, o); got.Transaction != o.Transaction {
		t.Errorf("after the outage sealed by %d, want %d", got.Transaction, o.Transaction)
	}
}

// Each call of settling and adopting may be the one that fails; the next try
// goes on as if nothing had been.
func TestEveryCallMayFail(t *testing.T) {
	for n := range 12 {
		s := newStick("5e41")
		before, _ := newRegime(s)
		settle(t, before, fiscal.Standing{})
		r := sale("receipt-1", 250, s.now)
		first := seal(t, before, r, nil)
		open := begin(t, before)
		g, plug := newRegime(s)
		f := &failing{socket: plug, after: n}
		g.o.Unit, g.o.Memory = f, f
		standing := fiscal.Standing{Undone: []fiscal.Record{r}}
		for tries := 0; ; tries++ {
			if tries > 3 {
				t.Fatalf("call %d failed once and settling never came to an end", n)
			}
			if err := g.Settle(t.Context(), standing); err == nil {
				break
			} else if !errors.Is(err, errPulled) {
				t.Fatal(err)
			}
		}
		if got := seal(t, g, r, nil); got.Transaction != first.Transaction {
			t.Errorf("call %d failed: sealed by %d, want %d", n, got.Transaction, first.Transaction)
		}
		if _, ok := s.open[open.Transaction]; ok {
			t.Errorf("call %d failed: a transaction stays open", n)
		}
	}
}
