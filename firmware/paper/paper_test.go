package paper_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/firmware/paper"
	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/slip"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// unit signs, or is away.
type unit struct{ away atomic.Bool }

var errAway = errors.New("pulled")

func (u *unit) err() error {
	if u.away.Load() {
		return errAway
	}
	return nil
}

func (u *unit) Begin(context.Context, string) (fiscal.Opened, error) {
	return fiscal.Opened{Transaction: 1, Serial: "5e41", At: tilltest.Opening.UTC()}, u.err()
}

func (u *unit) Seal(context.Context, fiscal.Record, *fiscal.Opened) (fiscal.Seal, error) {
	return fiscal.Seal{Regime: "de", Serial: "5e41", Transaction: 1, Counter: 2, Signature: []byte("signed")}, u.err()
}

func (u *unit) Settle(context.Context, fiscal.Standing) error { return u.err() }

// shop is real books with the test shop in them, and a sale. The unit may be
// away from the first shift on.
func shop(t *testing.T, away bool) (*paper.Maker, func(till.Command)) {
	t.Helper()
	dir := t.TempDir()
	j, err := journal.Open(filepath.Join(dir, "journal"), journal.Options{SegmentSize: 256 << 10, Spares: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, err := book.Open(filepath.Join(dir, "book"), book.Options{Journal: j})
	if err != nil {
		t.Fatal(err)
	}
	u := &unit{}
	m := &paper.Maker{Book: b, Journal: j, Demo: func() bool { return true }}
	var minutes atomic.Int64
	now := func() time.Time { return tilltest.Opening.Add(time.Duration(minutes.Add(1)) * time.Minute) }
	m.Engine = engine.New(engine.Options{Journal: j, State: till.New(), Sealer: u, Now: now,
		After: func(time.Duration) <-chan time.Time { return nil }, Archive: paper.Archive{Maker: m}, Fatal: func(err error) { t.Error(err) }})
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { m.Engine.Run(ctx) })
	wg.Go(func() {
		if err := b.Follow(m.Engine.Follow(ctx, 1)); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		stop()
		wg.Wait()
		if err := errors.Join(b.Close(), j.Close()); err != nil {
			t.Error(err)
		}
	})
	do := func(c till.Command) {
		t.Helper()
		by := tilltest.Owner
		if _, first := c.(till.Import); first {
			by = ""
		}
		if _, err := m.Engine.Do(ctx, by, c); err != nil {
			t.Fatalf("%s: %v", c.Op(), err)
		}
	}
	do(till.Import{Rows: tilltest.Rows()})
	u.away.Store(away)
	do(&till.OpenShift{Float: 1000})
	do(&till.AddLine{Order: "o", Line: "l", Article: tilltest.Espresso, Qty: 1000})
	do(&till.Pay{Order: "o", Tender: "cash", Total: 250})
	return m, do
}

// text is a page in letters, codes as their data.
func text(d slip.Doc) string {
	var b strings.Builder
	for _, l := range d.Lay(42) {
		b.WriteString(l.Text + "\n")
		if l.QR != nil {
			b.WriteString(l.QR.Data + "\n")
		}
	}
	return b.String()
}

func wants(t *testing.T, what, page string, want []string, none ...string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(page, s) {
			t.Errorf("%s: no %q on\n%s", what, s, page)
		}
	}
	for _, s := range none {
		if strings.Contains(page, s) {
			t.Errorf("%s: %q on\n%s", what, s, page)
		}
	}
}

// TestReceipt: found at once, first print and copy differ, a void shows on what
// it voids.
func TestReceipt(t *testing.T) {
	m, do := shop(t, false)
	f, err := m.Find(t.Context(), 2)
	if err != nil || f.Receipt.Total != 250 || f.Seal == nil || f.Row.Number != 2 {
		t.Fatalf("got %+v, %v", f, err)
	}
	first, err1 := m.Receipt(t.Context(), 2, false)
	again, err2 := m.Receipt(t.Context(), 2, true)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	wants(t, "first", text(first), []string{"Café Probe", "2,50", "V0;"}, "KOPIE", "Kopie")
	if text(first) == text(again) {
		t.Error("a copy looks like the first print")
	}
	do(&till.VoidReceipt{Receipt: 2, Reason: "Irrtum"})
	f, err = m.Find(t.Context(), 2)
	if err != nil || f.Row.VoidedBy != 3 {
		t.Errorf("got %+v, %v", f.Row, err)
	}
	voided, err := m.Receipt(t.Context(), 2, true)
	if err != nil || text(voided) == text(again) {
		t.Errorf("the void does not show: %v", err)
	}
}

// TestCompanyOfTheDay: a receipt keeps the company it was made under.
func TestCompanyOfTheDay(t *testing.T) {
	m, do := shop(t, false)
	row := till.SetMaster{Kind: "company", ID: "company", Value: []byte(`{"id":"company","name":"Neu GmbH","street":"s","zip":"1","city":"c","timeZone":"Europe/Berlin","currency":"EUR"}`)}
	do(&row)
	doc, err := m.Receipt(t.Context(), 2, true)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "receipt", text(doc), []string{"Café Probe"}, "Neu GmbH")
	wants(t, "report", text(m.Report(&till.Reported{Day: till.NewTotals()}, &till.Commit{At: tilltest.Opening})), []string{"Neu GmbH"}, "Café Probe")
}

// TestNone: what does not exist is ErrNone, and no receipt for the engine.
func TestNone(t *testing.T) {
	m, _ := shop(t, false)
	_, err1 := m.Find(t.Context(), 77)
	_, err2 := m.Receipt(t.Context(), 77, false)
	_, _, err3 := m.Closing(t.Context(), 1, false)
	_, _, err4 := m.Shift(t.Context(), 77, false)
	for i, err := range []error{err1, err2, err3, err4} {
		if !errors.Is(err, paper.ErrNone) || !strings.HasPrefix(err.Error(), "find ") {
			t.Errorf("%d: got %v", i+1, err)
		}
	}
	a := paper.Archive{Maker: m}
	if r, err := a.Receipt(t.Context(), 77); r != nil || err != nil {
		t.Errorf("archive: %v, %v", r, err)
	}
	if r, err := a.Receipt(t.Context(), 2); err != nil || r == nil || r.Number != 2 {
		t.Errorf("archive: %v, %v", r, err)
	}
}

// TestShiftAndClosing: the open shift as it stands, then finished, then the Z.
func TestShiftAndClosing(t *testing.T) {
	m, do := shop(t, false)
	x, doc, err := m.Shift(t.Context(), 1, false)
	if err != nil || x.State != till.StateOpen || x.Totals.Turnover != 250 {
		t.Fatalf("open: %+v, %v", x, err)
	}
	open := text(doc)
	do(&till.BeginCount{})
	do(&till.CloseShift{Counted: 1250})
	do(&till.CloseDayCmd{})
	x, doc, err = m.Shift(t.Context(), 1, false)
	if err != nil || x.State != till.StateClosed || text(doc) == open {
		t.Errorf("closed: %+v, %v", x, err)
	}
	z, first, err1 := m.Closing(t.Context(), 1, false)
	_, again, err2 := m.Closing(t.Context(), 1, true)
	if err1 != nil || err2 != nil || z.Totals.Turnover != 250 || text(first) == text(again) {
		t.Errorf("closing: %+v, %v, %v", z, err1, err2)
	}
	_, repeat, err := m.Closing(t.Context(), 1, false)
	if err != nil || text(repeat) != text(first) {
		t.Errorf("a closing prints differently later: %v", err)
	}
}

// TestOutage: a receipt without a signature says so and has no code.
func TestOutage(t *testing.T) {
	m, _ := shop(t, true)
	f, err := m.Find(t.Context(), 2)
	if err != nil || f.Seal == nil || f.Seal.Outage == nil {
		t.Fatalf("got %+v, %v", f, err)
	}
	wants(t, "receipt", text(m.Page(f, false)), []string{"TSE AUSGEFALLEN", "Grund"}, "V0;")
}
