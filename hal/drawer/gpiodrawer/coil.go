package gpiodrawer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/drawer"
)

// Limits of the solenoid: longer burns it, shorter does not open, and it must
// cool for four times the pulse.
const (
	minPulse = 50 * time.Millisecond
	maxPulse = 200 * time.Millisecond
	usual    = 100 * time.Millisecond
	cooling  = 4
)

// Output is the line of the coil; a periph gpio.PinOut is one.
type Output interface {
	Out(level gpio.Level) error
}

// Coil is the drawer's solenoid. Its methods may be called from several
// goroutines; pulses come one at a time.
type Coil struct {
	out   Output
	pulse time.Duration

	mu   sync.Mutex // guards what follows, and the line
	last time.Time  // end of the last pulse
	fail error      // of the last pulse
}

// NewCoil makes sure that the line is low. Pulse is 50 to 200 ms; zero means
// 100 ms.
func NewCoil(out Output, pulse time.Duration) (*Coil, error) {
	if pulse == 0 {
		pulse = usual
	}
	if pulse < minPulse || pulse > maxPulse {
		return nil, fmt.Errorf("drawer pulse of %v: the solenoid wants %v to %v", pulse, minPulse, maxPulse)
	}
	if err := out.Out(gpio.Low); err != nil {
		return nil, fmt.Errorf("set up the drawer's line: %w", err)
	}
	return &Coil{out: out, pulse: pulse}, nil
}

// Open gives one pulse and returns when it is over; ctx cannot shorten or
// prolong it. drawer.ErrTooSoon: the coil must cool, nothing was done. After
// another error the drawer may have opened nevertheless.
func (c *Coil) Open(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("open drawer: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.last.IsZero() && time.Since(c.last) < cooling*c.pulse {
		return fmt.Errorf("open drawer: %w", drawer.ErrTooSoon)
	}
	c.fail = c.pulseLocked()
	c.last = time.Now()
	if c.fail != nil {
		return fmt.Errorf("open drawer: %w", c.fail)
	}
	return nil
}

// pulseLocked ends low, also after an error: a line that did not answer may
// have gone high.
func (c *Coil) pulseLocked() error {
	high := c.out.Out(gpio.High)
	if high == nil {
		time.Sleep(c.pulse)
	}
	low := c.out.Out(gpio.Low)
	if low != nil {
		low = errors.Join(low, c.out.Out(gpio.Low)) // a coil under power burns
	}
	return errors.Join(high, low)
}

// Health is fine unless the last pulse failed.
func (c *Coil) Health() hal.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail == nil {
		return hal.Health{Severity: hal.Fine, Sentence: "The drawer is ready."}
	}
	return hal.Health{Severity: hal.Fault, Code: "drawer-line", Sentence: "The drawer's line does not answer.",
		Remedy: "Open the drawer with its key; check the plug on the board."}
}
