package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/tresen-pos/tresen/hal/printer/printersim"
	"github.com/tresen-pos/tresen/tools/e2e/browser"
	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// stage is a box with a printer and a browser in front of it.
type stage struct {
	t    *testing.T
	box  *rig.Box
	sim  *printersim.Sim
	roll *roll
	page *browser.Page
	boss *rig.Till // asks the API what the page should show
}

// newStage starts the demo shop with a signing unit on the curve.
func newStage(t *testing.T, curve string, width, height int64) *stage {
	t.Helper()
	if testing.Short() {
		t.Skip("drives a browser for minutes: make test")
	}
	dir := t.TempDir()
	program, err := rig.Build(dir)
	fatal(t, err)
	sim, err := printersim.New(printersim.Options{ProcessID: true})
	fatal(t, err)
	t.Cleanup(func() { _ = sim.Close() })
	box, err := rig.NewBox(program, filepath.Join(dir, "box"), sim.Addr())
	fatal(t, err)
	fatal(t, os.WriteFile(box.Path("config.json"), fmt.Appendf(nil, `{"tse":{"kind":"soft","dir":"tse","curve":%q}}`, curve), 0o600))
	_, err = box.Start()
	fatal(t, err)
	t.Cleanup(func() { endInPeace(t, box) })
	page, err := browser.Open(context.Background(), width, height)
	fatal(t, err)
	t.Cleanup(page.Close)
	s := &stage{t: t, box: box, sim: sim, roll: collect(sim), page: page, boss: rig.NewTill(box.Addr, "boss")}
	fatal(t, s.boss.Login("marlene", "1111"))
	t.Cleanup(s.picture)
	return s
}

// picture keeps what the screen showed when the test failed.
func (s *stage) picture() {
	if !s.t.Failed() {
		return
	}
	name := filepath.Join(os.TempDir(), "tresen-"+strings.ReplaceAll(s.t.Name(), "/", "-")+".png")
	if err := s.page.Screenshot(name); err == nil {
		s.t.Logf("the screen when it failed: %s", name)
	}
}

func (s *stage) tap(tests ...string) { s.t.Helper(); fatal(s.t, s.page.Tap(tests...)) }

func (s *stage) keys(text string) { s.t.Helper(); fatal(s.t, s.page.Keys(text)) }

func (s *stage) fill(test, text string) { s.t.Helper(); fatal(s.t, s.page.Fill(test, text)) }

func (s *stage) shows(test, want string) {
	s.t.Helper()
	fatal(s.t, s.page.Until(fmt.Sprintf(`document.querySelector('[data-test=%q]')?.innerText.includes(%q)`, test, want)))
}

// login enters name and PIN on the login page.
func (s *stage) login(who, pin string) {
	s.t.Helper()
	fatal(s.t, s.page.Go("http://"+s.box.Addr+"/till?lang=de"))
	s.tap("login-employee-" + who)
	s.keys(pin)
	s.tap("login-submit")
}

// openShift counts the float piece by piece.
func (s *stage) openShift() {
	s.t.Helper()
	s.fill("coin-5000", "2")
	s.fill("coin-1000", "5")
	s.fill("coin-200", "10")
	s.fill("shift-note", "Frühschicht")
	s.shows("float-sum", "170,00")
	s.tap("open-shift")
	fatal(s.t, s.page.Wait("total"))
}

// paidInFull waits for the receipt of the sale and goes on to the next one.
func (s *stage) paidInFull() {
	s.t.Helper()
	fatal(s.t, s.page.Until(`/\d/.test(document.querySelector('[data-test="done-receipt"]')?.innerText ?? "")`))
	s.tap("next-sale")
}

func (s *stage) exact() { s.t.Helper(); s.tap("pay", "quick-exact"); s.paidInFull() }

// kinds are the ways to sell; thirty sales go through all of them.
func (s *stage) kinds() []func() {
	return []func(){
		func() { s.tap("article-espresso", "pay", "quick-exact"); s.paidInFull() }, // three taps
		func() {
			s.tap("article-cappuccino", "article-espresso", "pay", "quick-1000")
			s.shows("change", "4,20")
			s.paidInFull()
		},
		func() { s.tap("digit-3", "digit-times", "article-espresso"); s.shows("total", "6,60"); s.exact() },
		func() { s.tap("digit-1", "digit-0", "digit-1", "digit-enter"); s.shows("total", "2,20"); s.exact() },
		func() { s.keys("4012345678901\r"); s.shows("total", "8,90"); s.exact() }, // a scanner's burst
		func() {
			s.tap("search-open")
			s.fill("search", "riesl")
			s.tap("article-riesling")
			s.exact()
		},
		func() { s.tap("group-shop", "article-diverse"); s.price("750"); s.shows("total", "7,50"); s.exact() },
		func() { s.tap("group-drinks-cold", "group-beer-wine", "article-pils"); s.exact() },
		func() { s.tap("group-cake", "article-kaesekuchen", "take-away"); s.exact() },
		func() { s.tap("group-drinks-hot", "article-latte", "take-away"); s.exact() },
		s.lineVoid, s.discounts, s.parkAndResume, s.mixed,
		func() { s.tap("article-espresso", "pay", "tender-girocard", "pay-confirm"); s.paidInFull() },
	}
}

func (s *stage) price(digits string) {
	s.t.Helper()
	fatal(s.t, s.page.Wait("price-dialog"))
	s.digits("key-", digits)
	s.tap("price-ok")
}

// digits taps a keypad; typed as fast as a test types they would be a scanner.
func (s *stage) digits(prefix, digits string) {
	s.t.Helper()
	for _, d := range digits {
		s.tap(prefix + string(d))
	}
}

func (s *stage) lineVoid() {
	s.t.Helper()
	s.tap("group-drinks-hot", "article-espresso", "article-cappuccino")
	fatal(s.t, s.page.TapAt(`[data-test="lines"] .line-main`))
	s.tap("line-plus", "line-minus", "line-void")
	s.exact()
}

func (s *stage) discounts() {
	s.t.Helper()
	s.tap("article-eiskaffee", "article-espresso", "discount", "discount-regular")
	s.shows("total", "7,20")
	s.exact()
	s.tap("article-eiskaffee", "discount")
	fatal(s.t, s.page.Wait("discount-dialog"))
	s.tap("discount-goodwill")
	s.shows("total", "3,80")
	s.exact()
}

func (s *stage) parkAndResume() {
	s.t.Helper()
	s.tap("article-espresso", "park")
	s.fill("park-label", "Tisch 5")
	s.tap("park-ok", "article-cappuccino")
	s.exact()
	s.tap("orders")
	fatal(s.t, s.page.TapAt(`[data-test="orders-dialog"] [data-test^="order-"]`))
	s.shows("total", "2,20")
	s.exact()
}

// mixed pays part by card with a tip, the rest in cash.
func (s *stage) mixed() {
	s.t.Helper()
	s.tap("group-breakfast", "article-fr-morgenrot", "article-fr-morgenrot", "pay", "tender-girocard")
	s.tap("pay-amount")
	s.digits("pay-key-", "1000")
	s.tap("pay-tip")
	s.digits("pay-key-", "150")
	s.tap("pay-confirm")
	s.shows("pay-open", "15,80")
	s.tap("tender-cash", "quick-2000")
	s.shows("change", "4,20")
	s.paidInFull()
	s.tap("group-drinks-hot")
}

// TestDay is a whole day at the till, in a browser: login, float, sales of all
// kinds, void, cash moves, count, Z. The figures of the Z equal the sums over
// the receipts, and receipts on paper carry codes whose signatures an
// independent verifier accepts.
func TestDay(t *testing.T) {
	s := newStage(t, "brainpoolP384r1", 1280, 800)
	s.login("marlene", "1111")
	s.openShift()
	kinds := s.kinds()
	for i := range 30 {
		kinds[i%len(kinds)]()
		t.Logf("sale %d done", i+1)
	}
	s.voidLast()
	s.moveCash("cash-in", "5000", "Wechselgeld von der Bank")
	s.moveCash("cash-out", "2500", "Milch vom Markt")
	s.tap("menu", "menu-drawer")
	s.keys(kb.F8) // the same by keyboard
	s.tap("menu", "menu-report", "report-print", "dialog-close")
	s.closeShift()
	s.closeDay()
	s.zEqualsReceipts()
	s.drained()
	s.codesOnPaper()
	fatal(t, s.box.Stop())
	books, err := rig.ReadBooks(s.box.Path("journal"))
	fatal(t, err)
	fatal(t, books.Whole())
	fatal(t, books.Units(s.box.Path("tse")))
	onPaper(t, books, s.roll.lines())
	checkedItself(t, s.box)
}

// endInPeace stops a box that still runs, and sees that it found the state it
// ran on equal to what its journal gives.
func endInPeace(t *testing.T, box *rig.Box) {
	if !box.Running() {
		return
	}
	fatal(t, box.Stop())
	checkedItself(t, box)
}

func checkedItself(t *testing.T, box *rig.Box) {
	t.Helper()
	if !strings.Contains(box.Log(), "running state equals the journal") {
		t.Errorf("the box did not find its state equal to the journal's:\n%s", box.Log())
	}
}

func (s *stage) voidLast() {
	s.t.Helper()
	s.tap("last-receipt", "receipt-void")
	s.fill("reason", "Gast hat reklamiert")
	s.tap("void-ok")
	fatal(s.t, s.page.Gone("void-dialog"))
	fatal(s.t, s.page.Eval(`document.querySelector('[data-test="dialog-close"]')?.click()`, nil))
}

func (s *stage) moveCash(way, digits, note string) {
	s.t.Helper()
	s.tap("menu", "menu-cash", way)
	s.fill("cash-note", note)
	s.digits("cash-key-", digits)
	s.tap("cash-ok")
	fatal(s.t, s.page.Gone("cash-dialog"))
}

// closeShift counts one euro less than the drawer should hold.
func (s *stage) closeShift() {
	s.t.Helper()
	var report struct {
		Shift struct{ Totals struct{ Cash int64 } }
	}
	fatal(s.t, s.boss.Get("/api/v1/report", &report))
	s.keys(kb.F10)
	fatal(s.t, s.page.Wait("count-form"))
	s.tap("count-by-sum")
	counted := report.Shift.Totals.Cash - 100
	s.fill("count-sum", fmt.Sprintf("%d,%02d", counted/100, counted%100))
	s.shows("difference", "-1,00")
	s.fill("close-reason", "Wechselgeldfehler")
	s.tap("close-shift")
	fatal(s.t, s.page.Wait("shift-closed"))
}

func (s *stage) closeDay() {
	s.t.Helper()
	s.tap("close-day", "close-day-ok")
	fatal(s.t, s.page.Wait("closing"))
}

// drained waits until the Z is on paper.
func (s *stage) drained() {
	s.t.Helper()
	for range 3000 {
		for _, p := range s.roll.lines() {
			text := strings.Join(p, "\n")
			if strings.Contains(text, "TAGESABSCHLUSS") || strings.Contains(text, "Tagesabschluss") {
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Fatal("the Z never came out of the printer")
}
