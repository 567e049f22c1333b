//go:build boottest

package boottest

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/image/vm"
)

// shop is what the test knows of the shop in the box: what was promised to it.
type shop struct {
	till         *till
	tender       string
	article      article
	shift        uint64
	acknowledged []receipt // by number, ascending
	counter      uint64    // of the last signature
	pending      []command // sent, not answered
}

const (
	employee, pin = "chef", "1234"    // of image/instance/tresen/seed.json
	journalDir    = "/tresen/journal" // on the data partition
	float         = 10000             // cents
)

func openShop(t *testing.T, addr string) *shop {
	t.Helper()
	s := &shop{till: &till{base: "http://" + addr, client: "c-boottest"}}
	s.till.login(t)
	v := s.till.view(t)
	for _, a := range v.Catalog.Articles {
		if a.Active && !a.FreePrice && a.Price > 0 {
			s.article = a
			break
		}
	}
	for _, d := range v.Catalog.Tenders {
		if d.Active && d.Type == "Bar" {
			s.tender = d.ID
			break
		}
	}
	if s.article.ID == "" || s.tender == "" {
		t.Fatalf("nothing to sell (%+v) or no cash (%q) in the seeded shop", s.article, s.tender)
	}
	s.take(t, s.till.send(t, s.till.number(command{Op: "openShift", Args: map[string]any{"float": float}})))
	v = s.till.view(t)
	if v.Shift == nil || v.Shift.State != "open" || v.Shift.Float != float {
		t.Fatalf("shift after opening: %+v", v.Shift)
	}
	s.shift = v.Shift.ID
	return s
}

// sell makes one sale and checks that it is sealed by the demonstration unit.
func (s *shop) sell(t *testing.T, order string) {
	t.Helper()
	a := s.till.send(t, s.till.sale(order, s.tender, s.article))
	if len(a.Receipts) != 1 || a.Receipts[0].Receipt.Total != 2*s.article.Price {
		t.Fatalf("sale %s brought receipts %+v, want one of %d", order, a.Receipts, 2*s.article.Price)
	}
	s.take(t, a)
}

// take remembers what was acknowledged.
func (s *shop) take(t *testing.T, a answer) {
	t.Helper()
	for _, r := range a.Receipts {
		if len(r.Seal.Signature) == 0 || !r.Seal.Demo {
			t.Errorf("receipt %d is not signed by the demonstration unit: %+v", r.Receipt.Number, r.Seal)
		}
		if r.Seal.Counter <= s.counter {
			t.Errorf("receipt %d: signature counter %d after %d", r.Receipt.Number, r.Seal.Counter, s.counter)
		}
		s.counter = r.Seal.Counter
		s.acknowledged = append(s.acknowledged, r.Receipt)
	}
}

// cutDuringSale sends one more sale and pulls the plug while it is on its way:
// the later, the likelier it got through. Nobody hears the answer.
func (s *shop) cutDuringSale(t *testing.T, order string, m *vm.VM, later time.Duration) {
	t.Helper()
	s.pending = s.till.sale(order, s.tender, s.article)
	body := map[string]any{"client": s.till.client, "commands": s.pending}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		s.till.do(t.Context(), http.MethodPost, "/api/v1/commands", body)
	}()
	time.Sleep(later) // nothing waits for this: it only moves the cut
	err := m.Kill()
	<-sent
	if err != nil {
		t.Fatal(err)
	}
}

// checkAfterCut: everything promised is still there.
func (s *shop) checkAfterCut(t *testing.T) {
	t.Helper()
	// The session outlives the cut, too: nobody types a PIN because of a fuse.
	if _, err := s.till.do(t.Context(), http.MethodGet, "/api/v1/me", nil); err != nil {
		t.Errorf("session after the cut: %v", err)
		s.till.login(t)
	}
	v := s.till.view(t)
	if v.Shift == nil || v.Shift.ID != s.shift || v.Shift.State != "open" || v.Shift.Float != float {
		t.Errorf("shift after the cut: %+v, want number %d open with %d", v.Shift, s.shift, float)
	}
	for _, want := range s.acknowledged {
		var got struct {
			Receipt receipt `json:"receipt"`
			Seal    *seal   `json:"seal"`
		}
		s.till.must(t, http.MethodGet, fmt.Sprintf("/api/v1/receipts/%d", want.Number), nil, &got)
		if got.Receipt != want || got.Seal == nil || len(got.Seal.Signature) == 0 {
			t.Errorf("receipt %d after the cut: %+v sealed %+v; acknowledged was %+v", want.Number, got.Receipt, got.Seal, want)
		}
	}
}

// finish repeats the sale that was under way, as a screen does with its queue.
// Whether the cut came before or after it was durable, it exists once now.
func (s *shop) finish(t *testing.T) {
	t.Helper()
	before := s.till.view(t).Receipts
	a := s.till.send(t, s.pending)
	last := a.Results[len(a.Results)-1]
	t.Logf("sale under way at the cut: durable %v", last.Repeated)
	after := s.till.view(t).Receipts
	if grown := after - before; last.Repeated && grown != 0 || !last.Repeated && grown != 1 {
		t.Errorf("repeating the sale made %d receipts, repeated %v", grown, last.Repeated)
	}
	var got struct{ Receipt receipt }
	s.till.must(t, http.MethodGet, fmt.Sprintf("/api/v1/receipts/%d", last.Receipt), nil, &got)
	if got.Receipt.Process != s.pending[0].Args["order"] || got.Receipt.Number != after {
		t.Errorf("repeated sale is receipt %+v, want number %d of order %s", got.Receipt, after, s.pending[0].Args["order"])
	}
	s.acknowledged = append(s.acknowledged, got.Receipt)
}

type row struct {
	Number uint64
	Order  string
}

// checkNumbers: the list has each acknowledged sale once and runs from 1
// without a gap.
func (s *shop) checkNumbers(t *testing.T) {
	t.Helper()
	rows := s.list(t)
	orders := map[string]int{}
	for i, r := range rows {
		if want := uint64(len(rows) - i); r.Number != want {
			t.Errorf("row %d has number %d, want %d", i, r.Number, want)
		}
		orders[r.Order]++
	}
	for _, r := range s.acknowledged {
		if r.Kind == "sale" && orders[r.Process] != 1 {
			t.Errorf("order %s has %d receipts", r.Process, orders[r.Process])
		}
	}
}

// list reads all receipts, newest first, page by page.
func (s *shop) list(t *testing.T) []row {
	t.Helper()
	var rows []row
	before := ""
	for {
		var page struct {
			Rows []row
			More bool
		}
		s.till.must(t, http.MethodGet, "/api/v1/receipts?limit=50"+before, nil, &page)
		rows = append(rows, page.Rows...)
		if !page.More || len(page.Rows) == 0 {
			return rows
		}
		before = fmt.Sprintf("&before=%d", page.Rows[len(page.Rows)-1].Number)
	}
}
