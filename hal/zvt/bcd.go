package zvt

import "fmt"

// AppendBCD appends v as n bytes of binary coded decimal, high digits first.
func AppendBCD(b []byte, v uint64, n int) ([]byte, error) {
	out := make([]byte, n)
	rest := v
	for i := n - 1; i >= 0; i-- {
		out[i] = byte(rest%10) | byte(rest/10%10)<<4
		rest /= 100
	}
	if rest != 0 {
		return b, fmt.Errorf("encode %d in %d BCD bytes: too large", v, n)
	}
	return append(b, out...), nil
}

// ParseBCD reads up to 9 bytes of binary coded decimal; any nibble above 9 is
// ErrMalformed.
func ParseBCD(b []byte) (uint64, error) {
	if len(b) > 9 {
		return 0, fmt.Errorf("BCD of %d bytes: %w", len(b), ErrMalformed)
	}
	var v uint64
	for _, c := range b {
		if c>>4 > 9 || c&15 > 9 {
			return 0, fmt.Errorf("BCD digit: %w", ErrMalformed)
		}
		v = v*100 + uint64(c>>4)*10 + uint64(c&15)
	}
	return v, nil
}

// number is ParseBCD for fields where a strange value means "not told".
func number(b []byte) int64 {
	v, err := ParseBCD(b)
	if err != nil {
		return 0
	}
	return int64(v)
}
