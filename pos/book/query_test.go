package book_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// weekend is a book of two days, an hour between commits of day and night:
//
//	Saturday: 1 float, 2 cake 4.20 by Karl at table "Fenster", 3 espresso 2.50 with tip, 4 deposit; Z 1
//	Sunday:   5 float, 6 tobacco 8.40, 7 voids 2, 8 espresso 2.50 unsigned
func weekend(t *testing.T) (*writer, *book.Book, time.Time) {
	t.Helper()
	w := imported(t)
	saturday := time.Date(2026, 1, 3, 9, 0, 0, 0, tilltest.Berlin)
	at := saturday
	do := func(by string, c till.Command, past *till.Receipt) {
		t.Helper()
		at = at.Add(time.Minute)
		if w.do(till.Input{At: at, By: by, Do: c, Past: past}) == nil {
			t.Fatalf("%s was refused", c.Op())
		}
		for n := range w.state.Unsealed {
			seal := fiscal.Seal{Serial: serial, Transaction: n, Signature: []byte("x")}
			if n == 8 {
				seal = fiscal.Seal{Outage: &fiscal.Outage{Since: at, Reason: "gezogen"}}
			}
			w.do(till.Input{At: at, Do: till.RecordSeal{Receipt: n, Seal: seal}})
		}
	}
	sell := func(by, order, article string, pay *till.Pay) {
		t.Helper()
		do(by, &till.AddLine{Order: order, Line: "l-" + order, Article: article, Qty: 1000}, nil)
		if order == "win-1" {
			do(by, &till.Park{Order: order, Label: "Fenster Özgür"}, nil)
			do(by, &till.Resume{Order: order}, nil)
		}
		pay.Order = order
		do(by, pay, nil)
	}
	do(tilltest.Owner, &till.OpenShift{Float: 10_000}, nil)
	sell(tilltest.Cashier, "win-1", tilltest.Cake, &till.Pay{Tender: "cash", Total: 420})
	sell(tilltest.Owner, "bar-2", tilltest.Espresso, &till.Pay{Tender: "card", Total: 250, Tip: 50})
	do(tilltest.Owner, &till.MoveCash{Amount: 1_000, Note: "Wechselgeld"}, nil)
	do(tilltest.Owner, &till.BeginCount{}, nil)
	do(tilltest.Owner, &till.CloseShift{Counted: 11_420}, nil)
	do(tilltest.Owner, &till.CloseDayCmd{}, nil)
	at = saturday.AddDate(0, 0, 1)
	do(tilltest.Owner, &till.OpenShift{Float: 5_000}, nil)
	sell(tilltest.Owner, "bar-3", tilltest.Tobacco, &till.Pay{Tender: "cash", Total: 840})
	var sold *till.Receipt
	for _, c := range w.commits {
		for _, e := range c.Events {
			if r := e.ReceiptPrepared; r != nil && r.Number == 2 {
				sold = r
			}
		}
	}
	do(tilltest.Owner, &till.VoidReceipt{Receipt: 2, Reason: "Irrtum"}, sold)
	sell(tilltest.Owner, "bar-4", tilltest.Espresso, &till.Pay{Tender: "cash", Total: 250})
	w.flush()
	b := open(t, filepath.Join(t.TempDir(), "book"), w.journal)
	t.Cleanup(func() { closeBook(t, b) })
	catch(t, b)
	return w, b, saturday
}

func TestFilters(t *testing.T) {
	_, b, saturday := weekend(t)
	sunday := time.Date(2026, 1, 4, 0, 0, 0, 0, tilltest.Berlin)
	for _, c := range []struct {
		name string
		f    book.Filter
		want []uint64
		more bool
	}{
		{"all", book.Filter{}, []uint64{8, 7, 6, 5, 4, 3, 2, 1}, false},
		{"number", book.Filter{Text: "3"}, []uint64{6, 3}, false}, // and an order named bar-3
		{"number only", book.Filter{Text: " 7 "}, []uint64{7}, false},
		{"amount", book.Filter{Text: "2,50"}, []uint64{8, 3}, false},
		{"amount with a dot", book.Filter{Text: "8.40"}, []uint64{6}, false},
		{"amount with tip", book.Filter{Text: "3,00"}, []uint64{3}, false},
		{"negative amount", book.Filter{Text: "-4,20"}, []uint64{7}, false},
		{"nearly an amount", book.Filter{Text: "4,2"}, nil, false},
		{"label in any case", book.Filter{Text: "FENSTER öz"}, []uint64{7, 2}, false},
		{"order", book.Filter{Text: "bar-"}, []uint64{8, 6, 3}, false},
		{"employee's name", book.Filter{Text: "karl"}, []uint64{2}, false},
		{"nothing", book.Filter{Text: "Kaviar"}, nil, false},
		{"employee", book.Filter{By: tilltest.Cashier}, []uint64{2}, false},
		{"kind", book.Filter{Kind: till.Void}, []uint64{7}, false},
		{"shift", book.Filter{Shift: 1}, []uint64{4, 3, 2, 1}, false},
		{"from", book.Filter{From: sunday}, []uint64{8, 7, 6, 5}, false},
		{"to", book.Filter{To: sunday}, []uint64{4, 3, 2, 1}, false},
		{"from is included, to is not", book.Filter{From: saturday.Add(time.Minute), To: saturday.Add(5 * time.Minute)}, []uint64{1}, false},
		{"page", book.Filter{Limit: 3}, []uint64{8, 7, 6}, true},
		{"next page", book.Filter{Limit: 3, Before: 6}, []uint64{5, 4, 3}, true},
		{"last page", book.Filter{Limit: 3, Before: 3}, []uint64{2, 1}, false},
		{"page that is just full", book.Filter{Limit: 2, Before: 3}, []uint64{2, 1}, false},
		{"behind the last page", book.Filter{Before: 1}, nil, false},
		{"page of a filter", book.Filter{Kind: till.Sale, Limit: 2}, []uint64{8, 6}, true},
		{"all together", book.Filter{Text: "bar", By: tilltest.Owner, Kind: till.Sale, Shift: 2, From: sunday, Before: 8}, []uint64{6}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, more, err := b.Receipts(c.f)
			if err != nil {
				t.Fatal(err)
			}
			var got []uint64
			for _, r := range rows {
				got = append(got, r.Number)
			}
			if !slices.Equal(got, c.want) || more != c.more {
				t.Errorf("got %v (more: %v), want %v (more: %v)", got, more, c.want, c.more)
			}
		})
	}
}

func TestSingleRows(t *testing.T) {
	w, b, saturday := weekend(t)
	for n, closing := range map[uint64]uint64{1: 1, 4: 1, 5: 0, 8: 0} {
		if r, err := b.Row(n); err != nil || r.Closing != closing || r.Number != n {
			t.Errorf("receipt %d is in closing %d (%v), want %d", n, r.Closing, err, closing)
		}
	}
	if r, err := b.Row(2); err != nil || r.VoidedBy != 7 || !r.Signed || r.Label != "Fenster Özgür" || !slices.Equal(r.Tenders, []string{"Bar"}) {
		t.Errorf("receipt 2 is %+v, %v", r, err)
	}
	if r, err := b.Row(8); err != nil || r.Signed || r.SealSeq == 0 {
		t.Errorf("receipt 8 is %+v, %v", r, err)
	}
	_, rowErr := b.Row(9)
	_, shiftErr := b.Shift(2) // still open
	_, closingErr := b.Closing(2)
	_, _, _, receiptErr := b.Receipt(9, w.commit1)
	for what, err := range map[string]error{"row": rowErr, "shift": shiftErr, "closing": closingErr, "receipt": receiptErr} {
		if !errors.Is(err, book.ErrNone) {
			t.Errorf("%s that does not exist: %v", what, err)
		}
	}
	if x, err := b.Shift(1); err != nil || x.State != till.StateClosed || x.Counted != 11_420 || x.Totals.Receipts != 2 {
		t.Errorf("shift 1 is %+v, %v", x, err)
	}
	if z, err := b.Closing(1); err != nil || z.Totals.Last != 4 || z.Number != 1 {
		t.Errorf("closing 1 is %+v, %v", z, err)
	}
	for _, c := range []struct {
		from, to time.Time
		want     int
	}{{time.Time{}, time.Time{}, 1}, {saturday, saturday.Add(time.Hour), 1}, {saturday.Add(time.Hour), time.Time{}, 0}, {time.Time{}, saturday, 0}} {
		if xs, err := b.Shifts(c.from, c.to); err != nil || len(xs) != c.want {
			t.Errorf("%d shifts from %v to %v (%v), want %d", len(xs), c.from, c.to, err, c.want)
		}
	}
}

// commit1 reads one commit, as those who ask for a receipt do.
func (w *writer) commit1(seq uint64) (*till.Commit, error) {
	rec, err := w.journal.Get(seq)
	if err != nil {
		return nil, err
	}
	return engine.Decode(rec)
}

func TestReceiptFromTheJournal(t *testing.T) {
	w, b, _ := weekend(t)
	for n := uint64(1); n <= 8; n++ {
		r, seal, row, err := b.Receipt(n, w.commit1)
		if err != nil || r.Number != n || row.Number != n || seal == nil || seal.Signed() != (n != 8) || r.Total != row.Total {
			t.Errorf("receipt %d: %+v, %+v, %+v, %v", n, r, seal, row, err)
		}
	}
	broken := errors.New("unreadable")
	if _, _, _, err := b.Receipt(2, func(uint64) (*till.Commit, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	row, err := b.Row(2)
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, err = b.Receipt(2, func(seq uint64) (*till.Commit, error) {
		if seq == row.SealSeq {
			return nil, broken
		}
		return w.commit1(seq)
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, _, _, err := b.Receipt(2, func(uint64) (*till.Commit, error) { return w.commits[0], nil }); err == nil || !strings.Contains(err.Error(), "does not hold") {
		t.Errorf("got %v", err)
	}
}

func TestChanges(t *testing.T) {
	w := imported(t)
	for i := range 5 {
		c := till.SetMaster{Kind: catalog.KindArticle, ID: tilltest.Espresso}
		a := w.state.Catalog.Articles[tilltest.Espresso]
		a.Price++
		if i == 3 {
			a = w.state.Catalog.Articles[tilltest.Cake]
			a.Price++
			c.ID = tilltest.Cake
		}
		c.Value = []byte(encode(t, a))
		if w.do(till.Input{At: w.state.Time, By: tilltest.Owner, Do: &c}) == nil {
			t.Fatal("refused")
		}
	}
	w.flush()
	b := open(t, filepath.Join(t.TempDir(), "book"), w.journal)
	defer closeBook(t, b)
	catch(t, b)
	for _, c := range []struct {
		kind, id string
		before   uint64
		limit    int
		want     []uint64 // commits
		more     bool
	}{
		{"article", tilltest.Espresso, 0, 0, []uint64{6, 4, 3, 2, 1}, false},
		{"article", tilltest.Cake, 0, 0, []uint64{5, 1}, false},
		{"", tilltest.Cake, 0, 1, []uint64{5}, true},
		{"", tilltest.Cake, 5, 1, []uint64{1}, false},
		{"company", "", 0, 0, []uint64{1}, false},
		{"article", "", 0, 2, []uint64{6, 5}, true},
		{"article", "", 5, 2, []uint64{4, 3}, true},
		{"article", "", 1, 2, nil, false},
		{"nothing", "", 0, 0, nil, false},
	} {
		rows, more, err := b.Changes(c.kind, c.id, c.before, c.limit)
		var got []uint64
		for _, r := range rows {
			got = append(got, r.Seq)
		}
		if err != nil || !slices.Equal(got, c.want) || more != c.more {
			t.Errorf("%+v: got %v, more %v, %v", c, got, more, err)
		}
	}
	rows, _, err := b.Changes("article", tilltest.Espresso, 0, 1)
	if err != nil || len(rows) != 1 || rows[0].ByName != w.state.Catalog.Employees[tilltest.Owner].Name || !strings.Contains(string(rows[0].Old), `"price":253`) ||
		!strings.Contains(string(rows[0].New), `"price":254`) {
		t.Errorf("got %s, %v", encode(t, rows), err)
	}
}
