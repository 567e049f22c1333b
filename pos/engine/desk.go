package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/till"
)

// Patience of the desk: how long one call to the signing unit may take before
// it counts as an outage, and how often a missing unit is looked for.
const (
	sealDeadline = 5 * time.Second
	probeEvery   = time.Second
)

// desk owns the signing unit. Jobs wait in a queue the writer never blocks on;
// it is bounded by the orders and receipts the rules allow to be open.
type desk struct {
	e *Engine

	mu      sync.Mutex // guards jobs and refused
	jobs    []job
	refused []till.Command // facts the journal had no room for, oldest first
	wake    chan struct{}  // 1: a wake-up is pending

	// The desk's goroutine only.
	opened map[string]fiscal.Opened // answers not yet seen in a receipt
	outage *fiscal.Outage
	undone []fiscal.Record // of an earlier run, until the first settling
}

// job is one thing to do with the unit: exactly one field is set.
type job struct {
	begin string
	seal  *till.Receipt
	abort *aborting
	// settle comes first after a start, and when a missing unit is back.
	settle bool
}

type aborting struct {
	order   string
	process *fiscal.Opened
	at      time.Time
}

func newDesk(e *Engine) *desk {
	return &desk{e: e, wake: make(chan struct{}, 1), opened: map[string]fiscal.Opened{}}
}

func (d *desk) put(j ...job) {
	d.mu.Lock()
	d.jobs = append(d.jobs, j...)
	d.mu.Unlock()
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

func (d *desk) next() (job, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.jobs) == 0 {
		return job{}, false
	}
	j := d.jobs[0]
	d.jobs = d.jobs[1:]
	return j, true
}

// announce begins the device processes of new orders beside the flush: a
// process the journal then turns out not to know is ended when settling. What
// was paid or cancelled with the same request is left to its seal, which
// begins and ends it in one step.
func (d *desk) announce(commits []*till.Commit, s *till.State) {
	for _, c := range commits {
		for i := range c.Events {
			if o := c.Events[i].OrderOpened; o != nil && s.Orders[o.Order] != nil {
				d.put(job{begin: o.Order})
			}
		}
	}
}

func (d *desk) seal(r till.Receipt) { d.put(job{seal: &r}) }

func (d *desk) abort(order string, process *fiscal.Opened, at time.Time) {
	d.put(job{abort: &aborting{order: order, process: process, at: at}})
}

// recover queues what an earlier run left undone, oldest first.
func (d *desk) recover(s *till.State) {
	if s.Outage != nil {
		o := *s.Outage
		d.outage = &o
	}
	d.put(job{settle: true})
	for _, n := range slices.Sorted(maps.Keys(s.Unsealed)) {
		d.undone = append(d.undone, s.Unsealed[n].Record())
		d.seal(s.Unsealed[n])
	}
	for _, id := range slices.Sorted(maps.Keys(s.Aborting)) {
		a := s.Aborting[id]
		d.abort(id, a.Process, a.At)
	}
	d.put(begins(s)...)
}

// begins lists the open orders the unit has not been told of.
func begins(s *till.State) []job {
	var jobs []job
	for _, id := range slices.Sorted(maps.Keys(s.Orders)) {
		if s.Orders[id].Process == nil {
			jobs = append(jobs, job{begin: id})
		}
	}
	return jobs
}

func (d *desk) run(ctx context.Context) {
	var probe <-chan time.Time
	for ctx.Err() == nil {
		j, busy := d.next()
		if busy {
			d.work(ctx, j)
		}
		probe = d.patience(probe)
		if busy { // jobs without end must not keep a missing unit missing
			select {
			case <-probe:
				probe = nil
				d.probe(ctx)
			default:
			}
			continue
		}
		select {
		case <-ctx.Done():
		case <-d.wake:
		case <-probe:
			probe = nil
			d.probe(ctx)
		}
	}
}

// patience is the timer until the next probe: the running one, a new one, or
// none when all is well.
func (d *desk) patience(running <-chan time.Time) <-chan time.Time {
	switch {
	case d.outage == nil && !d.anyRefused():
		return nil
	case running == nil:
		return d.e.o.After(probeEvery)
	}
	return running
}

// probe looks for a missing unit, and tells again what was refused.
func (d *desk) probe(ctx context.Context) {
	if d.outage != nil {
		d.settle(ctx)
	}
	d.mu.Lock()
	facts := d.refused
	d.refused = nil
	d.mu.Unlock()
	for _, c := range facts {
		if d.holds(c) {
			d.tell(ctx, false, c)
		}
	}
}

// holds reports whether a refused fact is still true.
func (d *desk) holds(c till.Command) bool {
	switch c.(type) {
	case till.BeginOutage:
		return d.outage != nil
	case till.EndOutage:
		return d.outage == nil
	}
	return true
}

// answered takes back a fact the journal had no room for; the writer calls it.
// Without that the receipt would stay unsealed until the next start, and the
// screen without its answer.
func (d *desk) answered(c till.Command, err error) {
	var r *till.Refusal
	if !errors.As(err, &r) || r.Code != codeJournal {
		return
	}
	d.mu.Lock()
	d.refused = append(d.refused, c)
	d.mu.Unlock()
	d.put()
}

func (d *desk) anyRefused() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.refused) > 0
}

func (d *desk) work(ctx context.Context, j job) {
	switch {
	case j.settle:
		d.settle(ctx)
	case j.begin != "":
		d.begin(ctx, j.begin)
	case j.seal != nil:
		d.sealReceipt(ctx, *j.seal)
	case j.abort != nil:
		d.end(ctx, *j.abort)
	}
}

// begin may be asked twice for an order that came while an outage ended.
func (d *desk) begin(ctx context.Context, order string) {
	if _, twice := d.opened[order]; twice || d.outage != nil {
		return
	}
	var o fiscal.Opened
	err := d.call(ctx, func(ctx context.Context) (err error) {
		o, err = d.e.o.Sealer.Begin(ctx, order)
		return err
	})
	if err != nil {
		return
	}
	d.opened[order] = o
	d.tell(ctx, true, till.RecordProcess{Order: order, Opened: o})
}

func (d *desk) sealReceipt(ctx context.Context, r till.Receipt) {
	seal, ok := d.sealed(ctx, r.Record(), d.process(r.Process, r.Opened))
	if ok {
		d.tell(ctx, false, till.RecordSeal{Receipt: r.Number, Seal: seal})
	}
}

func (d *desk) end(ctx context.Context, a aborting) {
	rec := fiscal.Record{Process: a.order, Kind: fiscal.Aborted, Time: a.at}
	seal, ok := d.sealed(ctx, rec, d.process(a.order, a.process))
	if ok {
		d.tell(ctx, true, till.RecordAbort{Order: a.order, Seal: seal})
	}
}

// process prefers what the journal knows over what only the desk remembers.
func (d *desk) process(order string, known *fiscal.Opened) *fiscal.Opened {
	o, ok := d.opened[order]
	delete(d.opened, order)
	if known != nil || !ok {
		return known
	}
	return &o
}

// sealed signs, or marks the outage; either way selling goes on. It is false
// when the box is stopping: the next start seals then.
func (d *desk) sealed(ctx context.Context, rec fiscal.Record, opened *fiscal.Opened) (fiscal.Seal, bool) {
	if d.outage == nil {
		var seal fiscal.Seal
		err := d.call(ctx, func(ctx context.Context) (err error) {
			seal, err = d.e.o.Sealer.Seal(ctx, rec, opened)
			return err
		})
		if err == nil {
			return seal, true
		}
	}
	if d.outage == nil {
		return fiscal.Seal{}, false
	}
	o := *d.outage
	return fiscal.Seal{Outage: &o}, true
}

// call asks the unit within the deadline; an error begins an outage.
func (d *desk) call(ctx context.Context, f func(context.Context) error) error {
	c, cancel := context.WithTimeout(ctx, sealDeadline)
	defer cancel()
	err := f(c)
	if err != nil && ctx.Err() == nil {
		d.lost(ctx, err)
	}
	return err
}

func (d *desk) lost(ctx context.Context, err error) {
	if d.outage != nil {
		return
	}
	d.outage = &fiscal.Outage{Since: d.e.o.Now().UTC().Truncate(time.Millisecond), Reason: reason(err)}
	d.tell(ctx, false, till.BeginOutage{Reason: d.outage.Reason})
}

// reason is what the sealer gives for the record, else the innermost error: the
// cause, without who asked for it.
func reason(err error) string {
	var given interface{ Reason() string }
	if errors.As(err, &given) {
		return given.Reason()
	}
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}

// settle brings unit and journal together; success ends an outage.
func (d *desk) settle(ctx context.Context) {
	var s fiscal.Standing
	d.e.Read(func(state *till.State) { s = standing(state) })
	for _, o := range d.opened {
		s.Keep = append(s.Keep, o)
	}
	// Only a start can find seals the books do not know: in an outage every
	// receipt was marked, and a late seal must not go to another one.
	s.Undone, d.undone = d.undone, nil
	err := d.call(ctx, func(ctx context.Context) error { return d.e.o.Sealer.Settle(ctx, s) })
	if err != nil || d.outage == nil {
		return
	}
	d.outage = nil
	d.tell(ctx, false, till.EndOutage{})
	var jobs []job
	d.e.Read(func(s *till.State) { jobs = begins(s) })
	d.put(jobs...)
}

// standing lists the device transactions the journal still needs, and the last
// it has heard of.
func standing(s *till.State) fiscal.Standing {
	x := fiscal.Standing{Last: fiscal.Opened{Transaction: s.Transaction, Serial: s.Unit}}
	add := func(o *fiscal.Opened) {
		if o != nil {
			x.Keep = append(x.Keep, *o)
		}
	}
	for _, o := range s.Orders {
		add(o.Process)
	}
	for _, r := range s.Unsealed {
		add(r.Opened)
	}
	for _, a := range s.Aborting {
		add(a.Process)
	}
	return x
}

// tell hands a fact to the writer and does not wait for it to be durable:
// facts arrive in order, and the writer answers those who must wait. ctx only
// bounds the wait for room in the inbox.
func (d *desk) tell(ctx context.Context, lazy bool, c till.Command) {
	r := newRequest("", "", []Numbered{{Do: c}})
	r.lazy, r.fact = lazy, true
	// A stopping writer takes no more facts; the next start settles them.
	_ = d.e.send(ctx, r)
}
