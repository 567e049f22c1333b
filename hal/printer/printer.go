package printer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/link"
)

// maxChunk is the largest single write: small enough for every printer's buffer
// to take it in one go.
const maxChunk = 4096

// Opts are the driver's patience and its sources of time and chance. The zero
// value of each field means its default.
type Opts struct {
	// KeepOpen keeps the link between jobs, so that the printer can report paper
	// and drawer while idle. Off by default: a printer on TCP 9100 serves one
	// client at a time, and another till may want it.
	KeepOpen bool
	// Changed is called on every new status, from the reader goroutine; it must
	// return at once and must not call the Printer. Nil means nobody listens.
	Changed func(Status)

	Answer time.Duration // wait for a status reply; default 2 s
	Probes int           // further questions to a silent printer, each Answer/2; default 8
	Poll   time.Duration // question while waiting for a job's proof; default 1 s
	Step   time.Duration // deadline of one write; default 1 s
	Stall  time.Duration // no sign of life or progress: give up; default 30 s

	After func(time.Duration) <-chan time.Time // default time.After
	Rand  func() uint32                        // start of the job numbers; default math/rand/v2
}

func (o Opts) withDefaults() Opts {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&o.Answer, 2*time.Second)
	set(&o.Poll, time.Second)
	set(&o.Step, time.Second)
	set(&o.Stall, 30*time.Second)
	if o.Probes == 0 {
		o.Probes = 8
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Rand == nil {
		o.Rand = rand.Uint32
	}
	return o
}

// Printer is one receipt printer. Its methods may be called from several
// goroutines; jobs take turns.
type Printer struct {
	opener  link.Opener
	profile Profile
	charset charset
	opts    Opts
	stop    context.CancelFunc
	life    context.Context
	turn    chan struct{} // size 1: holds a token while nobody uses the link

	// Guarded by turn.
	kept  *session
	torn  int // longest command a torn job may have left open, 0 = clean
	cut   bool
	jobNo uint32

	mu     sync.Mutex // guards what follows
	last   Status
	why    Reason        // why the last contact failed; None after a good one
	live   *session      // session of the running job
	sent   bool          // the whole job is in the printer: real-time commands are safe
	turned chan struct{} // closed and replaced when live or sent change
}

// New returns a driver for the printer behind open. It does not touch the link:
// the till starts with the printer switched off, too. An impossible profile is
// an error.
func New(open link.Opener, profile Profile, opts Opts) (*Printer, error) {
	profile = profile.withDefaults()
	if err := profile.check(); err != nil {
		return nil, err
	}
	cs, _ := newCharset(profile.CodePage.Name)
	p := &Printer{opener: open, profile: profile, charset: cs, opts: opts.withDefaults(), turn: make(chan struct{}, 1), turned: make(chan struct{})}
	p.life, p.stop = context.WithCancel(context.Background())
	p.jobNo = p.opts.Rand()
	// A driver that died in mid-job is not remembered: treat the first as torn.
	p.torn = max(maxStrip, profile.Strip) * (profile.DotsWidth/8 + 1)
	p.turn <- struct{}{}
	return p, nil
}

// Profile returns the profile in use, defaults filled in.
func (p *Printer) Profile() Profile { return p.profile }

// String names the printer by its link.
func (p *Printer) String() string { return "printer on " + p.opener.String() }

// Close interrupts a running job (its outcome is Unknown), closes the link and
// waits for the reader. Calls after it return NotSent and an error.
func (p *Printer) Close() error {
	p.stop()
	<-p.turn
	if p.kept != nil {
		p.kept.close()
		p.kept = nil
	}
	p.turn <- struct{}{}
	return nil
}

// Health is the last known state; it never blocks on the printer.
func (p *Printer) Health() hal.Health {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.why != None {
		return p.why.Health()
	}
	if !p.last.Known {
		return hal.Health{Severity: hal.Fine, Sentence: "The printer has not been used yet."}
	}
	return p.last.Health()
}

// acquire takes the turn and merges the driver's life into ctx. It gives up with
// errTurned when giveUp closes first; nil never does.
func (p *Printer) acquire(ctx context.Context, giveUp <-chan struct{}) (context.Context, func(), error) {
	ctx, cancel := context.WithCancelCause(ctx)
	unhook := context.AfterFunc(p.life, func() { cancel(errClosed) })
	release := func() { unhook(); cancel(nil) }
	if p.life.Err() != nil {
		release()
		return nil, nil, errClosed
	}
	select {
	case <-p.turn:
		return ctx, func() { p.turn <- struct{}{}; release() }, nil
	case <-giveUp:
		release()
		return nil, nil, errTurned
	case <-ctx.Done():
		err := context.Cause(ctx)
		release()
		return nil, nil, err
	}
}

var (
	errClosed = errors.New("driver closed")
	errTurned = errors.New("the running job got on")
)

// open returns a session whose printer has answered: the kept one if it still
// does, else a new one. The caller has the turn.
func (p *Printer) open(ctx context.Context) (*session, Status, error) {
	if s := p.kept; s != nil {
		p.kept = nil
		st, err := s.ask(ctx)
		if err == nil {
			return s, st, nil
		}
		s.close() // the printer was switched off meanwhile; nothing was sent
	}
	l, err := p.opener.Open(ctx)
	if err != nil {
		return nil, Status{}, &Error{Reason: Unreachable, On: p.opener.String(), Err: err}
	}
	s := startSession(l, &p.opts, p.note)
	if p.profile.OneWay {
		return s, Status{}, nil
	}
	st, err := s.greet(ctx)
	if err != nil {
		s.close()
		return nil, Status{}, &Error{Reason: silence(err), On: p.opener.String(), Err: err}
	}
	return s, st, nil
}

// silence: a printer that is connected and mute is Unanswered, one whose link
// breaks is Unreachable.
func silence(err error) Reason {
	if errors.Is(err, errTimeout) || errors.Is(err, context.DeadlineExceeded) {
		return Unanswered
	}
	return Unreachable
}

// note remembers a status for Health and tells the owner.
func (p *Printer) note(st Status) {
	p.mu.Lock()
	p.last, p.why = st, None
	p.mu.Unlock()
	if p.opts.Changed != nil {
		p.opts.Changed(st)
	}
}

// fail remembers why contact failed and completes the error.
func (p *Printer) fail(doing string, err error) error {
	e := &Error{Reason: Unreachable, Err: err}
	var inner *Error
	if errors.As(err, &inner) {
		e = &Error{Reason: inner.Reason, Err: inner.Err}
	}
	e.Doing, e.On = doing, p.opener.String()
	if e.Reason != Refused && !errors.Is(err, errClosed) && !errors.Is(err, context.Canceled) {
		p.mu.Lock()
		p.why = e.Reason
		p.mu.Unlock()
	}
	return e
}

// setLive says which session serves a job, and whether all of it is sent.
func (p *Printer) setLive(s *session, sent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live, p.sent = s, sent
	close(p.turned)
	p.turned = make(chan struct{})
}

// leave keeps or closes the session of a finished call.
func (p *Printer) leave(s *session, good bool) {
	p.setLive(nil, false)
	if good && p.opts.KeepOpen {
		p.kept = s
		return
	}
	s.close()
}

// Status asks the printer. While a job runs it returns the job's latest status
// without disturbing it. The error is an *Error; Unreachable and Unanswered say
// that the status is not known.
func (p *Printer) Status(ctx context.Context) (Status, error) {
	p.mu.Lock()
	live := p.live
	p.mu.Unlock()
	if live != nil {
		return live.snapshot(), nil
	}
	ctx, release, err := p.acquire(ctx, nil)
	if err != nil {
		return Status{}, p.fail("ask status", err)
	}
	defer release()
	s, st, err := p.open(ctx)
	if err != nil {
		return Status{}, p.fail("ask status", err)
	}
	if !p.profile.OneWay {
		p.note(st)
	}
	p.leave(s, true)
	return st, nil
}

// number returns the next job number as four printable bytes for GS ( H. They
// never hold a zero, so an answer to nothing cannot match.
func (p *Printer) number() [4]byte {
	p.jobNo++
	n := p.jobNo
	var id [4]byte
	for i := range id {
		id[i] = 0x21 + byte(n%90)
		n /= 90
	}
	return id
}

// doing words a job for errors.
func doing(page Page) string {
	if page.ID == "" {
		return "print a page"
	}
	return fmt.Sprintf("print %s", page.ID)
}
