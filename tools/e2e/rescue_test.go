package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// there reports whether an element is on the page.
func (s *stage) there(test string) (is bool) {
	s.t.Helper()
	s.eval(`!!document.querySelector('[data-test="`+test+`"]')`, &is)
	return is
}

// disabled reports whether a control is there and cannot be used.
func (s *stage) disabled(test string) (is bool) {
	s.t.Helper()
	s.eval(`document.querySelector('[data-test="`+test+`"]')?.disabled === true`, &is)
	return is
}

// TestRescue lets an administrator deal with a shift that somebody else left in
// the middle of its count: rescued once, then closed by force.
func TestRescue(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	jonas := rig.NewTill(s.box.Addr, "jonas-tablet")
	fatal(t, jonas.Login("jonas", "2222"))
	_, err := jonas.Must(rig.Do("openShift", rig.Args{"float": 10000}))
	fatal(t, err)
	s.enter(s.box.Addr, "/till", "jonas", "2222")
	s.tap("article-espresso")
	s.exact()
	s.keys(kb.F10)
	s.wait("count-form")

	s.enter(s.box.Addr, "/till", "aylin", "3333") // a colleague can count, no more
	s.wait("count-form")
	for _, x := range []string{"rescue-shift", "force-close"} {
		if s.there(x) {
			t.Errorf("Aylin is offered %s of Jonas's shift", x)
		}
	}

	s.enter(s.box.Addr, "/till", "marlene", "1111")
	s.tap("rescue-shift", "article-latte")
	s.exact()
	s.keys(kb.F10)
	s.tap("force-close")
	s.wait("force-dialog")
	if !s.disabled("force-ok") {
		t.Error("a shift can be closed by force without a reason")
	}
	s.fill("reason", "Jonas ist krank")
	s.tap("force-ok")
	s.tap("shift-sheet")
	for _, x := range []string{"OHNE ZÄHLUNG GESCHLOSSEN", "nicht gezählt", "Jonas ist krank", "Zählung abgebrochen"} {
		s.shows("sheet", x)
	}
	s.paper("Schicht 1", "OHNE ZÄHLUNG GESCHLOSSEN")

	s.enter(s.box.Addr, "/office", "marlene", "1111")
	s.tap("nav-shifts")
	s.shows("page-shifts", "ohne Zählung")
	fatal(t, s.page.TapAt(`tr[data-id="1"] a.row-link`))
	s.shows("sheet", "Jonas ist krank")

	b := s.books()
	sold(t, b, 2, 220+410)
	x := b.State.Shift
	if x != nil {
		t.Errorf("shift %d is still open", x.ID)
	}
}

// TestRights shows what somebody in service sees: selling, and no more.
func TestRights(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.selling(s.box.Addr, "aylin", "3333")
	s.tap("article-espresso", "pay", "quick-exact")
	s.until(receiptShown(2))
	if !s.disabled("done-void") {
		t.Error("Aylin may not void receipts and is offered it")
	}
	s.tap("next-sale", "last-receipt")
	s.wait("receipt-reprint")
	if s.there("receipt-void") {
		t.Error("Aylin may not void receipts and is offered it in the receipt")
	}
	s.tap("dialog-close", "menu")
	s.wait("menu-dialog")
	for _, x := range []string{"menu-cash", "menu-close-day", "menu-office"} {
		if !s.disabled(x) {
			t.Errorf("Aylin may use %s", x)
		}
	}

	// A page only hides; the box refuses.
	aylin := rig.NewTill(s.box.Addr, "aylin-script")
	fatal(t, aylin.Login("aylin", "3333"))
	for _, c := range []rig.Command{
		rig.Do("voidReceipt", rig.Args{"receipt": 2, "reason": "x"}),
		rig.Do("forceClose", rig.Args{"reason": "x"}),
		rig.Do("closeDay", nil),
		rig.Do("moveCash", rig.Args{"amount": -100, "note": "x"}),
	} {
		if _, err := aylin.Must(c); err == nil || !strings.Contains(err.Error(), "forbidden") {
			t.Errorf("%s by Aylin: got %v, want forbidden", c.Op, err)
		}
	}

	fatal(t, s.page.Go("http://"+s.box.Addr+"/office#/employees"))
	s.shows("closed", "Aylin")
	if s.there("nav-today") {
		t.Error("the office is open to Aylin")
	}
	s.tap("to-till")
	s.wait("total")
}

// TestEscape closes a dialog by keyboard although the focus was lost, as it is
// when the button that had it goes away.
func TestEscape(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.selling(s.box.Addr, "jonas", "2222")
	s.tap("menu")
	s.wait("menu-dialog")
	s.eval(`void document.activeElement.blur()`, nil)
	s.keys(kb.Tab)
	s.until(`document.querySelector('[data-test="menu-dialog"]').contains(document.activeElement)`)
	s.eval(`void document.activeElement.blur()`, nil)
	s.keys(kb.Escape)
	s.gone("menu-dialog")
}
