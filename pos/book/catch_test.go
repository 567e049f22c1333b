package book_test

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
)

// noneLeft demands that no goroutine of catching up lives on. One that has said
// it is done may still be on its way out.
func noneLeft(t *testing.T) {
	t.Helper()
	var stacks strings.Builder
	for range 10_000 {
		stacks.Reset()
		if err := pprof.Lookup("goroutine").WriteTo(&stacks, 1); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(stacks.String(), "book.pipeline") {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("goroutines are left:\n%s", stacks.String())
}

// A record that cannot be decoded, wherever it is: the error names it, what
// came before may be booked, nothing after, and the next try goes on.
func TestCatchErrors(t *testing.T) {
	w := imported(t)
	w.keep = false
	w.sales(150) // some groups
	broken := errors.New("cannot be read")
	for _, bad := range []uint64{1, 2, 199, 200, 201, 400, w.state.Seq - 1, w.state.Seq} {
		b := open(t, filepath.Join(t.TempDir(), "book"), w.journal)
		err := b.Catch(t.Context(), func(rec journal.Record) (*till.Commit, error) {
			if rec.Seq == bad {
				return nil, broken
			}
			return engine.Decode(rec)
		}, nil)
		if !errors.Is(err, broken) {
			t.Errorf("record %d: got %v", bad, err)
		}
		if b.Applied() >= bad {
			t.Errorf("record %d is bad and %d were booked", bad, b.Applied())
		}
		noneLeft(t)
		catch(t, b)
		if b.Applied() != w.state.Seq {
			t.Errorf("after the second try at %d, want %d", b.Applied(), w.state.Seq)
		}
		closeBook(t, b)
	}
}

// Catching up can be stopped at any record.
func TestCatchStops(t *testing.T) {
	w := imported(t)
	w.keep = false
	w.sales(400)
	for _, at := range []uint64{1, 2, 300, 1000, w.state.Seq} {
		b := open(t, filepath.Join(t.TempDir(), "book"), w.journal)
		ctx, cancel := context.WithCancel(t.Context())
		err := b.Catch(ctx, func(rec journal.Record) (*till.Commit, error) {
			if rec.Seq == at {
				cancel()
			}
			return engine.Decode(rec)
		}, nil)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("stopped at %d: got %v", at, err)
		}
		noneLeft(t)
		catch(t, b)
		if b.Applied() != w.state.Seq {
			t.Errorf("at %d, want %d", b.Applied(), w.state.Seq)
		}
		closeBook(t, b)
		cancel()
	}
}

// The bytes of a record are only lent: decoding must not see the next one's.
// And the number of records in memory does not grow with the journal.
func TestCatchHoldsLittle(t *testing.T) {
	w := imported(t)
	w.keep = false
	w.sales(1500)
	b := open(t, filepath.Join(t.TempDir(), "book"), w.journal)
	defer closeBook(t, b)
	var decoded, most atomic.Int64
	var last, steps uint64
	err := b.Catch(t.Context(), func(rec journal.Record) (*till.Commit, error) {
		ahead := decoded.Add(1) - int64(b.Applied())
		for old := most.Load(); ahead > old && !most.CompareAndSwap(old, ahead); old = most.Load() {
		}
		return engine.Decode(rec)
	}, func(done, total uint64) {
		if done <= last || done > total || total != w.state.Seq {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
		steps++
	})
	if err != nil {
		t.Fatal(err)
	}
	if last != w.state.Seq || steps < 10 {
		t.Errorf("progress ended at %d of %d after %d steps", last, w.state.Seq, steps)
	}
	// Groups of 200 in the queue between decoders and book, and in their hands.
	if limit := int64(200 * (4*runtime.GOMAXPROCS(0) + 2)); most.Load() > limit {
		t.Errorf("%d commits were decoded and not booked, want at most %d", most.Load(), limit)
	}
}

func TestWait(t *testing.T) {
	w := imported(t)
	w.sales(3)
	b := open(t, filepath.Join(t.TempDir(), "book"), w.journal)
	defer closeBook(t, b)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Wait(cancelled, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := b.Wait(cancelled, 0); err != nil {
		t.Errorf("nothing to wait for: %v", err)
	}
	var wg sync.WaitGroup
	for seq := range w.state.Seq {
		wg.Go(func() {
			if err := b.Wait(t.Context(), seq+1); err != nil || b.Applied() < seq+1 {
				t.Errorf("waited for %d: at %d, %v", seq+1, b.Applied(), err)
			}
		})
	}
	for i := range w.commits {
		if err := b.Apply(w.commits[i : i+1]); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	// Commits that were applied before change nothing.
	before := mustShow(t, b)
	if err := b.Apply(w.commits[3:9]); err != nil {
		t.Fatal(err)
	}
	same(t, "book after a repetition", mustShow(t, b), before)
}
