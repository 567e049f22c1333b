package book_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// shown is everything a book can be asked for.
type shown struct {
	Applied  uint64
	State    string
	Rows     []book.Row
	Shifts   []till.Shift
	Closings []till.Closing
	Changes  []book.Change
	Outages  []fiscal.Outage
}

// show asks for all; an error is returned, because a damaged book may give one.
func show(b *book.Book) (x shown, err error) {
	x.Applied = b.Applied()
	before, more := uint64(0), true
	for more && err == nil {
		var rows []book.Row
		rows, more, err = b.Receipts(book.Filter{Limit: 7, Before: before})
		if x.Rows = append(x.Rows, rows...); len(rows) > 0 {
			before = rows[len(rows)-1].Number
		}
	}
	if err == nil {
		x.Shifts, err = b.Shifts(time.Time{}, time.Time{})
	}
	if err == nil {
		x.Closings, err = b.Closings()
	}
	if err == nil {
		x.Outages, err = b.Outages()
	}
	if err == nil {
		x.Changes, _, err = b.Changes("", "", 0, 500)
	}
	return x, err
}

func mustShow(t testing.TB, b *book.Book) shown {
	t.Helper()
	x, err := show(b)
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.State()
	if err != nil {
		t.Fatal(err)
	}
	x.State = encode(t, s)
	return x
}

// expected is the same, from the commits alone.
func expected(t testing.TB, w *writer) shown {
	t.Helper()
	x := shown{Applied: w.state.Seq, State: encode(t, w.state)}
	state := till.New()
	closing := 0
	for _, c := range w.commits {
		for i := range c.Events {
			switch e := &c.Events[i]; {
			case e.ReceiptPrepared != nil:
				r := e.ReceiptPrepared
				row := book.Row{Number: r.Number, Seq: c.Seq, At: r.Ended, Kind: r.Kind, Total: r.Total, Tip: r.Tip, By: r.By,
					ByName: r.ByName, Shift: r.Shift, Label: r.Label, Order: r.Process, VoidOf: r.VoidOf}
				for _, p := range r.Payments {
					row.Tenders = append(row.Tenders, p.Name)
				}
				x.Rows = append(x.Rows, row)
				if r.VoidOf > 0 {
					x.Rows[r.VoidOf-1].VoidedBy = r.Number
				}
			case e.ReceiptSealed != nil:
				row := &x.Rows[e.ReceiptSealed.Receipt-1]
				row.SealSeq, row.Signed = c.Seq, e.ReceiptSealed.Seal.Signed()
			case e.ShiftClosed != nil:
				x.Shifts = append(x.Shifts, state.Shift.Finish(e.ShiftClosed, c))
			case e.DayClosed != nil:
				x.Closings = append(x.Closings, *e.DayClosed)
				for ; closing < len(x.Rows); closing++ {
					x.Rows[closing].Closing = e.DayClosed.Number
				}
			case e.OutageEnded != nil:
				x.Outages = append(x.Outages, *e.OutageEnded)
			}
		}
		if err := state.Apply(c); err != nil {
			t.Fatal(err)
		}
	}
	for i := len(w.commits) - 1; i >= 0; i-- {
		c := w.commits[i]
		for _, e := range c.Events {
			if m := e.MasterChanged; m != nil {
				x.Changes = append(x.Changes, book.Change{Seq: c.Seq, At: c.At, By: c.By, ByName: w.state.Catalog.Employees[c.By].Name,
					Kind: m.Kind, ID: m.ID, Old: m.Old, New: m.New})
			}
		}
	}
	slices.Reverse(x.Rows)
	slices.Reverse(x.Shifts)
	slices.Reverse(x.Closings)
	slices.Reverse(x.Outages)
	return x
}

func same(t testing.TB, what string, got, want shown) {
	t.Helper()
	if g, w := encode(t, got), encode(t, want); g != w {
		i := 0
		for i < len(g) && i < len(w) && g[i] == w[i] {
			i++
		}
		from := max(0, i-200)
		t.Fatalf("%s differs at byte %d:\ngot  …%.600s\nwant …%.600s", what, i, g[from:], w[from:])
	}
}

// randomShop has some days of commits, the same for the same seed.
func randomShop(t testing.TB, seed uint64, steps int) *writer {
	t.Helper()
	w := imported(t)
	rng := rand.New(rand.NewPCG(seed, 7))
	day := tilltest.NewDay(rng.IntN)
	for range 3 {
		w.day(day, steps/3)
		w.closeDay()
	}
	w.day(day, 30)
	return w
}

// TestProjections: however the commits reach the book, live in runs, by
// catching up, over restarts, or after it was deleted, it shows the same, and
// that is what the commits say.
func TestProjections(t *testing.T) {
	for seed := range uint64(soak(3)) {
		w := randomShop(t, seed, 500)
		want := expected(t, w)
		if len(want.Rows) < 20 || len(want.Closings) == 0 || len(want.Shifts) == 0 || len(want.Outages) == 0 || len(want.Changes) < 10 {
			t.Errorf("seed %d is a dull one: %d receipts, %d closings, %d shifts, %d outages, %d changes", seed, len(want.Rows), len(want.Closings),
				len(want.Shifts), len(want.Outages), len(want.Changes))
		}
		dir := filepath.Join(t.TempDir(), "book")
		b := open(t, dir, w.journal)
		rng := rand.New(rand.NewPCG(seed, 8))
		for at := 0; at < len(w.commits); {
			n := min(1+rng.IntN(60), len(w.commits)-at)
			run := w.commits[at : at+n]
			if err := b.Follow(func(yield func([]*till.Commit, error) bool) { yield(run, nil) }); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			at += n
			if rng.IntN(12) == 0 { // a restart
				closeBook(t, b)
				b = open(t, dir, w.journal)
				if got := b.Applied(); got != uint64(at) {
					t.Fatalf("seed %d: applied %d after a restart, want %d", seed, got, at)
				}
			}
		}
		same(t, fmt.Sprint("live book of seed ", seed), mustShow(t, b), want)
		closeBook(t, b)
		b = open(t, dir, w.journal)
		same(t, "reopened book", mustShow(t, b), want)
		closeBook(t, b)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		b = open(t, dir, w.journal)
		if b.Applied() != 0 {
			t.Fatalf("a new book is at %d", b.Applied())
		}
		catch(t, b)
		same(t, "rebuilt book", mustShow(t, b), want)
		catch(t, b) // nothing to do
		closeBook(t, b)
	}
}

// copyDir is the book as a killed process leaves it.
func copyDir(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "book")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestKilled: the files as they are at any moment, with no closing and an old
// stored state, become the same book again.
func TestKilled(t *testing.T) {
	w := randomShop(t, 11, 400)
	dir := filepath.Join(t.TempDir(), "book")
	b := open(t, dir, w.journal)
	var copies []string
	for i, c := range w.commits {
		if err := b.Apply([]*till.Commit{c}); err != nil {
			t.Fatal(err)
		}
		if i%97 == 50 {
			copies = append(copies, copyDir(t, dir))
		}
		if i == len(w.commits)/2 { // a stored state in the middle
			closeBook(t, b)
			b = open(t, dir, w.journal)
		}
	}
	want := mustShow(t, b)
	closeBook(t, b)
	for _, dir := range copies {
		b := open(t, dir, w.journal)
		catch(t, b)
		same(t, "book of a killed process", mustShow(t, b), want)
		closeBook(t, b)
	}
}

// aside opens a book that must be moved aside, rebuilds it and returns why.
func aside(t *testing.T, dir string, w *writer, want string) {
	t.Helper()
	var to, why string
	b, err := book.Open(dir, book.Options{Journal: w.journal, Aside: func(x, y string) { to, why = x, y }})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(why, want) {
		t.Errorf("moved aside because %q, want %q", why, want)
	}
	if _, err := os.Stat(to); err != nil || to == dir {
		t.Errorf("the old book is not at %q: %v", to, err)
	}
	catch(t, b)
	same(t, "rebuilt book", mustShow(t, b), expected(t, w))
	closeBook(t, b)
}

func TestAheadOfTheJournal(t *testing.T) {
	w := randomShop(t, 1, 120)
	dir := filepath.Join(t.TempDir(), "book")
	b := open(t, dir, w.journal)
	extra := &till.Commit{Op: "x", Seq: w.state.Seq + 1, At: w.state.Time, Events: []till.Event{{LoggedIn: &till.Login{Employee: tilltest.Owner}}}}
	catch(t, b)
	if err := b.Apply([]*till.Commit{extra}); err != nil {
		t.Fatal(err)
	}
	closeBook(t, b)
	for range 3 { // again and again: only two old ones are kept
		aside(t, copyOver(t, dir), w, "ahead of the journal")
	}
}

// copyOver copies the book into a folder that has had old books before.
func copyOver(t *testing.T, dir string) string {
	t.Helper()
	to := copyDir(t, dir)
	for _, name := range []string{".old", ".older"} {
		if err := os.MkdirAll(filepath.Join(to+name, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func TestAnotherJournal(t *testing.T) {
	w := randomShop(t, 1, 60)
	dir := filepath.Join(t.TempDir(), "book")
	b := open(t, dir, w.journal)
	catch(t, b)
	closeBook(t, b)
	other := newWriter(t, newJournal(t, t.TempDir()))
	other.do(till.Input{At: tilltest.Opening.Add(time.Second), Do: till.Import{Rows: tilltest.Rows()}})
	for range 80 {
		other.do(till.Input{At: tilltest.Opening.Add(time.Second), Do: till.NoteLogin{Employee: tilltest.Owner}})
	}
	other.flush()
	aside(t, dir, other, "another journal")
}

// A book made while the journal was still empty takes the first one's side.
func TestBookBeforeItsJournal(t *testing.T) {
	w := newWriter(t, newJournal(t, t.TempDir()))
	dir := filepath.Join(t.TempDir(), "book")
	closeBook(t, open(t, dir, w.journal))
	w.do(till.Input{At: tilltest.Opening, Do: till.Import{Rows: tilltest.Rows()}})
	w.flush()
	b := open(t, dir, w.journal)
	catch(t, b)
	same(t, "book", mustShow(t, b), expected(t, w))
	closeBook(t, b)
}

// First data of ten thousand articles do not fit into one transaction, the
// state they leave does, and a start is no slower for it.
func TestTenThousandArticles(t *testing.T) {
	w := newWriter(t, newJournal(t, t.TempDir()))
	c, err := tilltest.Import()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10_000 {
		id := fmt.Sprintf("article-%05d", i)
		c.Events = append(c.Events, till.Event{MasterChanged: &till.MasterChanged{Kind: catalog.KindArticle, ID: id, New: fmt.Appendf(nil,
			`{"id":%q,"plu":"9%05d","name":"Artikel Nummer %d aus dem Gro\u00dfhandel","group":"food","price":%d,"vat":"reduced","barcodes":["40%011d"],"color":"#%06x","sort":%d,"active":true}`,
			id, i, i, 100+i, i*7919, i*31, i)}})
	}
	w.commit(c)
	w.flush()
	dir := filepath.Join(t.TempDir(), "book")
	b := open(t, dir, w.journal)
	catch(t, b)
	for i := range 4100 { // until a state is stored with rows
		w.do(till.Input{At: tilltest.Opening.Add(time.Duration(i) * time.Second), Do: till.NoteLogin{Employee: tilltest.Owner}})
	}
	w.flush()
	catch(t, b)
	killed := copyDir(t, dir)
	closeBook(t, b)
	b = open(t, killed, w.journal)
	catch(t, b)
	same(t, "reopened book", mustShow(t, b), expected(t, w))
	closeBook(t, b)
}
