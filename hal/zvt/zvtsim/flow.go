package zvtsim

import (
	"errors"
	"fmt"

	"github.com/tresen-pos/tresen/hal/zvt"
)

// Data fields the terminal writes and reads (PA00P015 13.08, ch. 8).
const (
	bmpService  = 0x03
	bmpAmount   = 0x04
	bmpTLV      = 0x06
	bmpType     = 0x19
	bmpResult   = 0x27
	bmpReceipt  = 0x87
	bmpCurrency = 0x49
)

// errDone ends a command that was answered in full with a failure.
var errDone = errors.New("the command failed and the register knows")

var ack = zvt.APDU{Code: zvt.CodeAck}

// command answers one command of the register.
func (t *Terminal) command(w *wire, a zvt.APDU) error {
	m := zvt.Parse(a)
	switch a.Code {
	case zvt.CodeAck, zvt.CodeAbort, 0x8483: // the rest of an earlier command
		return nil
	case zvt.CodeRegister:
		return t.register(w, m)
	}
	t.mu.Lock()
	known := t.known
	t.mu.Unlock()
	if !known {
		return w.send(zvt.APDU{Code: 0x846b})
	}
	if a.Code == zvt.CodeEnquiry {
		return t.enquiry(w)
	}
	if t.isBusy() {
		return w.send(zvt.APDU{Code: 0x849c})
	}
	var err error
	switch a.Code {
	case zvt.CodeAuthorise, zvt.CodePreAuth, zvt.CodePhone, zvt.CodeRefund:
		err = t.payment(w, m)
	case zvt.CodeReversal, zvt.CodePartial, zvt.CodeBookTotal, zvt.CodePreAuthCancel:
		err = t.followUp(w, m)
	default:
		err = t.upkeep(w, m)
	}
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

func (t *Terminal) isBusy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.busy > 0
}

// ask sends a message and waits for the register's answer to it. abort reports
// that the register asked to give up meanwhile.
func (w *wire) ask(a zvt.APDU) (answer zvt.APDU, abort bool, err error) {
	if err := w.send(a); err != nil {
		return answer, false, err
	}
	for {
		answer, err = w.recv()
		if err == nil && isCommand(answer) { // the register has begun anew
			w.queue = append([]zvt.APDU{answer}, w.queue...)
			return answer, abort, errLost
		}
		if err != nil || answer.Code != zvt.CodeAbort {
			return answer, abort, err
		}
		abort = true
		if err := w.send(ack); err != nil {
			return answer, abort, err
		}
	}
}

func field(m zvt.Message, tag byte) []byte {
	for _, f := range m.Fields {
		if f.Tag == tag {
			return f.Data
		}
	}
	return nil
}

func number(b []byte) int64 {
	v, _ := zvt.ParseBCD(b) // a missing field is 0
	return int64(v)
}

// payment runs 06 01, 06 22, 06 21 and 06 31.
func (t *Terminal) payment(w *wire, m zvt.Message) error {
	t.mu.Lock()
	t.requests++
	t.mu.Unlock()
	card := t.nextCard()
	b := Booking{Code: m.Code, Amount: number(field(m, bmpAmount)), Reserved: m.Code == zvt.CodePreAuth}
	if b.Amount <= 0 {
		return w.send(zvt.APDU{Code: 0x84c8})
	}
	if kind := field(m, bmpType); len(kind) == 1 && kind[0]&0x08 != 0 && card.Tip > 0 {
		b.Tip = card.Tip
		b.Amount += card.Tip
	}
	if card.Partial > 0 {
		b.Amount, b.Partial = card.Partial, true
	}
	if m.Code == zvt.CodeRefund {
		b.Amount = -b.Amount
	}
	err := w.send(ack)
	var abort bool
	if err == nil {
		abort, err = t.atTheCard(w, card)
	}
	switch {
	case err != nil:
		t.lost()
		if t.opts.Stubborn && card.Decline == 0 && !card.NeverHeld {
			t.book(b)
		}
		return err
	case abort:
		return t.decline(w, 0x6c)
	case card.Decline != 0:
		return t.decline(w, card.Decline)
	}
	return t.approve(w, t.book(b))
}

// lost: the terminal needs a while to notice that the register is gone.
func (t *Terminal) lost() {
	t.mu.Lock()
	t.busy = t.opts.BusyPolls
	t.mu.Unlock()
}

// atTheCard is the time between the request and its result.
func (t *Terminal) atTheCard(w *wire, card Card) (abort bool, err error) {
	says := []byte{0x0a}
	for range card.WrongPIN {
		says = append(says, 0x15)
	}
	for range card.SlowHost {
		says = append(says, 0x04)
	}
	says = append(says, 0x0b)
	for i, code := range says {
		_, abort, err = w.ask(t.intermediate(code))
		if abort || err != nil {
			return abort, err
		}
		if i == 0 && card.NeverHeld {
			return w.untilAbort()
		}
	}
	return false, nil
}

// untilAbort waits, with nothing to say, for the register to give up.
func (w *wire) untilAbort() (bool, error) {
	for {
		a, err := w.recv()
		if err != nil {
			return false, err
		}
		if a.Code == zvt.CodeAbort {
			return true, w.send(ack)
		}
	}
}

func (t *Terminal) intermediate(code byte) zvt.APDU {
	data := []byte{code, 0x01} // one minute of patience
	if code == 0x0a {
		text := "bitte Karte vorhalten"
		line := append([]byte{0x07, byte(len(text))}, text...)
		data = append(data, bmpTLV, byte(len(line)+2), 0x24, byte(len(line)))
		data = append(data, line...)
	}
	return zvt.APDU{Code: zvt.CodeIntermediate, Data: data}
}

func (t *Terminal) decline(w *wire, code byte) error {
	a, err := build(zvt.CodeStatusInfo, zvt.Field{Tag: bmpResult, Data: []byte{code}}, t.tid())
	if err != nil {
		return err
	}
	if _, _, err := w.ask(a); err != nil {
		t.lost()
		return err
	}
	if _, _, err := w.ask(zvt.APDU{Code: zvt.CodeAbortPT, Data: []byte{code}}); err != nil {
		return err
	}
	return errDone
}

// approve reports a booking, prints its receipts and completes. Without the
// register's acknowledgements the booking is kept or reversed, as Options say.
func (t *Terminal) approve(w *wire, place int) error {
	err := t.report(w, place)
	if errors.Is(err, errRefused) {
		t.reverse(place)
		return t.decline(w, 0x05)
	}
	if err == nil {
		err = t.receipts(w, place)
	}
	if err != nil {
		t.lost()
		if !t.opts.KeepUnacked {
			t.reverse(place)
		}
		return err
	}
	_, _, err = w.ask(zvt.APDU{Code: zvt.CodeCompletion})
	return err
}

var errRefused = errors.New("the register refused the result")

func (t *Terminal) report(w *wire, place int) error {
	a, err := t.status(place)
	if err != nil {
		return err
	}
	answer, _, err := w.ask(a)
	if err != nil {
		return err
	}
	if answer.Code != zvt.CodeAck {
		return fmt.Errorf("%s: %w", answer.Code, errRefused)
	}
	return nil
}

// followUp runs the commands about an earlier receipt.
func (t *Terminal) followUp(w *wire, m zvt.Message) error {
	t.mu.Lock()
	t.requests++
	t.mu.Unlock()
	amount := number(field(m, bmpAmount))
	place, ok := t.find(number(field(m, bmpReceipt)))
	if err := w.send(ack); err != nil {
		return err
	}
	code := byte(0)
	switch b := t.at(max(place, 0)); {
	case !ok:
		code = 0xb5
	case b.Reversed:
		code = 0xb4
	case m.Code == zvt.CodeReversal && (b.Reserved || amount != b.Amount):
		code = 0xb5
	case m.Code != zvt.CodeReversal && (!b.Reserved || amount > b.Amount):
		code = 0xb8
	}
	if code != 0 {
		return t.decline(w, code)
	}
	return t.settle(w, m.Code, place, amount)
}

// settle reverses a booking or turns a reservation into a charge.
func (t *Terminal) settle(w *wire, code zvt.Code, place int, amount int64) error {
	old := t.at(place)
	b := Booking{Code: code, Amount: amount}
	switch code {
	case zvt.CodeReversal, zvt.CodePreAuthCancel:
		b.Amount, b.Reversed = -amount, true // shows in the books, counts nothing
	case zvt.CodePartial:
		b.Amount = old.Amount - amount
	}
	t.reverse(place)
	return t.approve(w, t.book(b))
}
