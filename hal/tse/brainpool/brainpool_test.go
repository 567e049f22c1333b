package brainpool

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"math/big"
	"testing"
)

var curves = []*Curve{P256r1, P384r1, P512r1}

// nistP256 runs the same code on a curve with published vectors.
var nistP256 = newCurve("P-256",
	"ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
	"ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
	"5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
	"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
	"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
	"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")

// RFC 6979, A.2.5, P-256 with SHA-256, messages "sample" and "test".
func TestRFC6979Vectors(t *testing.T) {
	d := hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
	key, err := NewKey(nistP256, d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct{ message, r, s string }{
		{"sample", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
			"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
		{"test", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
			"019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"},
	} {
		h := sha256.Sum256([]byte(v.message))
		if got := fmt.Sprintf("%x", key.Sign(sha256.New, h[:])); got != v.r+v.s {
			t.Errorf("%s: %s, want %s", v.message, got, v.r+v.s)
		}
	}
}

// RFC 7027, A.1 to A.3: private keys and public points of key exchanges on the three curves.
func TestRFC7027Points(t *testing.T) {
	for _, v := range []struct {
		c       *Curve
		d, x, y string
	}{
		{P256r1, "81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d",
			"44106e913f92bc02a1705d9953a8414db95e1aaa49e81d9e85f929a8e3100be5",
			"8ab4846f11caccb73ce49cbdd120f5a900a69fd32c272223f789ef10eb089bdc"},
		{P384r1, "1e20f5e048a5886f1f157c74e91bde2b98c8b52d58e5003d57053fc4b0bd65d6f15eb5d1ee1610df870795143627d042",
			"68b665dd91c195800650cdd363c625f4e742e8134667b767b1b476793588f885ab698c852d4a6e77a252d6380fcaf068",
			"55bc91a39c9ec01dee36017b7d673a931236d2f1f5c83942d049e3fa20607493e0d038ff2fd30c2ab67d15c85f7faa59"},
		{P512r1, "16302ff0dbbb5a8d733dab7141c1b45acbc8715939677f6a56850a38bd87bd59b09e80279609ff333eb9d4c061231fb26f92eeb04982a5f1d1764cad57665422",
			"0a420517e406aac0acdce90fcd71487718d3b953efd7fbec5f7f27e28c6149999397e91e029e06457db2d3e640668b392c2a7e737a7f0bf04436d11640fd09fd",
			"72e6882e8db28aad36237cd25d580db23783961c8dc52dfa2ec138ad472a0fcef3887cf62b623b2a87de5c588301ea3e5fc269b373b60724f5e82a6ad147fde7"},
	} {
		key, err := NewKey(v.c, hex(v.d).FillBytes(make([]byte, v.c.size)))
		if err != nil {
			t.Fatal(v.c.name, err)
		}
		if got := fmt.Sprintf("%x", key.Point()); got != "04"+v.x+v.y {
			t.Errorf("%s: %s, want 04%s%s", v.c.name, got, v.x, v.y)
		}
	}
}

func TestConstants(t *testing.T) {
	for _, c := range append(curves, nistP256) {
		if !c.onCurve(c.gx, c.gy) {
			t.Errorf("%s: generator is not on the curve", c.name)
		}
		last := new(big.Int).Sub(c.n, big.NewInt(1))
		m := c.timesG(last) // (n-1)G = -G
		if m.x.Cmp(c.gx) != 0 || m.y.Cmp(new(big.Int).Sub(c.p, c.gy)) != 0 {
			t.Errorf("%s: (n-1)G is not -G", c.name)
		}
		if !c.p.ProbablyPrime(20) || !c.n.ProbablyPrime(20) {
			t.Errorf("%s: p or n is not prime", c.name)
		}
	}
}

// The generic code agrees with the standard library where the standard library has the curve.
func TestAgainstStandardLibrary(t *testing.T) {
	for range 50 {
		k, err := rand.Int(rand.Reader, nistP256.n)
		if err != nil {
			t.Fatal(err)
		}
		if k.Sign() == 0 {
			continue
		}
		raw := k.FillBytes(make([]byte, 32))
		got, err := NewKey(nistP256, raw)
		if err != nil {
			t.Fatal(err)
		}
		std, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
		if err != nil {
			t.Fatal(err)
		}
		if want, err := std.PublicKey.Bytes(); err != nil || !bytes.Equal(got.Point(), want) {
			t.Fatalf("%x·G differs (%v)", k, err)
		}
	}
}

// Additions that the usual formula cannot do: doubling by addition, a point and its opposite, infinity on either side.
func TestSpecialAdditions(t *testing.T) {
	for _, c := range curves {
		w, g := &arith{c: c}, affine{c.gx, c.gy}
		sum := &jacobian{}
		w.addAffine(sum, g)
		w.addAffine(sum, g)
		twice := &jacobian{}
		w.addAffine(twice, g)
		w.double(twice)
		if a, b := w.toAffine(sum), w.toAffine(twice); a.x.Cmp(b.x) != 0 || a.y.Cmp(b.y) != 0 {
			t.Errorf("%s: G+G is not 2G", c.name)
		}
		none := &jacobian{}
		w.addAffine(none, g)
		w.addAffine(none, affine{c.gx, new(big.Int).Sub(c.p, c.gy)})
		if none.z.Sign() != 0 {
			t.Errorf("%s: G-G is not infinity", c.name)
		}
		w.double(none)
		if none.z.Sign() != 0 {
			t.Errorf("%s: twice infinity is not infinity", c.name)
		}
	}
}

// verify is ECDSA verification by the book, over double and addAffine only.
func verify(c *Curve, q affine, digest, sig []byte) bool {
	r, s := new(big.Int).SetBytes(sig[:c.size]), new(big.Int).SetBytes(sig[c.size:])
	inv := new(big.Int).ModInverse(s, c.n)
	if inv == nil {
		return false
	}
	u1 := new(big.Int).Mul(c.fromBits(digest), inv)
	u2 := new(big.Int).Mul(r, inv)
	u1.Mod(u1, c.n)
	u2.Mod(u2, c.n)
	w, sum := &arith{c: c}, &jacobian{}
	for i := c.n.BitLen() - 1; i >= 0; i-- {
		w.double(sum)
		if u1.Bit(i) == 1 {
			w.addAffine(sum, affine{c.gx, c.gy})
		}
		if u2.Bit(i) == 1 {
			w.addAffine(sum, q)
		}
	}
	if sum.z.Sign() == 0 {
		return false
	}
	return new(big.Int).Mod(w.toAffine(sum).x, c.n).Cmp(r) == 0
}

func TestSignAndVerify(t *testing.T) {
	for _, c := range curves {
		key, err := GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		again, err := NewKey(c, key.Bytes())
		if err != nil || !bytes.Equal(again.Point(), key.Point()) {
			t.Fatal(c.name, "key does not survive Bytes and NewKey", err)
		}
		for i := range 4 {
			h := sha512.Sum384([]byte{byte(i)})
			sig := key.Sign(sha512.New384, h[:])
			if !verify(c, key.q, h[:], sig) {
				t.Errorf("%s: own signature %d refused", c.name, i)
			}
			sig[i] ^= 1
			if verify(c, key.q, h[:], sig) {
				t.Errorf("%s: flipped bit in byte %d accepted", c.name, i)
			}
		}
	}
}

func TestBadKeys(t *testing.T) {
	for _, c := range curves {
		for name, b := range map[string][]byte{
			"zero": make([]byte, c.size), "order": c.n.Bytes(), "short": {1}, "long": make([]byte, c.size+1), "none": nil,
		} {
			if _, err := NewKey(c, b); !errors.Is(err, ErrKey) {
				t.Errorf("%s: %s: %v, want ErrKey", c.name, name, err)
			}
		}
	}
	if _, err := GenerateKey(P384r1, bytes.NewReader([]byte{1, 2, 3})); err == nil {
		t.Error("key from three random bytes")
	}
}

func BenchmarkSignP384r1(b *testing.B) {
	key, err := GenerateKey(P384r1, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	h := sha512.Sum384([]byte("x"))
	for b.Loop() {
		key.Sign(sha512.New384, h[:])
	}
}
