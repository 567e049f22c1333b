// Package engine is the one writer of the books: it takes commands, lets the
// rules decide, appends what happened to the journal, flushes, applies and
// answers. Nothing is answered or shown before it is durable.
//
// One goroutine owns the state (the writer), one owns the signing unit (the
// desk). Both end when the context given to Run does; Run waits for them. The
// rules themselves are in pos/till, the file format in pos/journal, the
// signing in whatever Sealer is given.
package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
)

// Sealer turns receipts into fiscal ones. Calls come one at a time. Any error
// counts as an outage of the signing unit.
type Sealer interface {
	// Begin tells the unit that a business process has begun.
	Begin(ctx context.Context, process string) (fiscal.Opened, error)
	// Seal ends the process; opened is nil if the unit was not told of it.
	Seal(ctx context.Context, r fiscal.Record, opened *fiscal.Opened) (fiscal.Seal, error)
	// Settle brings unit and books together: it ends what the unit holds open
	// beyond s.Keep, and looks for the seals of s.Undone, so that Seal adopts
	// them.
	Settle(ctx context.Context, s fiscal.Standing) error
}

// Archive finds finished receipts, the freshest included.
type Archive interface {
	Receipt(ctx context.Context, number uint64) (*till.Receipt, error)
}

// Options of an Engine. All fields but Archive are needed.
type Options struct {
	Journal *journal.Journal
	State   *till.State // as of the journal's head
	Sealer  Sealer
	Now     func() time.Time
	Archive Archive                              // nil: no receipt can be voided
	After   func(time.Duration) <-chan time.Time // nil: time.After
	Fatal   func(error)                          // the books cannot go on; must not return
}

// Engine is the writer. Its methods may be called from any goroutine.
type Engine struct {
	o     Options
	inbox chan *request
	desk  *desk
	feed  *feed
	done  chan struct{} // closed when the writer has ended

	mu    sync.RWMutex // guards state; what a reader sees is durable
	state *till.State

	// Both belong to the writer.
	waiting  map[uint64][]*request // by receipt that awaits its seal
	unsynced []*till.Commit        // lazy ones, to publish after the next flush
}

// inboxSize lets a burst of screens queue without a goroutine each blocking on
// the writer; it also bounds a group of commands that share one flush.
const inboxSize = 64

// New returns an engine at rest; Run brings it to life.
func New(o Options) *Engine {
	if o.After == nil {
		o.After = time.After
	}
	e := &Engine{o: o, inbox: make(chan *request, inboxSize), state: o.State,
		feed: newFeed(o.State.Seq), done: make(chan struct{}), waiting: map[uint64][]*request{}}
	e.desk = newDesk(e)
	return e
}

// Latest is the number of the last durable commit followers can get.
func (e *Engine) Latest() uint64 { return e.feed.latest() }

// Run works until ctx ends. First it settles what an earlier run left between
// the journal and the signing unit. It returns when both goroutines have.
func (e *Engine) Run(ctx context.Context) {
	e.desk.recover(e.state)
	var wg sync.WaitGroup
	wg.Go(func() { e.desk.run(ctx) })
	e.write(ctx)
	wg.Wait()
}

// Read calls f with the state, which f must neither change nor keep.
func (e *Engine) Read(f func(*till.State)) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	f(e.state)
}

// Follow yields every durable commit from the number on, in runs, and waits
// for more. A slow follower is served from the journal; it never holds the
// writer up. Commits must not be changed.
func (e *Engine) Follow(ctx context.Context, from uint64) iter.Seq2[[]*till.Commit, error] {
	return e.feed.follow(ctx, from, e.o.Journal)
}

// write is the writer's loop: take all that waits, decide, one flush, answer.
func (e *Engine) write(ctx context.Context) {
	defer close(e.done)
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-e.inbox:
			e.group(first)
		}
	}
}

// group handles a request and those that queued behind it.
func (e *Engine) group(first *request) {
	batch := []*request{first}
	for len(batch) < inboxSize {
		select {
		case r := <-e.inbox:
			batch = append(batch, r)
			continue
		default:
		}
		break
	}
	commits := e.commit(batch)
	e.feed.publish(commits)
	e.after(commits)
	for _, r := range batch {
		e.answer(r)
	}
}

// commit decides and applies the batch and makes it durable, all under the
// lock: readers never see a sale that a power cut could still take away. Lazy
// commits wait for the next flush, and are published only then.
func (e *Engine) commit(batch []*request) []*till.Commit {
	e.mu.Lock()
	defer e.mu.Unlock()
	var commits []*till.Commit
	flush := false
	for _, r := range batch {
		for i := range r.commands {
			if c := e.decide(r, i); c != nil {
				commits = append(commits, c)
				flush = flush || !r.lazy
			}
		}
	}
	e.desk.announce(commits, e.state)
	commits = append(e.unsynced, commits...)
	if !flush {
		e.unsynced = commits
		return nil
	}
	e.unsynced = nil
	e.sync()
	return commits
}

func (e *Engine) sync() {
	if err := e.o.Journal.Sync(e.state.Seq); err != nil {
		e.o.Fatal(fmt.Errorf("flush the journal up to %d: %w", e.state.Seq, err))
	}
}

// decide handles one command: the result goes into the request, the commit,
// if there is one, into journal and state.
func (e *Engine) decide(r *request, i int) *till.Commit {
	in := r.input(i, e.now())
	res := &r.results[i]
	res.N = in.N
	if res.Err != nil {
		return nil
	}
	if a, ok := e.state.Repeated(in.Client, in.N); ok && in.Client != "" {
		res.repeated(a)
		return nil
	}
	events, err := till.Decide(e.state, in)
	if err != nil {
		res.Err = err
		return nil
	}
	if len(events) == 0 && in.Client == "" {
		return nil
	}
	c := &till.Commit{Client: in.Client, N: in.N, Op: in.Do.Op(), By: in.By, Events: events, At: in.At}
	if err := e.append(c); err != nil {
		res.Err = err
		return nil
	}
	res.from(c)
	return c
}

// codeJournal is the code of a refusal by the journal: a matter of space or of
// a broken disk, not of the rules.
const codeJournal = "journal"

// append puts the commit into the journal, not yet flushed, and applies it.
func (e *Engine) append(c *till.Commit) error {
	payload, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode %s: %w", c.Op, err)
	}
	c.Seq, err = e.o.Journal.Append(journal.Entry{Time: c.At, Type: till.CommitType, Payload: payload})
	if errors.Is(err, journal.ErrFailed) {
		e.o.Fatal(fmt.Errorf("save %s: %w", c.Op, err)) // what is on the disk, only a fresh start can tell
	}
	if err != nil {
		return &till.Refusal{Code: codeJournal, Sentence: "The box cannot save: " + err.Error(),
			Hint: "Free space on the data card, or call your dealer."}
	}
	if err := e.state.Apply(c); err != nil {
		e.o.Fatal(err)
	}
	return nil
}

// now never runs behind the last commit, whatever the clock does.
func (e *Engine) now() time.Time {
	t := e.o.Now().UTC().Truncate(time.Millisecond)
	if t.Before(e.state.Time) {
		return e.state.Time
	}
	return t
}

// after hands durable receipts and cancelled orders to the desk, and wakes
// those who waited for a seal.
func (e *Engine) after(commits []*till.Commit) {
	for _, c := range commits {
		for i := range c.Events {
			ev := &c.Events[i]
			switch {
			case ev.ReceiptPrepared != nil:
				e.desk.seal(*ev.ReceiptPrepared)
			case ev.OrderCancelled != nil:
				id := ev.OrderCancelled.Order
				e.desk.abort(id, e.state.Aborting[id].Process, c.At)
			case ev.ReceiptSealed != nil:
				e.sealed(ev.ReceiptSealed)
			}
		}
	}
}

// sealed completes the requests that made the receipt.
func (e *Engine) sealed(s *till.ReceiptSealed) {
	for _, r := range e.waiting[s.Receipt] {
		r.sealed(s)
	}
	delete(e.waiting, s.Receipt)
}

// answer replies now, or leaves the request waiting for its seals. A fact the
// journal had no room for goes back to the desk.
func (e *Engine) answer(r *request) {
	if r.fact {
		e.desk.answered(r.commands[0].Do, r.results[0].Err)
		return
	}
	for _, n := range r.unsealed() {
		if receipt, ok := e.state.Unsealed[n]; ok {
			r.made[n] = &Sealed{Receipt: receipt}
			r.open++
			e.waiting[n] = append(e.waiting[n], r)
		}
	}
	if r.open == 0 {
		r.reply()
	}
}
