package zvt

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Request is one movement of money. Write it down durably before Transact: it is
// all that Resolve needs after a crash.
type Request struct {
	// Code is what to do: CodeAuthorise, CodeReversal, CodeRefund, CodePreAuth,
	// CodeBookTotal, CodePartial, CodePreAuthCancel or CodePhone.
	Code   Code
	Amount int64 // cents, more than 0; for CodePartial the part that is not used
	// Receipt is the terminal's receipt number that the request is about: required
	// for all but CodeAuthorise, CodePreAuth, CodeRefund and CodePhone.
	Receipt  int64
	Approval string    // CodePhone: the number the host gave by telephone
	TipAsked bool      // CodeAuthorise: the terminal may ask for a tip
	Started  time.Time // when the request was written down, in the shop's time zone
	// Last is the newest booking known of this terminal, from the last Result or
	// from Repeat. Without it, Resolve can prove less.
	Last Reference
}

// Outcome is what became of the money.
type Outcome int

// Unclear is the zero value on purpose: who forgets to set it says nothing false.
const (
	// Unclear: the terminal may have moved the money. Call Resolve; never request
	// again before it is settled.
	Unclear Outcome = iota
	// NotSent: the request did not reach the terminal. It is safe to try again.
	NotSent
	// Approved: the money moved. The amount is Result.Status.Amount.
	Approved
	// Declined: the terminal said that no money moved.
	Declined
)

// String returns the outcome's stable lower-case name.
func (o Outcome) String() string {
	switch o {
	case Unclear:
		return "unclear"
	case NotSent:
		return "not sent"
	case Approved:
		return "approved"
	case Declined:
		return "declined"
	}
	return fmt.Sprintf("outcome %d", int(o))
}

// Result is how a request ended.
type Result struct {
	Outcome Outcome
	// Status is the terminal's own report; with Unclear it is the best evidence at
	// hand, possibly of another transaction, and empty when there is none.
	Status   Status
	Code     byte // result code of a decline
	Lines    []Line
	PrintErr error // Hooks.Lines failed; the lines are here
	Err      error // why it is Unclear or NotSent, for the technician
}

// Sentence says the result in words for the cashier.
func (r Result) Sentence() Sentence {
	switch r.Outcome {
	case Approved:
		return ResultSentence(0)
	case Declined:
		return ResultSentence(r.Code)
	case NotSent:
		return Sentence{"Das Kartenterminal hat den Auftrag nicht bekommen. Bitte noch einmal versuchen.",
			"The card terminal did not get the request. Try again."}
	}
	return Sentence{"Das Ergebnis der Kartenzahlung ist unklar. Nicht noch einmal kassieren; erst das Terminal prüfen.",
		"The outcome of the card payment is unclear. Do not charge again; check the terminal first."}
}

// Differs reports that another amount than the requested was moved: a tip, a
// partial approval, or something to look at.
func (r Result) Differs(q Request) bool { return r.Outcome == Approved && r.Status.Amount != q.Amount }

var (
	errNoKeep  = errors.New("no Keep hook: a result must be made durable")
	errAmount  = errors.New("the amount must be more than zero")
	errReceipt = errors.New("the receipt number is missing")
	errKind    = errors.New("no request that moves money")
)

// paymentType lets the terminal decide how to pay (13.08, BMP 19); 08 adds that
// it may ask for a tip.
const (
	terminalDecides = 0x40
	tipPossible     = 0x08
)

// apdu builds the command (13.08, ch. 2.2 to 2.15).
func (c *Client) apdu(q Request) (APDU, error) {
	if q.Amount <= 0 {
		return APDU{}, errAmount
	}
	amount, err := AppendBCD(nil, uint64(q.Amount), 6)
	if err != nil {
		return APDU{}, err
	}
	cc, err := AppendBCD(nil, uint64(c.opts.Currency), 2)
	if err != nil {
		return APDU{}, err
	}
	money := []Field{{Tag: bmpAmount, Data: amount}, {Tag: bmpCurrency, Data: cc}}
	kind := byte(terminalDecides)
	if q.TipAsked {
		kind |= tipPossible
	}
	switch q.Code {
	case CodeAuthorise, CodePreAuth:
		return message(q.Code, nil, append(money, Field{Tag: bmpType, Data: []byte{kind}})...)
	case CodeRefund:
		return message(q.Code, c.password(nil), money...)
	case CodePhone:
		id := make([]byte, 8) // padded with 00 (13.08, BMP 3B)
		copy(id, q.Approval)
		return message(q.Code, c.password(nil), append(money, Field{Tag: bmpAID, Data: id})...)
	case CodeReversal, CodePartial, CodeBookTotal, CodePreAuthCancel:
		return c.receiptAPDU(q, money)
	}
	return APDU{}, errKind
}

// receiptAPDU builds a command about an earlier receipt.
func (c *Client) receiptAPDU(q Request, money []Field) (APDU, error) {
	if q.Receipt <= 0 {
		return APDU{}, errReceipt
	}
	no, err := AppendBCD(nil, uint64(q.Receipt), 2)
	if err != nil {
		return APDU{}, err
	}
	var pre []byte
	if q.Code == CodeReversal {
		pre = c.password(nil)
	}
	return message(q.Code, pre, append([]Field{{Tag: bmpReceipt, Data: no}}, money...)...)
}

// Transact moves money and stays until the terminal has said how it ended, ctx
// ends or the link does. It sends the request at most once. Use Abort, not ctx,
// to give up a payment: a cancelled ctx leaves it Unclear.
func (c *Client) Transact(ctx context.Context, q Request, h Hooks) Result {
	a, err := c.apdu(q)
	if err == nil && h.Keep == nil {
		err = errNoKeep
	}
	if err != nil {
		return Result{Outcome: NotSent, Err: c.fail(q.Code, err)}
	}
	r := Result{Outcome: NotSent}
	err = c.with(ctx, func(ctx context.Context, s *session) error {
		if err := c.greet(ctx, s); err != nil {
			return err
		}
		x := c.exchange(s, h)
		err := x.run(ctx, a)
		r = judge(x, q, err)
		if x.refused {
			c.setRegistered(false) // perhaps it was restarted; the next call registers anew
		}
		if err != nil {
			return c.fail(q.Code, err)
		}
		return nil
	})
	if r.Outcome == NotSent || err != nil && r.Err == nil {
		r.Err = err
	}
	return r
}

var (
	errEarlyEnd  = errors.New("the terminal finished without a result")
	errTwoMinds  = errors.New("the terminal reported success and failure")
	errNoAmount  = errors.New("the terminal reported success without an amount")
	errOldResult = errors.New("the terminal reported the booking before this one")
	errNoReason  = errors.New("the terminal aborted without a reason")
)

// judge turns a finished or broken exchange into a result. Everything that is not
// plainly one or the other is Unclear.
func judge(x *exchange, q Request, err error) Result {
	r := Result{Lines: x.lines, PrintErr: x.printErr, Err: err}
	approved, failed := 0, 0
	for _, s := range x.statuses {
		r.Status = s
		switch {
		case !s.HasResult:
			r.Err = errEarlyEnd
			return r
		case s.Result == 0:
			approved++
		default:
			failed++
		}
	}
	switch {
	case !x.began:
		r.Outcome = NotSent
	case err != nil:
	case x.refused:
		r.Outcome, r.Code = Declined, x.code
	case approved > 0 && (failed > 0 || x.final.Code == CodeAbortPT):
		r.Err = errTwoMinds
	case approved > 0:
		return approve(r, q)
	case failed > 0:
		r.Outcome, r.Code = Declined, r.Status.Result
	case x.final.Code == CodeAbortPT && x.hasCode && x.code != 0:
		r.Outcome, r.Code = Declined, x.code
	case x.final.Code == CodeAbortPT:
		r.Err = errNoReason
	default:
		r.Err = errEarlyEnd
	}
	return r
}

// approve checks that a success is one of this request: no receipt over zero, and
// not the last booking once more.
func approve(r Result, q Request) Result {
	switch {
	case !r.Status.HasAmount || r.Status.Amount <= 0:
		r.Err = errNoAmount
	case r.Status.same(q.Last):
		r.Err = errOldResult
	default:
		r.Outcome = Approved
	}
	return r
}
