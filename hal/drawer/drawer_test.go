package drawer_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/drawer"
	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/hal/printer/printersim"
)

var _ hal.Device = (*drawer.Drawer)(nil)

func rig(t *testing.T, so printersim.Options) (*printersim.Sim, *printer.Printer) {
	t.Helper()
	sim, err := printersim.New(so)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	p, err := printer.New(link.TCP{Addr: sim.Addr()}, printer.Paper80x42(), printer.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return sim, p
}

func TestStateFollowsPolarity(t *testing.T) {
	for _, c := range []struct {
		name   string
		low    bool
		sensor drawer.Sensor
		want   [2]drawer.State // closed, open
	}{
		{"high is open", false, drawer.OpenHigh, [2]drawer.State{drawer.Closed, drawer.Open}},
		{"low is open", true, drawer.OpenLow, [2]drawer.State{drawer.Closed, drawer.Open}},
		{"wrong polarity", true, drawer.OpenHigh, [2]drawer.State{drawer.Open, drawer.Closed}},
		{"no sensor", false, drawer.NoSensor, [2]drawer.State{drawer.Unknown, drawer.Unknown}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sim, p := rig(t, printersim.Options{DrawerOpenLow: c.low})
			d := drawer.New(p, drawer.Opts{Sensor: c.sensor})
			for i, open := range []bool{false, true} {
				if open {
					sim.OpenDrawer()
				}
				got, err := d.State(context.Background())
				if err != nil || got != c.want[i] {
					t.Errorf("open %v: got %v, %v, want %v", open, got, err, c.want[i])
				}
			}
		})
	}
}

func TestOpenPulsesOnceAndPauses(t *testing.T) {
	sim, p := rig(t, printersim.Options{})
	now := time.Unix(1000, 0)
	d := drawer.New(p, drawer.Opts{Pin: 1, Now: func() time.Time { return now }})
	if err := d.Open(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := sim.Drawer(); got.Kicks != 1 || got.Pin != 1 || !got.Open {
		t.Errorf("got %+v, want one pulse on pin 1", got)
	}
	now = now.Add(499 * time.Millisecond)
	if err := d.Open(context.Background()); !errors.Is(err, drawer.ErrTooSoon) {
		t.Errorf("got %v, want ErrTooSoon", err)
	}
	now = now.Add(time.Millisecond)
	if err := d.Open(context.Background()); err != nil {
		t.Error(err)
	}
	if got := sim.Drawer().Kicks; got != 2 {
		t.Errorf("got %d pulses, want 2", got)
	}
}

func TestOpensWithoutPaper(t *testing.T) {
	sim, p := rig(t, printersim.Options{})
	sim.PaperOut(true)
	d := drawer.New(p, drawer.Opts{})
	if err := d.Open(context.Background()); err != nil {
		t.Fatal(err)
	}
	sim.PaperOut(false) // nothing may be left in the queue that opens it again
	if got := sim.Drawer().Kicks; got != 1 {
		t.Errorf("got %d pulses, want 1", got)
	}
	if h := d.Health(); h.Severity != hal.Fine {
		t.Errorf("got health %+v, want fine", h)
	}
}

func TestPrinterOffIsAFault(t *testing.T) {
	sim, p := rig(t, printersim.Options{})
	sim.PowerOff()
	d := drawer.New(p, drawer.Opts{Sensor: drawer.OpenHigh})
	var pe *printer.Error
	if err := d.Open(context.Background()); !errors.As(err, &pe) || pe.Reason != printer.Unreachable {
		t.Errorf("got %v, want unreachable", err)
	}
	if h := d.Health(); h.Severity != hal.Fault || h.Remedy == "" {
		t.Errorf("got health %+v, want a fault with a remedy", h)
	}
	if st, err := d.State(context.Background()); st != drawer.Unknown || err == nil {
		t.Errorf("got %v, %v, want unknown and an error", st, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
