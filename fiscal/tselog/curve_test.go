package tselog

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"math/big"
	"os"
	"strings"
	"testing"
)

func curveNamed(t testing.TB, name string) *curve {
	t.Helper()
	for _, c := range curves {
		if c.name == name {
			return c
		}
	}
	t.Fatal("no curve", name)
	return nil
}

// Field arithmetic agrees with math/big, at random and at the edges.
func TestField(t *testing.T) {
	for _, c := range curves {
		f, p := c.f, c.f.big
		values := []*big.Int{big.NewInt(0), big.NewInt(1), big.NewInt(2), new(big.Int).Sub(p, big.NewInt(1)), new(big.Int).Sub(p, big.NewInt(2)), new(big.Int).Rsh(p, 1)}
		for range 30 {
			v, err := rand.Int(rand.Reader, p)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, v)
		}
		for _, x := range values {
			for _, y := range values {
				ex, ey := f.enter(x), f.enter(y)
				var sum, diff, prod element
				f.add(&sum, &ex, &ey)
				f.sub(&diff, &ex, &ey)
				f.mul(&prod, &ex, &ey)
				for name, v := range map[string]struct {
					got  element
					want *big.Int
				}{
					"sum": {sum, new(big.Int).Add(x, y)}, "difference": {diff, new(big.Int).Sub(x, y)}, "product": {prod, new(big.Int).Mul(x, y)},
				} {
					if want := f.enter(v.want.Mod(v.want, p)); v.got != want {
						t.Fatalf("%s: %s of %x and %x is wrong", c.name, name, x, y)
					}
				}
			}
		}
	}
}

// affinePoint leaves projective coordinates the slow way; nil is infinity.
func (c *curve) affinePoint(p *point) []*big.Int {
	value := func(e element) *big.Int {
		one, v := element{1}, element{}
		c.f.mul(&v, &e, &one) // leaves Montgomery form
		sum := new(big.Int)
		for i := maxLimbs - 1; i >= 0; i-- {
			sum.Lsh(sum, 64).Or(sum, new(big.Int).SetUint64(v[i]))
		}
		return sum
	}
	z := value(p.z)
	if z.Sign() == 0 {
		return nil
	}
	inv := z.ModInverse(z, c.f.big)
	x, y := value(p.x), value(p.y)
	return []*big.Int{x.Mul(x, inv).Mod(x, c.f.big), y.Mul(y, inv).Mod(y, c.f.big)}
}

func TestCurveConstants(t *testing.T) {
	zero := big.NewInt(0)
	for _, c := range curves {
		if !c.onCurve(&c.g) {
			t.Errorf("%s: generator is not on the curve", c.name)
		}
		if !c.f.big.ProbablyPrime(20) || !c.n.ProbablyPrime(20) {
			t.Errorf("%s: p or n is not prime", c.name)
		}
		none := c.combine(c.n, c.multiples(c.g), zero, c.multiples(c.g))
		if !none.z.isZero() {
			t.Errorf("%s: nG is not infinity", c.name)
		}
		last := new(big.Int).Sub(c.n, big.NewInt(1))
		minus := c.combine(last, c.multiples(c.g), zero, c.multiples(c.g))
		got, g := c.affinePoint(&minus), c.affinePoint(&c.g)
		if got[0].Cmp(g[0]) != 0 || new(big.Int).Add(got[1], g[1]).Cmp(c.f.big) != 0 {
			t.Errorf("%s: (n-1)G is not -G", c.name)
		}
		minus.z, none = c.g.z, point{}
		minus = point{c.f.enter(got[0]), c.f.enter(got[1]), c.g.z}
		if c.add(&none, &minus, &c.g); !none.z.isZero() {
			t.Errorf("%s: -G + G is not infinity", c.name)
		}
		if c.add(&none, &none, &none); !none.z.isZero() {
			t.Errorf("%s: twice infinity is not infinity", c.name)
		}
		if c.add(&none, &none, &c.g); c.affinePoint(&none)[0].Cmp(g[0]) != 0 {
			t.Errorf("%s: infinity + G is not G", c.name)
		}
	}
}

// Both ways to multiply agree, and on NIST curves with the standard library.
func TestMultiplication(t *testing.T) {
	std := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}
	for _, c := range curves {
		comb := c.generatorComb()
		for range 4 {
			k, err := rand.Int(rand.Reader, c.n)
			if err != nil {
				t.Fatal(err)
			}
			a := c.combine(k, c.multiples(c.g), big.NewInt(0), c.multiples(c.g))
			b := c.infinity()
			c.addMultiple(&b, k, comb)
			pa, pb := c.affinePoint(&a), c.affinePoint(&b)
			if pa[0].Cmp(pb[0]) != 0 || pa[1].Cmp(pb[1]) != 0 {
				t.Fatalf("%s: %x·G: the two ways differ", c.name, k)
			}
			if s, ok := std[c.name]; ok {
				want := stdPoint(t, s, k.FillBytes(make([]byte, c.size)))
				if got := append(pa[0].FillBytes(make([]byte, c.size)), pa[1].FillBytes(make([]byte, c.size))...); !bytes.Equal(got, want[1:]) {
					t.Fatalf("%s: %x·G differs from the standard library", c.name, k)
				}
			}
		}
	}
}

// stdPoint is 04||X||Y of kG by the standard library.
func stdPoint(t *testing.T, c elliptic.Curve, k []byte) []byte {
	t.Helper()
	key, err := ecdsa.ParseRawPrivateKey(c, k)
	if err != nil {
		t.Fatal(err)
	}
	b, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var opensslHashes = map[string]func() hash.Hash{
	"sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
	"sha3-256": func() hash.Hash { return sha3.New256() },
	"sha3-384": func() hash.Hash { return sha3.New384() },
	"sha3-512": func() hash.Hash { return sha3.New512() },
}

// Each signature OpenSSL made is accepted, and refused with a bit flipped in message, r, s or key.
func TestOpenSSLSignatures(t *testing.T) {
	f, err := os.Open("testdata/openssl.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen, scan := map[string]int{}, bufio.NewScanner(f)
	for scan.Scan() {
		if strings.HasPrefix(scan.Text(), "#") {
			continue
		}
		p := strings.Fields(scan.Text())
		newHash := opensslHashes[p[1]]
		key, err := ParsePublicKey(unhex(t, p[3]))
		if err != nil || key.Curve() != p[0] {
			t.Fatalf("%s: %v", p[0], err)
		}
		seen[p[0]+p[1]]++
		digest := func(b []byte) []byte { h := newHash(); h.Write(b); return h.Sum(nil) }
		msg, sig := unhex(t, p[2]), unhex(t, p[4])
		if err := key.verifyPlain(digest(msg), sig); err != nil {
			t.Errorf("%s %s: %v", p[0], p[1], err)
		}
		if seen[p[0]+p[1]] > 1 {
			continue
		}
		msg[0] ^= 1
		if err := key.verifyPlain(digest(msg), sig); !errors.Is(err, ErrSignature) {
			t.Errorf("%s %s: changed message: %v", p[0], p[1], err)
		}
		msg[0] ^= 1
		for _, at := range []int{len(sig)/2 - 1, len(sig) / 2} {
			bad := bytes.Clone(sig)
			bad[at] ^= 1
			if err := key.verifyPlain(digest(msg), bad); !errors.Is(err, ErrSignature) {
				t.Errorf("%s %s: changed byte %d: %v", p[0], p[1], at, err)
			}
		}
	}
	if err := scan.Err(); err != nil || len(seen) != len(curves)*len(opensslHashes) {
		t.Errorf("%d combinations of curve and hash, want %d (%v)", len(seen), len(curves)*len(opensslHashes), err)
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Values of r and s that must be refused whatever the key: 0, n, and values raised by n that are right modulo n.
func TestForgedSignatures(t *testing.T) {
	for _, c := range curves {
		k, err := rand.Int(rand.Reader, c.n)
		if err != nil {
			t.Fatal(err)
		}
		q := c.combine(k, c.multiples(c.g), big.NewInt(0), c.multiples(c.g))
		a := c.affinePoint(&q)
		raw := append([]byte{4}, a[0].FillBytes(make([]byte, c.size))...)
		key, err := ParsePublicKey(append(raw, a[1].FillBytes(make([]byte, c.size))...))
		if err != nil || key.Curve() != c.name {
			t.Fatal(c.name, err)
		}
		digest := sha512.Sum512([]byte(c.name))
		one, zero := big.NewInt(1), big.NewInt(0)
		for name, v := range map[string][2]*big.Int{
			"r=0": {zero, one}, "s=0": {one, zero}, "both 0": {zero, zero}, "r=n": {c.n, one}, "s=n": {one, c.n},
			"negative": {big.NewInt(-1), one}, "1,1": {one, one}, "n+1": {new(big.Int).Add(c.n, one), one},
		} {
			if err := key.verify(digest[:], v[0], v[1]); !errors.Is(err, ErrSignature) {
				t.Errorf("%s: %s: %v", c.name, name, err)
			}
		}
		for _, n := range []int{0, 1, 2*c.size - 1, 2*c.size + 1, 2*c.size + 2} {
			if err := key.verifyPlain(digest[:], make([]byte, n)); !errors.Is(err, ErrSignature) {
				t.Errorf("%s: signature of %d bytes: %v", c.name, n, err)
			}
		}
	}
}

// Signatures of the standard library, with its own keys, in one-shot use and beyond the point where a comb is made.
func TestAgainstStandardLibrary(t *testing.T) {
	for _, std := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		k, err := ecdsa.GenerateKey(std, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := k.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		key, err := ParsePublicKey(raw)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 * worthComb {
			h := sha256.Sum256([]byte{byte(i)})
			r, s, err := ecdsa.Sign(rand.Reader, k, h[:])
			if err != nil {
				t.Fatal(err)
			}
			if err := key.verify(h[:], r, s); err != nil {
				t.Errorf("%s: %d: %v", key.Curve(), i, err)
			}
			h[0] ^= 1
			if err := key.verify(h[:], r, s); err == nil {
				t.Errorf("%s: %d: changed digest accepted", key.Curve(), i)
			}
		}
	}
}

func TestPublicKeys(t *testing.T) {
	c := curveNamed(t, "brainpoolP384r1")
	g := c.affinePoint(&c.g)
	raw := append(append([]byte{4}, g[0].FillBytes(make([]byte, c.size))...), g[1].FillBytes(make([]byte, c.size))...)
	key, err := ParsePublicKey(raw)
	if err != nil || !bytes.Equal(key.Raw(), raw) {
		t.Fatal(err)
	}
	spki := unhex(t, "307a301406072a8648ce3d020106092b240303020801010b036200")
	key, err = ParsePublicKey(append(spki, raw...))
	if err != nil || key.Curve() != c.name {
		t.Errorf("SubjectPublicKeyInfo: %v", err)
	}
	off, compressed, big := bytes.Clone(raw), bytes.Clone(raw), bytes.Clone(raw)
	off[60] ^= 1
	compressed[0] = 2
	copy(big[1:], bytes.Repeat([]byte{0xff}, c.size))
	otherCurve := append(bytes.Replace(spki, []byte{0x08, 1, 1, 0x0b}, []byte{0x08, 1, 1, 0x0d}, 1), raw...)
	otherType := append(bytes.Replace(spki, []byte{0x3d, 2, 1}, []byte{0x3d, 2, 2}, 1), raw...)
	unknownCurve := append(bytes.Replace(spki, []byte{0x08, 1, 1, 0x0b}, []byte{0x08, 1, 1, 0x0c}, 1), raw...)
	for name, b := range map[string][]byte{
		"off the curve": off, "compressed": compressed, "above p": big, "empty": nil, "zero": {0}, "cut": raw[:96], "long": append(raw, 0),
		"other curve": otherCurve, "other type": otherType, "unknown curve": unknownCurve, "cut info": spki,
	} {
		if _, err := ParsePublicKey(b); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v, want ErrKey", name, err)
		}
	}
}
