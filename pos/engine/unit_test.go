package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
)

var errPulled = errors.New("the unit was pulled")

// device is a signing unit. It survives our crashes and remembers what it was
// told; a sealer is this program's view of it and does not.
type device struct {
	mu     sync.Mutex // guards all below
	serial string
	last   uint64
	open   map[uint64]string    // transaction -> process
	ended  map[uint64]finishing // transaction -> what it says
	twice  []string             // calls a real unit would refuse: bugs

	fail error // every call fails
	mute bool  // every call hangs until its context ends
	// on is told after each effect in the unit, before the answer.
	on func(what string) error
	// onSettle is told before a settling does anything.
	onSettle func()
}

type finishing struct {
	data string
	at   time.Time
}

func newDevice(serial string) *device {
	return &device{serial: serial, open: map[uint64]string{}, ended: map[uint64]finishing{}, on: func(string) error { return nil }}
}

func (d *device) set(f func(*device)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(d)
}

// call is the wire: it may be cut or dead.
func (d *device) call(ctx context.Context) error {
	d.mu.Lock()
	mute, fail := d.mute, d.fail
	d.mu.Unlock()
	if mute {
		<-ctx.Done()
		return fmt.Errorf("ask the unit: %w", ctx.Err())
	}
	if fail != nil {
		return fmt.Errorf("ask the unit: %w", fail)
	}
	return ctx.Err()
}

func (d *device) start(process string) (fiscal.Opened, error) {
	d.mu.Lock()
	d.last++
	d.open[d.last] = process
	o := fiscal.Opened{Transaction: d.last, At: tick(d.last), Serial: d.serial}
	on := d.on
	d.mu.Unlock()
	return o, on("start")
}

func (d *device) finish(n uint64, data string, at time.Time) error {
	d.mu.Lock()
	if _, ok := d.open[n]; !ok {
		d.twice = append(d.twice, fmt.Sprintf("transaction %d finished while not open", n))
	}
	delete(d.open, n)
	d.ended[n] = finishing{data, at}
	on := d.on
	d.mu.Unlock()
	if data == aborted {
		return nil
	}
	return on("finish")
}

func (d *device) look(n uint64) (open, ended bool, f finishing) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, open = d.open[n]
	f, ended = d.ended[n]
	return open, ended, f
}

// tick is a time of the unit's own.
func tick(n uint64) time.Time { return time.Unix(int64(n), 0).UTC() }

// data is what a record is signed as.
func data(r fiscal.Record) string { return fmt.Sprint(r.Kind, r.Gross, r.Paid) }

var aborted = data(fiscal.Record{Kind: fiscal.Aborted})

// sealer speaks to a device as a fiscal regime does: it adopts what the device
// finished already.
type sealer struct {
	*device
	found map[string]uint64
}

func newSealer(d *device) *sealer { return &sealer{device: d, found: map[string]uint64{}} }

func (s *sealer) Begin(ctx context.Context, process string) (fiscal.Opened, error) {
	if err := s.call(ctx); err != nil {
		return fiscal.Opened{}, err
	}
	return s.start(process)
}

func (s *sealer) Seal(ctx context.Context, r fiscal.Record, opened *fiscal.Opened) (fiscal.Seal, error) {
	if err := s.call(ctx); err != nil {
		return fiscal.Seal{}, err
	}
	want := data(r)
	if opened != nil && opened.Serial == s.serial {
		open, ended, f := s.look(opened.Transaction)
		if open {
			return s.seal(opened.Transaction, want), s.finish(opened.Transaction, want, r.Time)
		}
		if ended && f.data == want {
			return s.seal(opened.Transaction, want), nil
		}
	}
	if n, ok := s.found[r.Process]; ok {
		delete(s.found, r.Process)
		return s.seal(n, want), nil
	}
	o, err := s.start(r.Process)
	if err != nil {
		return fiscal.Seal{}, err
	}
	return s.seal(o.Transaction, want), s.finish(o.Transaction, want, r.Time)
}

func (s *sealer) seal(n uint64, data string) fiscal.Seal {
	return fiscal.Seal{Regime: "test", Serial: s.serial, Transaction: n, ProcessData: data, Signature: fmt.Append(nil, s.serial, n)}
}

func (s *sealer) Settle(ctx context.Context, x fiscal.Standing) error {
	if err := s.call(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	onSettle := s.onSettle
	s.mu.Unlock()
	if onSettle != nil {
		onSettle()
	}
	keep := map[uint64]bool{}
	for _, o := range x.Keep {
		keep[o.Transaction] = o.Serial == s.serial
	}
	from := uint64(0)
	if x.Last.Serial == s.serial {
		from = x.Last.Transaction
	}
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	undone := append([]fiscal.Record(nil), x.Undone...)
	for n := uint64(1); n <= last; n++ {
		open, ended, f := s.look(n)
		if open && !keep[n] {
			if err := s.finish(n, aborted, time.Time{}); err != nil {
				return err
			}
		}
		for i, r := range undone {
			if ended && n > from && f.data == data(r) {
				s.found[r.Process] = n
				undone = append(undone[:i], undone[i+1:]...)
				break
			}
		}
	}
	return nil
}
