package printer

import (
	"context"
	"errors"
	"fmt"
)

// Kick pulses the drawer port, pin 0 (connector pin 2) or 1 (pin 5): 50 to 100 ms
// timed by the printer. It works without paper, too, and beside a job that waits
// for paper. It never repeats itself: after an error other than Unreachable the
// drawer may have opened.
func (p *Printer) Kick(ctx context.Context, pin int) error {
	doing := fmt.Sprintf("kick drawer on pin %d", pin)
	if err := p.profile.Pins.pulses(pin); err != nil {
		return p.fail(doing, &Error{Reason: Refused, Err: err})
	}
	ctx, release, job, err := p.acquireOrJob(ctx)
	if err != nil {
		return p.fail(doing, err)
	}
	defer release()
	if job != nil {
		return p.kicked(doing, job.kickNow(ctx, pin))
	}
	s, st, err := p.open(ctx)
	if err != nil {
		return p.fail(doing, err)
	}
	switch {
	case p.profile.OneWay:
		if _, err = s.write(ctx, pulse(pin)); err == nil {
			err = s.finish(ctx)
		}
	case st.Reason() == None:
		err = s.kickInTurn(ctx, pin)
	default: // the queue stands still, a pulse in it would come hours later
		err = s.kickNow(ctx, pin)
	}
	p.leave(s, err == nil && !p.profile.OneWay)
	return p.kicked(doing, err)
}

func (p *Printer) kicked(doing string, err error) error {
	if err == nil {
		return nil
	}
	return p.fail(doing, &Error{Reason: silence(err), Err: err})
}

// acquireOrJob takes the turn, or returns the running job's session once its
// bytes are all sent; before, a real-time command would land inside its pictures.
func (p *Printer) acquireOrJob(ctx context.Context) (context.Context, func(), *session, error) {
	for {
		p.mu.Lock()
		job, sent, turned := p.live, p.sent, p.turned
		p.mu.Unlock()
		if job != nil && sent {
			return ctx, func() {}, job, nil
		}
		own, release, err := p.acquire(ctx, turned)
		if !errors.Is(err, errTurned) {
			return own, release, nil, err
		}
	}
}

// kickInTurn sends ESC p and waits until the printer has processed it.
func (s *session) kickInTurn(ctx context.Context, pin int) error {
	s.mu.Lock()
	mark := s.queued
	s.mu.Unlock()
	if _, err := s.write(ctx, append(pulse(pin), cmdQueuedMark...)); err != nil {
		return err
	}
	return s.wait(ctx, s.opts.Answer, func() bool { return s.queued > mark })
}

// kickNow sends DLE DC4 1 (100 ms), which is executed although the printer is
// offline, and waits for the answer to a question behind it.
func (s *session) kickNow(ctx context.Context, pin int) error {
	if _, err := s.write(ctx, []byte{0x10, 0x14, 0x01, byte(pin), 0x01}); err != nil {
		return err
	}
	mark, err := s.renew(ctx)
	if err != nil {
		return err
	}
	err = s.wait(ctx, s.opts.Answer, func() bool { return s.polls > mark })
	if errors.Is(err, errTimeout) {
		return fmt.Errorf("drawer pulse sent while offline: %w", err)
	}
	return err
}
