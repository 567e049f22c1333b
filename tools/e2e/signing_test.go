package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// plug pulls the signing unit, which is a folder as a stick is a volume, or
// puts it back.
func (s *stage) plug(in bool) {
	s.t.Helper()
	from, to := s.box.Path("tse"), s.box.Path("tse.pulled")
	if in {
		from, to = to, from
	}
	fatal(s.t, os.Rename(from, to))
}

// paper waits for the paper that holds all the texts.
func (s *stage) paper(texts ...string) string {
	s.t.Helper()
	var found string
	defer func() {
		if s.t.Failed() {
			for _, lines := range s.roll.lines() {
				s.t.Log(strings.Join(lines, "\n"))
			}
		}
	}()
	await(s.t, "paper with "+strings.Join(texts, ", "), func() bool {
		for _, lines := range s.roll.lines() {
			found = strings.Join(lines, "\n")
			if holds(found, texts) {
				return true
			}
		}
		return false
	})
	return found
}

func holds(page string, texts []string) bool {
	for _, x := range texts {
		if !strings.Contains(page, x) {
			return false
		}
	}
	return true
}

func (s *stage) seal(n uint64) fiscal.Seal {
	s.t.Helper()
	var page struct{ Seal fiscal.Seal }
	fatal(s.t, s.boss.Get("/api/v1/receipts/"+itoa(n), &page))
	return page.Seal
}

// TestUnitPulled pulls the signing unit in mid-order: the till says so and goes
// on, receipts are marked, and everything mends itself when the unit is back.
func TestUnitPulled(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.selling(s.box.Addr, "jonas", "2222")
	s.tap("article-espresso")
	s.exact() // receipt 2, signed
	s.tap("article-cappuccino")
	await(t, "the transaction of the order", func() bool { return begun(s.state()) })

	s.plug(false)
	s.tap("pay", "quick-exact")
	s.wait("signing-out")
	s.paidInFull() // receipt 3
	s.tap("article-latte")
	s.exact() // receipt 4, begun and ended without a unit
	s.until(`document.querySelector('[data-test="status-signing"]').dataset.level === "warn"`)
	for _, n := range []uint64{3, 4} {
		page := s.paper("Beleg "+itoa(n), "TSE AUSGEFALLEN")
		if strings.Contains(page, "Prüfwert") {
			t.Errorf("receipt %d shows a signature that it does not have:\n%s", n, page)
		}
		if x := s.seal(n); x.Signed() || x.Outage == nil {
			t.Errorf("receipt %d is sealed as %+v without a unit", n, x)
		}
	}
	if o := s.state().Outage; o == nil || o.Reason == "" || o.Since.IsZero() {
		t.Errorf("the outage is not in the books: %+v", o)
	}

	s.plug(true)
	s.gone("signing-out")
	s.until(`document.querySelector('[data-test="status-signing"]').dataset.level === "ok"`)
	s.tap("article-espresso")
	s.exact() // receipt 5
	if x := s.seal(5); !x.Signed() {
		t.Errorf("receipt 5 is not signed although the unit is back: %+v", x)
	}
	s.paper("Beleg 5", "Prüfwert")

	s.do(rig.Do("beginCount", nil))
	s.do(rig.Do("closeShift", rig.Args{"counted": 20000 + 220 + 360 + 410 + 220}))
	s.do(rig.Do("closeDay", nil))
	z := s.paper("Tagesabschluss Z 1")
	if !holds(z, []string{"Ausfälle der TSE", "bis"}) {
		t.Errorf("the Z does not list the outage:\n%s", z)
	}
	b := s.books()
	sold(t, b, 4, 220+360+410+220)
	fatal(t, b.Units(s.box.Path("tse")))
	outages(t, b)
}

// begun reports whether the device has begun an order that is open.
func begun(v view) bool {
	for _, o := range v.Orders {
		if o.Process != nil {
			return true
		}
	}
	return false
}

// outages checks that the books hold one outage, whole.
func outages(t *testing.T, b *rig.Books) {
	t.Helper()
	began := 0
	var ended []fiscal.Outage
	for _, c := range b.Commits {
		for _, e := range c.Events {
			if e.OutageBegan != nil {
				began++
			}
			if e.OutageEnded != nil {
				ended = append(ended, *e.OutageEnded)
			}
		}
	}
	if began != 1 || len(ended) != 1 {
		t.Fatalf("%d outages began and %d ended, want one of each", began, len(ended))
	}
	if o := ended[0]; o.Reason == "" || o.Since.IsZero() || !o.Until.After(o.Since) {
		t.Errorf("the outage is not whole: %+v", o)
	}
}
