package printer

import (
	"context"
	"errors"
	"time"
)

// Print prints one page and proves it. Outcome is the answer that counts; the
// error, an *Error, says why it is not Printed.
//
// A printer that is not ready before the job gives NotSent at once. Paper out or
// an open cover in mid-job is waited for until ctx ends: the rest of the job is
// in the printer and goes on by itself; Opts.Changed and Health tell meanwhile.
// When ctx ends first, or the link breaks, or the printer falls silent, the
// outcome is Unknown and a second try must be marked as a copy.
func (p *Printer) Print(ctx context.Context, page Page) (Outcome, error) {
	job, err := encodePage(p.profile, p.charset, page)
	if err != nil {
		return NotSent, p.fail(doing(page), &Error{Reason: Refused, Err: err})
	}
	ctx, release, err := p.acquire(ctx, nil)
	if err != nil {
		return NotSent, p.fail(doing(page), err)
	}
	defer release()
	s, st, err := p.open(ctx)
	if err != nil {
		return NotSent, p.fail(doing(page), err)
	}
	if !p.profile.OneWay {
		p.note(st)
		if r := st.Reason(); r != None {
			p.leave(s, true)
			return NotSent, p.fail(doing(page), &Error{Reason: r})
		}
	}
	return p.run(ctx, s, job, page)
}

// run sends a job over a session that is ready for it and closes or keeps the
// session.
func (p *Printer) run(ctx context.Context, s *session, job *encoder, page Page) (Outcome, error) {
	s.mu.Lock()
	s.noise = false
	s.mu.Unlock()
	p.setLive(s, false)
	id := p.number()
	out, err := p.deliver(ctx, s, job, id)
	p.leave(s, out == Printed && !p.profile.OneWay)
	switch out {
	case Printed:
		p.torn, p.cut = 0, false
		return Printed, nil
	case Unknown:
		p.torn, p.cut = max(job.block, 1), true
	}
	return out, p.fail(doing(page), err)
}

// deliver writes the job and its proof request and waits for the proof.
func (p *Printer) deliver(ctx context.Context, s *session, job *encoder, id [4]byte) (Outcome, error) {
	s.mu.Lock()
	mark := s.queued
	s.mu.Unlock()
	head := p.resync()
	body := append(head, job.out...)
	switch {
	case p.profile.OneWay:
	case p.profile.HasProcessID:
		body = append(body, 0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, id[0], id[1], id[2], id[3])
	default:
		body = append(body, cmdQueuedMark...)
	}
	n, err := s.write(ctx, body)
	if err != nil && n <= len(head) {
		return NotSent, &Error{Reason: silence(err), Err: err}
	}
	if err != nil {
		return Unknown, p.because(s, err)
	}
	p.setLive(s, true)
	if p.profile.OneWay {
		return p.taken(ctx, s)
	}
	if err := p.proof(ctx, s, mark, id); err != nil {
		return Unknown, p.because(s, err)
	}
	return Printed, nil
}

// taken ends a one-way job: the printer has it when it closes its side, too.
func (p *Printer) taken(ctx context.Context, s *session) (Outcome, error) {
	if err := s.finish(ctx); err != nil {
		return Unknown, p.because(s, err)
	}
	return Printed, nil
}

// resync closes what a torn job may have left open: zeros end an unfinished
// raster or code command and are ignored otherwise. A job known to be torn is
// also cut off, so that the copy does not grow out of it.
func (p *Printer) resync() []byte {
	if p.torn == 0 {
		return nil
	}
	head := make([]byte, p.torn+64)
	if p.cut {
		head = append(head, cmdInit...)
		head = append(head, '\n')
		if p.profile.Cut {
			head = append(head, cmdCut...)
		} else {
			head = append(head, cmdTearFeed...)
		}
	}
	return head
}

// because explains a broken job by what the printer said last.
func (p *Printer) because(s *session, err error) error {
	if r := s.snapshot().Reason(); r != None && r != Unanswered {
		return &Error{Reason: r, Err: err}
	}
	return &Error{Reason: silence(err), Err: err}
}

// errNoise: replies that no printer gives cannot prove anything.
var errNoise = errors.New("garbled replies, no proof of printing")

// proof waits until the printer has proven the job: the answer to GS ( H comes
// after the paper is printed; the answer to GS r after everything before it was
// processed, so paper and cover are asked once more behind it.
func (p *Printer) proof(ctx context.Context, s *session, mark int, id [4]byte) error {
	proven := func() bool {
		if p.profile.HasProcessID {
			return s.process == id
		}
		return s.queued > mark
	}
	if err := p.await(ctx, s, proven); err != nil {
		return err
	}
	if p.profile.HasProcessID {
		return nil
	}
	return p.ready(ctx, s)
}

// ready asks behind the marker whether the printer stands with paper in it.
func (p *Printer) ready(ctx context.Context, s *session) error {
	mark, err := s.renew(ctx)
	if err != nil {
		return err
	}
	err = p.await(ctx, s, func() bool { return s.polls > mark && s.status.Reason() == None })
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.noise {
		return errNoise
	}
	return nil
}

// await waits for cond and polls meanwhile: a printer that waits for a person is
// waited for; one that neither answers nor gets on is given up after opts.Stall.
// Each question stays in the printer's buffer while that stands still, so they
// become rarer, at once if the printer reports by itself.
func (p *Printer) await(ctx context.Context, s *session, cond func() bool) error {
	idle, heard, pause := time.Duration(0), -1, p.opts.Poll
	for {
		err := s.wait(ctx, pause, cond)
		if !errors.Is(err, errTimeout) {
			return err
		}
		s.mu.Lock()
		alive := s.heard != heard && !s.noise
		waiting, reports := s.status.Reason() != None, s.reports
		heard = s.heard
		s.mu.Unlock()
		// A ready printer that answers but never proves is stalled, too.
		if waiting && alive {
			idle = 0
		} else if idle += pause; idle >= p.opts.Stall {
			return errTimeout
		}
		if _, err := s.post(ctx); err != nil {
			return err
		}
		switch {
		case waiting && reports:
			pause = 10 * p.opts.Poll
		case waiting:
			pause = min(2*pause, 10*p.opts.Poll)
		}
	}
}
