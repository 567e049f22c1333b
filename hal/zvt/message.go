package zvt

import "fmt"

// Message is an APDU taken apart: a positional beginning, data fields, and what
// could not be decoded.
type Message struct {
	Code   Code
	Lead   []byte // the bytes before the first data field, e.g. password and config byte
	Fields []Field
	// Tail is what follows an unknown or broken field. What was decoded before it
	// stands; Broken says why the rest does not.
	Tail     []byte
	Broken   error
	Extended bool // as in APDU
}

// Format shows the control field and the fields' names, never their content.
func (m Message) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%s: %d leading bytes, %v", m.Code, len(m.Lead), m.Fields)
	if len(m.Tail) > 0 {
		fmt.Fprintf(f, ", %d undecoded bytes", len(m.Tail))
	}
}

// lead is the number of positional bytes per control field (13.08, ch. 2 and 3).
// 06 31 is a refund here, as in the table of commands.
var lead = map[Code]int{
	CodeRepeat: 3, CodeReversal: 3, CodeRefund: 3, CodePhone: 3, CodeEndOfDay: 3, CodeInitialise: 3, CodeSetClock: 3,
	CodeReprint: 7, CodeAbortPT: 1, CodeReadCard: 1, CodeIntermediate: 2,
}

// Parse takes an APDU apart. It never fails: what it cannot decode is the Tail.
func Parse(a APDU) Message {
	for _, n := range leads(a) {
		if n > len(a.Data) {
			n = len(a.Data)
		}
		m := Message{Code: a.Code, Lead: a.Data[:n], Extended: a.Extended}
		m.Fields, m.Tail, m.Broken = parseFields(a.Data[n:])
		if m.Broken == nil {
			return m
		}
	}
	n := min(leads(a)[0], len(a.Data))
	m := Message{Code: a.Code, Lead: a.Data[:n], Extended: a.Extended}
	m.Fields, m.Tail, m.Broken = parseFields(a.Data[n:])
	return m
}

// leads lists the possible lengths of the positional beginning, likeliest first.
// The first under which all the rest decodes counts.
func leads(a APDU) []int {
	d := a.Data
	switch a.Code {
	case CodeRegister:
		return []int{6, 4} // the currency code has no tag and may be missing
	case CodeIntermediate:
		return []int{2, 1} // 13.08's own example has a container without the timeout
	case CodeEnquiry:
		return []int{3, 0}
	case CodePrintLine:
		return []int{lineLead(d)}
	case CodeAbortPT:
		if len(d) >= 3 && d[0] == 0x6f {
			return []int{3, 1} // wrong currency: the one it wants follows without a tag
		}
		return []int{1}
	case CodeCompletion:
		return completionLeads(d)
	case 0x841e: // refused registration: result code, possibly with the currency
		return []int{len(d)}
	}
	return []int{lead[a.Code]}
}

// completionLeads: 06 0F carries fields, or a bare status byte, or the positional
// answer to a status enquiry: [LLLVAR version] status [06 TLV].
func completionLeads(d []byte) []int {
	if n, err := parseFx(d, 3); err == nil && len(d) >= 3+n+1 {
		return []int{3 + n + 1}
	}
	return []int{0, 1}
}

// lineLead: a print line is all text, but some terminals append the receipt's
// kind as "06 04 1F07 01 xx" (seen in the field, card complete v22 ch. 3.3.5).
func lineLead(d []byte) int {
	const n = 6
	if len(d) > n {
		if t := d[len(d)-n:]; t[0] == bmpTLV && t[1] == 4 && t[2] == 0x1f && t[3] == 0x07 && t[4] == 1 {
			return len(d) - n
		}
	}
	return len(d)
}

// APDU puts the message together again, byte for byte as it was parsed.
func (m Message) APDU() (APDU, error) {
	a := APDU{Code: m.Code, Data: append([]byte(nil), m.Lead...), Extended: m.Extended}
	for _, f := range m.Fields {
		var err error
		if a.Data, err = appendField(a.Data, f); err != nil {
			return a, fmt.Errorf("%s: %w", m.Code, err)
		}
	}
	if a.Data = append(a.Data, m.Tail...); len(a.Data) > maxData {
		return a, fmt.Errorf("%s: %w", m.Code, ErrTooLong)
	}
	return a, nil
}

// field returns the data of the first field with the tag, and whether there is one.
func (m Message) field(tag byte) ([]byte, bool) {
	for _, f := range m.Fields {
		if f.Tag == tag {
			return f.Data, true
		}
	}
	return nil, false
}

// objects returns what the TLV container holds, as far as it decodes.
func (m Message) objects() []Object {
	data, _ := m.field(bmpTLV)
	out, _ := ParseTLV(data) // a broken tail of a container does not spoil its beginning
	return out
}
