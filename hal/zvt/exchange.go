package zvt

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Hooks are the caller's side of a running command. Nil members are left out,
// except that a transaction needs Keep. They run on the calling goroutine, while
// the terminal waits: be quick.
type Hooks struct {
	// Keep makes a status information durable. Only when it returns nil is the
	// status acknowledged; an error ends the command without an answer, and the
	// payment as Unclear. It is evidence, not the outcome: the Result is. The same
	// status may come twice.
	Keep func(Status) error
	// Lines makes receipt lines durable, for printing later. An error is kept for
	// Result.PrintErr, and the lines are acknowledged nevertheless: a refusal would
	// make the terminal reverse an approved payment.
	Lines func([]Line) error
	// Progress shows what the terminal is doing.
	Progress func(Progress)
}

// exchange is one command and all that the terminal says to it.
type exchange struct {
	s     *session
	opts  *Opts
	hooks Hooks
	abort <-chan struct{}
	// early accepts a status information before the command is acknowledged: only
	// while an unclear payment is being resolved.
	early bool

	aborting bool     // 06 B0 was sent
	began    bool     // a byte of the command may have reached the terminal
	refused  bool     // 84 xx: the command never started
	code     byte     // of the refusal or of 06 1E
	hasCode  bool     // 06 1E came with a code
	final    Message  // 06 0F or 06 1E
	statuses []Status // kept and acknowledged, oldest first, at most maxStatuses
	lines    []Line
	printErr error
	patience time.Duration
}

// Bounds of what one command may gather.
const (
	maxStatuses = 16
	maxLines    = 5000
)

var (
	errStray      = errors.New("the terminal reports another transaction's result")
	errTwoAnswers = errors.New("the terminal answered twice")
	errProtocol   = errors.New("the answer is not ZVT (is the terminal set to ZVT on this port?)")
	errFlood      = errors.New("the terminal sends more than a transaction can mean")
)

// run sends the command and stays until its end. An error means that the end was
// not seen.
func (x *exchange) run(ctx context.Context, a APDU) (err error) {
	x.patience = x.opts.T4
	timer := x.opts.After(x.opts.T3) // before the write, so that no answer is faster
	if x.began, err = x.s.send(ctx, a); err != nil {
		return err
	}
	acked, err := x.awaitStart(ctx, a.Code, timer)
	if err != nil || !acked || a.Code == CodeLogOff {
		return err
	}
	timer = x.opts.After(x.patience)
	for {
		m, err := x.next(ctx, timer)
		if err != nil {
			return fmt.Errorf("after %s: %w", a.Code, err)
		}
		if p := DecodeProgress(m, x.opts.Charset).Patience; m.Code == CodeIntermediate && p > 0 {
			x.patience = p
		}
		timer = x.opts.After(x.patience) // before our answer
		if ended, err := x.handle(ctx, m); ended || err != nil {
			return err
		}
	}
}

// awaitStart waits for 80 00 or 84 xx. Messages of an earlier command may still be
// on a serial line; they are answered, but an earlier result is not taken for
// ours.
func (x *exchange) awaitStart(ctx context.Context, code Code, timer <-chan time.Time) (acked bool, err error) {
	for {
		m, err := x.next(ctx, timer)
		if err != nil {
			return false, fmt.Errorf("%s unacknowledged: %w", code, err)
		}
		switch {
		case m.Code.isNack():
			x.refused, x.code, x.hasCode = true, refusal(m), true
			return false, nil
		case m.Code.isReply():
			return true, nil
		case m.Code == CodeStatusInfo && !x.early:
			return false, errStray
		}
		if _, err := x.handle(ctx, m); err != nil {
			return false, err
		}
		x.final, x.hasCode = Message{}, false
	}
}

// refusal is the error of a negative answer: the second byte, except that a
// refused registration is 84 1E with the error in its data.
func refusal(m Message) byte {
	if m.Code == 0x841e && len(m.Lead) > 0 {
		return m.Lead[0]
	}
	return byte(m.Code)
}

// next waits for the terminal's next message, and passes on a wish to abort.
func (x *exchange) next(ctx context.Context, timer <-chan time.Time) (Message, error) {
	for {
		select { // what has arrived counts before the end of the link
		case a := <-x.s.in:
			return Parse(a), nil
		default:
		}
		select {
		case a := <-x.s.in:
			return Parse(a), nil
		case <-x.s.done:
			if len(x.s.in) == 0 {
				return Message{}, x.s.err
			}
		case <-x.abort:
			x.aborting = true
			if _, err := x.s.send(ctx, APDU{Code: CodeAbort}); err != nil {
				return Message{}, err
			}
		case <-timer:
			return Message{}, errTimeout
		case <-ctx.Done():
			return Message{}, ctx.Err()
		}
	}
}

// handle takes one message of a running command and answers it.
func (x *exchange) handle(ctx context.Context, m Message) (ended bool, err error) {
	answer := APDU{Code: CodeAck}
	switch m.Code {
	case CodeIntermediate:
		x.progress(DecodeProgress(m, x.opts.Charset))
	case CodeStatusInfo:
		if err := x.status(DecodeStatus(m, x.opts.Charset)); err != nil {
			return false, err
		}
	case CodePrintLine, CodePrintBlock:
		x.print(DecodeLines(m, x.opts.Charset))
	case CodeSetDate:
	case CodeCompletion:
		x.final, ended = m, true
	case CodeAbortPT:
		x.final, ended = m, true
		if x.hasCode = len(m.Lead) > 0; x.hasCode {
			x.code = m.Lead[0]
		}
	default:
		switch {
		case m.Code.isNack() && !x.aborting: // an old answer was taken for ours, on a serial line
			return false, fmt.Errorf("%s after an acknowledgement: %w", m.Code, errTwoAnswers)
		case m.Code.isReply(): // repeated, or the answer to our abort
			return false, nil
		case m.Code>>8 < 0x04 || m.Code>>8 > 0x08:
			return false, fmt.Errorf("got %04x: %w", uint16(m.Code), errProtocol)
		}
		answer.Code = 0x8483 // function not possible
	}
	_, err = x.s.send(ctx, answer)
	if ended {
		err = nil // the terminal has decided; that it misses our answer changes nothing
	}
	return ended, err
}

func (x *exchange) progress(p Progress) {
	if x.hooks.Progress != nil {
		x.hooks.Progress(p)
	}
}

func (x *exchange) status(s Status) error {
	if len(x.statuses) == maxStatuses {
		return errFlood
	}
	if x.hooks.Keep != nil {
		if err := x.hooks.Keep(s); err != nil {
			return fmt.Errorf("keep the terminal's result: %w", err)
		}
	}
	x.statuses = append(x.statuses, s)
	return nil
}

func (x *exchange) print(lines []Line) {
	if room := maxLines - len(x.lines); len(lines) > room {
		lines = lines[:room]
		x.printErr = errFlood
	}
	x.lines = append(x.lines, lines...)
	if x.hooks.Lines == nil || len(lines) == 0 {
		return
	}
	if err := x.hooks.Lines(lines); err != nil && x.printErr == nil {
		x.printErr = fmt.Errorf("keep receipt lines: %w", err)
	}
}
