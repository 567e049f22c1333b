package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// shortDay is a day with a bit of everything, closed, and a second one begun:
// receipts 1 to 7, shifts 1 and 2, one Z.
func (s *stage) shortDay() {
	s.t.Helper()
	s.do(rig.Do("openShift", rig.Args{"count": map[string]int{"5000": 2, "1000": 5}, "note": "Frühschicht"})) // 1
	s.sell("guest-a", "espresso", 220)                                                                        // 2
	s.sell("guest-b", "fr-morgenrot", 1290)                                                                   // 3
	s.do(rig.Do("voidReceipt", rig.Args{"receipt": 2, "reason": "Gast ging"}))                                // 4
	s.do(rig.Do("moveCash", rig.Args{"amount": -500, "note": "Milch"}))                                       // 5
	s.do(rig.Do("beginCount", nil))
	s.do(rig.Do("closeShift", rig.Args{"count": map[string]int{"5000": 2, "1000": 5, "200": 3, "100": 1, "50": 1, "20": 2}}))
	s.do(rig.Do("closeDay", nil))
	s.do(rig.Do("openShift", rig.Args{"float": 20000})) // 6
	s.sell("guest-c", "pasta", 1150)                    // 7
	s.do(rig.Do("addLine", rig.Args{"order": "guest-d", "line": "l", "article": "kakao", "qty": 2000}))
	s.do(rig.Do("park", rig.Args{"order": "guest-d", "label": "Tisch 3"}))
}

func (s *stage) sell(order, article string, total int) {
	s.t.Helper()
	s.do(rig.Do("addLine", rig.Args{"order": order, "line": "l", "article": article, "qty": 1000}))
	s.do(rig.Do("pay", rig.Args{"order": order, "tender": "cash", "total": total, "given": total}))
}

// officePages are the pages of the office, with a row to open on those that
// have rows.
var officePages = []struct{ page, row string }{
	{"today", ""}, {"receipts", "3"}, {"shifts", "1"}, {"closings", "1"}, {"articles", "espresso"}, {"groups", "coffee"},
	{"vat", "meals"}, {"discounts", "staff"}, {"tenders", "cash"}, {"employees", "jonas"}, {"roles", ""},
	{"company", ""}, {"printers", "counter"}, {"layout", ""}, {"devices", ""}, {"changes", ""},
}

// office opens a page of the office, and a row on it.
func (s *stage) office(page, row string) {
	s.t.Helper()
	s.eval(fmt.Sprintf(`void (location.hash = %q)`, "#/"+page), nil)
	s.wait("page-" + page)
	s.until(`!document.querySelector(".waiting")`)
	if row == "" {
		return
	}
	s.eval(fmt.Sprintf(`void (location.hash = %q)`, "#/"+page+"/"+row), nil)
	s.wait("panel")
	s.until(`!document.querySelector(".waiting")`)
}

// wholesome checks that a page shows words and not the mistakes of programs.
func (s *stage) wholesome(where string) {
	s.t.Helper()
	if s.there("failed") {
		s.t.Errorf("%s: something failed to load: %s", where, s.text("failed"))
	}
	var odd []string
	s.eval(`document.body.innerText.match(/\b(?:office|till|status|refusal|page|desk)\.[a-zA-Z]+[\w.]*|undefined|NaN|\[object|\{\w+\}|Invalid Date|null\b/g)`, &odd)
	if len(odd) > 0 {
		s.t.Errorf("%s shows %q", where, odd)
	}
}

// chartIsTurnover checks that the chart of today speaks of the same sales as
// the figure above it: those since the last closing.
func (s *stage) chartIsTurnover(want string) {
	s.t.Helper()
	s.shows("tile-turnover", want)
	var bars []string
	s.eval(`document.querySelector('[data-test="hours"]').getAttribute("aria-label").match(/[1-9]\d*,\d\d(?=\s€)/g)`, &bars)
	if len(bars) != 1 || bars[0] != want {
		s.t.Errorf("the chart shows %q, the turnover is %s", bars, want)
	}
}

// TestOfficePages opens every page of the office in both languages after a
// short day.
func TestOfficePages(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	faults, err := s.page.Faults()
	fatal(t, err)
	s.shortDay()
	s.enter(s.box.Addr, "/office", "marlene", "1111")
	s.wait("nav-today")
	for _, language := range []string{"de", "en"} {
		s.until(`document.documentElement.lang === "` + language + `"`)
		for _, p := range officePages {
			s.office(p.page, p.row)
			s.wholesome(p.page + " in " + language)
		}
		s.tap("lang")
	}
	s.office("closings", "1")
	s.shows("panel", "12,90") // 2,20 sold and voided, 12,90 sold
	s.office("shifts", "1")
	s.shows("sheet", "Milch")
	s.shows("counts", "3 × = 6,00")
	s.office("receipts", "4")
	s.shows("panel", "Gast ging")
	s.office("today", "")
	s.shows("page-today", "Tisch 3")
	s.chartIsTurnover("11,50")
	if list := faults.List(); len(list) > 0 {
		t.Errorf("the scripts threw:\n%s", strings.Join(list, "\n"))
	}
}

// TestOfficeEdit changes a price in the office while a till is open beside it.
func TestOfficeEdit(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.do(rig.Do("openShift", rig.Args{"float": 20000}))
	s.enter(s.box.Addr, "/office", "marlene", "1111")
	s.wait("nav-today")
	counter, err := s.page.Tab(1280, 800)
	fatal(t, err)
	t.Cleanup(counter.Close)
	fatal(t, counter.Go("http://"+s.box.Addr+"/till"))
	price := func(want string) string {
		return fmt.Sprintf(`document.querySelector('[data-test="article-espresso"] .tile-price')?.innerText.includes(%q)`, want)
	}
	fatal(t, counter.Until(price("2,20")))

	fatal(t, s.page.Front())
	s.office("articles", "espresso")
	s.retype("field-price", "2,50")
	fatal(t, s.page.Ctrl("s"))
	fatal(t, counter.Front())
	fatal(t, counter.Until(price("2,50")))
	fatal(t, counter.Tap("article-espresso"))
	fatal(t, counter.Until(`document.querySelector('[data-test="total"]').innerText.includes("2,50")`))

	fatal(t, s.page.Front())
	s.retype("field-plu", "102") // taken by the double espresso
	fatal(t, s.page.Ctrl("s"))
	s.wait("error-plu")
	s.retype("field-price", "zwei Euro")
	s.wait("error-price")
	s.tap("discard")
	s.gone("error-plu")

	s.office("changes", "")
	s.until(`(e => e && ["2,20", "2,50", "Marlene"].every(x => e.innerText.includes(x)))(document.querySelector('[data-test="change"][data-id="espresso"]'))`)

	s.office("printers", "counter")
	s.eval(`(e => { e.value = "none"; e.dispatchEvent(new Event("change", {bubbles: true})); })(document.querySelector('[data-test="field-proof"]'))`, nil)
	s.until(`!document.querySelector('[data-test="save"]').disabled`)
	fatal(t, s.page.Ctrl("s"))
	await(t, "the printer's proof in the books", func() bool { return s.row("printer", "counter")["proof"] == "none" })
	b := s.books()
	if got := b.State.Catalog.Articles["espresso"]; got.Price != 250 || got.PLU != "101" {
		t.Errorf("the books hold %+v", got)
	}
}

// retype replaces the text of a field as a person does: all of it, by keyboard.
func (s *stage) retype(test, text string) {
	s.t.Helper()
	s.tap(test)
	fatal(s.t, s.page.Ctrl("a"))
	s.keys(text)
}

// row is a row of master data as the API tells it.
func (s *stage) row(kind, id string) map[string]any {
	s.t.Helper()
	var list struct{ Rows []map[string]any }
	fatal(s.t, s.boss.Get("/api/v1/master/"+kind, &list))
	for _, r := range list.Rows {
		if r["id"] == id {
			return r
		}
	}
	s.t.Fatalf("no %s %s", kind, id)
	return nil
}

// TestNewPIN sets a PIN in the office and logs in with it.
func TestNewPIN(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.enter(s.box.Addr, "/office", "marlene", "1111")
	s.wait("nav-today")
	s.office("employees", "aylin")
	s.tap("pin")
	s.retype("pin-new", "1234")
	s.retype("pin-again", "1234")
	s.tap("pin-save")
	s.until(`document.querySelector('[data-test="pin-dialog"] [role="alert"]')`) // too simple
	s.retype("pin-new", "4711")
	s.retype("pin-again", "4712")
	s.tap("pin-save")
	s.until(`document.querySelector('[data-test="pin-dialog"] [role="alert"]')`) // not the same
	s.retype("pin-again", "4711")
	s.tap("pin-save")
	s.gone("pin-dialog")
	s.enter(s.box.Addr, "/till", "aylin", "3333")
	s.wait("login-message")
	s.loginForm("aylin", "4711")
	s.wait("open-shift-form")
	if pin := s.row("employee", "aylin")["pin"]; pin != "set" {
		t.Errorf("the API tells %q of a PIN", pin)
	}
}

// TestReceiptSearchAndCSV finds receipts and takes lists out as files.
func TestReceiptSearchAndCSV(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.shortDay()
	s.enter(s.box.Addr, "/office", "marlene", "1111")
	s.wait("nav-today")
	s.eval(catchFiles, nil)
	s.office("receipts", "")
	s.found("7", "6", "5", "4", "3", "2", "1")
	s.retype("search", "3")
	s.found("3")
	s.retype("search", "12,90")
	s.found("3")
	s.retype("search", "11,50")
	s.found("7")
	if rows := s.csv(); len(rows) != 2 || !strings.HasPrefix(rows[1], "7;") || !strings.HasSuffix(rows[1], ";11,50 €") {
		t.Errorf("the file of the receipts found holds %q", rows)
	}
	s.retype("search", "999")
	s.until(`!document.querySelector('[data-test="receipts"]') && document.querySelector(".empty")`)

	s.office("articles", "")
	rows := s.csv()
	if len(rows) != 41 || !slices.ContainsFunc(rows, func(r string) bool { return strings.HasPrefix(r, "espresso;Espresso;101;Kaffee;2,20 €;") }) {
		t.Errorf("the file of the articles holds %d lines: %q", len(rows), rows[:3])
	}
}

// found waits until the list of receipts shows exactly these.
func (s *stage) found(numbers ...string) {
	s.t.Helper()
	s.until(fmt.Sprintf(`[...document.querySelectorAll('[data-test="receipts"] tbody tr')].map(r => r.dataset.id).join() === %q`, strings.Join(numbers, ",")))
}

// catchFiles keeps the text of the files a page offers.
const catchFiles = `(() => {
	const real = URL.createObjectURL;
	URL.createObjectURL = (blob) => { blob.text().then(t => { window.file = t; }); return real(blob); };
})()`

// csv takes the list on the page out as a file and returns its lines.
func (s *stage) csv() []string {
	s.t.Helper()
	s.eval(`void (window.file = null)`, nil)
	s.tap("csv")
	s.until(`window.file`)
	var text string
	s.eval(`window.file`, &text)
	return strings.Split(strings.TrimSuffix(strings.TrimPrefix(text, "\ufeff"), "\r\n"), "\r\n")
}
