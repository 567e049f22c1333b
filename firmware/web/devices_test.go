package web

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/probe"
)

// port is an inventory a test plugs things into.
type port struct {
	now  probe.Snapshot
	next chan probe.Snapshot // 1: the next inventory
}

func (p *port) Snapshot() probe.Snapshot { return p.now }

func (p *port) Next(ctx context.Context, _ uint64) (probe.Snapshot, error) {
	select {
	case s := <-p.next:
		return s, nil
	case <-ctx.Done():
		return probe.Snapshot{}, ctx.Err()
	}
}

func TestDevices(t *testing.T) {
	r := newRig(t)
	ask := func(path, lang string) PluggedIn {
		t.Helper()
		status, raw := r.answer(request{method: "GET", path: path, token: r.token("olga"), header: map[string][]string{"Cookie": {"lang=" + lang}}})
		var out PluggedIn
		if err := json.Unmarshal(raw, &out); err != nil || status != 200 {
			t.Fatalf("%d %s", status, raw)
		}
		return out
	}
	if out := ask("/api/v1/devices", "de"); out.Seq != 0 || out.Rows == nil || !strings.Contains(out.Warning, "nicht sagen") {
		t.Errorf("without an inventory: %+v", out)
	}
	stick := probe.Device{ID: "usb 1-1", Kind: probe.TSE, State: hal.Failed, Identity: probe.Identity{Vendor: 0x1234, Product: 0xabcd, Serial: "S1", Port: "p/1"},
		Reason: probe.Text{DE: "Sie antwortet nicht.", EN: "It does not answer."}, Remedy: probe.Text{DE: "Ziehen.", EN: "Pull it."},
		Nodes:    []probe.Node{{Path: "/dev/sda"}},
		Findings: []probe.Finding{{Code: "tse-behind-hub", Sentence: probe.Text{DE: "Am Hub.", EN: "At a hub."}, Remedy: probe.Text{DE: "Umstecken.", EN: "Move it."}}}}
	p := &port{now: probe.Snapshot{Seq: 1}, next: make(chan probe.Snapshot, 1)}
	shop := *r.server.shop.Load()
	shop.Devices = p
	r.server.shop.Store(&shop)
	if out := ask("/api/v1/devices", "de"); out.Seq != 1 || len(out.Rows) != 0 || out.Warning != "" {
		t.Errorf("nothing plugged in: %+v", out)
	}
	p.next <- probe.Snapshot{Seq: 2, Devices: []probe.Device{stick}}
	for lang, want := range map[string][4]string{"de": {"Sie antwortet nicht.", "Ziehen.", "Am Hub.", "Umstecken."}, "en": {"It does not answer.", "Pull it.", "At a hub.", "Move it."}} {
		path := "/api/v1/devices?after=1" // waits for what is plugged in
		if p.now.Seq == 2 {
			path = "/api/v1/devices?after=7" // of an earlier start: no wait
		}
		out := ask(path, lang)
		p.now = probe.Snapshot{Seq: 2, Devices: []probe.Device{stick}}
		if out.Seq != 2 || len(out.Rows) != 1 {
			t.Fatalf("plugged in: %+v", out)
		}
		d := out.Rows[0]
		if d.Kind != "tse" || d.State != "failed" || d.Model != "1234:abcd" || d.Name != "/dev/sda" || d.Serial != "S1" || d.Port != "p/1" || len(d.Files) != 1 || len(d.Findings) != 1 ||
			[4]string{d.Reason, d.Remedy, d.Findings[0].Sentence, d.Findings[0].Remedy} != want {
			t.Errorf("in %s: %+v", lang, d)
		}
	}
}
