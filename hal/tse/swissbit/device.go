package swissbit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/tse"
)

// Defaults of Opts.
const (
	DefaultTimeout = 2 * time.Second  // a signature takes some 250 ms on these sticks
	DefaultSlow    = 60 * time.Second // self-test and initialisation; [unverified]
	grace          = 200 * time.Millisecond
)

// FirstClient may run the self-test before any client is registered.
const FirstClient = "SwissbitSwissbit"

// Opts of Open. PINs are never logged nor part of an error.
type Opts struct {
	Client       string // runs the self-test; required. FirstClient before the first client is registered
	AdminPIN     string // 5 characters; empty: calls that need it fail with ErrNoPIN
	TimeAdminPIN string
	Tries        Tries         // remembers failed tries; default: as long as the handle lives
	Timeout      time.Duration // hard deadline of a call; default DefaultTimeout
	Slow         time.Duration // of a call with a self-test or more in it; default DefaultSlow
	Now          func() time.Time
	Sleep        func(context.Context, time.Duration) error // ends early with the context's error
}

// Device is a handle on a stick. It is safe for concurrent use.
type Device struct {
	dir  string
	opt  Opts
	turn chan struct{} // size 1: full while a call runs; that call may use the last fields

	mu     sync.Mutex // guards the next four
	closed bool
	hung   bool // a call was given up and its goroutine still runs
	info   tse.Info
	health hal.Health

	// Used only by whoever has the turn.
	port   *port // nil while the medium is away
	serial [32]byte
	known  bool // serial is that of the unit this handle is for
	starts map[uint64]time.Time
}

// Open takes the stick whose volume is mounted at dir, asks who it is and makes it ready (self-test, time) if it is initialised.
// A stick that is there but cannot be made ready opens all the same: each call tries again. Errors: tse.ErrGone, tse.ErrInUse,
// tse.ErrStorage, tse.ErrDamaged, tse.ErrParameter, the context's.
func Open(ctx context.Context, dir string, opt Opts) (*Device, error) {
	if err := checkClient(opt.Client); err != nil {
		return nil, fmt.Errorf("open TSE at %s: %w", dir, err)
	}
	d := &Device{dir: dir, opt: opt.withDefaults(), turn: make(chan struct{}, 1), starts: map[uint64]time.Time{}}
	err := d.do(ctx, d.opt.Slow, func(ctx context.Context) error {
		if err := d.mount(); err != nil {
			return err
		}
		if err := d.prepare(ctx); err != nil && !errors.As(err, new(Word)) && !errors.Is(err, ErrNoPIN) && !errors.Is(err, ErrLastTry) {
			return err
		}
		return d.loadCertificates(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("open TSE at %s: %w", dir, errors.Join(err, d.Close()))
	}
	return d, nil
}

func (o Opts) withDefaults() Opts {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Slow == 0 {
		o.Slow = DefaultSlow
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Tries == nil {
		o.Tries = &memoryTries{}
	}
	return o
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// do runs fn when it is its turn, and gives it up when the deadline has passed: fn then goes on until the kernel or its own look
// at the context lets it end, and no other call begins before. An error of the context therefore says nothing of the outcome.
func (d *Device) do(ctx context.Context, limit time.Duration, fn func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := d.takeTurn(ctx); err != nil {
		return err
	}
	done := make(chan error, 1) // so that fn's goroutine ends though nobody waits
	go func() {
		done <- fn(ctx)
		d.endTurn()
	}()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		d.mu.Lock()
		d.hung = true
		d.mu.Unlock()
		err = fmt.Errorf("no answer in time: %w", ctx.Err())
	}
	d.note(err)
	return err
}

// takeTurn waits for the call before. Behind one that was given up it waits a moment only: that one may hang for ever.
func (d *Device) takeTurn(ctx context.Context) error {
	d.mu.Lock()
	closed, hung := d.closed, d.hung
	d.mu.Unlock()
	if closed {
		return tse.ErrClosed
	}
	wait := ctx
	if hung {
		short, cancel := context.WithTimeout(ctx, grace)
		defer cancel()
		wait = short
	}
	select {
	case d.turn <- struct{}{}:
	case <-wait.Done():
		if err := ctx.Err(); err != nil {
			return err
		}
		return fmt.Errorf("%w: an earlier call still hangs in it", tse.ErrGone)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		<-d.turn
		return tse.ErrClosed
	}
	return nil
}

// endTurn passes the turn on. After Close has given up waiting it is the one to let go of the files.
func (d *Device) endTurn() {
	d.mu.Lock()
	d.hung = false
	closed := d.closed
	d.mu.Unlock()
	if closed {
		_ = d.unmount() // nobody is left to be told
	}
	<-d.turn
}

// Close lets go of the stick. It waits a moment for a call under way and returns tse.ErrStorage if that one hangs in the kernel.
func (d *Device) Close() error {
	d.mu.Lock()
	was := d.closed
	d.closed = true
	d.mu.Unlock()
	if was {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
		return d.unmount()
	case <-ctx.Done():
		return fmt.Errorf("close TSE at %s: %w: a read still hangs in it", d.dir, tse.ErrStorage)
	}
}

// mount opens the files. A unit that was known before must be the same.
func (d *Device) mount() error {
	vol, err := openVolume(d.dir)
	if err != nil {
		return err
	}
	s, err := vol.readInfo()
	if err == nil && d.known && s.Serial != d.serial {
		err = tse.ErrOtherUnit
	}
	if err != nil {
		return errors.Join(err, vol.close())
	}
	d.serial, d.known = s.Serial, true
	d.port = &port{vol: vol, sleep: d.opt.Sleep}
	d.mu.Lock()
	d.info = s.tseInfo(d.info.Certificates)
	d.mu.Unlock()
	return nil
}

func (d *Device) unmount() error {
	if d.port == nil {
		return nil
	}
	vol := d.port.vol
	d.port = nil
	return vol.close()
}

// Info describes the unit from memory.
func (d *Device) Info() tse.Info {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.info
}

// Describe names the stick for the list of devices.
func (d *Device) Describe() hal.Info {
	i := d.Info()
	return hal.Info{Kind: "tse", Maker: i.Manufacturer, Model: i.Description, Serial: i.Serial, Firmware: i.Version, Address: "volume " + d.dir}
}

// Health is what the last call showed.
func (d *Device) Health() hal.Health {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.health
}

func (d *Device) note(err error) {
	h := hal.Health{}
	switch {
	case err == nil, errors.Is(err, tse.ErrParameter), errors.Is(err, tse.ErrTransactionNotFound):
	case errors.Is(err, tse.ErrGone):
		h = hal.Health{Severity: hal.Fault, Code: "tse-gone", Sentence: "The TSE stick does not answer.", Remedy: "Pull it out and plug it in again."}
	case errors.Is(err, tse.ErrStorageFull):
		h = hal.Health{Severity: hal.Fault, Code: "tse-full", Sentence: "The TSE stick is full.", Remedy: "Export its data and put in a new one."}
	case errors.Is(err, ErrLastTry), errors.Is(err, ErrNoPIN):
		h = hal.Health{Severity: hal.Fault, Code: "tse-pin", Sentence: "The TSE stick wants a PIN that the box does not have.", Remedy: "Enter the PIN from the escrow sheet; do not guess."}
	default:
		h = hal.Health{Severity: hal.Fault, Code: "tse-failed", Sentence: "The TSE stick reports: " + err.Error(), Remedy: "Pull it out and plug it in again; if that does not help, call the technician."}
	}
	d.mu.Lock()
	d.health = h
	d.mu.Unlock()
}

func (d *Device) serialHex() string { return hex.EncodeToString(d.serial[:]) }
