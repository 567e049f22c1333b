package engine

import (
	"context"
	"errors"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/till"
)

// ErrStopped says that the box is going down; the command was not taken.
var ErrStopped = errors.New("the box is stopping; send the command again")

// Numbered is a command with the number its screen gave it. Err is set by
// those who could not read the command; it is then answered in its place.
type Numbered struct {
	N   uint64
	Do  till.Command
	Err error
}

// Result is what became of one command: Seq when it was accepted, Err (mostly
// a *till.Refusal) when it was not.
type Result struct {
	N        uint64
	Seq      uint64
	Receipt  uint64 // made by it
	Closing  uint64
	Repeated bool // it had been accepted before
	Err      error
}

// Sealed is a receipt with its seal.
type Sealed struct {
	Receipt till.Receipt `json:"receipt"`
	Seal    fiscal.Seal  `json:"seal"`
}

// Reply answers a request: a result per command, and the receipts they made.
type Reply struct {
	Seq      uint64
	Results  []Result
	Receipts []Sealed
}

// request is a group of commands on its way through the writer.
type request struct {
	client   string
	by       string
	commands []Numbered
	past     map[uint64]*till.Receipt
	lazy     bool // durable with the next flush is soon enough
	fact     bool // of the desk; nobody waits for the reply
	results  []Result
	made     map[uint64]*Sealed // receipts to answer with, by number
	open     int                // receipts still awaiting their seal
	out      chan Reply
}

// Submit sends commands of a screen and waits until what was accepted is
// durable and every receipt made is sealed. When ctx ends first the commands
// may still be carried out: send them again, they are recognised.
func (e *Engine) Submit(ctx context.Context, client, by string, commands []Numbered) (Reply, error) {
	r := newRequest(client, by, commands)
	if err := e.fetch(ctx, r); err != nil {
		return Reply{}, err
	}
	if err := e.send(ctx, r); err != nil {
		return Reply{}, err
	}
	select {
	case reply := <-r.out:
		return reply, nil
	case <-e.done:
		return Reply{}, ErrStopped
	case <-ctx.Done():
		return Reply{}, ctx.Err()
	}
}

// Do sends one command of the box itself.
func (e *Engine) Do(ctx context.Context, by string, c till.Command) (Result, error) {
	reply, err := e.Submit(ctx, "", by, []Numbered{{Do: c}})
	if err != nil {
		return Result{}, err
	}
	return reply.Results[0], reply.Results[0].Err
}

func newRequest(client, by string, commands []Numbered) *request {
	return &request{client: client, by: by, commands: commands, results: make([]Result, len(commands)),
		made: map[uint64]*Sealed{}, out: make(chan Reply, 1)} // one reply, never blocks the writer
}

// fetch gets the finished receipts the commands speak about; the state does
// not keep them, and the writer must not wait for a disk.
func (e *Engine) fetch(ctx context.Context, r *request) error {
	for i := range r.commands {
		c := &r.commands[i]
		r.results[i].Err = c.Err
		if c.Err != nil {
			continue
		}
		n := till.PastReceipt(c.Do)
		if n == 0 || e.o.Archive == nil {
			continue
		}
		past, err := e.o.Archive.Receipt(ctx, n)
		if err != nil {
			return err
		}
		if r.past == nil {
			r.past = map[uint64]*till.Receipt{}
		}
		r.past[n] = past
	}
	return nil
}

func (e *Engine) send(ctx context.Context, r *request) error {
	select {
	case e.inbox <- r:
		return nil
	case <-e.done:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *request) input(i int, at time.Time) till.Input {
	c := r.commands[i]
	in := till.Input{Client: r.client, N: c.N, By: r.by, At: at, Do: c.Do}
	if c.Do != nil {
		in.Past = r.past[till.PastReceipt(c.Do)]
	}
	return in
}

// from notes an accepted command.
func (res *Result) from(c *till.Commit) {
	res.Seq = c.Seq
	for i := range c.Events {
		if p := c.Events[i].ReceiptPrepared; p != nil {
			res.Receipt = p.Number
		}
		if z := c.Events[i].DayClosed; z != nil {
			res.Closing = z.Number
		}
	}
}

// repeated notes a command that came before. Without a remembered answer it
// was refused then, and is not tried again behind its successors' backs.
func (res *Result) repeated(a till.Answer) {
	if a.Seq == 0 {
		res.Err = &till.Refusal{Code: "refusedBefore", Sentence: "This was refused before.", Hint: "Do it again."}
		return
	}
	res.Seq, res.Receipt, res.Closing, res.Repeated = a.Seq, a.Receipt, a.Closing, true
}

// unsealed lists the receipts the request made or asked about again.
func (r *request) unsealed() []uint64 {
	var ns []uint64
	for _, res := range r.results {
		if res.Receipt > 0 {
			ns = append(ns, res.Receipt)
		}
	}
	return ns
}

func (r *request) sealed(s *till.ReceiptSealed) {
	r.made[s.Receipt].Seal = s.Seal
	r.open--
	if r.open == 0 {
		r.reply()
	}
}

func (r *request) reply() {
	reply := Reply{Results: r.results}
	for _, res := range r.results {
		reply.Seq = max(reply.Seq, res.Seq)
		if s := r.made[res.Receipt]; s != nil {
			reply.Receipts = append(reply.Receipts, *s)
		}
	}
	r.out <- reply
}
