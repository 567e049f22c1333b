//go:build boottest

package boottest

import (
	"fmt"
	"net/http"
	"testing"
)

// shop is what the test knows of the shop in the box: what was promised to it.
type shop struct {
	till         *till
	tender       string
	article      article
	shift        uint64
	acknowledged []receipt // by number, ascending
	counter      uint64    // of the last signature
}

const float = 10000 // cents

func openShop(t *testing.T, addr string) *shop {
	t.Helper()
	s := &shop{till: login(t, addr, "c-boottest", employee, pin)}
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

// checkAfterCut: everything promised is still there.
func (s *shop) checkAfterCut(t *testing.T) {
	t.Helper()
	v := s.till.view(t) // the session outlived the cut, too
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
func (s *shop) finish(t *testing.T, pending []command) {
	t.Helper()
	before := s.till.view(t).Receipts
	a := s.till.send(t, pending)
	repeated := a.Results[len(a.Results)-1].Repeated
	t.Logf("sale under way at the cut: durable %v", repeated)
	after := s.till.view(t).Receipts
	if grown := after - before; repeated && grown != 0 || !repeated && grown != 1 {
		t.Errorf("repeating the sale made %d receipts, repeated %v", grown, repeated)
	}
	number := a.Results[len(a.Results)-1].Receipt
	var got struct{ Receipt receipt }
	s.till.must(t, http.MethodGet, fmt.Sprintf("/api/v1/receipts/%d", number), nil, &got)
	if got.Receipt.Process != "pending" || got.Receipt.Number != after {
		t.Errorf("repeated sale is receipt %+v, want number %d of order pending", got.Receipt, after)
	}
	s.acknowledged = append(s.acknowledged, got.Receipt)
}

// checkNumbers: the list has each acknowledged receipt once and runs from 1
// without a gap.
func (s *shop) checkNumbers(t *testing.T) {
	t.Helper()
	var list struct {
		Rows []struct {
			Number uint64
			Order  string
		}
		More bool
	}
	s.till.must(t, http.MethodGet, "/api/v1/receipts?limit=100", nil, &list)
	if list.More {
		t.Fatal("more receipts than the test made")
	}
	orders := map[string]int{}
	for i, r := range list.Rows {
		if want := uint64(len(list.Rows) - i); r.Number != want {
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
