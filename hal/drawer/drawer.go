// Package drawer opens a cash drawer through a receipt printer's drawer port and
// reads its contact.
//
// It follows the drawer kick-out connector of Epson's "ESC/POS Command Reference"
// (pin 2 and 5 pulse, pin 3 contact) and the makers' limits for the solenoid: a
// pulse of at most 100 ms, duty at most 20 %. The printer times the pulse, so a
// crash of ours cannot hold the coil. A drawer on GPIO is not in here. It does
// not repeat a pulse, does not poll and starts no goroutine.
package drawer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/printer"
)

// Port is the printer's drawer port; *printer.Printer is one.
type Port interface {
	Kick(ctx context.Context, pin int) error
	Status(ctx context.Context) (printer.Status, error)
}

// Sensor says how the contact on pin 3 reads. It depends on the drawer, not on
// the printer, and must be set by the technician.
type Sensor int

// The settings; without a sensor the state is always Unknown.
const (
	NoSensor Sensor = iota
	OpenHigh        // pin 3 high: drawer open
	OpenLow         // pin 3 low: drawer open
)

// State is where the drawer stands.
type State int

// Unknown is the zero value: no sensor, or the printer did not answer.
const (
	Unknown State = iota
	Closed
	Open
)

// String returns the state's stable lower-case name.
func (s State) String() string {
	switch s {
	case Unknown:
		return "unknown"
	case Closed:
		return "closed"
	case Open:
		return "open"
	}
	return fmt.Sprintf("state %d", int(s))
}

// ErrTooSoon: the last pulse was less than Opts.Pause ago; the solenoid must
// cool. Nothing was sent.
var ErrTooSoon = errors.New("drawer was pulsed a moment ago")

// Opts says how the drawer is wired. The zero value: connector pin 2, no sensor.
type Opts struct {
	Pin    int // 0 = connector pin 2 (usual), 1 = pin 5
	Sensor Sensor
	Pause  time.Duration    // least time between pulses; default and least 500 ms
	Now    func() time.Time // default time.Now
}

// Drawer is one cash drawer. Its methods may be called from several goroutines.
type Drawer struct {
	port Port
	opts Opts

	mu   sync.Mutex // guards what follows
	last time.Time  // of the last pulse tried
	fail error      // of the last pulse
}

// New returns the drawer on port. It does not touch it.
func New(port Port, opts Opts) *Drawer {
	opts.Pause = max(opts.Pause, 500*time.Millisecond)
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Drawer{port: port, opts: opts}
}

// Open pulses the drawer once. It never repeats itself: after an error other
// than ErrTooSoon the drawer may have opened nevertheless.
func (d *Drawer) Open(ctx context.Context) error {
	now := d.opts.Now()
	d.mu.Lock()
	if gone := now.Sub(d.last); !d.last.IsZero() && gone >= 0 && gone < d.opts.Pause {
		d.mu.Unlock()
		return fmt.Errorf("open drawer: %w", ErrTooSoon)
	}
	d.last = now
	d.mu.Unlock()
	err := d.port.Kick(ctx, d.opts.Pin)
	d.mu.Lock()
	d.fail = err
	d.mu.Unlock()
	if err != nil {
		return fmt.Errorf("open drawer: %w", err)
	}
	return nil
}

// Level turns a printer status into the drawer's state, e.g. one that arrived by
// printer.Opts.Changed.
func (d *Drawer) Level(st printer.Status) State {
	if d.opts.Sensor == NoSensor || !st.Known {
		return Unknown
	}
	if st.DrawerHigh == (d.opts.Sensor == OpenHigh) {
		return Open
	}
	return Closed
}

// State asks the printer for the contact. Without a sensor it is Unknown and the
// printer is not asked.
func (d *Drawer) State(ctx context.Context) (State, error) {
	if d.opts.Sensor == NoSensor {
		return Unknown, nil
	}
	st, err := d.port.Status(ctx)
	if err != nil {
		return Unknown, fmt.Errorf("ask drawer contact: %w", err)
	}
	return d.Level(st), nil
}

// Health is fine unless the last pulse failed.
func (d *Drawer) Health() hal.Health {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail == nil {
		return hal.Health{Severity: hal.Fine, Sentence: "The drawer is ready."}
	}
	return hal.Health{Severity: hal.Fault, Code: "drawer-kick",
		Sentence: "The drawer may not have opened.", Remedy: "Open it with its key; check the printer it is plugged into."}
}

// Close does nothing: the coil is inert, and the port belongs to the printer.
func (d *Drawer) Close() error { return nil }
