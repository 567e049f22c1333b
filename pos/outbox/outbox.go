// Package outbox carries outputs that follow the journal: paper, the drawer.
// Each output has a cursor of its own, so one dead printer never holds up
// another, and each says how often it may happen: at most once (drawer), or
// once and once more marked as a copy (receipt).
//
// Run is the only goroutine of an output and belongs to the caller. What an
// output is, the Sink knows.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/pos/till"
)

// ErrNotSent, wrapped by a Sink, says that nothing left the box: the same job
// may be delivered again as if for the first time.
var ErrNotSent = errors.New("nothing was sent")

// Sink is where jobs go.
type Sink interface {
	// Wants says whether the commit is a job for this sink.
	Wants(c *till.Commit) bool
	// Deliver does the job. again means that an earlier delivery may have
	// happened. An error wrapping ErrNotSent did not count as one.
	Deliver(ctx context.Context, c *till.Commit, again bool) error
}

// Options of an Outbox. All but Trouble are needed.
type Options struct {
	Cursor *Cursor
	Sink   Sink
	Follow func(ctx context.Context, from uint64) iter.Seq2[[]*till.Commit, error]
	Once   bool                                 // at most once; otherwise once or once more as a copy
	After  func(time.Duration) <-chan time.Time // time.After
	// Trouble is told why a job waits, nil when it no longer does.
	Trouble func(error)
}

// Outbox is one output.
type Outbox struct {
	o Options

	mu   sync.Mutex // guards done
	done uint64
}

// New returns an output that starts behind its cursor.
func New(o Options) *Outbox {
	if o.Trouble == nil {
		o.Trouble = func(error) {}
	}
	return &Outbox{o: o, done: o.Cursor.Position().Done}
}

// retry is how long a job waits before it is tried again.
const retry = time.Second

// Run delivers jobs until ctx ends or the cursor cannot be stored.
func (x *Outbox) Run(ctx context.Context) error {
	for run, err := range x.o.Follow(ctx, x.Done()+1) {
		if err != nil {
			return fmt.Errorf("follow the journal: %w", err)
		}
		for _, c := range run {
			if err := x.commit(ctx, c); err != nil {
				return err
			}
		}
		if err := x.settle(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Done is the last commit that is dealt with.
func (x *Outbox) Done() uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.done
}

// Waiting lists the commits up to latest that still have a job, the first 100.
func (x *Outbox) Waiting(ctx context.Context, latest uint64) []*till.Commit {
	var waiting []*till.Commit
	from := x.Done() + 1
	if from > latest {
		return nil
	}
	for run, err := range x.o.Follow(ctx, from) {
		for _, c := range run {
			if c.Seq <= latest && x.o.Sink.Wants(c) {
				waiting = append(waiting, c)
			}
			if c.Seq >= latest || len(waiting) == 100 {
				return waiting
			}
		}
		if err != nil {
			return waiting
		}
	}
	return waiting
}

func (x *Outbox) commit(ctx context.Context, c *till.Commit) error {
	if !x.o.Sink.Wants(c) {
		x.finished(c.Seq)
		return nil
	}
	if x.o.Once {
		return x.once(ctx, c)
	}
	again := x.o.Cursor.Position().Began >= c.Seq
	if err := x.o.Cursor.Set(Position{Done: c.Seq - 1, Began: c.Seq}); err != nil {
		return err
	}
	for {
		err := x.o.Sink.Deliver(ctx, c, again)
		if err == nil {
			x.o.Trouble(nil)
			x.finished(c.Seq)
			return nil
		}
		if ctx.Err() != nil {
			return x.stopped(ctx, err, again)
		}
		again = again || !errors.Is(err, ErrNotSent)
		x.o.Trouble(err)
		select {
		case <-ctx.Done():
			return x.stopped(ctx, err, again)
		case <-x.o.After(retry):
		}
	}
}

// stopped takes the mark back if the box goes down while surely nothing has
// been sent, so that the next start need not print a copy.
func (x *Outbox) stopped(ctx context.Context, err error, again bool) error {
	if errors.Is(err, ErrNotSent) && !again {
		done := x.Done()
		return errors.Join(ctx.Err(), x.o.Cursor.Set(Position{Done: done, Began: done}))
	}
	return ctx.Err()
}

// once moves the cursor first: a drawer that opens twice is worse than one
// that has to be opened by hand.
func (x *Outbox) once(ctx context.Context, c *till.Commit) error {
	if err := x.o.Cursor.Set(Position{Done: c.Seq, Began: c.Seq}); err != nil {
		return err
	}
	x.finished(c.Seq)
	x.o.Trouble(x.o.Sink.Deliver(ctx, c, false))
	return nil
}

func (x *Outbox) finished(seq uint64) {
	x.mu.Lock()
	x.done = seq
	x.mu.Unlock()
}

// settle stores the position when a run is done. Commits without a job are not
// worth a flush: passing them again after a start is harmless.
func (x *Outbox) settle() error {
	p := x.o.Cursor.Position()
	if p.Began <= p.Done {
		return nil
	}
	done := x.Done()
	return x.o.Cursor.Set(Position{Done: done, Began: done})
}
