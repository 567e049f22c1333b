package zvtsim_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/zvt"
	"github.com/tresen-pos/tresen/hal/zvt/zvtsim"
)

const (
	pause  = 2 * time.Second
	quiet  = 5 * time.Millisecond
	resend = 100 * time.Millisecond
)

// patience is the register's clock: its timers fire when the simulator says that
// it fell silent, and not before. The pauses between tries are over at once.
type patience struct {
	mu      sync.Mutex
	pending []chan time.Time
	stalled bool
}

func (p *patience) after(d time.Duration) <-chan time.Time {
	if d == 2*quiet || d == resend {
		return time.After(d) // serial: a quiet line, and a frame lost with its acknowledgement
	}
	c := make(chan time.Time, 1) // 1: it fires once and nobody may be waiting
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stalled || d == pause {
		c <- time.Time{}
		return c
	}
	p.pending = append(p.pending, c)
	return c
}

func (p *patience) fire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = true
	for _, c := range p.pending {
		c <- time.Time{}
	}
	p.pending = nil
}

// fresh opens links and starts the register's patience anew with each.
type fresh struct {
	link.Opener
	p *patience
}

func (f fresh) Open(ctx context.Context) (link.Link, error) {
	f.p.mu.Lock()
	f.p.stalled, f.p.pending = false, nil
	f.p.mu.Unlock()
	return f.Opener.Open(ctx)
}

var bg = context.Background()

// start returns a terminal on TCP and a client for it.
func start(t testing.TB, so zvtsim.Options, co zvt.Opts) (*zvtsim.Terminal, *zvt.Client) {
	t.Helper()
	p := &patience{}
	so.Stalled = p.fire
	sim := zvtsim.New(so)
	if err := sim.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	return sim, client(t, link.TCP{Addr: sim.Addr()}, co, p)
}

func client(t testing.TB, o link.Opener, co zvt.Opts, p *patience) *zvt.Client {
	t.Helper()
	co.After, co.Pause, co.T1, co.T2 = p.after, pause, quiet, resend
	c, err := zvt.New(fresh{o, p}, co)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func keep(zvt.Status) error { return nil }

func pay(amount int64) zvt.Request {
	return zvt.Request{Code: zvt.CodeAuthorise, Amount: amount, Started: time.Now()}
}
