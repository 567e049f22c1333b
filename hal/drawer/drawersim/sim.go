// Package drawersim is a cash drawer on two lines, coil and contact, for tests
// and demonstrations: a mechanism with time, bounce and faults, not a script of
// answers. It is not part of the product. Its goroutines end with their pulse.
package drawersim

import (
	"errors"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Faults of a drawer; the zero value has none.
type Faults struct {
	Stuck  bool // a pulse does not open it
	Dead   bool // the coil's line answers with an error
	Mute   bool // edges get lost; the level is right
	Bounce int  // how often the contact flaps, 5 ms apart, when it changes
}

// reaction is how long a solenoid needs to let go.
const reaction = 40 * time.Millisecond

// Drawer is the mechanism. OpenHigh says how its contact reads.
type Drawer struct {
	openHigh bool

	mu      sync.Mutex // guards all below
	faults  Faults
	open    bool
	flaps   int // the contact reads the other way while odd
	powered time.Time
	burned  bool          // the coil was under power for longer than it stands
	edge    chan struct{} // 1: an edge is waiting
}

// ErrDead is what a dead coil's line answers.
var ErrDead = errors.New("the line does not answer")

// New returns a closed drawer.
func New(openHigh bool, f Faults) *Drawer {
	return &Drawer{openHigh: openHigh, faults: f, edge: make(chan struct{}, 1)}
}

// Out is the coil's line.
func (d *Drawer) Out(l gpio.Level) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.faults.Dead {
		return ErrDead
	}
	if l == gpio.High {
		d.powered = time.Now()
		return nil
	}
	if d.powered.IsZero() {
		return nil
	}
	on := time.Since(d.powered)
	d.powered = time.Time{}
	d.burned = d.burned || on > 250*time.Millisecond
	if on >= reaction && !d.faults.Stuck && !d.open {
		d.moveLocked(true)
	}
	return nil
}

// Push closes the drawer.
func (d *Drawer) Push() { d.move(false) }

// Pull opens it with its key.
func (d *Drawer) Pull() { d.move(true) }

func (d *Drawer) move(open bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open != open {
		d.moveLocked(open)
	}
}

func (d *Drawer) moveLocked(open bool) {
	d.open = open
	d.edgeLocked()
	if d.faults.Bounce > 0 {
		d.flaps = 2 * d.faults.Bounce
		go d.bounce()
	}
}

func (d *Drawer) bounce() {
	for {
		time.Sleep(5 * time.Millisecond)
		d.mu.Lock()
		d.flaps--
		d.edgeLocked()
		over := d.flaps <= 0
		d.mu.Unlock()
		if over {
			return
		}
	}
}

func (d *Drawer) edgeLocked() {
	if d.faults.Mute {
		return
	}
	select {
	case d.edge <- struct{}{}:
	default:
	}
}

// Read is the contact's line.
func (d *Drawer) Read() gpio.Level {
	d.mu.Lock()
	defer d.mu.Unlock()
	open := d.open != (d.flaps%2 == 1)
	return gpio.Level(open == d.openHigh)
}

// WaitForEdge waits for the contact's next edge.
func (d *Drawer) WaitForEdge(timeout time.Duration) bool {
	t := time.NewTimer(timeout)
	defer t.Stop()
	select {
	case <-d.edge:
		return true
	case <-t.C:
		return false
	}
}

// Open reports where the drawer stands, Burned whether its coil was held.
func (d *Drawer) Open() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open
}

// Burned reports whether the coil was under power for too long.
func (d *Drawer) Burned() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.burned || !d.powered.IsZero() && time.Since(d.powered) > 250*time.Millisecond
}
