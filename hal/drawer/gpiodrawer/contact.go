package gpiodrawer

import (
	"context"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Event is what the contact told.
type Event int

// The events. OpenedByHand is one for the audit: nobody commanded it.
// DidNotOpen comes when a pulse was given and the contact stayed closed.
const (
	Opened Event = iota + 1
	OpenedByHand
	Closed
	DidNotOpen
)

// String returns the event's stable name.
func (e Event) String() string {
	switch e {
	case Opened:
		return "opened"
	case OpenedByHand:
		return "openedByHand"
	case Closed:
		return "closed"
	case DidNotOpen:
		return "didNotOpen"
	}
	return "none"
}

const (
	settle = 30 * time.Millisecond  // contacts bounce for 20 to 50 ms
	look   = 500 * time.Millisecond // between looks at the level without an edge
	expect = 2 * time.Second        // a pulse opens the drawer by then, or not at all
)

// Input is the line of the contact; a periph gpio.PinIn is one.
type Input interface {
	Read() gpio.Level
	WaitForEdge(timeout time.Duration) bool
}

// Contact turns levels into events. It is used by one goroutine, but for
// Commanded.
type Contact struct {
	openHigh bool // how an open drawer reads; depends on the drawer
	commands chan time.Time

	known  bool // the first level is no event
	open   bool
	raw    bool // last level seen
	since  time.Time
	kicked time.Time // of the pulse that has not opened the drawer yet
}

// NewContact returns the contact of a drawer.
func NewContact(openHigh bool) *Contact {
	// 8: pulses are 400 ms apart, and the watcher looks every 500 ms.
	return &Contact{openHigh: openHigh, commands: make(chan time.Time, 8)}
}

// Commanded tells that a pulse was given; any goroutine may call it, before the
// pulse.
func (c *Contact) Commanded(at time.Time) {
	select {
	case c.commands <- at:
	default: // the watcher is behind; it knows of eight
	}
}

// Watch tells what happens until ctx ends. report is called in its goroutine.
func (c *Contact) Watch(ctx context.Context, in Input, report func(Event, time.Time)) {
	for ctx.Err() == nil {
		now := time.Now()
		for _, e := range c.step(in.Read() == gpio.High, now) {
			report(e, now)
		}
		in.WaitForEdge(c.patience(now))
	}
}

// patience is how long to wait for the next edge.
func (c *Contact) patience(now time.Time) time.Duration {
	if c.unsettled() {
		return max(time.Millisecond, settle-now.Sub(c.since))
	}
	return look
}

func (c *Contact) unsettled() bool { return !c.known || c.raw != (c.open == c.openHigh) }

// step takes a level and returns what it means.
func (c *Contact) step(high bool, now time.Time) (events []Event) {
	c.heed()
	if high != c.raw || c.since.IsZero() {
		c.raw, c.since = high, now
	}
	if now.Sub(c.since) >= settle && c.unsettled() {
		events = append(events, c.settled()...)
	}
	if !c.kicked.IsZero() && now.Sub(c.kicked) > expect {
		if c.known && !c.open {
			events = append(events, DidNotOpen)
		}
		c.kicked = time.Time{}
	}
	return events
}

// settled takes the level as the drawer's state.
func (c *Contact) settled() []Event {
	first := !c.known
	c.known, c.open = true, c.raw == c.openHigh
	switch {
	case first:
		return nil
	case !c.open:
		return []Event{Closed}
	case c.kicked.IsZero():
		return []Event{OpenedByHand}
	}
	c.kicked = time.Time{}
	return []Event{Opened}
}

func (c *Contact) heed() {
	for {
		select {
		case at := <-c.commands:
			if !c.known || !c.open { // an open drawer has nothing to open
				c.kicked = at
			}
		default:
			return
		}
	}
}
