package zvt

import (
	"context"
	"errors"
	"fmt"
)

// Resolve finds out how an Unclear request ended: registration, status enquiry
// until the terminal is idle, repeat receipt, comparison (the procedure follows
// 13.08, ch. 2.2.8 and 4, which contradict each other on what a terminal does with
// an unacknowledged result; so nothing is inferred from the break itself). It
// never requests again. A result that stays Unclear must be settled by a person
// with the terminal's journal in view; Result.Status is then what the terminal
// repeated.
func (c *Client) Resolve(ctx context.Context, q Request, h Hooks) Result {
	r := Result{}
	var err error
	for try := range c.opts.Tries {
		if try > 0 {
			if err := c.pause(ctx); err != nil {
				break
			}
		}
		err = c.with(ctx, func(ctx context.Context, s *session) (err error) {
			r, err = c.resolve(ctx, s, q, h)
			return err
		})
		var e *Error
		if err == nil || errors.As(err, &e) && e.HasCode && !waits(e.Code) {
			break
		}
	}
	if r.Outcome == Unclear && r.Err == nil {
		r.Err = fmt.Errorf("resolve %s over %d cents: %w", q.Code, q.Amount, err)
	}
	return r
}

// waits reports refusals that pass by themselves.
func waits(code byte) bool { return !TerminalState{Code: code}.Idle() || code == 0xa0 || code == 0xfc }

func (c *Client) pause(ctx context.Context) error {
	select {
	case <-c.opts.After(c.opts.Pause):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-c.closed.Done():
		return c.closed.Err()
	}
}

// resolve is one attempt on one session.
func (c *Client) resolve(ctx context.Context, s *session, q Request, h Hooks) (Result, error) {
	late := &verdict{q: q, opts: &c.opts, hooks: h}
	ask := func() *exchange {
		x := c.exchange(s, Hooks{Keep: late.keep})
		x.early, x.abort = true, nil
		return x
	}
	if _, err := c.register(ctx, ask()); err != nil {
		return Result{}, err
	}
	if err := c.untilIdle(ctx, ask); err != nil {
		return Result{}, err
	}
	late.repeated = true
	x := ask()
	if err := c.command(ctx, x, CodeRepeat, c.password(nil), repeatService(false)); err != nil {
		return Result{}, err
	}
	return late.result()
}

// untilIdle polls the terminal until no transaction runs.
func (c *Client) untilIdle(ctx context.Context, ask func() *exchange) error {
	for poll := range c.opts.Polls {
		if poll > 0 {
			if err := c.pause(ctx); err != nil {
				return err
			}
		}
		x := ask()
		err := c.command(ctx, x, CodeEnquiry, c.password(nil))
		var e *Error
		switch {
		case err == nil && decodeState(x.final).Idle():
			return nil
		case err == nil, errors.As(err, &e) && e.HasCode && waits(e.Code):
		default:
			return err
		}
	}
	return c.fail(CodeEnquiry, fmt.Errorf("still busy after %d enquiries: %w", c.opts.Polls, errTimeout))
}

// verdict compares what the terminal reports with the request.
type verdict struct {
	q     Request
	opts  *Opts
	hooks Hooks

	repeated bool // the statuses from here on answer 06 20
	status   Status
	seen     bool
}

var errForeign = errors.New("a late result does not belong to this request")

// keep takes a status information. One that arrives before the repeat receipt is
// a late result: it is acknowledged only when it is this request's and durable.
func (v *verdict) keep(s Status) error {
	ours := v.compare(s) == Approved
	if !v.repeated && s.HasResult && s.Result == 0 && !ours {
		return errForeign
	}
	if ours && v.hooks.Keep != nil {
		if err := v.hooks.Keep(s); err != nil {
			return err
		}
	}
	if v.repeated {
		v.status, v.seen = s, true
	}
	return nil
}

var errUndecided = errors.New("the terminal's last receipt neither proves nor excludes the request; compare its journal")

func (v *verdict) result() (Result, error) {
	if !v.seen {
		return Result{Err: fmt.Errorf("the terminal repeated no receipt: %w", errUndecided)}, nil
	}
	r := Result{Outcome: v.compare(v.status), Status: v.status}
	switch r.Outcome {
	case Unclear:
		r.Err = errUndecided
	case Declined:
		if r.Code = v.status.Result; r.Code == 0 {
			r.Code = notBooked
		}
	}
	return r, nil
}

// notBooked is the code of a request that the terminal never booked: aborted.
const notBooked = 0x6c

// compare says what the terminal's last booking proves about the request, given
// that the terminal is idle. The same numbers as before mean that nothing was
// booked since. New numbers count as ours when amount and time fit; numbers may
// have gaps, because the terminal may have been used without us.
func (v *verdict) compare(s Status) Outcome {
	q := v.q
	switch {
	case q.Last.TID != "" && s.TID != "" && q.Last.TID != s.TID, !s.HasResult:
		return Unclear // another terminal, or nothing said
	case s.same(q.Last):
		return Declined
	case !s.At.Known:
		return Unclear
	}
	earliest := q.Started.Add(-v.opts.Skew)
	switch before := s.At.Near(q.Started).Before(earliest); {
	case before && !q.Last.known():
		return Declined // the newest booking is older than the request
	case before:
		return Unclear
	case !v.amountFits(s):
		return Unclear
	case s.Result != 0:
		return Declined
	case !s.known():
		return Unclear
	case !q.Last.known() && s.At.Near(q.Started).Before(q.Started.Truncate(1e9)):
		return Unclear // within the skew, and no number to tell it from the one before
	}
	return Approved
}

// amountFits: the requested amount, or more by the tip it names, or a part when
// the terminal says that it is one.
func (v *verdict) amountFits(s Status) bool {
	switch {
	case !s.HasAmount || s.Amount <= 0:
		return false
	case s.Amount == v.q.Amount, s.Tip > 0 && s.Amount == v.q.Amount+s.Tip:
		return true
	}
	return s.Partial && s.Amount < v.q.Amount
}
