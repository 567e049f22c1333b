package uitest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const f9 = kb.F9

// slowly presses a key the way people do: not before the scanner's gap since
// the last one is over, by the page's own clock.
func (s *stage) slowly(key string) {
	s.Helper()
	must(s.T, s.page.Eval(`new Promise(r => setTimeout(r, 120))`, nil))
	s.keys(key)
}

// The tap budget: a one-article cash sale with exact money is three taps.
func TestThreeTaps(t *testing.T) {
	s := newStage(t, 800, 480)
	s.sell()
	s.tap("article-espresso", "pay", "quick-exact")
	s.shows("done-receipt", "Beleg 2")
	s.tap("article-espresso") // the next sale begins without putting the change away
	s.shows("total", "2,20")
}

// A dead link: taps go on, are kept over a reload of the page, and reach the
// box once when it is back.
func TestLinkLost(t *testing.T) {
	s := newStage(t, 1280, 800)
	s.sell()
	s.tap("article-espresso", "article-cappuccino")
	s.until(`localStorage.length && !Object.keys(localStorage).some(k => k.startsWith("tresen.q."))`)
	const where = `(r => r.left + "," + r.top)(document.querySelector('[data-test="article-espresso"]').getBoundingClientRect())`
	var before, after string
	must(t, s.page.Eval(where, &before))
	s.pull(true)
	s.tap("article-espresso", "article-cappuccino", "article-espresso")
	s.shows("total", "13,80")
	s.wait("offline")
	if must(t, s.page.Eval(where, &after)); after != before {
		t.Errorf("the tiles moved from %s to %s under the finger", before, after)
	}
	s.shows("offline", "(3)")
	s.tap("pay", "quick-2000")
	s.shows("change", "6,20")
	s.shows("offline", "(4)")
	s.pull(false)
	s.gone("offline")
	s.shows("done-receipt", "Beleg 2")
	var kept []string
	must(t, s.page.Eval(`Object.keys(localStorage).filter(k => k.startsWith("tresen.q."))`, &kept))
	if len(kept) != 0 {
		t.Errorf("still kept: %v", kept)
	}
	if got := s.lines(2); got != "espresso 1000, cappuccino 1000, espresso 1000, cappuccino 1000, espresso 1000" {
		t.Errorf("receipt 2 has %s", got)
	}
}

// A reload in the middle: the commands that wait are still there.
func TestReloadKeepsTaps(t *testing.T) {
	s := newStage(t, 1280, 800)
	s.sell()
	s.tap("article-espresso")
	s.until(`!Object.keys(localStorage).some(k => k.startsWith("tresen.q."))`)
	// The page is loaded, but no command gets through.
	must(t, s.page.Eval(`(() => { const f = window.fetch; window.fetch = (u, o) => String(u).includes("/commands") ? Promise.reject(new TypeError("cut")) : f(u, o); })()`, nil))
	s.tap("article-cappuccino", "article-cappuccino")
	s.shows("total", "9,40")
	must(t, s.page.Reload())
	s.shows("total", "9,40")
	s.until(`!Object.keys(localStorage).some(k => k.startsWith("tresen.q."))`)
	s.tap("pay", "quick-exact")
	s.shows("done-receipt", "Beleg 2")
	if got := s.lines(2); got != "espresso 1000, cappuccino 2000" {
		t.Errorf("receipt 2 has %s", got)
	}
}

// lines asks the box what a receipt contains.
func (s *stage) lines(receipt int) string {
	s.Helper()
	var lines []struct {
		Article string
		Qty     int
	}
	must(s.T, s.page.Eval(fmt.Sprintf(`fetch("/api/v1/receipts/%d").then(r => r.json()).then(r => r.receipt.lines)`, receipt), &lines))
	var out []string
	for _, l := range lines {
		out = append(out, fmt.Sprint(l.Article, " ", l.Qty))
	}
	return strings.Join(out, ", ")
}

// scan sends a burst as fast as a scanner, however busy this machine is: the
// first key by the browser, so that it reaches the field, the others at once.
func (s *stage) scan(code string) {
	s.Helper()
	must(s.T, s.page.Eval(fmt.Sprintf(`(() => { const rest = %q; addEventListener("keyup", () => {
		for (const key of [...rest, "Enter"]) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
	}, {once: true, capture: true}); })()`, code[1:]), nil))
	s.keys(code[:1])
}

// The scanner's code goes to the article in every state, never into a field.
func TestScannerEverywhere(t *testing.T) {
	s := newStage(t, 1280, 800)
	s.sell()
	const code = "4012345678901" // house blend, 8.90
	s.scan(code)
	s.shows("total", "8,90")
	s.tap("search-open")
	s.scan(code)
	s.shows("total", "17,80")
	s.tap("park")
	s.wait("park-label")
	s.scan(code)
	s.shows("total", "26,70")
	s.gone("park-dialog")
	s.tap("pay")
	s.scan(code)
	s.shows("pay-open", "35,60")
	s.shows("pay-given", "35,60") // nothing of the code was typed
	s.tap("quick-exact")
	s.wait("done")
	s.scan(code)
	s.shows("total", "8,90")
	s.tap("park")
	s.wait("park-label")
	var label string
	must(t, s.page.Eval(`document.querySelector('[data-test="park-label"]').value`, &label))
	if label != "" {
		t.Errorf("the code went into the field: %q", label)
	}
	s.keys("\x1b")
	s.scan("9999999999999")
	s.shows("toast", "9999999999999")
}

// What the box refuses disappears, with one sentence.
func TestRefusal(t *testing.T) {
	s := newStage(t, 1280, 800)
	s.sell()
	s.tap("article-espresso")
	s.until(`!Object.keys(localStorage).some(k => k.startsWith("tresen.q."))`)
	// Somebody else takes the order away behind the screen's back.
	must(t, s.page.Eval(`fetch("/api/v1/commands", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({client: "other", commands: [{n: 1, op: "cancelOrder", args: {order: localStorage.getItem("tresen.order")}}]})})`, nil))
	s.shows("total", "0,00")
	// The price of an article changes while the link is down.
	s.tap("article-cappuccino")
	s.until(`!Object.keys(localStorage).some(k => k.startsWith("tresen.q."))`)
	s.pull(true)
	s.tap("pay", "quick-exact")
	s.wait("done")
	must(t, s.page.Eval(`(() => { const k = Object.keys(localStorage).find(k => k.startsWith("tresen.q.")), c = JSON.parse(localStorage.getItem(k)); c.args.total = 1; localStorage.setItem(k, JSON.stringify(c)); })()`, nil))
	s.pull(false)
	must(t, s.page.Reload())
	s.shows("toast", "3,60")
	s.tap("orders")
	s.until(`document.querySelectorAll('[data-test="orders-dialog"] .card').length === 1`)
}

// A second window waits; only one sells.
func TestOneWindowSells(t *testing.T) {
	s := newStage(t, 1280, 800)
	s.sell()
	must(t, s.page.Eval(`localStorage.setItem("tresen.lease", JSON.stringify({id: "other", at: Date.now() + 3000}))`, nil))
	s.wait("take-over")
	s.tap("take-over")
	s.wait("total")
}

// Everything can be done from the keyboard.
func TestKeyboardSale(t *testing.T) {
	s := newStage(t, 1280, 800)
	s.sell()
	for _, k := range []string{"3", "*", "1", "0", "1"} {
		s.slowly(k)
	}
	s.slowly("\r")
	s.shows("total", "6,60")
	s.slowly("+")
	s.shows("total", "8,80")
	s.slowly("-")
	s.shows("total", "6,60")
	s.keys(f9)
	s.wait("pay-dialog")
	for _, k := range []string{"1", "0", "0", "0"} {
		s.slowly(k)
	}
	s.shows("pay-change", "3,40")
	s.tap("pay-confirm")
	s.shows("change", "3,40")
	s.slowly("?")
	s.wait("keys-dialog")
	s.keys("\x1b")
	s.gone("keys-dialog")
}
