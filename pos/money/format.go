package money

import (
	"strconv"
	"strings"
)

// German formats cents as printed on a German receipt: 1.234,50.
func (c Cents) German() string {
	whole, frac := c.digits()
	return c.sign() + group(whole) + "," + frac
}

// Plain formats cents with a dot and without grouping, as processData and
// exports want it: 1234.50.
func (c Cents) Plain() string {
	whole, frac := c.digits()
	return c.sign() + whole + "." + frac
}

func (c Cents) sign() string {
	if c < 0 {
		return "-"
	}
	return ""
}

func (c Cents) digits() (whole, frac string) {
	s := strconv.FormatUint(abs(int64(c)), 10)
	for len(s) < 3 {
		s = "0" + s
	}
	return s[:len(s)-2], s[len(s)-2:]
}

func group(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// German formats a quantity with as few decimals as it needs: 2 or 0,25.
func (q Qty) German() string { return strings.Replace(q.Plain(), ".", ",", 1) }

// Plain formats a quantity with a dot: 2 or 0.25.
func (q Qty) Plain() string {
	s := strconv.FormatUint(abs(int64(q)), 10)
	for len(s) < 4 {
		s = "0" + s
	}
	out := s[:len(s)-3] + "." + s[len(s)-3:]
	out = strings.TrimRight(strings.TrimRight(out, "0"), ".")
	if q < 0 {
		return "-" + out
	}
	return out
}

// German formats a rate as printed next to an amount: 19 % or 5,5 %.
func (r Rate) German() string {
	c := Cents(r)
	whole, frac := c.digits()
	frac = strings.TrimRight(frac, "0")
	if frac != "" {
		frac = "," + frac
	}
	return c.sign() + whole + frac + " %"
}
