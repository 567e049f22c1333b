package e2e

import (
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/tools/e2e/rig"
	"github.com/tresen-pos/tresen/tools/shop/cable"
)

// await asks until something outside the browser is so; the bound only guards
// against hanging.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 3000 {
		if is() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("waited in vain: %s", what)
}

// cable puts a cable that can be cut between the browser and the box.
func (s *stage) cable() *cable.Cable {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	fatal(s.t, err)
	k := cable.New(l, s.box.Addr)
	ended := make(chan error, 1) // the one result of Run
	go func() { ended <- k.Run() }()
	s.t.Cleanup(func() {
		if err := errors.Join(k.Close(), <-ended); err != nil {
			s.t.Errorf("cable: %v", err)
		}
	})
	return k
}

// enter logs in and goes to a page; addr is the box or a cable to it.
func (s *stage) enter(addr, page, who, pin string) {
	s.t.Helper()
	fatal(s.t, s.page.Go("http://"+addr+"/login?lang=de&next="+page))
	s.loginForm(who, pin)
}

func (s *stage) loginForm(who, pin string) {
	s.t.Helper()
	s.tap("login-employee-" + who)
	s.fill("login-pin", pin)
	s.tap("login-submit")
}

// selling opens a shift over the API and the till in the browser.
func (s *stage) selling(addr, who, pin string) {
	s.t.Helper()
	s.do(rig.Do("openShift", rig.Args{"float": 20000}))
	s.enter(addr, "/till", who, pin)
	s.wait("total")
}

// do sends a command as the owner.
func (s *stage) do(c rig.Command) rig.Result {
	s.t.Helper()
	res, err := s.boss.Must(c)
	fatal(s.t, err)
	return res[0]
}

func (s *stage) wait(test string) { s.t.Helper(); fatal(s.t, s.page.Wait(test)) }

func (s *stage) gone(test string) { s.t.Helper(); fatal(s.t, s.page.Gone(test)) }

func (s *stage) until(script string) { s.t.Helper(); fatal(s.t, s.page.Until(script)) }

func (s *stage) eval(script string, out any) { s.t.Helper(); fatal(s.t, s.page.Eval(script, out)) }

// text is what an element shows.
func (s *stage) text(test string) string {
	s.t.Helper()
	text, err := s.page.Text(test)
	fatal(s.t, err)
	return text
}

// view is the box's state as a till is told.
type view struct {
	Orders   map[string]*till.Order
	Shift    *till.Shift
	Receipts uint64
	Closings uint64
	Outage   *fiscal.Outage
}

func (s *stage) state() view {
	s.t.Helper()
	var v view
	fatal(s.t, s.boss.Get("/api/v1/state", &v))
	return v
}

// settled waits until no tap of the browser waits any more.
func (s *stage) settled() {
	s.t.Helper()
	s.until(`Object.keys(localStorage).every(k => !k.startsWith("tresen.q."))`)
}

// waiting is how many taps the browser keeps.
func (s *stage) waiting() int {
	s.t.Helper()
	var n int
	s.eval(`Object.keys(localStorage).filter(k => k.startsWith("tresen.q.")).length`, &n)
	return n
}

// books stops the box and reads what it wrote.
func (s *stage) books() *rig.Books {
	s.t.Helper()
	fatal(s.t, s.box.Stop())
	b, err := rig.ReadBooks(s.box.Path("journal"))
	fatal(s.t, err)
	fatal(s.t, b.Whole())
	return b
}

// sales are the receipts of sales in the books, by what they come to.
func sales(b *rig.Books) (count int, total int64) {
	for _, r := range b.Receipts {
		if r.Kind == till.Sale {
			count++
			total += int64(r.Total)
		}
	}
	return count, total
}

// sold compares the sales of the books with what was tapped.
func sold(t *testing.T, b *rig.Books, count int, total int64) {
	t.Helper()
	if gotCount, gotTotal := sales(b); gotCount != count || gotTotal != total {
		t.Errorf("the books hold %d sales of %d cents together, tapped were %d of %d", gotCount, gotTotal, count, total)
		for n, r := range b.Receipts {
			for _, l := range r.Lines {
				t.Logf("receipt %d: %d × %s at %d", n, l.Qty/1000, l.Article, l.Price)
			}
		}
	}
	if n := len(b.State.Orders); n != 0 {
		t.Errorf("%d orders are left open in the books", n)
	}
}

func receiptShown(n uint64) string {
	return fmt.Sprintf(`/\b%d\b/.test(document.querySelector('[data-test="done-receipt"]')?.innerText ?? "")`, n)
}
