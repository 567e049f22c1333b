package tilltest

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

// books makes a day of random commands and returns its commits.
func books(t *testing.T) []*till.Commit {
	t.Helper()
	first, err := Import()
	if err != nil {
		t.Fatal(err)
	}
	s, day := till.New(), NewDay(rand.New(rand.NewPCG(3, 3)).IntN)
	commits := []*till.Commit{first}
	if err := s.Apply(first); err != nil {
		t.Fatal(err)
	}
	for range 1500 {
		in := day.Next(s)
		events, err := till.Decide(s, in)
		if err != nil {
			continue
		}
		c := &till.Commit{Op: in.Do.Op(), By: in.By, Events: events, Seq: s.Seq + 1, At: in.At}
		if err := s.Apply(c); err != nil {
			t.Fatal(err)
		}
		day.Saw(c)
		commits = append(commits, c)
	}
	return commits
}

// copied is a deep copy, through the journal's form.
func copied(t *testing.T, commits []*till.Commit) []*till.Commit {
	t.Helper()
	var out []*till.Commit
	for _, c := range commits {
		raw, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again := &till.Commit{Seq: c.Seq, At: c.At}
		if err := json.Unmarshal(raw, again); err != nil {
			t.Fatal(err)
		}
		out = append(out, again)
	}
	return out
}

func audit(commits []*till.Commit) error {
	l := NewLedger()
	for _, c := range commits {
		if err := l.Saw(c); err != nil {
			return err
		}
	}
	return nil
}

// forged changes the last receipt, closing or shift for which f says so.
func forged(commits []*till.Commit, f func(*till.Event) bool) bool {
	for i := len(commits) - 1; i >= 0; i-- {
		for j := range commits[i].Events {
			if f(&commits[i].Events[j]) {
				return true
			}
		}
	}
	return false
}

// receipt forges a receipt of the kind.
func receipt(kind string, f func(*till.Receipt)) func(*till.Event) bool {
	return func(e *till.Event) bool {
		r := e.ReceiptPrepared
		if r == nil || r.Kind != kind || kind == till.Sale && (len(r.Payments) == 0 || r.Total == 0 || len(r.VAT) == 0) {
			return false
		}
		f(r)
		return true
	}
}

func closing(f func(*till.Closing)) func(*till.Event) bool {
	return func(e *till.Event) bool {
		if e.DayClosed == nil || e.DayClosed.Totals.Turnover == 0 {
			return false
		}
		f(e.DayClosed)
		return true
	}
}

// forgeries change one figure each.
var forgeries = map[string]func(*till.Event) bool{
	"number":       receipt(till.Sale, func(r *till.Receipt) { r.Number++ }),
	"total":        receipt(till.Sale, func(r *till.Receipt) { r.Total++ }),
	"line":         receipt(till.Sale, func(r *till.Receipt) { r.Lines[0].Total-- }),
	"no lines":     receipt(till.Sale, func(r *till.Receipt) { r.Lines = nil }),
	"payment":      receipt(till.Sale, func(r *till.Receipt) { r.Payments[0].Amount++ }),
	"tip":          receipt(till.Sale, func(r *till.Receipt) { r.Tip++ }),
	"tip of one":   receipt(till.Sale, func(r *till.Receipt) { r.Payments[0].Tip++ }),
	"change":       receipt(till.Sale, func(r *till.Receipt) { r.Change++ }),
	"saved":        receipt(till.Sale, func(r *till.Receipt) { r.Saved++ }),
	"tax":          receipt(till.Sale, func(r *till.Receipt) { r.VAT[0].VAT += 2; r.VAT[0].Net -= 2 }),
	"net":          receipt(till.Sale, func(r *till.Receipt) { r.VAT[0].Net++ }),
	"gross":        receipt(till.Sale, func(r *till.Receipt) { r.VAT[0].Gross++; r.VAT[0].Net++ }),
	"rate":         receipt(till.Sale, func(r *till.Receipt) { r.VAT[0].Rate += 5000 }),
	"missing rate": receipt(till.Sale, func(r *till.Receipt) { r.VAT = r.VAT[1:] }),
	"backwards":    receipt(till.Sale, func(r *till.Receipt) { r.Started = r.Ended.Add(1) }),
	"void of":      receipt(till.Void, func(r *till.Receipt) { r.VoidOf = r.Number }),
	"void of move": receipt(till.Void, func(r *till.Receipt) { r.VoidOf = 1 }),
	"void kept":    receipt(till.Void, func(r *till.Receipt) { r.Kind = till.Sale; r.VoidOf = 0 }),
	"void line":    receipt(till.Void, func(r *till.Receipt) { r.Lines[0].Qty--; r.Lines[0].Price = 0 }),
	"move":         receipt(till.Deposit, func(r *till.Receipt) { r.Total++ }),
	"float":        receipt(till.Float, func(r *till.Receipt) { r.Payments[0].Type = "Unbar" }),
	"difference":   receipt(till.Difference, func(r *till.Receipt) { r.Total--; r.Payments[0].Amount-- }),
	"turnover":     closing(func(z *till.Closing) { z.Totals.Turnover++ }),
	"grand":        closing(func(z *till.Closing) { z.Grand++ }),
	"closing":      closing(func(z *till.Closing) { z.Number++ }),
	"from":         closing(func(z *till.Closing) { z.FromSeq++ }),
	"to":           closing(func(z *till.Closing) { z.ToSeq-- }),
	"vat":          closing(func(z *till.Closing) { z.Totals.VAT[0].VAT++ }),
	"tender": closing(func(z *till.Closing) {
		for id, x := range z.Totals.Tenders {
			x.Amount++
			z.Totals.Tenders[id] = x
		}
	}),
	"cash": closing(func(z *till.Closing) { z.Totals.Cash++ }),
	"staff": closing(func(z *till.Closing) {
		for id := range z.Totals.Staff {
			delete(z.Totals.Staff, id)
		}
	}),
	"report": func(e *till.Event) bool {
		if e.Reported == nil {
			return false
		}
		e.Reported.Day.DrawerOpens++
		return true
	},
	"count": func(e *till.Event) bool {
		if e.ShiftClosed == nil {
			return false
		}
		e.ShiftClosed.Counted++
		return true
	},
	"expected": func(e *till.Event) bool {
		if e.ShiftClosed == nil {
			return false
		}
		e.ShiftClosed.Expected += money.Cents(1)
		return true
	},
	"seal": func(e *till.Event) bool {
		if e.ReceiptSealed == nil {
			return false
		}
		e.ReceiptSealed.Receipt = 1
		return true
	},
}

// TestLedgerFindsForgeries: a judge who finds nothing proves nothing.
func TestLedgerFindsForgeries(t *testing.T) {
	honest := books(t)
	if err := audit(honest); err != nil {
		t.Fatalf("honest books: %v", err)
	}
	for name, f := range forgeries {
		commits := copied(t, honest)
		if !forged(commits, f) {
			t.Errorf("%s: nothing to forge", name)
			continue
		}
		if err := audit(commits); err == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

// TestLedgerFindsLostCommits and doubled ones.
func TestLedgerFindsLostCommits(t *testing.T) {
	honest := books(t)
	lost := append(append([]*till.Commit{}, honest[:5]...), honest[6:]...)
	if err := audit(lost); err == nil || !strings.Contains(err.Error(), "follows") {
		t.Errorf("lost: %v", err)
	}
	doubled := append(append([]*till.Commit{}, honest[:5]...), honest[4:]...)
	if err := audit(doubled); err == nil || !strings.Contains(err.Error(), "follows") {
		t.Errorf("doubled: %v", err)
	}
}

// TestCompareFindsStrayStates: a state that went on alone is not the books'.
func TestCompareFindsStrayStates(t *testing.T) {
	commits := books(t)
	for name, stray := range map[string]func(*till.State){
		"receipts": func(s *till.State) { s.Receipts++ },
		"closings": func(s *till.State) { s.Closings++ },
		"unsealed": func(s *till.State) { s.Unsealed[99999] = till.Receipt{} },
		"voided":   func(s *till.State) { s.Voided[99999] = 1 },
		"day":      func(s *till.State) { s.Day.Turnover++ },
		"shift": func(s *till.State) {
			if s.Shift == nil {
				s.Shift = &till.Shift{}
				return
			}
			s.Shift.Totals.Cash++
		},
	} {
		s, l := till.New(), NewLedger()
		for _, c := range copied(t, commits) {
			if err := s.Apply(c); err != nil {
				t.Fatal(err)
			}
			if err := l.Saw(c); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Compare(s); err != nil {
			t.Fatalf("before: %v", err)
		}
		if stray(s); l.Compare(s) == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

// TestShop: the fixture is what its comments say.
func TestShop(t *testing.T) {
	s, err := Shop()
	if err != nil {
		t.Fatal(err)
	}
	if s.Seq != 1 || s.Shift != nil || len(s.Catalog.Articles) != 8 || s.Location().String() != "Europe/Berlin" {
		t.Errorf("seq %d, %d articles, %v", s.Seq, len(s.Catalog.Articles), s.Location())
	}
}
