package zvtsim

import (
	"fmt"

	"github.com/tresen-pos/tresen/hal/zvt"
)

func build(code zvt.Code, fields ...zvt.Field) (zvt.APDU, error) {
	return zvt.Message{Code: code, Fields: fields}.APDU()
}

// bcd makes a data field of n BCD bytes; values that do not fit lose their high
// digits, as a terminal's counters do.
func bcd(tag byte, v int64, n int) zvt.Field {
	mod := int64(1)
	for range 2 * n {
		mod *= 10
	}
	b, _ := zvt.AppendBCD(nil, uint64(v%mod), n) // fits after the modulus
	return zvt.Field{Tag: tag, Data: b}
}

func (t *Terminal) tid() zvt.Field {
	var v int64
	for _, c := range t.opts.TID {
		v = v*10 + int64(c-'0')
	}
	return bcd(0x29, v, 4)
}

// status is the 04 0F of a booking.
func (t *Terminal) status(place int) (zvt.APDU, error) {
	b := t.at(place)
	amount := b.Amount
	if amount < 0 {
		amount = -amount
	}
	at := b.At
	fields := []zvt.Field{
		{Tag: bmpResult, Data: []byte{0}}, bcd(bmpAmount, amount, 6), bcd(0x0b, b.Trace, 3),
		bcd(0x0c, int64(at.Hour()*10000+at.Minute()*100+at.Second()), 3), bcd(0x0d, int64(int(at.Month())*100+at.Day()), 2),
		{Tag: bmpType, Data: []byte{0x60}}, {Tag: 0x22, Data: []byte{0x47, 0x48, 0x43, 0xee, 0xee, 0xee, 0x77, 0x43}},
		t.tid(), bcd(bmpCurrency, 978, 2), bcd(bmpReceipt, b.Receipt, 2), bcd(0x88, b.Trace, 3),
		{Tag: 0x8a, Data: []byte{10}}, {Tag: 0x8b, Data: []byte("VISA\x00")},
	}
	var more []zvt.Object
	if b.Tip > 0 {
		more = append(more, zvt.Object{Tag: 0x1f36, Data: bcd(0, b.Tip, 6).Data})
	}
	if b.Partial {
		more = append(more, zvt.Object{Tag: 0x1f70, Data: []byte{1}})
	}
	if len(more) > 0 {
		data, err := zvt.AppendTLV(nil, more...)
		if err != nil {
			return zvt.APDU{}, err
		}
		fields = append(fields, zvt.Field{Tag: bmpTLV, Data: data})
	}
	return build(zvt.CodeStatusInfo, fields...)
}

// receipts sends the merchant's and the customer's receipt, if the register wants
// them.
func (t *Terminal) receipts(w *wire, place int) error {
	if !t.prints(zvt.RegisterPrintsPayments) {
		return nil
	}
	b := t.at(place)
	for i, title := range []string{"H\x84ndlerbeleg", "Kundenbeleg"} { // CP437
		kind := byte(i + 1)
		lines := []string{title, fmt.Sprintf("Beleg %04d", b.Receipt), fmt.Sprintf("EUR %d,%02d", b.Amount/100, max(b.Amount, -b.Amount)%100), "VISA 474843******7743"}
		if err := t.print(w, kind, lines); err != nil {
			return err
		}
	}
	return nil
}

func (t *Terminal) prints(bit zvt.Config) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.config&bit != 0 && t.config&zvt.ReceiptsAsLines != 0
}

// print sends one receipt as a text block or as lines, each acknowledged.
func (t *Terminal) print(w *wire, kind byte, lines []string) error {
	t.mu.Lock()
	blocks := t.blocks
	t.mu.Unlock()
	if blocks {
		return block(w, kind, lines)
	}
	for i, text := range lines {
		attr := byte(0)
		if i == len(lines)-1 {
			attr = 0x81
		}
		data := append([]byte{attr}, text...)
		if _, _, err := w.ask(zvt.APDU{Code: zvt.CodePrintLine, Data: data}); err != nil {
			return err
		}
	}
	return nil
}

func block(w *wire, kind byte, lines []string) error {
	inner := []zvt.Object{{Tag: 0x09, Data: []byte{0x40}}}
	for i, text := range lines {
		if i == 1 {
			inner = append(inner, zvt.Object{Tag: 0x09, Data: []byte{0}})
		}
		inner = append(inner, zvt.Object{Tag: 0x07, Data: []byte(text)})
	}
	inner = append(inner, zvt.Object{Tag: 0x09, Data: []byte{0xff}})
	body, err := zvt.AppendTLV(nil, inner...)
	if err != nil {
		return err
	}
	data, err := zvt.AppendTLV(nil, zvt.Object{Tag: 0x1f07, Data: []byte{kind}}, zvt.Object{Tag: 0x25, Data: body})
	if err != nil {
		return err
	}
	a, err := build(zvt.CodePrintBlock, zvt.Field{Tag: bmpTLV, Data: data})
	if err != nil {
		return err
	}
	_, _, err = w.ask(a)
	return err
}
