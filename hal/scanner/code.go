package scanner

import "fmt"

// Doubt says why a code may not be what stands on the goods; NoDoubt is a clean
// scan. A doubtful code must not be sold: let the cashier scan again.
type Doubt byte

// The doubts.
const (
	NoDoubt  Doubt = iota
	Cut            // it stopped before its suffix
	Gap            // the kernel reported lost events
	Stuck          // a key's release or press is missing
	Mixed          // two keys at once: somebody typed meanwhile
	TooLong        // longer than any code
	Unlisted       // a key that has no character in this layout
)

// String words the doubt for the technician.
func (d Doubt) String() string {
	switch d {
	case NoDoubt:
		return "no doubt"
	case Cut:
		return "the code stopped before its suffix"
	case Gap:
		return "the kernel lost key events"
	case Stuck:
		return "a key's press or release is missing"
	case Mixed:
		return "two keys at once, somebody typed meanwhile or a release is missing"
	case TooLong:
		return "longer than any code"
	case Unlisted:
		return "a key without a character in this layout"
	}
	return fmt.Sprintf("doubt %d", byte(d))
}

// Code is one scanned code. Text may hold GS (1Dh) and other control characters;
// it holds neither the suffix nor the AIM identifier.
type Code struct {
	Text  string
	AIM   string // symbology identifier, e.g. "]C1"; empty unless the scanner sends it
	Doubt Doubt
}

// Retail is the check of a retail number's last digit.
type Retail byte

// NotRetail: not 8, 12, 13 or 14 digits.
const (
	NotRetail Retail = iota
	RetailGood
	RetailWrong
)

// Retail checks the digit of GTIN-8, -12, -13 and -14 (GS1 General
// Specifications, ch. 7.9: weights 3 and 1 from the right).
func (c Code) Retail() Retail {
	switch len(c.Text) {
	case 8, 12, 13, 14:
	default:
		return NotRetail
	}
	sum := 0
	for i := range len(c.Text) {
		d := int(c.Text[len(c.Text)-1-i]) - '0'
		if d < 0 || d > 9 {
			return NotRetail
		}
		sum += d * (1 + i%2*2)
	}
	if sum%10 == 0 {
		return RetailGood
	}
	return RetailWrong
}

// newCode splits off an AIM identifier (ISO/IEC 15424): "]", a letter, a modifier.
func newCode(text string, d Doubt) Code {
	if len(text) >= 3 && text[0] == ']' && letter(text[1]) && (letter(text[2]) || text[2] >= '0' && text[2] <= '9') {
		return Code{Text: text[3:], AIM: text[:3], Doubt: d}
	}
	return Code{Text: text, Doubt: d}
}

func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
