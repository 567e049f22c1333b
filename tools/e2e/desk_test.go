package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/tools/e2e/browser"
	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// desk is a shop in a laptop, its desk page, and somebody who sells.
type desk struct {
	*stage
	shop  *rig.Shop
	sales int
}

func newDesk(t *testing.T, width, height int64) *desk {
	t.Helper()
	if testing.Short() {
		t.Skip("opens a shop and a browser: make test")
	}
	shop, err := rig.StartShop(t.TempDir())
	fatal(t, err)
	d := &desk{shop: shop, stage: &stage{t: t, boss: rig.NewTill(shop.Till, "boss")}}
	t.Cleanup(func() {
		if _, err := shop.Close(); err != nil {
			t.Error(err)
		}
	})
	fatal(t, d.boss.Login("marlene", "1111"))
	d.page, err = browser.Open(context.Background(), width, height)
	fatal(t, err)
	t.Cleanup(d.page.Close)
	t.Cleanup(d.picture)
	fatal(t, d.page.Go("http://"+shop.Desk+"/"))
	d.wait("desk")
	return d
}

// sale sells an espresso for cash.
func (d *desk) sale() {
	d.t.Helper()
	d.sales++
	order := fmt.Sprintf("guest-%d", d.sales)
	batch := d.boss.Number(rig.Do("addLine", rig.Args{"order": order, "line": "l", "article": "espresso", "qty": 1000}),
		rig.Do("pay", rig.Args{"order": order, "tender": "cash", "total": 220, "given": 220}))
	// As a till does: sent again until it is answered, for a connection may have
	// died of what was done to the desk.
	await(d.t, "a sale", func() bool {
		res, err := d.boss.Send(batch)
		return err == nil && len(res) == 2 && res[1].Receipt > 0
	})
}

// is waits until a device on the desk is in a state.
func (d *desk) is(device, state, want string) {
	d.t.Helper()
	d.until(fmt.Sprintf(`document.querySelector('[data-test=%q]')?.dataset[%q] === %q`, device, state, want))
}

// printed waits for paper number n, drawn.
func (d *desk) printed(n int) {
	d.t.Helper()
	d.is("last-paper", "number", fmt.Sprint(n))
	d.until(`(i => i?.complete && i.naturalWidth > 300 && i.naturalHeight > 300)(document.querySelector('[data-test="last-paper"] img'))`)
}

// signed is the highest counter in the log on the page.
func (d *desk) signed() (n int) {
	d.t.Helper()
	d.eval(`Math.max(0, ...[...document.querySelectorAll('[data-test="entry"]')].map(e => Number(e.dataset.counter)))`, &n)
	return n
}

// TestDesk opens a shop as a person does and breaks everything on its desk once.
func TestDesk(t *testing.T) {
	d := newDesk(t, 1280, 800)
	faults, err := d.page.Faults()
	fatal(t, err)
	d.is("box", "state", "running")
	d.do(rig.Do("openShift", rig.Args{"float": 10000}))
	before := d.signed()
	d.sale()
	d.printed(1)
	d.is("drawer", "open", "true")
	d.tap("drawer-push")
	d.is("drawer", "open", "false")
	d.until(fmt.Sprintf(`Number(document.querySelector('[data-test="entry"]')?.dataset.counter) > %d`, before))

	d.tap("do-paper")
	d.is("printer", "trouble", "paper")
	d.sale()
	await(t, "the till hears of it", func() bool { return d.printer() != "ok" })
	d.is("last-paper", "number", "1")
	d.tap("do-paper")
	d.printed(2)
	d.is("printer", "trouble", "")

	d.tap("do-power")
	d.is("printer", "trouble", "power")
	d.sale()
	d.tap("do-power")
	d.printed(3)

	d.tap("do-stick")
	d.is("stick", "plugged", "false")
	d.sale()
	await(t, "an outage", func() bool { return d.state().Outage != nil })
	log := d.signed()
	d.tap("do-stick")
	d.is("stick", "plugged", "true")
	await(t, "its end", func() bool { return d.state().Outage == nil })
	d.sale()
	d.printed(5)
	d.until(fmt.Sprintf(`Number(document.querySelector('[data-test="entry"]').dataset.counter) > %d`, log))

	d.tap("do-link")
	d.is("link", "up", "false")
	if err := d.boss.Get("/api/v1/state", &view{}); err == nil {
		t.Error("the cable is cut and the box answers")
	}
	d.tap("do-link")
	d.is("link", "up", "true")
	d.sale()
	d.printed(6)

	d.tap("do-kill")
	d.is("box", "restarts", "1")
	d.is("box", "state", "running")
	d.sale()
	d.printed(7)
	d.wholesome("the desk")
	if list := faults.List(); len(list) > 0 {
		t.Errorf("the scripts threw:\n%s", strings.Join(list, "\n"))
	}
}

// printer is the state of the printer as the box tells it.
func (s *stage) printer() string {
	s.t.Helper()
	var status struct{ Printers []struct{ State string } }
	fatal(s.t, s.boss.Get("/api/v1/status", &status))
	if len(status.Printers) != 1 {
		s.t.Fatalf("%d printers, want 1", len(status.Printers))
	}
	return status.Printers[0].State
}
