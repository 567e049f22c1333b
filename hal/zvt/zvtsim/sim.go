package zvtsim

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/hal/zvt"
)

// Options make a terminal; the zero value is one that works.
type Options struct {
	TID          string // eight digits; empty means 29001006
	Serial       bool   // serial frames in place of bare APDUs
	FirstReceipt int    // bookings made before the terminal is used
	// KeepUnacked keeps a payment whose result or receipt was never acknowledged;
	// else it is reversed. The specification demands both (ch. 2.2.8 and 4).
	KeepUnacked bool
	// Stubborn finishes a payment without the register when the link breaks before
	// its result; else it is given up.
	Stubborn bool
	// BusyPolls is how many status enquiries are answered "busy" after a break.
	BusyPolls int
	// Stalled is called when a fault made the terminal silent: tests let their
	// timers fire. Nil does nothing.
	Stalled func()
	Now     func() time.Time // nil means time.Now
}

// Card is what a payment meets at the terminal. The zero value pays.
type Card struct {
	Decline   byte  // result code to decline with
	WrongPIN  int   // times the PIN is wrong before it is right
	SlowHost  int   // times "waiting for the host" is said
	Tip       int64 // cents the guest adds when asked
	Partial   int64 // cents approved in place of the whole amount
	NeverHeld bool  // nobody presents a card: waits until the register aborts
}

// Terminal is the simulated terminal.
type Terminal struct {
	opts Options
	ln   net.Listener
	done chan struct{}

	mu       sync.Mutex // guards what follows
	books    []Booking
	closedTo int // bookings before this place are in an earlier end of day
	requests int
	cards    []Card
	faults   []Fault
	busy     int
	config   zvt.Config
	known    bool // registered
	blocks   bool // the register takes text blocks
	conn     io.Closer
	closed   bool
}

// New returns a terminal that serves no link yet; call Serve or Listen.
func New(opts Options) *Terminal {
	if opts.TID == "" {
		opts.TID = "29001006"
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Stalled == nil {
		opts.Stalled = func() {}
	}
	return &Terminal{opts: opts}
}

// Listen serves TCP connections on addr ("127.0.0.1:0" for any port).
func (t *Terminal) Listen(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for registers: %w", err)
	}
	t.ln, t.done = ln, make(chan struct{})
	go func() {
		defer close(t.done)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			t.Serve(c)
		}
	}()
	return nil
}

// Addr is where Listen serves.
func (t *Terminal) Addr() string { return t.ln.Addr().String() }

// Close ends all service and waits for it.
func (t *Terminal) Close() error {
	t.mu.Lock()
	t.closed = true
	conn := t.conn
	t.mu.Unlock()
	if t.ln == nil {
		return nil
	}
	t.ln.Close()
	if conn != nil {
		conn.Close()
	}
	<-t.done
	return nil
}

// Drain stops taking connections, lets the running one end by itself, and waits.
func (t *Terminal) Drain() {
	t.ln.Close()
	<-t.done
}

// Present puts cards in line for the next payments; without one a payment meets a
// card that pays.
func (t *Terminal) Present(cards ...Card) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cards = append(t.cards, cards...)
}

func (t *Terminal) nextCard() Card {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.cards) == 0 {
		return Card{}
	}
	c := t.cards[0]
	t.cards = t.cards[1:]
	return c
}

// Serve answers one link until it ends.
func (t *Terminal) Serve(l io.ReadWriteCloser) {
	t.mu.Lock()
	t.conn = l
	stop := t.closed
	t.mu.Unlock()
	defer l.Close()
	w := &wire{t: t, l: l}
	for !stop {
		a, err := w.recv()
		if err == nil {
			err = t.command(w, a)
		}
		if err != nil && (!t.opts.Serial || errors.Is(err, errEnded)) {
			return // a serial line outlives what went wrong on it
		}
		if err != nil && len(w.queue) == 0 {
			t.opts.Stalled() // the register waits for what will not come
		}
	}
}

// Fault is one thing that goes wrong, once.
type Fault struct {
	Kind Kind
	// Step counts messages from the arming on, received and sent ones alike, from 1.
	Step int
	// Bytes of the step's message that still get out, for Cut.
	Bytes int
}

// Kind of a fault.
type Kind int

// Cut ends the link at the step: after Bytes of a message it sends, or before a
// message it received is acted upon. Mute: nothing is sent any more on this link.
// Late: the message is sent after the register lost patience. Garbage: other bytes
// are sent in its place. Fragment: one byte per write. Duplicate: sent twice.
const (
	Cut Kind = iota + 1
	Mute
	Late
	Garbage
	Fragment
	Duplicate
)

// Kinds lists all faults, for campaigns.
var Kinds = []Kind{Cut, Mute, Late, Garbage, Fragment, Duplicate}

// Arm makes faults happen, one after the other: each counts its steps from the one
// before.
func (t *Terminal) Arm(f ...Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = f
}

// Disarm removes the faults that did not happen and returns them.
func (t *Terminal) Disarm() []Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	left := t.faults
	t.faults = nil
	return left
}

// step counts one message and returns the fault that is due, if any.
func (t *Terminal) step() *Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.faults) == 0 {
		return nil
	}
	f := t.faults[0]
	if f.Step > 1 {
		t.faults[0].Step--
		return nil
	}
	t.faults = t.faults[1:]
	return &f
}
