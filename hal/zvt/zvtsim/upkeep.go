package zvtsim

import (
	"bytes"
	"fmt"

	"github.com/tresen-pos/tresen/hal/zvt"
)

func (t *Terminal) register(w *wire, m zvt.Message) error {
	if t.isBusy() && !t.poll() {
		return w.send(zvt.APDU{Code: 0x849c})
	}
	if len(m.Lead) < 4 {
		return nil // a malformed registration meets silence, as in the field
	}
	if len(m.Lead) == 6 && !bytes.Equal(m.Lead[4:], []byte{0x09, 0x78}) {
		return w.send(zvt.APDU{Code: 0x841e, Data: []byte{0x6f, 0x09, 0x78}})
	}
	t.mu.Lock()
	t.config, t.known = zvt.Config(m.Lead[3]), true
	t.blocks = bytes.Contains(field(m, bmpTLV), []byte{0x06, 0xd3})
	t.mu.Unlock()
	if err := w.send(ack); err != nil {
		return err
	}
	a, err := build(zvt.CodeCompletion, zvt.Field{Tag: bmpType, Data: []byte{0}}, t.tid(), bcd(bmpCurrency, 978, 2))
	if err != nil {
		return err
	}
	_, _, err = w.ask(a)
	return err
}

// poll counts one question down and reports whether the terminal is idle now.
func (t *Terminal) poll() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy = max(0, t.busy-1)
	return t.busy == 0
}

func (t *Terminal) enquiry(w *wire) error {
	if err := w.send(ack); err != nil {
		return err
	}
	state := byte(0x9c)
	if t.poll() {
		state = 0
	}
	const version = "SIM 1.0"
	data := append([]byte{0xf0, 0xf0, 0xf0 | byte(len(version))}, version...)
	_, _, err := w.ask(zvt.APDU{Code: zvt.CodeCompletion, Data: append(data, state)})
	return err
}

// upkeep runs the commands that move no money.
func (t *Terminal) upkeep(w *wire, m zvt.Message) error {
	var run func(*wire, zvt.Message) error
	switch m.Code {
	case zvt.CodeRepeat:
		run = t.repeat
	case zvt.CodeEndOfDay:
		run = t.endOfDay
	case zvt.CodeDiagnosis:
		run = t.diagnosis
	case zvt.CodeInitialise, zvt.CodeSetClock:
		run = func(*wire, zvt.Message) error { return nil }
	case zvt.CodeLogOff:
		t.mu.Lock()
		t.known = false
		t.mu.Unlock()
		return w.send(ack)
	default:
		return w.send(zvt.APDU{Code: 0x8483})
	}
	if err := w.send(ack); err != nil {
		return err
	}
	if err := run(w, m); err != nil {
		return err
	}
	_, _, err := w.ask(zvt.APDU{Code: zvt.CodeCompletion})
	return err
}

func (t *Terminal) repeat(w *wire, m zvt.Message) error {
	service := byte(0)
	if d := field(m, bmpService); len(d) == 1 {
		service = d[0]
	}
	place, ok := t.newest()
	if !ok {
		if _, _, err := w.ask(zvt.APDU{Code: zvt.CodeAbortPT, Data: []byte{0x83}}); err != nil {
			return err
		}
		return errDone
	}
	if service&1 != 0 {
		if err := t.report(w, place); err != nil {
			return err
		}
	}
	if service&2 == 0 {
		return t.receipts(w, place)
	}
	return nil
}

func (t *Terminal) endOfDay(w *wire, _ zvt.Message) error {
	if _, _, err := w.ask(t.intermediate(0x0e)); err != nil {
		return err
	}
	t.mu.Lock()
	total, count, first, last := int64(0), 0, int64(0), int64(0)
	for _, b := range t.books[t.closedTo:] {
		if first == 0 {
			first = b.Receipt
		}
		last = b.Receipt
		if !b.Reversed && !b.Reserved {
			total += b.Amount
			count++
		}
	}
	end := len(t.books)
	t.mu.Unlock()
	singles := append(bcd(0, first, 2).Data, bcd(0, last, 2).Data...)
	for i := range 7 {
		c, sum := 0, int64(0)
		if i == 4 { // Visa
			c, sum = count, max(total, 0)
		}
		singles = append(append(singles, byte(c)), bcd(0, sum, 6).Data...)
	}
	a, err := build(zvt.CodeStatusInfo, zvt.Field{Tag: bmpResult, Data: []byte{0}}, bcd(bmpAmount, max(total, 0), 6), zvt.Field{Tag: 0x60, Data: singles}, t.tid())
	if err != nil {
		return err
	}
	if _, _, err := w.ask(a); err != nil {
		return err
	}
	if t.prints(zvt.RegisterPrintsAdmin) {
		if err := t.print(w, 3, []string{"Kassenschnitt", fmt.Sprintf("%d Zahlungen", count)}); err != nil {
			return err
		}
	}
	t.mu.Lock()
	t.closedTo = end
	t.mu.Unlock()
	return nil
}

func (t *Terminal) diagnosis(w *wire, _ zvt.Message) error {
	if _, _, err := w.ask(t.intermediate(0x04)); err != nil {
		return err
	}
	now := t.opts.Now()
	date := bcd(0xaa, int64(now.Year()%100*10000+int(now.Month())*100+now.Day()), 3)
	a, err := build(zvt.CodeSetDate, date, bcd(0x0c, int64(now.Hour()*10000+now.Minute()*100+now.Second()), 3))
	if err != nil {
		return err
	}
	if _, _, err := w.ask(a); err != nil || !t.prints(zvt.RegisterPrintsAdmin) {
		return err
	}
	return t.print(w, 3, []string{"Diagnose erfolgreich"})
}
