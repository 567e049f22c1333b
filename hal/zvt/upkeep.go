package zvt

import (
	"context"
	"fmt"
)

// Registration is the terminal's answer to 06 00.
type Registration struct {
	TID             string
	Currency        int  // 0 when it did not say
	NeedsInitialise bool // run Initialise before the first payment
	NeedsDiagnosis  bool // run Diagnose before the first payment
}

// Register announces the register to the terminal. Other calls do it by
// themselves when needed.
func (c *Client) Register(ctx context.Context) (Registration, error) {
	var r Registration
	err := c.with(ctx, func(ctx context.Context, s *session) (err error) {
		r, err = c.register(ctx, c.exchange(s, Hooks{}))
		return err
	})
	return r, err
}

// textBlocks offers print text blocks: tag 26 lists commands (0A) the register
// understands (13.08, ch. 2.1; card complete v22 writes it this way).
var textBlocks = []byte{0x26, 0x04, 0x0a, 0x02, 0x06, 0xd3}

func (c *Client) register(ctx context.Context, x *exchange) (Registration, error) {
	cc, err := AppendBCD(nil, uint64(c.opts.Currency), 2)
	if err != nil {
		return Registration{}, c.fail(CodeRegister, err)
	}
	pre := append(append(c.password(nil), byte(c.opts.Config)), cc...)
	var fields []Field
	if !c.opts.LinesOnly {
		fields = []Field{{Tag: bmpService, Data: []byte{0x01}}, {Tag: bmpTLV, Data: textBlocks}}
	}
	if err := c.command(ctx, x, CodeRegister, pre, fields...); err != nil {
		return Registration{}, err
	}
	c.setRegistered(true)
	s := DecodeStatus(x.final, c.opts.Charset)
	status := s.Payment // BMP 19 is the status byte here
	if len(x.final.Lead) == 1 {
		status = x.final.Lead[0]
	}
	return Registration{TID: s.TID, Currency: s.Currency, NeedsInitialise: status&0x01 != 0, NeedsDiagnosis: status&0x02 != 0}, nil
}

// command runs a command that must end in 06 0F (for log-off: in 80 00).
func (c *Client) command(ctx context.Context, x *exchange, code Code, pre []byte, fields ...Field) error {
	a, err := message(code, pre, fields...)
	if err != nil {
		return c.fail(code, err)
	}
	if err := x.run(ctx, a); err != nil {
		return c.fail(code, err)
	}
	if x.refused || x.final.Code == CodeAbortPT {
		e := c.fail(code, nil)
		e.Code, e.HasCode = x.code, x.hasCode
		if !x.hasCode {
			e.Err = fmt.Errorf("aborted without a reason")
		}
		return e
	}
	return nil
}

// Report is what an upkeep command brought.
type Report struct {
	Statuses []Status // an end of day has one with Totals
	Lines    []Line
	PrintErr error // Hooks.Lines failed; the lines are here
	State    TerminalState
}

// Totals returns an end of day's sums, nil when the terminal sent none.
func (r Report) Totals() *Status {
	for i := range r.Statuses {
		if r.Statuses[i].Totals != nil || r.Statuses[i].HasAmount {
			return &r.Statuses[i]
		}
	}
	return nil
}

// TerminalState is the answer to a status enquiry.
type TerminalState struct {
	Code    byte   // 00 ready, 9C busy, F0 end of day open, …
	Version string // software version, may be empty
}

// Idle reports that no transaction is running. A card still inserted (DC, E1) or
// maintenance (E0) counts as running: the outcome may not be final.
func (t TerminalState) Idle() bool {
	switch t.Code {
	case 0x9c, 0xe0, 0xdc, 0xe1:
		return false
	}
	return true
}

// Sentence words the state.
func (t TerminalState) Sentence() Sentence {
	if t.Code == 0 {
		return Sentence{"Terminal ist bereit.", "The terminal is ready."}
	}
	return ResultSentence(t.Code)
}

// upkeep registers if need be and runs one command.
func (c *Client) upkeep(ctx context.Context, h Hooks, code Code, pre []byte, fields ...Field) (Report, error) {
	var r Report
	err := c.with(ctx, func(ctx context.Context, s *session) error {
		if err := c.greet(ctx, s); err != nil {
			return err
		}
		x := c.exchange(s, h)
		err := c.command(ctx, x, code, pre, fields...)
		r = Report{Statuses: x.statuses, Lines: x.lines, PrintErr: x.printErr}
		if code == CodeEnquiry && err == nil {
			r.State = decodeState(x.final)
		}
		return err
	})
	return r, err
}

// decodeState reads the positional answer to 05 01: [LLLVAR version] status.
func decodeState(m Message) TerminalState {
	if n := len(m.Lead); n > 3 {
		return TerminalState{Code: m.Lead[n-1], Version: ZVT7.Decode(m.Lead[3 : n-1])}
	} else if n > 0 {
		return TerminalState{Code: m.Lead[0]}
	}
	return TerminalState{Code: DecodeStatus(m, ZVT7).Result}
}

// EndOfDay closes the terminal's books (06 50, Kassenschnitt) and returns its
// totals and receipt.
func (c *Client) EndOfDay(ctx context.Context, h Hooks) (Report, error) {
	return c.upkeep(ctx, h, CodeEndOfDay, c.password(nil))
}

// Diagnose lets the terminal call its host (06 70). Kind 01 in tag 1B is what
// card complete demands; others take it as well (13.08, ch. 2.18).
func (c *Client) Diagnose(ctx context.Context, h Hooks) (Report, error) {
	return c.upkeep(ctx, h, CodeDiagnosis, nil, Field{Tag: bmpTLV, Data: []byte{0x1b, 0x01, 0x01}})
}

// Initialise runs 06 93. Card complete's terminals refuse it (83).
func (c *Client) Initialise(ctx context.Context, h Hooks) (Report, error) {
	return c.upkeep(ctx, h, CodeInitialise, c.password(nil))
}

// Enquire asks for the terminal's state (05 01).
func (c *Client) Enquire(ctx context.Context) (TerminalState, error) {
	r, err := c.upkeep(ctx, Hooks{}, CodeEnquiry, c.password(nil))
	return r.State, err
}

// LogOff ends the registration (06 02).
func (c *Client) LogOff(ctx context.Context) error {
	_, err := c.upkeep(ctx, Hooks{}, CodeLogOff, nil)
	c.setRegistered(false)
	return err
}

// Bits of the service byte of 06 20.
const (
	sendStatus = 0x01
	noPrint    = 0x02
)

// Repeat asks for the last receipt again (06 20): its status information, and
// with print its lines too. The first status in the report is the last booking;
// some terminals (PAX A80) answer with none.
func (c *Client) Repeat(ctx context.Context, print bool, h Hooks) (Report, error) {
	return c.upkeep(ctx, h, CodeRepeat, c.password(nil), repeatService(print))
}

func repeatService(print bool) Field {
	if print {
		return Field{Tag: bmpService, Data: []byte{sendStatus}}
	}
	return Field{Tag: bmpService, Data: []byte{sendStatus | noPrint}}
}
