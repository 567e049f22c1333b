package link

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrInjected is what a Faulty link fails with.
var ErrInjected = errors.New("injected link failure")

// Faulty wraps an opener with failures of the driver's own side: an opening that
// fails, a write or read that ends after so many bytes. What the far side can do
// wrong belongs into its simulator. Negative numbers mean never; the zero value
// fails at once, use Healthy to start from.
type Faulty struct {
	Opener Opener

	mu         sync.Mutex // guards what follows
	openFails  int
	writeAfter int
	readAfter  int
}

// Healthy returns a wrapper that does no harm yet.
func Healthy(o Opener) *Faulty { return &Faulty{Opener: o, writeAfter: -1, readAfter: -1} }

// FailOpens makes the next n openings fail.
func (f *Faulty) FailOpens(n int) { f.set(func() { f.openFails = n }) }

// FailWriteAfter makes a link fail once n more bytes were written: the n bytes
// reach the device, the write reports them, and the link is closed.
func (f *Faulty) FailWriteAfter(n int) { f.set(func() { f.writeAfter = n }) }

// FailReadAfter makes a link fail once n more bytes were read.
func (f *Faulty) FailReadAfter(n int) { f.set(func() { f.readAfter = n }) }

func (f *Faulty) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// String names the link below.
func (f *Faulty) String() string { return f.Opener.String() }

// Open opens the link below unless it is told to fail.
func (f *Faulty) Open(ctx context.Context) (Link, error) {
	f.mu.Lock()
	fail := f.openFails > 0
	if fail {
		f.openFails--
	}
	f.mu.Unlock()
	if fail {
		return nil, fmt.Errorf("open %s: %w", f, ErrInjected)
	}
	l, err := f.Opener.Open(ctx)
	if err != nil {
		return nil, err
	}
	return halfCloseable(&faultyLink{Link: l, f: f}, l), nil
}

type faultyLink struct {
	Link
	f *Faulty
}

// take reduces a budget by up to n and says how much of n is left to do; ok is
// false when the budget is used up by it.
func (f *Faulty) take(budget *int, n int) (do int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if *budget < 0 {
		return n, true
	}
	if *budget > n {
		*budget -= n
		return n, true
	}
	do = *budget
	*budget = -1
	return do, false
}

func (l *faultyLink) Write(b []byte) (int, error) {
	do, ok := l.f.take(&l.f.writeAfter, len(b))
	n, err := 0, error(nil)
	if do > 0 {
		n, err = l.Link.Write(b[:do])
	}
	if ok || err != nil {
		return n, err
	}
	l.Link.Close()
	return n, fmt.Errorf("write to %s: %w", l.f, ErrInjected)
}

func (l *faultyLink) Read(b []byte) (int, error) {
	n, err := l.Link.Read(b)
	do, ok := l.f.take(&l.f.readAfter, n)
	if ok || err != nil {
		return n, err
	}
	l.Link.Close()
	return do, fmt.Errorf("read from %s: %w", l.f, ErrInjected)
}
