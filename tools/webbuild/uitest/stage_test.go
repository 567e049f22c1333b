package uitest

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/hal/printer/printersim"
	"github.com/tresen-pos/tresen/tools/e2e/browser"
	"github.com/tresen-pos/tresen/tools/e2e/rig"
	"github.com/tresen-pos/tresen/tools/shop/cable"
)

// stage is the demo shop with a browser in front of it, and a cable between
// the two that can be pulled.
type stage struct {
	*testing.T
	page  *browser.Page
	cable *cable.Cable
}

func newStage(t *testing.T, width, height int64) *stage {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Chromium and the firmware: run without -short")
	}
	dir := t.TempDir()
	program, err := rig.Build(dir)
	must(t, err)
	sim, err := printersim.New(printersim.Options{ProcessID: true})
	must(t, err)
	t.Cleanup(func() { must(t, sim.Close()) })
	box, err := rig.NewBox(program, filepath.Join(dir, "box"), sim.Addr())
	must(t, err)
	must(t, os.WriteFile(filepath.Join(box.Dir, "config.json"), []byte(`{"tse":{"kind":"soft","dir":"tse","curve":"P-256"}}`), 0o600))
	_, err = box.Start()
	must(t, err)
	t.Cleanup(func() { must(t, box.Kill()) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c := cable.New(l, box.Addr)
	ended := make(chan error, 1) // one end, never blocks
	go func() { ended <- c.Run() }()
	t.Cleanup(func() { must(t, c.Close()); must(t, <-ended) })
	p, err := browser.Open(context.Background(), width, height)
	must(t, err)
	t.Cleanup(p.Close)
	s := &stage{T: t, page: p, cable: c}
	t.Cleanup(s.picture)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// picture keeps what the screen showed when the test failed.
func (s *stage) picture() {
	if !s.Failed() {
		return
	}
	name := filepath.Join(os.TempDir(), "tresen-ui-"+strings.ReplaceAll(s.Name(), "/", "-")+".png")
	if err := s.page.Screenshot(name); err == nil {
		s.Logf("the screen when it failed: %s", name)
	}
}

func (s *stage) tap(tests ...string)    { s.Helper(); must(s.T, s.page.Tap(tests...)) }
func (s *stage) keys(text string)       { s.Helper(); must(s.T, s.page.Keys(text)) }
func (s *stage) wait(test string)       { s.Helper(); must(s.T, s.page.Wait(test)) }
func (s *stage) gone(test string)       { s.Helper(); must(s.T, s.page.Gone(test)) }
func (s *stage) fill(test, text string) { s.Helper(); must(s.T, s.page.Fill(test, text)) }
func (s *stage) until(script string)    { s.Helper(); must(s.T, s.page.Until(script)) }
func (s *stage) url(path string) string { return "http://" + s.cable.Addr() + path }
func (s *stage) shows(test, want string) {
	s.Helper()
	s.until(fmt.Sprintf(`document.querySelector('[data-test=%q]')?.innerText.includes(%q)`, test, want))
}

func (s *stage) login(who, pin string) {
	s.Helper()
	must(s.T, s.page.Go(s.url("/login?next=/till&lang=de")))
	s.tap("login-employee-" + who)
	s.keys(pin)
	s.tap("login-submit")
}

// sell opens a shift, so that articles can be tapped.
func (s *stage) sell() {
	s.Helper()
	s.login("marlene", "1111")
	s.fill("coin-5000", "2")
	s.shows("float-sum", "100,00")
	s.tap("open-shift")
	s.wait("total")
}

// pull takes the cable out, or plugs it in again.
func (s *stage) pull(out bool) { s.Helper(); must(s.T, s.cable.Cut(out)) }
