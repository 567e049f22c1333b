package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// screens are the sizes people have: the smallest box, a tablet, an old
// monitor, a phone.
var screens = []struct{ width, height int64 }{{800, 480}, {1280, 800}, {1024, 768}, {390, 844}}

// touch is the least side of what a finger must hit, in CSS pixels.
const touch = 48

// fits checks what must hold on every screen of the till: nothing to scroll
// sideways, and everything that can be tapped is large enough.
func (s *stage) fits(where string) {
	s.t.Helper()
	s.sideways(where)
	var small []string
	s.eval(fmt.Sprintf(`[...document.querySelectorAll("button, a[href], input, select")].map(e => [e, e.getBoundingClientRect()])
		.filter(([e, r]) => r.width > 1 && r.height > 1 && e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
		.filter(([e, r]) => Math.min(r.width, r.height) < %d - 0.5)
		.map(([e, r]) => (e.dataset.test ?? e.className) + " " + r.width.toFixed(0) + "×" + r.height.toFixed(0))`, touch), &small)
	if len(small) > 0 {
		s.t.Errorf("%s: too small to hit: %q", where, small)
	}
}

// inView checks that elements can be seen whole without scrolling.
func (s *stage) inView(where string, tests ...string) {
	s.t.Helper()
	s.still()
	for _, x := range tests {
		var ok bool
		s.eval(fmt.Sprintf(`(e => { if (!e) return false; const r = e.getBoundingClientRect();
			const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
			return r.width > 0 && r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight && (e === top || e.contains(top) || top?.contains(e)); })
			(document.querySelector('[data-test=%q]'))`, x), &ok)
		if !ok {
			s.t.Errorf("%s: %s cannot be seen whole", where, x)
		}
	}
}

// keep saves a picture where LOOKS says.
func (s *stage) keep(name string) {
	s.t.Helper()
	dir := os.Getenv("LOOKS")
	if dir == "" {
		return
	}
	s.still()
	fatal(s.t, os.MkdirAll(dir, 0o755))
	fatal(s.t, s.page.Screenshot(filepath.Join(dir, name+".png")))
}

// TestTillLooks goes through a sale on every size of screen. LOOKS=DIR keeps
// the pictures.
func TestTillLooks(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	for _, size := range screens {
		at := fmt.Sprintf("%dx%d", size.width, size.height)
		see := func(screen string, inView ...string) {
			t.Helper()
			s.fits(at + " " + screen)
			s.inView(at+" "+screen, inView...)
			s.keep("till-" + at + "-" + screen)
		}
		fatal(t, s.page.Resize(size.width, size.height))
		fatal(t, s.page.Go("http://"+s.box.Addr+"/login?next=/till&lang=de"))
		s.wait("login-pin")
		see("login")
		s.loginForm("marlene", "1111")
		s.wait("open-shift-form")
		see("shift", "open-shift")
		s.tap("open-shift")
		s.wait("total")
		see("empty", "total", "pay")
		s.tap("article-espresso", "article-cappuccino", "article-latte", "article-espresso", "article-flat-white", "article-eiskaffee")
		see("selling", "total", "pay")
		s.tap("pay")
		s.wait("pay-dialog")
		see("pay", "pay-open", "quick-exact", "pay-confirm")
		s.tap("quick-exact")
		s.wait("next-sale")
		see("paid", "change", "next-sale")
		s.tap("next-sale", "menu")
		s.wait("menu-dialog")
		see("menu")
		s.tap("menu-receipts")
		s.wait("receipts-dialog")
		see("receipts")
		s.keys(kb.Escape)
		s.gone("receipts-dialog")
		s.tap("article-espresso")
		if size.width < 700 {
			s.tap("sheet") // a phone hides the order below its sum
			see("sheet", "total", "pay")
		}
		s.tap("discount")
		s.wait("discount-dialog")
		see("discount")
		s.keys(kb.Escape)
		s.gone("discount-dialog")
		s.tap("cancel-order", "cancel-ok")
		s.keys(kb.F10)
		s.wait("count-form")
		see("count")
		s.do(rig.Do("forceClose", rig.Args{"reason": "genug"}))
		s.wait("open-shift-form")
	}
}

// sideways checks that nothing on the page reaches beyond the window. What
// scrolls within its own frame, such as a wide table, may.
func (s *stage) sideways(where string) {
	s.t.Helper()
	var wide float64
	s.eval(`Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth`, &wide)
	if wide > 0 {
		s.t.Errorf("%s: the page is %g pixels too wide", where, wide)
	}
}

// TestOfficeLooks opens the pages of the office on every size of screen.
func TestOfficeLooks(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.shortDay()
	s.enter(s.box.Addr, "/office", "marlene", "1111")
	s.wait("page-today")
	for _, size := range screens {
		fatal(t, s.page.Resize(size.width, size.height))
		for _, p := range officePages {
			where := fmt.Sprintf("office-%dx%d-%s", size.width, size.height, p.page)
			s.office(p.page, "")
			s.sideways(where)
			s.keep(where)
			if p.row != "" {
				s.office(p.page, p.row)
				s.inView(where+" row", "panel-close")
				s.sideways(where + " row")
				s.keep(where + "-row")
			}
		}
	}
}

// TestDeskLooks opens the desk on every size of screen.
func TestDeskLooks(t *testing.T) {
	d := newDesk(t, 1280, 800)
	d.do(rig.Do("openShift", rig.Args{"float": 10000}))
	for n := range 3 {
		d.sale()
		d.printed(n + 1)
	}
	for _, size := range screens {
		where := fmt.Sprintf("desk-%dx%d", size.width, size.height)
		fatal(t, d.page.Resize(size.width, size.height))
		d.sideways(where)
		d.keep(where)
	}
}
