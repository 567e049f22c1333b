package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/tools/e2e/rig"
	"github.com/tresen-pos/tresen/tools/shop/desk"
)

// opened is a shop at work.
type opened struct {
	*shop
	t      *testing.T
	page   string // what it printed
	poked  chan struct{}
	till   *rig.Till
	orders int
}

func openShop(t *testing.T) *opened {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(ctx, options{addr: "127.0.0.1:0", data: t.TempDir(), box: firmwareFor(t), curve: "P-256"}, log)
	if err != nil {
		t.Fatal(err)
	}
	o := &opened{shop: s, t: t, poked: make(chan struct{}, 1)} // 1: a change is pending
	poke := s.box.poke
	s.box.poke = func() {
		poke()
		select {
		case o.poked <- struct{}{}:
		default:
		}
	}
	out, in := io.Pipe()
	ended := make(chan error, 1) // one end
	go func() {
		err := s.run(ctx, in)
		ended <- err
		_ = in.CloseWithError(err) // a pipe's never fails
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the shop ends with: %v", err)
		}
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	lines := bufio.NewReader(out)
	for !strings.Contains(o.page, "Stop") {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%v after %q", err, o.page)
		}
		o.page += line
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // ends with the pipe
	o.till = rig.NewTill(s.ports.Till, "c-test")
	return o
}

// sell makes a cash sale of one article and returns its seal.
func (o *opened) sell() (seal struct{ Outage json.RawMessage }) {
	o.t.Helper()
	o.orders++
	order := fmt.Sprint("o-", o.orders)
	var out struct {
		Results  []rig.Result
		Receipts []struct {
			Seal struct{ Outage json.RawMessage }
		}
	}
	commands := o.till.Number(rig.Do("addLine", rig.Args{"order": order, "line": "l", "article": "espresso", "qty": 1000}))
	if err := o.till.Post("/api/v1/commands", map[string]any{"client": o.till.Client, "commands": commands}, &out); err != nil {
		o.t.Fatal(err)
	}
	var view struct {
		Orders map[string]struct{ Lines []struct{ Price int64 } }
	}
	if err := o.till.Get("/api/v1/state", &view); err != nil || len(view.Orders[order].Lines) != 1 {
		o.t.Fatal(err, out.Results)
	}
	commands = o.till.Number(rig.Do("pay", rig.Args{"order": order, "tender": "cash", "total": view.Orders[order].Lines[0].Price}))
	if err := o.till.Post("/api/v1/commands", map[string]any{"client": o.till.Client, "commands": commands}, &out); err != nil || len(out.Receipts) != 1 {
		o.t.Fatal(err, out.Results)
	}
	return out.Receipts[0].Seal
}

// press is a button of the desk page.
func (o *opened) press(what string, on bool) error {
	resp, err := http.Post("http://"+o.ports.Desk+"/do/"+what, "application/json", strings.NewReader(fmt.Sprintf(`{"on":%v}`, on)))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 400 {
		err = fmt.Errorf("%s: %d %s", what, resp.StatusCode, raw)
	}
	return err
}

func (o *opened) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// TestShop is what a visitor does: read the page, log in, sell, and break
// things at the desk.
func TestShop(t *testing.T) {
	o := openShop(t)
	o.readsPage()
	o.must(o.till.Login("marlene", "1111"))
	_, err := o.till.Must(rig.Do("openShift", rig.Args{"float": 10_000}))
	o.must(err)
	if seal := o.sell(); seal.Outage != nil {
		t.Errorf("the first sale is not signed: %s", seal.Outage)
	}
	t.Run("stick", func(t *testing.T) { o.t = t; o.stickPulled() })
	t.Run("kill", func(t *testing.T) { o.t = t; o.boxKilled() })
	t.Run("link", func(t *testing.T) { o.t = t; o.linkCut() })
	o.t = t
	if seal := o.sell(); seal.Outage != nil {
		t.Errorf("the last sale is not signed: %s", seal.Outage)
	}
}

// readsPage: the printed page names addresses that answer, and PINs that open.
func (o *opened) readsPage() {
	o.t.Helper()
	for _, want := range []string{"http://" + o.ports.Till + "/till", "http://" + o.ports.Till + "/office", "http://" + o.ports.Desk + "/", o.data} {
		if !strings.Contains(o.page, want) {
			o.t.Errorf("the page does not name %s:\n%s", want, o.page)
			continue
		}
		if strings.HasPrefix(want, "http") {
			resp, err := http.Get(want)
			o.must(err)
			if resp.StatusCode != 200 {
				o.t.Errorf("%s answers %d", want, resp.StatusCode)
			}
			o.must(resp.Body.Close())
		}
	}
	for _, p := range o.people {
		if !strings.Contains(o.page, "PIN "+p.PIN+"  "+p.Name) {
			o.t.Errorf("the page does not name %s", p.Name)
		}
		o.must(rig.NewTill(o.ports.Till, "c-"+p.ID).Login(p.ID, p.PIN))
	}
}

// stickPulled: the next sale says that the unit is missing; when it is back,
// the outage ends by itself.
func (o *opened) stickPulled() {
	o.must(o.press("stick", true))
	if seal := o.sell(); seal.Outage == nil {
		o.t.Error("a sale without the stick has no mark")
	}
	o.must(o.press("stick", false))
	for {
		var view struct{ Outage json.RawMessage }
		o.must(o.till.Get("/api/v1/state", &view))
		if string(view.Outage) == "null" {
			break
		}
	}
	if seal := o.sell(); seal.Outage != nil {
		o.t.Errorf("a sale with the stick is marked: %s", seal.Outage)
	}
}

// boxKilled: the box comes back by itself, with all that was sold.
func (o *opened) boxKilled() {
	before := o.box.State()
	var was, is struct{ Receipts uint64 }
	o.must(o.till.Get("/api/v1/state", &was))
	o.must(o.press("kill", true))
	for {
		s := o.box.State()
		if s.State == desk.Running && s.PID != before.PID {
			if s.Restarts != before.Restarts+1 {
				o.t.Errorf("%d restarts", s.Restarts)
			}
			break
		}
		<-o.poked
	}
	o.must(o.till.Get("/api/v1/state", &is)) // with the session of before
	if is.Receipts != was.Receipts || was.Receipts == 0 {
		o.t.Errorf("%d receipts, %d before", is.Receipts, was.Receipts)
	}
	o.sell()
}

// linkCut: open connections drop and new ones fail, until it is mended.
func (o *opened) linkCut() {
	conn, err := net.Dial("tcp", o.ports.Till)
	o.must(err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", o.till.Token)
	o.must(err)
	stream := bufio.NewReader(conn)
	_, err = stream.ReadString('\n')
	o.must(err)
	o.must(o.press("link", true))
	if _, err := io.Copy(io.Discard, stream); err != nil && !strings.Contains(err.Error(), "reset") {
		o.t.Errorf("the stream ends with %v", err)
	}
	var view struct{ Receipts uint64 }
	if err := o.till.Get("/api/v1/state", &view); err == nil {
		o.t.Error("a cut link carries a question")
	}
	if o.cable.Up() {
		o.t.Error("a cut link is up")
	}
	o.must(o.press("link", false))
	o.must(o.till.Get("/api/v1/state", &view))
	if view.Receipts == 0 || !o.cable.Up() {
		o.t.Errorf("%d receipts, up %v", view.Receipts, o.cable.Up())
	}
}
