// Package money holds the units a till counts in: cents, quantities in
// thousandths and tax rates in basis points, with the few roundings German
// law and practice know. There is no float anywhere.
//
// It does not know currencies other than the one of the shop, and it does not
// format for languages: receipts have their own fixed German form.
package money

import "math/bits"

// Cents is an amount in hundredths of the shop's currency.
type Cents int64

// Qty is a quantity in thousandths: 1000 is one piece, 250 a quarter kilo.
type Qty int64

// Rate is a percentage in basis points: 1900 is 19 %.
type Rate int64

// One is the quantity of a single piece.
const One Qty = 1000

// Limits keep every product of the package far inside 64 bits; the rules
// refuse what lies beyond them.
const (
	MaxCents Cents = 99_999_999_99 // 99,999,999.99
	MaxQty   Qty   = 99_999_000    // 99,999 pieces
)

// Times returns quantity x unit price, rounded half away from zero
// (kaufmännisch, DIN 1333) to the cent.
func (q Qty) Times(price Cents) Cents {
	return Cents(mulDiv(int64(q), int64(price), 1000))
}

// Percent returns the share r of c, rounded half away from zero.
func Percent(c Cents, r Rate) Cents {
	return Cents(mulDiv(int64(c), int64(r), 10000))
}

// VATIn returns the tax contained in a gross amount, rounded half away from
// zero. Law: §10 and §12 UStG; the gross price is what the customer saw.
func VATIn(gross Cents, r Rate) Cents {
	if r <= 0 {
		return 0
	}
	return Cents(mulDiv(int64(gross), int64(r), 10000+int64(r)))
}

// mulDiv computes a*b/d with a 128-bit product, rounding half away from zero.
// d must be positive.
func mulDiv(a, b, d int64) int64 {
	neg := (a < 0) != (b < 0)
	hi, lo := bits.Mul64(abs(a), abs(b))
	lo, carry := bits.Add64(lo, uint64(d)/2, 0)
	hi += carry
	if hi >= uint64(d) {
		return saturated(neg)
	}
	q, _ := bits.Div64(hi, lo, uint64(d))
	if q > 1<<62 {
		return saturated(neg)
	}
	if neg {
		return -int64(q)
	}
	return int64(q)
}

// saturated is far beyond MaxCents, so the limits of the rules catch it.
func saturated(neg bool) int64 {
	if neg {
		return -1 << 62
	}
	return 1 << 62
}

func abs(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}

// Split shares total over weights so that the parts add up to total exactly:
// every part is rounded towards zero, and the cents left over go to the parts
// with the largest remainders, the first one winning ties. All weights zero
// gives everything to the first part; no weights give no parts.
func Split(total Cents, weights []Cents) []Cents {
	parts := make([]Cents, len(weights))
	var sum int64
	for _, w := range weights {
		sum += int64(abs(int64(w)))
	}
	if len(weights) == 0 {
		return parts
	}
	if sum == 0 {
		parts[0] = total
		return parts
	}
	rest := make([]uint64, len(weights))
	left := abs(int64(total))
	for i, w := range weights {
		hi, lo := bits.Mul64(abs(int64(total)), abs(int64(w)))
		q, r := bits.Div64(hi, lo, uint64(sum))
		parts[i], rest[i] = Cents(q), r
		left -= q
	}
	for ; left > 0; left-- {
		best := 0
		for i := range rest {
			if rest[i] > rest[best] {
				best = i
			}
		}
		parts[best]++
		rest[best] = 0
	}
	if total < 0 {
		for i := range parts {
			parts[i] = -parts[i]
		}
	}
	return parts
}
