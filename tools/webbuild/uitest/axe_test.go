package uitest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tresen-pos/tresen/tools/webbuild/bundle"
)

// axe injects axe-core and lists what it finds serious on the present screen.
func (s *stage) axe(where, source string) {
	s.Helper()
	must(s.T, s.page.Eval(source, nil))
	var found []struct {
		ID, Help, Impact string
		Nodes            []string
	}
	must(s.T, s.page.Eval(`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
		.filter(v => v.impact === "serious" || v.impact === "critical")
		.map(v => ({id: v.id, help: v.help, impact: v.impact, nodes: v.nodes.slice(0, 4).map(n => n.target.join(" ") + " — " + (n.any[0]?.message ?? n.all[0]?.message ?? ""))})))`, &found))
	for _, f := range found {
		s.Errorf("%s: %s (%s): %s\n%q", where, f.ID, f.Impact, f.Help, f.Nodes)
	}
}

// axe finds nothing serious on any screen of the till, light or dark.
func TestAxe(t *testing.T) {
	s := newStage(t, 1280, 800)
	root, err := bundle.Root(".")
	must(t, err)
	must(t, bundle.Unpack(root))
	b, err := os.ReadFile(filepath.Join(bundle.Module(root, "axe-core"), "axe.min.js"))
	must(t, err)
	look := func(where string) {
		t.Helper()
		for _, theme := range []string{"light", "dark"} {
			must(t, s.page.Eval(`document.documentElement.dataset.theme = "`+theme+`"`, nil))
			s.axe(where+", "+theme, "(() => {"+string(b)+"})()")
		}
	}
	must(t, s.page.Go(s.url("/login?next=/till&lang=de")))
	s.wait("login-submit")
	s.tap("login-employee-marlene")
	look("login")
	s.keys("1111")
	s.tap("login-submit")
	s.wait("open-shift")
	look("open shift")
	s.fill("coin-5000", "2")
	s.tap("open-shift")
	s.wait("total")
	look("empty order")
	s.tap("article-espresso", "article-cappuccino")
	must(t, s.page.Eval(`document.querySelector('.line-main').click()`, nil))
	s.tap("digit-3")
	look("order with an open line")
	for _, d := range []struct{ open, name string }{
		{"discount", "discount-dialog"}, {"park", "park-dialog"}, {"orders", "orders-dialog"}, {"pay", "pay-dialog"},
		{"line-qty", "qty-dialog"}, {"menu", "menu-dialog"}, {"status-signing", "state-dialog"}, {"status-shift", "state-dialog"}, {"help", "keys-dialog"},
	} {
		s.tap(d.open)
		s.wait(d.name)
		look(d.name)
		s.keys("\x1b")
		s.gone(d.name)
	}
	s.tap("pay", "quick-1000")
	s.shows("done-receipt", "Beleg 2")
	look("paid")
	s.tap("done-qr")
	s.wait("qr")
	look("QR")
	s.tap("receipt-qr")
	s.wait("paper")
	look("receipt")
	s.tap("receipt-void")
	s.wait("void-dialog")
	look("void")
	s.keys("\x1b")
	s.tap("menu", "menu-receipts")
	s.wait("receipt-2")
	look("receipts")
	s.keys("\x1b")
	s.tap("menu", "menu-cash")
	s.wait("cash-dialog")
	look("deposit")
	s.keys("\x1b")
	s.pull(true)
	s.wait("offline")
	look("offline")
	s.pull(false)
	s.gone("offline")
	s.tap("menu", "menu-close-shift")
	s.wait("count-form")
	s.fill("coin-5000", "1")
	look("count")
}
