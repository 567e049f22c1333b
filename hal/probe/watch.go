package probe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"sync"
	"time"
)

// Source tells that something may have changed; *Kernel is one. Next returns
// os.ErrClosed after Close, and is called once more then.
type Source interface {
	Next() (Heard, error)
	Close() error
}

// Clock is the time a Watcher lives in.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

type wallClock struct{}

func (wallClock) Now() time.Time                         { return time.Now() }
func (wallClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// WatchOpts says how to watch. The zero value watches the running box.
type WatchOpts struct {
	Opts
	Source Source        // default: the kernel; the Watcher closes it
	Clock  Clock         // default: the wall's
	Quiet  time.Duration // of the kernel before a look, default 60 ms
	Limit  time.Duration // longest wait from the first event to the look, default 400 ms
	Look   time.Duration // longest look, default 2 s
}

func (o WatchOpts) withDefaults() (WatchOpts, error) {
	o.Opts = o.Opts.withDefaults()
	if o.Clock == nil {
		o.Clock = wallClock{}
	}
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{{&o.Quiet, 60 * time.Millisecond}, {&o.Limit, 400 * time.Millisecond}, {&o.Look, 2 * time.Second}} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	var err error
	if o.Source == nil {
		o.Source, err = OpenKernel(o.Mountinfo)
	}
	return o, err
}

// Snapshot is the inventory at one time.
type Snapshot struct {
	Seq     uint64   // 1 for the first; one more for each that differs
	Devices []Device // sorted by ID; not to be changed
	Lost    int      // times the kernel dropped messages, each made good by a full look
	Err     error    // why Devices may be out of date
}

// Watcher keeps the inventory up to date. Its methods may be called from any
// goroutine. Those who follow it compare what they last saw with Diff; one who is
// slow misses steps in between, never the outcome.
type Watcher struct {
	opts WatchOpts
	// events holds one token: any number of events leads to one look.
	events chan struct{}
	stop   context.CancelFunc
	wait   sync.WaitGroup

	mu      sync.Mutex // guards what follows
	now     Snapshot
	changed chan struct{} // closed at the next snapshot
	deaf    error         // why the kernel is not heard any more
}

// Watch takes the first inventory and goes on watching until Close.
func Watch(ctx context.Context, opts WatchOpts) (*Watcher, error) {
	o, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	w := &Watcher{opts: o, events: make(chan struct{}, 1), stop: stop, changed: make(chan struct{})}
	// The source is heard already, so nothing falls between this look and the next.
	w.look(run)
	if err := w.Snapshot().Err; err != nil {
		stop()
		_ = o.Source.Close()
		_, _ = o.Source.Next() // gives its files back
		return nil, fmt.Errorf("first look at devices: %w", err)
	}
	w.wait.Go(w.hear)
	w.wait.Go(func() { w.keep(run) })
	return w, nil
}

// Close ends watching and waits for it. The last snapshot stays readable.
func (w *Watcher) Close() error {
	w.stop()
	err := w.opts.Source.Close()
	w.wait.Wait()
	return err
}

// Snapshot returns the latest inventory.
func (w *Watcher) Snapshot() Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Next waits for an inventory newer than after. Its error is that of ctx.
func (w *Watcher) Next(ctx context.Context, after uint64) (Snapshot, error) {
	for {
		w.mu.Lock()
		now, changed := w.now, w.changed
		w.mu.Unlock()
		if now.Seq > after {
			return now, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Snapshot{}, fmt.Errorf("wait for a change of devices: %w", ctx.Err())
		}
	}
}

// Rescan asks for a look without an event, e.g. after a reset of a port.
func (w *Watcher) Rescan() {
	select {
	case w.events <- struct{}{}:
	default: // one is due already
	}
}

// hear drains the source, so that the kernel's buffer does not fill during a look.
func (w *Watcher) hear() {
	for {
		h, err := w.opts.Source.Next()
		if errors.Is(err, os.ErrClosed) {
			return
		}
		w.mu.Lock()
		if h.Lost {
			w.now.Lost++
		}
		w.deaf = err
		w.mu.Unlock()
		w.Rescan()
		if err != nil {
			_ = w.opts.Source.Close()
			_, _ = w.opts.Source.Next() // gives its files back
			return
		}
	}
}

// Looks that fail are repeated a few times by themselves: a stick that hung makes
// no event when it answers again.
const (
	maxRetries = 5
	firstRetry = 2 * time.Second
)

func (w *Watcher) keep(ctx context.Context) {
	s := settle{quiet: w.opts.Quiet, limit: w.opts.Limit}
	var retry <-chan time.Time
	retries := 0
	again := func(ok bool) {
		if retry = nil; !ok && retries < maxRetries {
			retry = w.opts.Clock.After(firstRetry << retries)
			retries++
		}
	}
	again(w.sound())
	for {
		var settled <-chan time.Time
		if s.pending {
			settled = w.opts.Clock.After(s.due().Sub(w.opts.Clock.Now()))
		}
		select {
		case <-ctx.Done():
			return
		case <-w.events:
			s.hear(w.opts.Clock.Now())
			continue
		case <-settled:
			s.pending, retries = false, 0
		case <-retry:
		}
		w.look(ctx)
		again(w.sound())
	}
}

// sound reports whether the last look saw all it wanted to.
func (w *Watcher) sound() bool {
	now := w.Snapshot()
	for _, d := range now.Devices {
		if d.Reason == volumeHangs.reason {
			return false
		}
	}
	return now.Err == nil
}

func (w *Watcher) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, w.opts.Look)
	defer cancel()
	devices, err := Scan(ctx, w.opts.Opts)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		devices = w.now.Devices // better old than none
	}
	err = errors.Join(err, w.deaf)
	if w.now.Seq > 0 && reflect.DeepEqual(devices, w.now.Devices) && (err == nil) == (w.now.Err == nil) {
		return
	}
	w.now = Snapshot{Seq: w.now.Seq + 1, Devices: devices, Lost: w.now.Lost, Err: err}
	close(w.changed)
	w.changed = make(chan struct{})
}
