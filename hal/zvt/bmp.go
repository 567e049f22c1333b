package zvt

import "fmt"

// Tags of data fields (BMPs) this package reads or writes (13.08, ch. 8).
const (
	bmpTimeout  = 0x01
	bmpService  = 0x03
	bmpAmount   = 0x04
	bmpTLV      = 0x06
	bmpTrace    = 0x0b
	bmpTime     = 0x0c
	bmpDate     = 0x0d
	bmpExpiry   = 0x0e
	bmpType     = 0x19
	bmpPAN      = 0x22
	bmpTrack2   = 0x23
	bmpTrack3   = 0x24
	bmpResult   = 0x27
	bmpTID      = 0x29
	bmpMerchant = 0x2a
	bmpTrack1   = 0x2d
	bmpChip     = 0x2e
	bmpOrigin   = 0x37
	bmpCVV      = 0x3a
	bmpAID      = 0x3b
	bmpText     = 0x3c
	bmpCurrency = 0x49
	bmpTotals   = 0x60
	bmpReceipt  = 0x87
	bmpTurnover = 0x88
	bmpCardType = 0x8a
	bmpCardName = 0x8b
	bmpResultAS = 0xa0
)

// Lengths that are coded in the field itself.
const (
	ll  = -2 // Fx Fy
	lll = -3 // Fx Fy Fz
	tlv = -1
)

// bmpSize gives each known data field its length in bytes (13.08, ch. 8, table
// 4). Fields that are never read are here to be skipped. 92 is from memory.
var bmpSize = map[byte]int{
	0x01: 1, 0x02: 1, 0x03: 1, 0x05: 1, 0x04: 6, 0x06: tlv, 0x0b: 3, 0x0c: 3, 0x0d: 2, 0x0e: 2,
	0x17: 2, 0x19: 1, 0x22: ll, 0x23: ll, 0x24: lll, 0x27: 1, 0x29: 4, 0x2a: 15, 0x2d: ll, 0x2e: lll,
	0x37: 3, 0x3a: 2, 0x3b: 8, 0x3c: lll, 0x3d: 3, 0x49: 2, 0x4c: ll, 0x60: lll,
	0x70: 4, 0x71: 4, 0x72: 1, 0x73: 1, 0x74: 1, 0x75: 1, 0x87: 2, 0x88: 3, 0x8a: 1, 0x8b: ll, 0x8c: 1,
	0x92: lll, 0x9a: lll, 0xa0: 1, 0xa7: ll, 0xaa: 3, 0xaf: lll, 0xba: 5,
	0xd0: 1, 0xd1: ll, 0xd2: 1, 0xd3: 1, 0xe0: 1, 0xe1: ll, 0xe2: ll, 0xe3: ll, 0xe4: ll, 0xe5: ll, 0xe6: ll,
	0xe7: ll, 0xe8: ll, 0xe9: 1, 0xea: 1, 0xeb: 8, 0xf0: 1, 0xf1: ll, 0xf2: ll, 0xf3: ll, 0xf4: ll, 0xf5: ll,
	0xf6: ll, 0xf7: ll, 0xf8: ll, 0xf9: 1, 0xfa: 1, 0xfb: 1, 0xfc: 1, 0xfd: 1,
}

// Field is one data field (BMP) of an APDU.
type Field struct {
	Tag  byte
	Data []byte // without the length
	// Form is the number of length bytes of a TLV container (06), see Object.
	Form int
}

// Format shows tag and length; the data may be card data.
func (f Field) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "BMP %02x (%d bytes)", f.Tag, len(f.Data)) }

// parseFields reads data fields until the end or until one it cannot read: an
// unknown field makes the rest undecodable, because nobody knows its length. The
// rest is returned as tail, with the reason.
func parseFields(b []byte) (fields []Field, tail []byte, err error) {
	for len(b) > 0 {
		f, rest, err := parseField(b)
		if err != nil {
			return fields, b, err
		}
		fields, b = append(fields, f), rest
	}
	return fields, nil, nil
}

func parseField(b []byte) (Field, []byte, error) {
	f := Field{Tag: b[0]}
	size, known := bmpSize[f.Tag]
	if !known {
		return f, nil, fmt.Errorf("unknown BMP %02x: %w", f.Tag, ErrMalformed)
	}
	head, err := 0, error(nil)
	switch size {
	case ll, lll:
		head = -size
		size, err = parseFx(b[1:], head)
	case tlv:
		size, head, err = parseLength(b[1:])
		f.Form = head
	}
	if err == nil && len(b) < 1+head+size {
		err = ErrShort
	}
	if err != nil {
		return f, nil, fmt.Errorf("BMP %02x: %w", f.Tag, err)
	}
	f.Data = b[1+head : 1+head+size]
	return f, b[1+head+size:], nil
}

// parseFx reads the decimal length of n digits, each as Fd.
func parseFx(b []byte, n int) (size int, err error) {
	if len(b) < n {
		return 0, ErrShort
	}
	for _, c := range b[:n] {
		if c>>4 != 0xf || c&15 > 9 {
			return 0, ErrMalformed
		}
		size = size*10 + int(c&15)
	}
	return size, nil
}

func appendFx(b []byte, size, n int) []byte {
	for div := []int{1, 10, 100}[n-1]; div > 0; div /= 10 {
		b = append(b, 0xf0|byte(size/div%10))
	}
	return b
}

// appendField appends a field with its length, or fails when the data do not fit
// the field's format.
func appendField(b []byte, f Field) ([]byte, error) {
	size, known := bmpSize[f.Tag]
	n := len(f.Data)
	b = append(b, f.Tag)
	switch {
	case !known:
		return b, fmt.Errorf("encode %v: unknown: %w", f, ErrMalformed)
	case size == tlv:
		var err error
		if b, err = appendLength(b, n, f.Form); err != nil {
			return b, fmt.Errorf("encode %v: %w", f, err)
		}
	case size == ll && n <= 99, size == lll && n <= 999:
		b = appendFx(b, n, -size)
	case size != n:
		return b, fmt.Errorf("encode %v: length does not fit: %w", f, ErrMalformed)
	}
	return append(b, f.Data...), nil
}
