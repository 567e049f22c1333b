package e2e

import (
	"strings"
	"testing"
)

// level waits until a dot of the till's status line says ok or warn.
func (s *stage) level(of, level string) {
	s.t.Helper()
	s.until(`document.querySelector('[data-test="status-` + of + `"]').dataset.level === "` + level + `"`)
}

// TestPaperOut sells without paper: the sale stands, the receipt waits, and
// comes out once when there is paper, as what it is and not as a copy.
func TestPaperOut(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.selling(s.box.Addr, "jonas", "2222")
	s.level("printers", "ok")
	s.sim.PaperOut(true)
	s.tap("article-espresso")
	s.exact()
	s.level("printers", "warn")
	s.shows("status-printers", "Wartet")
	s.tap("status-printers")
	s.shows("state-dialog", "kein Papier")
	s.shows("state-dialog", "Ein Druckauftrag wartet")
	s.tap("dialog-close", "article-cappuccino")
	s.exact()
	if n := len(s.roll.lines()); n != 0 {
		t.Errorf("%d papers came out of a printer without paper", n)
	}
	s.sim.PaperOut(false)
	for _, n := range []string{"2", "3"} {
		if page := s.paper("Beleg " + n); strings.Contains(page, "KOPIE") {
			t.Errorf("receipt %s is marked as a copy although it came out once:\n%s", n, page)
		}
	}
	s.level("printers", "ok")
	b := s.books()
	sold(t, b, 2, 220+360)
	if p := onPaper(t, b, s.roll.lines()); p.firsts != 2 || p.copies != 0 {
		t.Errorf("%d receipts and %d copies came out, want 2 and none", p.firsts, p.copies)
	}
}

// TestPrinterOffInMidJob switches the printer off while it prints: nobody knows
// how much came out, so the receipt comes once more, marked as a copy.
func TestPrinterOffInMidJob(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.selling(s.box.Addr, "jonas", "2222")
	s.tap("article-cappuccino")
	s.exact()
	s.paper("Beleg 2", "Prüfwert") // the very first job begins with a long silence, to wake up a printer in doubt
	s.level("printers", "ok")
	s.sim.PowerOffAfter(700)
	s.tap("article-espresso")
	s.exact()
	s.level("printers", "warn")
	fatal(t, s.sim.PowerOn())
	page := s.paper("Beleg 3", "KOPIE", "Prüfwert")
	if !strings.Contains(page, "SUMME") {
		t.Errorf("the copy is not whole:\n%s", page)
	}
	s.level("printers", "ok")
	s.tap("article-latte")
	s.exact()
	if page := s.paper("Beleg 4", "Prüfwert"); strings.Contains(page, "KOPIE") {
		t.Errorf("the receipt after the copy is marked as one, too:\n%s", page)
	}
	b := s.books()
	sold(t, b, 3, 360+220+410)
	if p := onPaper(t, b, s.roll.lines()); p.copies != 1 {
		t.Errorf("%d copies came out, want 1", p.copies)
	}
}
