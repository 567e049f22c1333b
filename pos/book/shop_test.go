package book_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// soak scales the long campaigns: SOAK=1 runs twenty times as many.
func soak(n int) int {
	if k, err := strconv.Atoi(os.Getenv("SOAK")); err == nil && k > 0 {
		return n * 20 * k
	}
	return n
}

// writer makes books as an engine would, without one: it decides, appends and
// applies.
type writer struct {
	t       testing.TB
	journal *journal.Journal
	state   *till.State
	commits []*till.Commit // all of them, if kept
	keep    bool
	pending []journal.Entry // not yet appended
}

func newJournal(t testing.TB, dir string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(dir, journal.Options{SegmentSize: 4 << 20, Fatal: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return j
}

func newWriter(t testing.TB, j *journal.Journal) *writer {
	return &writer{t: t, journal: j, state: till.New(), keep: true}
}

// imported has the master data of the test shop.
func imported(t testing.TB) *writer {
	t.Helper()
	w := newWriter(t, newJournal(t, t.TempDir()))
	w.do(till.Input{At: tilltest.Opening, Do: till.Import{Rows: tilltest.Rows()}})
	w.flush()
	return w
}

// do decides; nil if the command was refused.
func (w *writer) do(in till.Input) *till.Commit {
	w.t.Helper()
	in.At = in.At.UTC()
	events, err := till.Decide(w.state, in)
	if err != nil {
		return nil
	}
	return w.commit(&till.Commit{Client: in.Client, N: in.N, Op: in.Do.Op(), By: in.By, Events: events, At: in.At})
}

// commit adds what was decided.
func (w *writer) commit(c *till.Commit) *till.Commit {
	w.t.Helper()
	c.Seq, c.At = w.state.Seq+1, c.At.UTC()
	raw, err := json.Marshal(c)
	if err != nil {
		w.t.Fatal(err)
	}
	w.pending = append(w.pending, journal.Entry{Time: c.At, Type: till.CommitType, Payload: raw})
	if len(w.pending) >= 256 {
		w.flush()
	}
	if err := w.state.Apply(c); err != nil {
		w.t.Fatal(err)
	}
	if w.keep {
		w.commits = append(w.commits, c)
	}
	return c
}

func (w *writer) flush() {
	w.t.Helper()
	if len(w.pending) == 0 {
		return
	}
	last, err := w.journal.Append(w.pending...)
	if err == nil {
		err = w.journal.Sync(last)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.pending = nil
}

// day does random steps of a shop day.
func (w *writer) day(day *tilltest.Day, steps int) {
	w.t.Helper()
	for range steps {
		if c := w.do(day.Next(w.state)); c != nil {
			day.Saw(c)
		}
	}
	w.flush()
}

// closeDay ends the shift, if there is one, seals what waits, and closes.
func (w *writer) closeDay() {
	w.t.Helper()
	at := w.state.Time
	if w.state.Shift != nil {
		w.do(till.Input{By: tilltest.Owner, At: at, Do: &till.BeginCount{}})
		w.do(till.Input{By: tilltest.Owner, At: at, Do: &till.ForceClose{Reason: "niemand zählt"}})
	}
	for n := w.state.Receipts; n > 0; n-- {
		w.do(till.Input{At: at, Do: till.RecordSeal{Receipt: n, Seal: fiscal.Seal{Serial: serial, Transaction: n, Signature: []byte("x")}}})
	}
	if w.do(till.Input{By: tilltest.Owner, At: at, Do: &till.CloseDayCmd{}}) == nil {
		w.t.Fatal("the closing was refused")
	}
	w.flush()
}

// sales sells n receipts of three lines as a till does: six commits each.
func (w *writer) sales(n int) {
	w.t.Helper()
	at := w.state.Time
	num := uint64(0)
	tap := func(c till.Command) {
		num++
		if w.do(till.Input{Client: "c-1", N: num, By: tilltest.Owner, At: at, Do: c}) == nil {
			w.t.Fatalf("%s was refused", c.Op())
		}
	}
	tap(&till.OpenShift{Float: 10_000})
	for i := range n {
		at = at.Add(20 * time.Second)
		order := fmt.Sprintf("4f1c7d2e-%08d", i)
		for k, article := range []string{tilltest.Espresso, tilltest.Cake, tilltest.Tobacco} {
			tap(&till.AddLine{Order: order, Line: fmt.Sprintf("%s-%d", order, k), Article: article, Qty: money.One * money.Qty(1+i%3)})
			if k == 0 {
				w.do(till.Input{At: at, Do: till.RecordProcess{Order: order, Opened: fiscal.Opened{Transaction: uint64(i + 1), At: at, Serial: serial}}})
			}
		}
		tap(&till.Pay{Order: order, Tender: "cash", Total: w.state.Orders[order].Bill().Total})
		w.do(till.Input{At: at, Do: till.RecordSeal{Receipt: w.state.Receipts, Seal: fiscal.Seal{Regime: "de", ClientID: "DEMO-1", Serial: serial,
			Transaction: uint64(i + 1), Counter: uint64(2 * i), Start: at, End: at, ProcessType: "Kassenbeleg-V1",
			ProcessData: "Beleg^10.90_0.00_0.00_0.00_4.20^15.10:Bar", Algorithm: "ecdsa-plain-SHA256", TimeFormat: "unixTime",
			Signature: bytes.Repeat([]byte{byte(i)}, 64), PublicKey: bytes.Repeat([]byte{4}, 65), Demo: true}}})
	}
	w.flush()
}

var serial = fmt.Sprintf("%064x", 0x5e41)

func open(t testing.TB, dir string, j *journal.Journal) *book.Book {
	t.Helper()
	b, err := book.Open(dir, book.Options{Journal: j, Aside: func(to, why string) { t.Errorf("moved aside: %s", why) }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func catch(t testing.TB, b *book.Book) {
	t.Helper()
	if err := b.Catch(t.Context(), engine.Decode, nil); err != nil {
		t.Fatal(err)
	}
}

func closeBook(t testing.TB, b *book.Book) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

func encode(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
