package de

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

var errPulled = errors.New("nobody answers")

// stick is a TSE that keeps its transactions as a real one does: numbers from
// 1, time in whole seconds, each call checked against what is open.
type stick struct {
	serial  string
	now     time.Time
	counter uint64
	open    map[uint64]Finished
	ended   map[uint64]Finished
	last    uint64

	fail  error // every call fails before it did anything
	lost  error // the next finish is done, but its answer gets lost
	calls []string
	looks int // calls of Ended
}

func newStick(serial string) *stick {
	return &stick{serial: serial, now: time.Date(2026, 1, 2, 8, 0, 0, 0, time.UTC), open: map[uint64]Finished{}, ended: map[uint64]Finished{}}
}

func (s *stick) call(format string, args ...any) error {
	s.calls = append(s.calls, fmt.Sprintf(format, args...))
	s.now = s.now.Add(400 * time.Millisecond)
	return s.fail
}

func (s *stick) Start(_ context.Context, client string) (Started, error) {
	if err := s.call("start"); err != nil {
		return Started{}, err
	}
	s.last++
	s.counter++
	x := Started{Transaction: s.last, At: s.now.Truncate(time.Second), Serial: s.serial}
	s.open[s.last] = Finished{Started: x, ClientID: client}
	return x, nil
}

func (s *stick) Finish(_ context.Context, client string, n uint64, processType, data string) (Finished, error) {
	if err := s.call("finish %d %s", n, data); err != nil {
		return Finished{}, err
	}
	f, ok := s.open[n]
	if !ok || f.ClientID != client {
		return Finished{}, fmt.Errorf("finish %d: %w", n, ErrNotOpen)
	}
	delete(s.open, n)
	s.counter++
	f.ProcessType, f.ProcessData, f.End, f.Counter = processType, data, s.now.Truncate(time.Second), s.counter
	f.Signature, f.Algorithm, f.TimeFormat = fmt.Append(nil, s.serial, n, data), "ecdsa-plain-SHA256", "unixTime"
	s.ended[n] = f
	err := s.lost
	s.lost = nil
	return f, err
}

func (s *stick) Pending(_ context.Context, client string) ([]uint64, error) {
	if err := s.call("pending"); err != nil {
		return nil, err
	}
	var ns []uint64
	for n, f := range s.open {
		if f.ClientID == client {
			ns = append(ns, n)
		}
	}
	slices.Sort(ns)
	return ns, nil
}

func (s *stick) Last(context.Context) (uint64, string, error) {
	return s.last, s.serial, s.call("last")
}

func (s *stick) Ended(_ context.Context, n uint64) (Finished, bool, error) {
	s.looks++
	f, ok := s.ended[n]
	return f, ok, s.call("ended %d", n)
}

// socket is where a stick is plugged in.
type socket struct{ *stick }

const till = "TILL-1"

func newRegime(s *stick) (*Regime, *socket) {
	p := &socket{s}
	return New(Options{Unit: p, Memory: p, Client: till, Demo: true}), p
}

// quick is a stick that can begin and end a transaction in one step.
type quick struct{ *socket }

func (q quick) Transact(ctx context.Context, client, processType, data string) (Finished, error) {
	if err := q.call("transact %s", data); err != nil {
		return Finished{}, err
	}
	x, err := q.stick.Start(ctx, client)
	if err != nil {
		return Finished{}, err
	}
	return q.stick.Finish(ctx, client, x.Transaction, processType, data)
}

// failing refuses one call, before it reaches the stick.
type failing struct {
	*socket
	after int
}

func (f *failing) spent() error {
	f.after--
	if f.after == -1 {
		return errPulled
	}
	return nil
}

func (f *failing) Pending(ctx context.Context, client string) ([]uint64, error) {
	if err := f.spent(); err != nil {
		return nil, err
	}
	return f.stick.Pending(ctx, client)
}

func (f *failing) Last(ctx context.Context) (uint64, string, error) {
	if err := f.spent(); err != nil {
		return 0, "", err
	}
	return f.stick.Last(ctx)
}

func (f *failing) Ended(ctx context.Context, n uint64) (Finished, bool, error) {
	if err := f.spent(); err != nil {
		return Finished{}, false, err
	}
	return f.stick.Ended(ctx, n)
}

func (f *failing) Finish(ctx context.Context, client string, n uint64, processType, data string) (Finished, error) {
	if err := f.spent(); err != nil {
		return Finished{}, err
	}
	return f.stick.Finish(ctx, client, n, processType, data)
}
