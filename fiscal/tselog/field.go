package tselog

import (
	"encoding/binary"
	"math/big"
	"math/bits"
)

// maxLimbs holds P-521.
const maxLimbs = 9

// element is a field element in Montgomery form, lowest limb first; limbs above the field's are zero.
type element [maxLimbs]uint64

// field is arithmetic modulo an odd prime of n limbs (Montgomery's method, "CIOS" of Koç, Acar, Kaliski 1996).
type field struct {
	p   element
	n   int
	inv uint64  // -p⁻¹ mod 2⁶⁴
	rr  element // R² mod p, to enter Montgomery form
	big *big.Int
}

func newField(p *big.Int) *field {
	f := &field{n: (p.BitLen() + 63) / 64, big: p}
	f.p = limbs(p)
	f.inv = 1
	for range 6 { // Newton: doubles the correct bits each time
		f.inv *= 2 - f.p[0]*f.inv
	}
	f.inv = -f.inv
	r := new(big.Int).Lsh(big.NewInt(1), uint(128*f.n))
	f.rr = limbs(r.Mod(r, p))
	return f
}

// limbs splits a number below 2⁵⁷⁶.
func limbs(v *big.Int) (e element) {
	var buf [8 * maxLimbs]byte
	v.FillBytes(buf[:])
	for i := range e {
		e[i] = binary.BigEndian.Uint64(buf[len(buf)-8*(i+1):])
	}
	return e
}

// enter brings a number below p into Montgomery form.
func (f *field) enter(v *big.Int) (z element) {
	x := limbs(v)
	f.mul(&z, &x, &f.rr)
	return z
}

// mul sets z = x·y/R mod p. z may be x or y.
func (f *field) mul(z, x, y *element) {
	var t element
	xs, ps, ts := x[:f.n], f.p[:f.n], t[:f.n]
	xs, ps = xs[:len(ts)], ps[:len(ts)] // tells the compiler that all are of one length
	var top uint64
	for _, yi := range y[:len(ts)] {
		lo, c1 := mulAdd(xs[0], yi, ts[0], 0)
		m := lo * f.inv
		_, c2 := mulAdd(m, ps[0], lo, 0)
		for j := 1; j < len(ts); j++ {
			lo, c1 = mulAdd(xs[j], yi, ts[j], c1)
			ts[j-1], c2 = mulAdd(m, ps[j], lo, c2)
		}
		sum, a := bits.Add64(top, c1, 0)
		sum, b := bits.Add64(sum, c2, 0)
		ts[len(ts)-1], top = sum, a+b
	}
	*z = t
	f.reduce(z, top)
}

// mulAdd returns a·b + c + d, which fits in two words.
func mulAdd(a, b, c, d uint64) (lo, hi uint64) {
	hi, lo = bits.Mul64(a, b)
	lo, carry := bits.Add64(lo, c, 0)
	hi += carry
	lo, carry = bits.Add64(lo, d, 0)
	return lo, hi + carry
}

// reduce subtracts p once when the value, with top above its limbs, is not below p.
func (f *field) reduce(z *element, top uint64) {
	var d element
	var borrow uint64
	for i := range f.n {
		d[i], borrow = bits.Sub64(z[i], f.p[i], borrow)
	}
	if top != 0 || borrow == 0 {
		*z = d
	}
}

func (f *field) add(z, x, y *element) {
	var carry uint64
	for i := range f.n {
		z[i], carry = bits.Add64(x[i], y[i], carry)
	}
	f.reduce(z, carry)
}

func (f *field) sub(z, x, y *element) {
	var borrow, carry uint64
	for i := range f.n {
		z[i], borrow = bits.Sub64(x[i], y[i], borrow)
	}
	if borrow == 0 {
		return
	}
	for i := range f.n {
		z[i], carry = bits.Add64(z[i], f.p[i], carry)
	}
}

func (e *element) isZero() bool { return *e == element{} }
