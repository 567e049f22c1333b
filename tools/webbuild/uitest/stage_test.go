package uitest

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tresen-pos/tresen/hal/printer/printersim"
	"github.com/tresen-pos/tresen/tools/e2e/browser"
	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// stage is the demo shop with a browser in front of it, and a cable between
// the two that can be pulled.
type stage struct {
	*testing.T
	page  *browser.Page
	cable *cable
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
	c, err := newCable(box.Addr)
	must(t, err)
	t.Cleanup(c.close)
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
func (s *stage) url(path string) string { return "http://" + s.cable.addr() + path }
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

// cable is a TCP proxy that can be pulled out.
type cable struct {
	l  net.Listener
	to string

	mu    sync.Mutex // guards all below
	cut   bool
	conns map[net.Conn]bool
}

func newCable(to string) (*cable, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &cable{l: l, to: to, conns: map[net.Conn]bool{}}
	go c.serve()
	return c, nil
}

func (c *cable) addr() string { return c.l.Addr().String() }

func (c *cable) close() {
	_ = c.l.Close() // ends serve
	c.pull(true)
}

// pull cuts every connection and lets no new one through, or plugs it in again.
func (c *cable) pull(out bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = out
	if out {
		for conn := range c.conns {
			_ = conn.Close()
		}
	}
}

func (c *cable) serve() {
	for {
		from, err := c.l.Accept()
		if err != nil {
			return // closed
		}
		if !c.keep(from) {
			_ = from.Close()
			continue
		}
		to, err := net.Dial("tcp", c.to)
		if err != nil || !c.keep(to) {
			_ = from.Close()
			continue
		}
		go c.carry(to, from)
		go c.carry(from, to)
	}
}

func (c *cable) keep(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cut {
		c.conns[conn] = true
	}
	return !c.cut
}

func (c *cable) carry(to, from net.Conn) {
	_, _ = io.Copy(to, from) // ends with either side
	_, _ = to.Close(), from.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.conns, to)
	delete(c.conns, from)
}
