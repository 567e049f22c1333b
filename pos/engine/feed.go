package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"sync"

	fast "github.com/go-json-experiment/json"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
)

// feedSize is how many commits are kept decoded for followers; those further
// behind read the journal.
const feedSize = 1024

// feed hands durable commits to any number of followers.
type feed struct {
	mu   sync.Mutex     // guards all below
	ring []*till.Commit // the latest, oldest first
	last uint64         // sequence of the newest
	more chan struct{}  // closed and replaced when last grows
}

func newFeed(last uint64) *feed { return &feed{last: last, more: make(chan struct{})} }

func (f *feed) publish(commits []*till.Commit) {
	if len(commits) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ring = append(f.ring, commits...)
	if extra := len(f.ring) - feedSize; extra > 0 {
		f.ring = append(f.ring[:0:0], f.ring[extra:]...)
	}
	f.last = commits[len(commits)-1].Seq
	close(f.more)
	f.more = make(chan struct{})
}

func (f *feed) latest() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// take returns the commits from the number on that are at hand, whether the
// journal must be asked instead, and what to wait for when there are none.
func (f *feed) take(from uint64) (commits []*till.Commit, behind bool, more <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if from > f.last {
		return nil, false, f.more
	}
	if len(f.ring) == 0 || f.ring[0].Seq > from {
		return nil, true, f.more
	}
	return f.ring[from-f.ring[0].Seq:], false, f.more
}

func (f *feed) follow(ctx context.Context, from uint64, j *journal.Journal) iter.Seq2[[]*till.Commit, error] {
	return func(yield func([]*till.Commit, error) bool) {
		next := max(from, 1)
		for ctx.Err() == nil {
			commits, behind, more := f.take(next)
			if behind {
				var ok bool
				if next, ok = f.catchUp(ctx, next, j, yield); !ok {
					return
				}
				continue
			}
			if len(commits) > 0 {
				if !yield(commits, nil) {
					return
				}
				next += uint64(len(commits))
				continue
			}
			select {
			case <-more:
			case <-ctx.Done():
			}
		}
	}
}

// catchUp yields from the journal up to what was published when it began.
func (f *feed) catchUp(ctx context.Context, next uint64, j *journal.Journal, yield func([]*till.Commit, error) bool) (uint64, bool) {
	last := f.latest()
	var run []*till.Commit
	for rec, err := range j.Read(next, last) {
		var c *till.Commit
		if err == nil {
			c, err = Decode(rec)
		}
		if err != nil {
			yield(nil, err)
			return next, false
		}
		run, next = append(run, c), rec.Seq+1
		if len(run) < catchUpRun && rec.Seq < last {
			continue
		}
		if !yield(run, nil) || ctx.Err() != nil {
			return next, false
		}
		run = nil
	}
	return next, true
}

// catchUpRun is how many commits a follower gets at once from the journal.
const catchUpRun = 200

// Decode reads the commit a journal record holds. Reading a hundred thousand
// receipts again is mostly this, so the faster reader goes first; it is also
// stricter, and what it refuses encoding/json decides, which wrote the record.
func Decode(rec journal.Record) (*till.Commit, error) {
	if rec.Type != till.CommitType {
		return nil, fmt.Errorf("record %d is a %q, which this version cannot read: update the box", rec.Seq, rec.Type)
	}
	c := &till.Commit{}
	if err := fast.Unmarshal(rec.Payload, c, fast.RejectUnknownMembers(true)); err != nil {
		c = &till.Commit{}
		if err := json.Unmarshal(rec.Payload, c); err != nil {
			return nil, fmt.Errorf("record %d: %w", rec.Seq, err)
		}
	}
	c.Seq, c.At = rec.Seq, rec.Time.UTC()
	return c, nil
}
