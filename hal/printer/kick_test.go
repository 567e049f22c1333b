package printer_test

import (
	"context"
	"testing"

	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/hal/printer/printersim"
)

func TestKick(t *testing.T) {
	eachKind(t, patient, func(t *testing.T, sim *printersim.Sim, p *printer.Printer) {
		for _, c := range []struct {
			name string
			prep func()
		}{
			{"ready", func() {}},
			{"paper out", func() { sim.PaperOut(true) }},
			{"cover open", func() { sim.PaperOut(false); sim.CoverOpen(true) }},
		} {
			c.prep()
			before := sim.Drawer().Kicks
			if err := p.Kick(context.Background(), 0); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if got := sim.Drawer().Kicks - before; got != 1 {
				t.Errorf("%s: got %d pulses, want 1", c.name, got)
			}
		}
		sim.CoverOpen(false)
		if got := sim.Drawer().Kicks; got != 3 {
			t.Errorf("got %d pulses at the end, want 3: one came late", got)
		}
		if err := p.Kick(context.Background(), 2); err == nil {
			t.Error("pin 2 was accepted")
		}
	})
}

// TestKickBesideAWaitingJob: the job waits for paper, the guest for change.
func TestKickBesideAWaitingJob(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			seen := make(chan struct{}, 1000)
			opts := patient
			opts.Changed = func(s printer.Status) {
				if s.PaperOut {
					seen <- struct{}{}
				}
			}
			sim, p := rig(t, k.sim, k.profile, opts)
			warm(t, p)
			sim.PaperOutAfter(80)
			done := make(chan struct{})
			go func() {
				defer close(done)
				out, err := p.Print(context.Background(), receipt("1"))
				want(t, out, err, printer.Printed, printer.None)
			}()
			<-seen
			st, err := p.Status(context.Background())
			if err != nil || !st.PaperOut {
				t.Errorf("got status %+v, %v, want paper out", st, err)
			}
			if err := p.Kick(context.Background(), 1); err != nil {
				t.Error(err)
			}
			if got := sim.Drawer(); got.Kicks != 1 || got.Pin != 1 {
				t.Errorf("got %+v, want one pulse on pin 1", got)
			}
			sim.PaperOut(false)
			<-done
			truth(t, sim, "1", "kick beside", printer.Printed)
		})
	}
}

func TestKickWithinAPage(t *testing.T) {
	sim, p := rig(t, printersim.Options{}, printer.Paper80x42(), patient)
	out, err := p.Print(context.Background(), printer.Page{Ops: []printer.Op{printer.Kick{Pin: 1}}})
	want(t, out, err, printer.Printed, printer.None)
	if got := sim.Drawer(); got.Kicks != 1 || got.Pin != 1 {
		t.Errorf("got %+v, want one pulse on pin 1", got)
	}
}

func TestKickUnanswered(t *testing.T) {
	sim, p := rig(t, printersim.Options{}, printer.Paper80x42(), hasty)
	sim.Mute(true)
	out, reason := printer.NotSent, printer.Unanswered
	want(t, out, p.Kick(context.Background(), 0), out, reason)
	if got := sim.Drawer().Kicks; got != 0 {
		t.Errorf("got %d pulses from a printer that did not answer, want 0", got)
	}
}

func TestStatus(t *testing.T) {
	sim, p := rig(t, printersim.Options{}, printer.Paper80x42(), patient)
	for _, c := range []struct {
		name string
		set  func()
		want printer.Status
	}{
		{"fine", func() {}, printer.Status{Known: true}},
		{"paper low", func() { sim.PaperLow(true) }, printer.Status{Known: true, PaperLow: true}},
		{"paper out", func() { sim.PaperOut(true) }, printer.Status{Known: true, PaperLow: true, PaperOut: true, Offline: true}},
		{"cover", func() { sim.Mend(); sim.CoverOpen(true) }, printer.Status{Known: true, CoverOpen: true, Offline: true}},
		{"cutter", func() { sim.Mend(); sim.CutterError(true) }, printer.Status{Known: true, CutterError: true, Offline: true}},
		{"drawer", func() { sim.Mend(); sim.OpenDrawer() }, printer.Status{Known: true, DrawerHigh: true}},
	} {
		c.set()
		got, err := p.Status(context.Background())
		if err != nil || got != c.want {
			t.Errorf("%s: got %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
	sim.PaperLow(true)
	if _, err := p.Status(context.Background()); err != nil {
		t.Fatal(err)
	}
	if h := p.Health(); h.Code != "printer-paper-low" {
		t.Errorf("got health %+v, want paper low", h)
	}
}
