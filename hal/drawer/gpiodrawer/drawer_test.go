package gpiodrawer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/drawer"
	"github.com/tresen-pos/tresen/hal/drawer/drawersim"
	"github.com/tresen-pos/tresen/hal/drawer/gpiodrawer"
)

// desk is a drawer with its coil and its watched contact.
type desk struct {
	t      *testing.T
	sim    *drawersim.Drawer
	coil   *gpiodrawer.Coil
	touch  *gpiodrawer.Contact
	events []string
}

// bubble runs f at a desk, in time of its own.
func bubble(t *testing.T, openHigh bool, faults drawersim.Faults, f func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t: t, sim: drawersim.New(openHigh, faults), touch: gpiodrawer.NewContact(openHigh)}
		var err error
		if d.coil, err = gpiodrawer.NewCoil(d.sim, 0); err != nil && !faults.Dead {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			d.touch.Watch(ctx, d.sim, func(e gpiodrawer.Event, _ time.Time) { d.events = append(d.events, e.String()) })
		}()
		time.Sleep(time.Second)
		f(d)
		cancel()
		<-done
		if d.sim.Burned() {
			t.Error("the coil was held")
		}
	})
}

func (d *desk) kick() error {
	d.touch.Commanded(time.Now())
	return d.coil.Open(d.t.Context())
}

// told waits and compares what the contact said so far.
func (d *desk) told(want ...string) {
	d.t.Helper()
	time.Sleep(3 * time.Second)
	synctest.Wait()
	if !slices.Equal(d.events, want) {
		d.t.Errorf("told %q, want %q", d.events, want)
	}
	d.events = nil
}

func TestOpens(t *testing.T) {
	for _, openHigh := range []bool{true, false} {
		for _, f := range []drawersim.Faults{{}, {Bounce: 3}, {Mute: true}, {Mute: true, Bounce: 2}} {
			t.Run(fmt.Sprint(openHigh, f), func(t *testing.T) {
				bubble(t, openHigh, f, func(d *desk) {
					d.told() // the first level is no event
					if err := d.kick(); err != nil || !d.sim.Open() {
						t.Fatalf("kicked: open %v, %v", d.sim.Open(), err)
					}
					d.told("opened")
					d.sim.Push()
					d.told("closed")
					d.sim.Pull()
					d.told("openedByHand")
					if err := d.kick(); err != nil { // of an open drawer
						t.Error(err)
					}
					d.told()
					d.sim.Push()
					d.told("closed")
				})
			})
		}
	}
}

func TestStuck(t *testing.T) {
	bubble(t, true, drawersim.Faults{Stuck: true}, func(d *desk) {
		if err := d.kick(); err != nil {
			t.Fatal(err)
		}
		d.told("didNotOpen")
		d.sim.Pull() // somebody helps with the key, later
		d.told("openedByHand")
	})
}

func TestMustCool(t *testing.T) {
	bubble(t, true, drawersim.Faults{}, func(d *desk) {
		if err := d.kick(); err != nil {
			t.Fatal(err)
		}
		if err := d.coil.Open(t.Context()); !errors.Is(err, drawer.ErrTooSoon) {
			t.Errorf("at once: %v", err)
		}
		time.Sleep(400 * time.Millisecond)
		if err := d.coil.Open(t.Context()); err != nil {
			t.Errorf("after cooling: %v", err)
		}
	})
}

// A line that fails is set low all the same, and the health says what to do.
func TestDeadLine(t *testing.T) {
	if _, err := gpiodrawer.NewCoil(drawersim.New(true, drawersim.Faults{Dead: true}), 0); !errors.Is(err, drawersim.ErrDead) {
		t.Errorf("set up: %v", err)
	}
	synctest.Test(t, func(t *testing.T) {
		out := &flaky{}
		c, err := gpiodrawer.NewCoil(out, 80*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		out.fail = []error{nil, drawersim.ErrDead}
		if err := c.Open(t.Context()); !errors.Is(err, drawersim.ErrDead) {
			t.Errorf("got %v", err)
		}
		if out.level != gpio.Low {
			t.Error("the coil stays under power")
		}
		if h := c.Health(); h.Severity != hal.Fault || h.Remedy == "" {
			t.Errorf("health %+v", h)
		}
		time.Sleep(time.Second)
		if err := c.Open(t.Context()); err != nil || c.Health().Severity != hal.Fine {
			t.Errorf("again: %v, %+v", err, c.Health())
		}
	})
}

// flaky is a line some of whose calls fail.
type flaky struct {
	level gpio.Level
	fail  []error
	pull  gpio.Pull
	edge  gpio.Edge
}

func (f *flaky) next() error {
	if len(f.fail) == 0 {
		return nil
	}
	err := f.fail[0]
	f.fail = f.fail[1:]
	return err
}

func (f *flaky) Out(l gpio.Level) error {
	if err := f.next(); err != nil {
		return err
	}
	f.level = l
	return nil
}

func (f *flaky) In(pull gpio.Pull, edge gpio.Edge) error {
	f.pull, f.edge = pull, edge
	return f.next()
}

func TestPulseIsBounded(t *testing.T) {
	for pulse, ok := range map[time.Duration]bool{0: true, 50 * time.Millisecond: true, 200 * time.Millisecond: true,
		49 * time.Millisecond: false, 201 * time.Millisecond: false, -1: false, time.Hour: false} {
		if _, err := gpiodrawer.NewCoil(&flaky{}, pulse); (err == nil) != ok {
			t.Errorf("pulse of %v: %v", pulse, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	pin := &flaky{}
	c, err := gpiodrawer.NewCoil(pin, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Open(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// Whatever hands and pulses do, openings and closings alternate, and the last
// one says where the drawer stands.
func TestEventsAlternate(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 7))
		bubble(t, seed%2 == 0, drawersim.Faults{Bounce: r.IntN(4), Mute: r.IntN(3) == 0}, func(d *desk) {
			for range 40 {
				switch r.IntN(3) {
				case 0:
					_ = d.kick() // may be too soon
				case 1:
					d.sim.Push()
				case 2:
					d.sim.Pull()
				}
				time.Sleep(time.Duration(r.IntN(900)) * time.Millisecond)
			}
			time.Sleep(5 * time.Second)
			synctest.Wait()
			open := false
			for i, e := range d.events {
				opening := e == "opened" || e == "openedByHand"
				switch {
				case e == "didNotOpen":
					continue
				case opening == open:
					t.Fatalf("seed %d: event %d of %q does not alternate", seed, i, d.events)
				}
				open = opening
			}
			if open != d.sim.Open() {
				t.Errorf("seed %d: the events end with open %v, the drawer is %v", seed, open, d.sim.Open())
			}
		})
	}
}

func TestNoSuchLine(t *testing.T) {
	_, err := gpiodrawer.Find("pinctrl-of-no-board", "GPIO17")
	if !errors.Is(err, gpiodrawer.ErrNoLine) {
		t.Errorf("got %v", err)
	}
	line := &flaky{}
	if err := gpiodrawer.AsContact(line); err != nil || line.pull != gpio.PullUp || line.edge != gpio.BothEdges {
		t.Errorf("set up as %+v: %v", line, err)
	}
	if err := gpiodrawer.AsContact(&flaky{fail: []error{drawersim.ErrDead}}); !errors.Is(err, drawersim.ErrDead) {
		t.Errorf("a dead line: %v", err)
	}
}
