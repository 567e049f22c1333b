package e2e

import (
	"strings"
	"sync"
	"testing"

	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// TestCutLink sells over a cable that is cut in mid-order: taps go on and are
// counted in a calm banner, a sale is paid, and its receipt comes with the
// cable. What waits survives a reload of the page.
func TestCutLink(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	link := s.cable()
	s.selling(link.Addr(), "jonas", "2222")
	s.tap("article-espresso", "article-cappuccino")
	s.settled()

	fatal(t, link.Cut(true))
	s.wait("offline")
	s.tap("article-espresso", "article-latte", "article-latte")
	s.shows("total", "16,20") // 2 × 2,20 + 3,60 + 2 × 4,10
	s.shows("offline", "(3)")
	s.calm()
	s.tap("pay", "quick-2000")
	s.shows("change", "3,80")
	s.shows("done-receipt", "…")
	s.tap("article-espresso") // the next guest does not wait either
	s.shows("total", "2,20")
	if n := s.state().Receipts; n != 1 { // the float
		t.Errorf("the box made %d receipts while it was cut off", n)
	}

	// A page cannot be loaded from a box that is cut off; the first thing it does
	// when it can be loaded again is to find its queue.
	if n := s.waiting(); n != 5 {
		t.Errorf("%d taps are kept, want 5", n)
	}
	fatal(t, link.Cut(false))
	fatal(t, s.page.Reload())
	s.shows("total", "2,20")
	s.gone("offline")
	s.settled()
	await(t, "one receipt", func() bool { return s.state().Receipts == 2 })
	s.exact()
	b := s.books()
	sold(t, b, 2, 1620+220)
	clientOnce(t, b)
}

// calm checks that the banner informs and does not alarm.
func (s *stage) calm() {
	s.t.Helper()
	var class string
	s.eval(`document.querySelector('[data-test="offline"]').className`, &class)
	if !strings.Contains(class, "banner-info") {
		s.t.Errorf("the banner of a lost link is %q", class)
	}
}

// clientOnce checks that no tap stands in the journal twice.
func clientOnce(t *testing.T, b *rig.Books) {
	t.Helper()
	type tap struct {
		client string
		n      uint64
	}
	seen := map[tap]uint64{}
	for _, c := range b.Commits {
		k := tap{c.Client, c.N}
		if at := seen[k]; c.Client != "" && at != 0 {
			t.Errorf("%s's tap %d is in the journal at %d and at %d", c.Client, c.N, at, c.Seq)
		}
		seen[k] = c.Seq
	}
}

// TestReceiptComesBack pays while the link is down and stays on the page: the
// receipt's number appears by itself.
func TestReceiptComesBack(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	link := s.cable()
	s.selling(link.Addr(), "jonas", "2222")
	fatal(t, link.Cut(true))
	s.wait("offline")
	s.tap("article-cappuccino", "pay", "quick-500")
	s.shows("change", "1,40")
	fatal(t, link.Cut(false))
	s.until(receiptShown(2))
	s.gone("offline")
	s.tap("next-sale")
	sold(t, s.books(), 1, 360)
}

// TestLostAnswers takes the box's answers away after it has done the work, as a
// link does that dies at the wrong moment, and reloads: the taps are sent
// again, and the box knows them.
func TestLostAnswers(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.selling(s.box.Addr, "jonas", "2222")
	s.eval(`(() => {
		const real = window.fetch;
		window.fetch = async (...a) => {
			const r = await real(...a);
			if (String(a[0]).endsWith("/commands")) throw new TypeError("the answer was lost");
			return r;
		};
	})()`, nil)
	s.tap("article-espresso", "article-latte", "pay", "quick-exact")
	await(t, "the receipt of which the till knows nothing", func() bool { return s.state().Receipts == 2 })
	if n := s.waiting(); n != 3 {
		t.Errorf("%d taps wait for their answer, want 3", n)
	}
	fatal(t, s.page.Reload())
	s.wait("total")
	s.settled()
	s.shows("total", "0,00")
	b := s.books()
	sold(t, b, 1, 630)
	clientOnce(t, b)
}

// TestKilledUnderTaps kills the box again and again under somebody who taps.
func TestKilledUnderTaps(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.selling(s.box.Addr, "jonas", "2222")
	var wg sync.WaitGroup
	stop := make(chan struct{})
	kills := 0
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			kills++
			if err := s.box.Kill(); err != nil {
				t.Errorf("kill: %v", err)
				return
			}
			if _, err := s.box.Start(); err != nil {
				t.Errorf("start: %v", err)
				return
			}
		}
	})
	for range 5 {
		s.tap("article-espresso", "article-cappuccino", "article-espresso", "pay", "quick-exact")
		s.wait("done")
	}
	close(stop)
	wg.Wait()
	s.settled()
	s.until(receiptShown(6))
	b := s.books()
	sold(t, b, 5, 5*(2*220+360))
	clientOnce(t, b)
	fatal(t, b.Units(s.box.Path("tse")))
	t.Logf("%d kills", kills)
}

// TestSessionEndsWhileTapsWait changes the PIN of the person whose taps wait:
// the till asks for the login and then sends them.
func TestSessionEndsWhileTapsWait(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	link := s.cable()
	s.selling(link.Addr(), "jonas", "2222")
	fatal(t, link.Cut(true))
	s.wait("offline")
	s.tap("article-espresso", "article-latte")
	fatal(t, s.boss.Post("/api/v1/pin", rig.Args{"employee": "jonas", "pin": "4711"}, &struct{}{}))
	fatal(t, link.Cut(false))
	s.wait("login-pin")
	if n := s.waiting(); n != 2 {
		t.Errorf("%d taps are kept over the login, want 2", n)
	}
	if n := len(s.state().Orders); n != 0 {
		t.Errorf("the box took %d orders from a session that had ended", n)
	}
	s.loginForm("jonas", "4711")
	s.wait("total")
	s.shows("total", "6,30")
	s.settled()
	s.exact()
	sold(t, s.books(), 1, 630)
}
