package softtse

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Curve chooses the key of a unit when it is made.
type Curve string

// Curves a unit can be made with; the zero Curve means P256.
const (
	P256            Curve = "P-256"           // ecdsa-plain-SHA256
	BrainpoolP384r1 Curve = "brainpoolP384r1" // ecdsa-plain-SHA384
)

// What every unit says about itself in its export and its Info.
const (
	manufacturer = "Tresen"
	version      = "softtse 1"
	demoPrefix   = "Demonstration unit without certification"
)

// Limits of this unit; the guideline leaves them to the product.
const (
	MaxClients     = 100     // as the common sticks
	MaxOpen        = 512     // as the BSI simulator
	MaxClientID    = 64      // characters
	MaxProcessType = 100     // characters, TR-03151-1 v1.1.0
	MaxProcessData = 1 << 16 // bytes
)

// Options of Open.
type Options struct {
	Curve       Curve            // used only when the unit is made; default P256
	Now         func() time.Time // default time.Now; before 2024 counts as "not set"
	Description string           // used only when the unit is made; PrintableString characters, at most 100

	rollSize int64              // tests: size after which a segment is left for a new one
	fault    func(string) error // tests: called with "write", "sync", "grow", "roll" before each
}

// TSE is a handle on a software TSE.
type TSE struct {
	dir     string
	opt     Options
	viewing bool // part of a View: never mounted anew, which would lock and write

	mu      sync.Mutex
	closed  bool
	id      *identity // stays after the medium is gone: it names the unit this handle is for
	med     *medium   // nil while the medium is gone
	st      state
	timeSet bool // an UpdateTime was logged since the medium was opened
}

// Open opens the unit in dir. An existing empty folder becomes a new unit (a missing folder is tse.ErrGone: a stick that is not
// plugged in must not turn into a new unit). Errors: tse.ErrGone, tse.ErrInUse, tse.ErrDamaged, tse.ErrStorage,
// tse.ErrStorageFull, tse.ErrParameter, and tse.ErrTimeNotSet when a unit must be made and the clock is not set.
func Open(dir string, opt Options) (*TSE, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Curve == "" {
		opt.Curve = P256
	}
	t := &TSE{dir: dir, opt: opt}
	if err := makeIfEmpty(dir, opt); err != nil {
		return nil, fmt.Errorf("open software TSE in %s: %w", dir, err)
	}
	if err := t.mountLocked(); err != nil {
		return nil, fmt.Errorf("open software TSE in %s: %w", dir, err)
	}
	if err := t.initializeLocked(); err != nil {
		_ = t.unmountLocked()
		return nil, fmt.Errorf("initialize software TSE in %s: %w", dir, err)
	}
	return t, nil
}

// initializeLocked logs Initialize and UpdateTime in a unit that was just made. Without a clock the first call does it.
func (t *TSE) initializeLocked() error {
	if t.st.Initialized {
		return nil
	}
	b, err := t.batchLocked()
	if errors.Is(err, tse.ErrTimeNotSet) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.commitLocked(b, t.reserveLocked())
}

// Close releases the folder. Calls after it return tse.ErrClosed.
func (t *TSE) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	return t.unmountLocked()
}

// Info describes the unit; it answers from memory, also while the medium is gone.
func (t *TSE) Info() tse.Info {
	t.mu.Lock()
	defer t.mu.Unlock()
	id := t.id
	return tse.Info{
		Serial:       hex.EncodeToString(id.serial[:]),
		PublicKey:    append([]byte(nil), id.point...),
		Algorithm:    id.alg.name,
		TimeFormat:   "unixTime",
		Certificates: append([][]byte(nil), id.certs...),
		Description:  id.description,
		Manufacturer: manufacturer,
		Version:      version,
		Demo:         true,
	}
}

// Status are the counters of a unit.
type Status struct {
	SignatureCounter   uint64
	TransactionCounter uint64
	Open               int   // open transactions
	Clients            int   // registered clients
	Bytes              int64 // log storage in use
}

// Status returns the counters. Errors: as Pending.
func (t *TSE) Status(ctx context.Context) (Status, error) {
	unlock, err := t.begin(ctx)
	if err != nil {
		return Status{}, err
	}
	defer unlock()
	return Status{
		SignatureCounter:   t.st.Counter,
		TransactionCounter: t.st.Transactions,
		Open:               len(t.st.Open),
		Clients:            len(t.st.Clients),
		Bytes:              t.med.used(),
	}, nil
}

// begin takes the lock and makes sure the medium is there and read. The caller must call unlock when err is nil.
func (t *TSE) begin(ctx context.Context) (unlock func(), err error) {
	t.mu.Lock()
	if err := t.readyLocked(ctx); err != nil {
		t.mu.Unlock()
		return nil, err
	}
	return t.mu.Unlock, nil
}

func (t *TSE) readyLocked(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if t.closed {
		return tse.ErrClosed
	}
	if t.med != nil && t.med.present() {
		return t.settleLocked()
	}
	if err := t.unmountLocked(); err != nil {
		return err
	}
	if t.viewing {
		return tse.ErrGone
	}
	return t.mountLocked()
}

// mountLocked reads the unit from disk. An identity that was known before must be the same.
func (t *TSE) mountLocked() error {
	med, id, st, err := mount(t.dir, false)
	if err != nil {
		return err
	}
	if t.id != nil && t.id.serial != id.serial {
		_ = med.close()
		return tse.ErrOtherUnit
	}
	med.fault = t.opt.fault
	if t.opt.rollSize > 0 {
		med.rollSize = t.opt.rollSize
	}
	t.med, t.id, t.st, t.timeSet = med, id, st, false
	return nil
}

func (t *TSE) unmountLocked() error {
	if t.med == nil {
		return nil
	}
	med := t.med
	t.med = nil
	return med.close()
}
