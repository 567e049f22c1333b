package book

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"sync"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
)

// Catch brings the book up to the journal's head. decode reads one record;
// progress, if not nil, is told how far it is. It works on as many cores as
// there are: records are decoded side by side and applied in order.
func (b *Book) Catch(ctx context.Context, decode func(journal.Record) (*till.Commit, error), progress func(done, total uint64)) error {
	from := min(b.applied, b.state.Seq) + 1
	head := b.journal.Head()
	if from > head {
		return nil
	}
	for group := range pipeline(ctx, b.journal.Read(from, head), decode) {
		if group.err != nil {
			return fmt.Errorf("read the journal after %d: %w", b.state.Seq, group.err)
		}
		if err := b.Apply(group.commits); err != nil {
			return err
		}
		if progress != nil {
			progress(b.state.Seq-from+1, head-from+1)
		}
	}
	return ctx.Err()
}

// group is a run of records on its way through the decoders.
type group struct {
	records []journal.Record
	commits []*till.Commit
	bytes   []byte // of the payloads, which the journal only lends
	err     error
	ready   chan struct{}
}

// pipeline decodes records side by side and yields them in order. Its
// goroutines end with ctx or with the records.
func pipeline(ctx context.Context, records iter.Seq2[journal.Record, error], decode func(journal.Record) (*till.Commit, error)) iter.Seq[*group] {
	ctx, stop := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	work := make(chan *group, workers)    // one waiting per worker
	order := make(chan *group, 2*workers) // bounds what is in memory
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for g := range work {
				g.decode(decode)
			}
		})
	}
	wg.Go(func() {
		defer close(work)
		defer close(order)
		split(ctx, records, work, order)
	})
	return func(yield func(*group) bool) {
		defer func() {
			stop()
			for g := range order {
				<-g.ready
			}
			wg.Wait()
		}()
		for g := range order {
			<-g.ready
			if !yield(g) {
				return
			}
		}
	}
}

func split(ctx context.Context, records iter.Seq2[journal.Record, error], work, order chan<- *group) {
	g := newGroup()
	send := func() bool {
		if len(g.records) == 0 && g.err == nil {
			return true
		}
		select {
		case order <- g:
			work <- g
		case <-ctx.Done():
			return false
		}
		g = newGroup()
		return true
	}
	for rec, err := range records {
		if err != nil {
			g.err = err
			break
		}
		g.add(rec)
		if len(g.records) == batch && !send() {
			return
		}
	}
	send()
}

func newGroup() *group {
	return &group{records: make([]journal.Record, 0, batch), bytes: make([]byte, 0, batch*512), ready: make(chan struct{})}
}

func (g *group) add(rec journal.Record) {
	start := len(g.bytes)
	g.bytes = append(g.bytes, rec.Payload...)
	rec.Payload = g.bytes[start:len(g.bytes):len(g.bytes)]
	g.records = append(g.records, rec)
}

func (g *group) decode(decode func(journal.Record) (*till.Commit, error)) {
	defer close(g.ready)
	for _, rec := range g.records {
		c, err := decode(rec)
		if err != nil {
			g.err = err
			return
		}
		g.commits = append(g.commits, c)
	}
}
