package zvt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Code is an APDU's control field: class in the high byte, instruction in the
// low one (PA00P015 13.08, ch. 1). Responses are 80 00 and 84 xx.
type Code uint16

// The control fields this package speaks (PA00P015 13.08, ch. 2 and 3).
const (
	CodeStatusInfo    Code = 0x040f // PT: result of a transaction
	CodeSetDate       Code = 0x0401 // PT: its date and time
	CodeIntermediate  Code = 0x04ff // PT: what it is doing
	CodeEnquiry       Code = 0x0501
	CodeRegister      Code = 0x0600
	CodeAuthorise     Code = 0x0601
	CodeLogOff        Code = 0x0602
	CodeCompletion    Code = 0x060f // PT
	CodeReprint       Code = 0x0612
	CodeAbortPT       Code = 0x061e // PT: the command failed
	CodeRepeat        Code = 0x0620
	CodePhone         Code = 0x0621
	CodePreAuth       Code = 0x0622
	CodePartial       Code = 0x0623
	CodeBookTotal     Code = 0x0624
	CodePreAuthCancel Code = 0x0625
	CodeReversal      Code = 0x0630
	CodeRefund        Code = 0x0631
	CodeEndOfDay      Code = 0x0650
	CodeDiagnosis     Code = 0x0670
	CodeSetClock      Code = 0x0691
	CodeInitialise    Code = 0x0693
	CodeAbort         Code = 0x06b0 // ECR
	CodeReadCard      Code = 0x06c0
	CodePrintLine     Code = 0x06d1
	CodePrintBlock    Code = 0x06d3
	CodeAck           Code = 0x8000
)

var codeNames = map[Code]string{
	CodeStatusInfo: "status information", CodeSetDate: "set date", CodeIntermediate: "intermediate status",
	CodeEnquiry: "status enquiry", CodeRegister: "registration", CodeAuthorise: "authorisation", CodeLogOff: "log-off",
	CodeCompletion: "completion", CodeReprint: "reprint", CodeAbortPT: "abort by terminal", CodeRepeat: "repeat receipt",
	CodePhone: "telephonic authorisation", CodePreAuth: "pre-authorisation", CodePartial: "partial reversal",
	CodeBookTotal: "book total", CodePreAuthCancel: "pre-authorisation reversal", CodeReversal: "reversal",
	CodeRefund: "refund", CodeEndOfDay: "end of day", CodeDiagnosis: "diagnosis", CodeSetClock: "set terminal clock",
	CodeInitialise: "initialisation", CodeAbort: "abort by register", CodeReadCard: "read card",
	CodePrintLine: "print line", CodePrintBlock: "print text block", CodeAck: "acknowledgement",
}

// String returns "06 01 authorisation".
func (c Code) String() string {
	s := fmt.Sprintf("%02x %02x", byte(c>>8), byte(c))
	if name := codeNames[c]; name != "" {
		return s + " " + name
	}
	if c.isNack() {
		return s + " refusal"
	}
	return s
}

// isNack reports a negative response. 84 00 counts as positive (13.08, ch. 1).
func (c Code) isNack() bool { return c>>8 == 0x84 && c != 0x8400 }

// isReply reports any response, positive or negative.
func (c Code) isReply() bool { return c>>8 == 0x80 || c>>8 == 0x84 }

// APDU is one message on the wire. Data may hold card data and is therefore never
// printed: every fmt verb shows control field and length only.
type APDU struct {
	Code Code
	Data []byte // at most 65535 bytes
	// Extended writes the length as FF lo hi although it would fit one byte. Longer
	// data are always written so.
	Extended bool
}

// Format shows the control field and the length, whatever the verb.
func (a APDU) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%s (%d bytes)", a.Code, len(a.Data))
}

// The kinds of malformed bytes. Errors never quote the bytes themselves.
var (
	ErrShort     = errors.New("fewer bytes than the length says")
	ErrTrailing  = errors.New("more bytes than the length says")
	ErrMalformed = errors.New("not encoded as the specification says")
	ErrTooLong   = errors.New("data longer than 65535 bytes")
)

const maxData = 0xffff

// AppendTo appends the APDU's bytes as on TCP.
func (a APDU) AppendTo(b []byte) ([]byte, error) {
	n := len(a.Data)
	if n > maxData {
		return b, fmt.Errorf("encode %v: %w", a, ErrTooLong)
	}
	b = append(b, byte(a.Code>>8), byte(a.Code))
	if n >= 0xff || a.Extended {
		b = append(b, 0xff, byte(n), byte(n>>8)) // low byte first (13.08, ch. 1)
	} else {
		b = append(b, byte(n))
	}
	return append(b, a.Data...), nil
}

// ParseAPDU reads exactly one APDU. It returns ErrShort or ErrTrailing when the
// length field does not fit. Data aliases b.
func ParseAPDU(b []byte) (APDU, error) {
	if len(b) < 3 {
		return APDU{}, fmt.Errorf("parse APDU of %d bytes: %w", len(b), ErrShort)
	}
	a := APDU{Code: Code(binary.BigEndian.Uint16(b))}
	n, rest := int(b[2]), b[3:]
	if n == 0xff {
		if len(rest) < 2 {
			return APDU{}, fmt.Errorf("parse APDU %s: %w", a.Code, ErrShort)
		}
		n, rest, a.Extended = int(binary.LittleEndian.Uint16(rest)), rest[2:], true
	}
	switch {
	case len(rest) < n:
		return APDU{}, fmt.Errorf("parse APDU %s: %d of %d bytes: %w", a.Code, len(rest), n, ErrShort)
	case len(rest) > n:
		return APDU{}, fmt.Errorf("parse APDU %s: %d of %d bytes: %w", a.Code, len(rest), n, ErrTrailing)
	}
	a.Data = rest
	return a, nil
}

// ReadAPDU reads the next APDU of a TCP stream, however it is fragmented. A
// stream that ends inside one gives io.ErrUnexpectedEOF.
func ReadAPDU(r io.Reader) (APDU, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:3]); err != nil {
		return APDU{}, err
	}
	a := APDU{Code: Code(binary.BigEndian.Uint16(head[:]))}
	n := int(head[2])
	if n == 0xff {
		if err := readAll(r, head[3:]); err != nil {
			return APDU{}, err
		}
		n, a.Extended = int(binary.LittleEndian.Uint16(head[3:])), true
	}
	a.Data = make([]byte, n)
	return a, readAll(r, a.Data)
}

func readAll(r io.Reader, b []byte) error {
	_, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
