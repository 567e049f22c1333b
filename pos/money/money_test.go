package money

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestFormats(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Cents(123450).German(), "1.234,50"},
		{Cents(-5).German(), "-0,05"},
		{Cents(123456789012).German(), "1.234.567.890,12"},
		{Cents(-123450).Plain(), "-1234.50"},
		{Qty(2000).German(), "2"},
		{Qty(-250).German(), "-0,25"},
		{Qty(1005).Plain(), "1.005"},
		{Rate(1900).German(), "19 %"},
		{Rate(550).German(), "5,5 %"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestRoundsHalfAwayFromZero(t *testing.T) {
	for _, c := range []struct {
		got, want Cents
	}{
		{Qty(500).Times(1), 1},
		{Qty(-500).Times(1), -1},
		{Qty(499).Times(1), 0},
		{Qty(1500).Times(333), 500},
		{VATIn(1190, 1900), 190},
		{VATIn(107, 700), 7},
		{VATIn(-1190, 1900), -190},
		{VATIn(1190, 0), 0},
		{Percent(1005, 1000), 101},
	} {
		if c.got != c.want {
			t.Errorf("got %d, want %d", c.got, c.want)
		}
	}
}

// The oracle is math/big: exact rational, then half away from zero.
func TestMulDivAgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(-int64(MaxCents), int64(MaxCents)).Draw(t, "a")
		b := rapid.Int64Range(-int64(MaxQty), int64(MaxQty)).Draw(t, "b")
		d := rapid.Int64Range(1, 20000).Draw(t, "d")
		want := oracle(a, b, d)
		if !want.IsInt64() || want.Int64() > 1<<62 || want.Int64() < -1<<62 {
			return
		}
		if got := mulDiv(a, b, d); got != want.Int64() {
			t.Fatalf("mulDiv(%d,%d,%d) = %d, want %s", a, b, d, got, want)
		}
	})
}

func oracle(a, b, d int64) *big.Int {
	p := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	neg := p.Sign() < 0
	p.Abs(p)
	p.Lsh(p, 1).Add(p, big.NewInt(d)).Div(p, big.NewInt(2*d))
	if neg {
		p.Neg(p)
	}
	return p
}

func TestSplitAddsUpAndIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := Cents(rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "total"))
		weights := rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, 100_000),
			func(v int64) Cents { return Cents(v) }), 1, 12).Draw(t, "weights")
		parts := Split(total, weights)
		var sum, wsum Cents
		for i := range parts {
			sum += parts[i]
			wsum += weights[i]
		}
		if sum != total {
			t.Fatalf("parts of %d add up to %d", total, sum)
		}
		for i := range parts {
			if wsum == 0 {
				break
			}
			exact := new(big.Rat).SetFrac64(int64(total)*int64(weights[i]), int64(wsum))
			off := exact.Sub(exact, new(big.Rat).SetInt64(int64(parts[i])))
			if off.Abs(off).Cmp(big.NewRat(1, 1)) > 0 {
				t.Fatalf("part %d of %d is more than a cent off", i, total)
			}
		}
	})
}

func TestSplitEdges(t *testing.T) {
	if got := Split(5, nil); len(got) != 0 {
		t.Errorf("got %v, want no parts", got)
	}
	if got := Split(5, []Cents{0, 0}); got[0] != 5 || got[1] != 0 {
		t.Errorf("got %v, want everything in the first part", got)
	}
}

func TestSaturationIsBeyondTheLimits(t *testing.T) {
	if got := Qty(1 << 62).Times(1 << 62); got <= MaxCents {
		t.Errorf("got %d, want more than %d", got, MaxCents)
	}
	if got := Qty(1 << 62).Times(-1 << 62); got >= -MaxCents {
		t.Errorf("got %d, want less than %d", got, -MaxCents)
	}
}
