package zvt

import "unicode/utf8"

// Card numbers keep their first six and last four digits at most (PCI DSS 3.3);
// every other digit becomes nibble E, as terminals mask (13.08, BMP 22).
const (
	keepFirst = 6
	keepLast  = 4
	masked    = 0xe
)

// maskAPDU masks all card data of an APDU in place, lengths unchanged. The session
// calls it before anybody else sees the bytes. Undecodable rests are wiped: nobody
// can say what they hold.
func maskAPDU(a APDU) {
	m := Parse(a)
	for _, f := range m.Fields {
		switch f.Tag {
		case bmpPAN:
			maskBCD(f.Data)
		case bmpTrack1, bmpTrack2, bmpTrack3, bmpChip, bmpCVV:
			clear(f.Data)
		case bmpText:
			maskText(f.Data)
		case bmpTLV:
			maskTLV(f.Data, 0)
		}
	}
	clear(m.Tail)
	if a.Code == CodePrintLine && len(m.Lead) > 1 {
		maskText(m.Lead[1:])
	}
}

// Tags of EMV data objects with card data (EMV 4.3 Book 3, annex A).
var secretTags = map[uint32]bool{0x56: true, 0x57: true, 0x9f1f: true, 0x9f20: true, 0x9f6b: true, 0x5f20: true}

// maxDepth bounds nested containers; terminals nest three deep.
const maxDepth = 8

func maskTLV(b []byte, depth int) {
	objects, err := ParseTLV(b)
	for _, o := range objects {
		switch {
		case o.Tag == 0x5a:
			maskBCD(o.Data)
		case secretTags[o.Tag]:
			clear(o.Data)
		case o.constructed() && depth < maxDepth:
			maskTLV(o.Data, depth+1)
		case o.constructed():
			clear(o.Data)
		default:
			maskText(o.Data)
		}
	}
	if err != nil {
		clear(b[tlvSize(objects):])
	}
}

// tlvSize is how many bytes the objects took.
func tlvSize(objects []Object) int {
	n := 0
	for _, o := range objects {
		n += len(appendTag(nil, o.Tag)) + o.Form + len(o.Data)
	}
	return n
}

// maskBCD masks a number of BCD digits that ends at its first D separator or F
// padding; what follows a separator is track data and is masked whole.
func maskBCD(b []byte) {
	digits := 0
	for digits < 2*len(b) && nibble(b, digits) != 0xd && nibble(b, digits) != 0xf {
		digits++
	}
	for i := keepFirst; i < 2*len(b); i++ {
		inside := i < digits-keepLast
		after := i > digits && nibble(b, i) != 0xf
		if inside || after || digits <= keepFirst+keepLast && i < digits {
			setMasked(b, i)
		}
	}
}

func nibble(b []byte, i int) byte {
	if i%2 == 0 {
		return b[i/2] >> 4
	}
	return b[i/2] & 15
}

func setMasked(b []byte, i int) {
	if i%2 == 0 {
		b[i/2] = b[i/2]&0x0f | masked<<4
	} else {
		b[i/2] = b[i/2]&0xf0 | masked
	}
}

// maskText masks digit runs in a text that are card numbers: 13 to 19 digits,
// single blanks between them, first digit 2 to 6, good check digit. Other numbers
// on a receipt (terminal, trace, contract) are left readable.
func maskText(b []byte) {
	for i := 0; i < len(b); {
		places := digitRun(b[i:])
		if len(places) == 0 {
			_, n := utf8.DecodeRune(b[i:])
			i += n
			continue
		}
		maskRun(b[i:], places)
		i += places[len(places)-1] + 1
	}
}

// maskRun looks for card numbers that begin and end with a group of digits: a
// number may be followed by another on the same line.
func maskRun(b []byte, places []int) {
	ends := func(i int) bool { return i == len(places)-1 || places[i+1] > places[i]+1 }
	for i := 0; i < len(places); i++ {
		if i > 0 && !ends(i-1) {
			continue
		}
		for n := maxPAN; n >= minPAN; n-- {
			if i+n <= len(places) && ends(i+n-1) && isCardNumber(b, places[i:i+n]) {
				for _, p := range places[i+keepFirst : i+n-keepLast] {
					b[p] = '*'
				}
				break
			}
		}
	}
}

const minPAN, maxPAN = 13, 19 // ISO/IEC 7812

// digitRun returns the places of the digits that b begins with.
func digitRun(b []byte) (places []int) {
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			places = append(places, i)
		case c == ' ' && i > 0 && b[i-1] != ' ':
		default:
			return places
		}
	}
	return places
}

func isCardNumber(b []byte, places []int) bool {
	if b[places[0]] < '2' || b[places[0]] > '6' {
		return false
	}
	sum := 0
	for i := range places {
		d := int(b[places[len(places)-1-i]] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
