package zvt

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/link"
)

// Client speaks to one terminal. Each call opens the link, registers where the
// terminal does not know us yet, runs one command and closes the link: terminals
// lose connections that stay open all day. Calls wait for each other.
type Client struct {
	opener link.Opener
	opts   Opts
	busy   chan struct{} // 1: the right to talk to the terminal
	abort  chan struct{} // 1: one wish to abort is as good as many
	closed context.Context
	shut   context.CancelFunc

	mu         sync.Mutex // guards what follows
	registered bool       // the terminal took our registration and did not fail since
	last       error      // of the last call, for Health
	spoke      bool       // any call was made
}

var _ hal.Device = (*Client)(nil)

// New returns a client for the terminal behind the link. It says nothing to the
// terminal yet; a password of other than six digits is refused.
func New(o link.Opener, opts Opts) (*Client, error) {
	opts.fill()
	if _, err := strconv.ParseUint(opts.Password, 10, 64); err != nil || len(opts.Password) != 6 {
		return nil, fmt.Errorf("terminal at %s: the password must have six digits", o)
	}
	c := &Client{opener: o, opts: opts, busy: make(chan struct{}, 1), abort: make(chan struct{}, 1)}
	c.closed, c.shut = context.WithCancel(context.Background())
	return c, nil
}

var errClosed = errors.New("the client is closed")

// Error is what every call fails with. Find it with errors.As; its text is for
// the technician.
type Error struct {
	Doing string // what was tried, e.g. "06 50 end of day"
	On    string // the link
	Code  byte   // the terminal's own code, when HasCode
	// HasCode: the terminal said no, and why. Otherwise Err says what happened.
	HasCode bool
	Err     error
}

// Error tells what was tried on what, and why it failed.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s on %s", e.Doing, e.On)
	if e.HasCode {
		s += fmt.Sprintf(": refused with %02x: %s", e.Code, ResultSentence(e.Code).English)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause, nil when the terminal said no.
func (e *Error) Unwrap() error { return e.Err }

func (c *Client) fail(code Code, err error) *Error {
	return &Error{Doing: code.String(), On: c.opener.String(), Err: err}
}

// Abort asks the terminal to give up what it is doing. It returns at once; the
// running call goes on until the terminal has said how it ended, because a card
// may have been charged meanwhile. Without a running call it does nothing.
func (c *Client) Abort() {
	select {
	case c.abort <- struct{}{}:
	default:
	}
}

// Close interrupts a running call and refuses further ones.
func (c *Client) Close() error {
	c.shut()
	c.busy <- struct{}{} // until the running call has ended
	<-c.busy
	return nil
}

// Health is the outcome of the last call.
func (c *Client) Health() hal.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.spoke:
		return hal.Health{Severity: hal.Warning, Code: "zvt-unasked", Sentence: "The card terminal was not asked yet.", Remedy: "Run the diagnosis."}
	case c.last != nil:
		return hal.Health{Severity: hal.Fault, Code: "zvt-unreachable", Sentence: "The card terminal does not answer as it should.",
			Remedy: "Check its power, its network cable and that it is set to ZVT."}
	}
	return hal.Health{Severity: hal.Fine, Sentence: "The card terminal is ready."}
}

// with runs f with the right to talk to the terminal, over a link of its own.
func (c *Client) with(ctx context.Context, f func(context.Context, *session) error) error {
	select {
	case c.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-c.busy }()
	if c.closed.Err() != nil {
		return fmt.Errorf("terminal at %s: %w", c.opener, errClosed)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.closed, cancel)()
	select {
	case <-c.abort: // meant for an earlier call
	default:
	}
	result := c.once(ctx, f)
	err := result
	c.mu.Lock()
	if e := (*Error)(nil); errors.As(err, &e) && e.HasCode {
		err = nil // it spoke, and said no
	}
	c.spoke, c.last = true, err
	c.mu.Unlock()
	return result
}

// once opens a link and runs f on it. The caller holds the right to talk.
func (c *Client) once(ctx context.Context, f func(context.Context, *session) error) error {
	l, err := c.opener.Open(ctx)
	if err != nil {
		return err
	}
	s := startSession(l, &c.opts)
	defer s.close()
	if c.opts.Serial && !c.isRegistered() {
		s.hush(ctx)
	}
	if err := f(ctx, s); err != nil {
		c.setRegistered(false)
		return err
	}
	return nil
}

func (c *Client) setRegistered(v bool) {
	c.mu.Lock()
	c.registered = v
	c.mu.Unlock()
}

func (c *Client) isRegistered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.registered
}

// exchange prepares a command on a session.
func (c *Client) exchange(s *session, h Hooks) *exchange {
	return &exchange{s: s, opts: &c.opts, hooks: h, abort: c.abort}
}

// greet registers unless the terminal knows us.
func (c *Client) greet(ctx context.Context, s *session) error {
	if c.isRegistered() {
		return nil
	}
	_, err := c.register(ctx, c.exchange(s, Hooks{}))
	return err
}

// password appends the password as three bytes BCD; New has checked it.
func (c *Client) password(b []byte) []byte {
	for i := 0; i < len(c.opts.Password); i += 2 {
		b = append(b, (c.opts.Password[i]-'0')<<4|c.opts.Password[i+1]-'0')
	}
	return b
}

// message builds a command from its positional bytes and data fields.
func message(code Code, lead []byte, fields ...Field) (APDU, error) {
	return Message{Code: code, Lead: lead, Fields: fields}.APDU()
}
