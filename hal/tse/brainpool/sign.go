package brainpool

import (
	"crypto/hmac"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/big"
)

// PrivateKey is a number d with its point dG.
type PrivateKey struct {
	c *Curve
	d *big.Int
	q affine
}

// GenerateKey makes a key from random bytes (FIPS 186-5, A.2.1: 64 bits more than the order, then reduced).
func GenerateKey(c *Curve, random io.Reader) (*PrivateKey, error) {
	buf := make([]byte, c.size+8)
	if _, err := io.ReadFull(random, buf); err != nil {
		return nil, fmt.Errorf("generate key on %s: %w", c.name, err)
	}
	d := new(big.Int).SetBytes(buf)
	d.Mod(d, new(big.Int).Sub(c.n, big.NewInt(1))).Add(d, big.NewInt(1))
	return &PrivateKey{c, d, c.timesG(d)}, nil
}

// ErrKey is returned for a number that is no private key of the curve.
var ErrKey = errors.New("not a private key of this curve")

// NewKey takes a private key as Bytes returns it.
func NewKey(c *Curve, private []byte) (*PrivateKey, error) {
	d := new(big.Int).SetBytes(private)
	if len(private) != c.size || d.Sign() == 0 || d.Cmp(c.n) >= 0 {
		return nil, fmt.Errorf("%w (%s)", ErrKey, c.name)
	}
	return &PrivateKey{c, d, c.timesG(d)}, nil
}

// Bytes returns the private number, big endian, Size bytes.
func (k *PrivateKey) Bytes() []byte { return k.d.FillBytes(make([]byte, k.c.size)) }

// Point returns the public key as 04||X||Y.
func (k *PrivateKey) Point() []byte {
	b := make([]byte, 1+2*k.c.size)
	b[0] = 4
	k.q.x.FillBytes(b[1 : 1+k.c.size])
	k.q.y.FillBytes(b[1+k.c.size:])
	return b
}

// Sign returns the ECDSA signature r||s of a digest made with newHash (TR-03111 v2.10 ch. 4.2.1; nonce of RFC 6979 ch. 3.2).
func (k *PrivateKey) Sign(newHash func() hash.Hash, digest []byte) []byte {
	c := k.c
	z := c.fromBits(digest)
	nonces := newNonces(k, newHash, digest)
	for {
		n := nonces.next()
		r := new(big.Int).Mod(c.timesG(n).x, c.n)
		s := new(big.Int).Mul(r, k.d)
		s.Add(s, z).Mul(s, new(big.Int).ModInverse(n, c.n)).Mod(s, c.n)
		if r.Sign() != 0 && s.Sign() != 0 {
			sig := make([]byte, 2*c.size)
			r.FillBytes(sig[:c.size])
			s.FillBytes(sig[c.size:])
			return sig
		}
	}
}

// fromBits is bits2int of RFC 6979 ch. 2.3.2: the leftmost bits of b, as many as the order has.
func (c *Curve) fromBits(b []byte) *big.Int {
	v := new(big.Int).SetBytes(b)
	if extra := 8*len(b) - c.n.BitLen(); extra > 0 {
		v.Rsh(v, uint(extra))
	}
	return v
}

// nonces is the generator of RFC 6979 ch. 3.2; the letters are the standard's.
type nonces struct {
	c       *Curve
	newHash func() hash.Hash
	k, v    []byte
	used    bool
}

func newNonces(key *PrivateKey, newHash func() hash.Hash, digest []byte) *nonces {
	c := key.c
	h := c.fromBits(digest)
	seed := append(key.Bytes(), h.Mod(h, c.n).FillBytes(make([]byte, c.size))...)
	size := newHash().Size()
	g := &nonces{c: c, newHash: newHash, k: make([]byte, size), v: make([]byte, size)}
	for i := range g.v {
		g.v[i] = 1
	}
	g.stir(0, seed)
	g.stir(1, seed)
	return g
}

func (g *nonces) mac(parts ...[]byte) []byte {
	m := hmac.New(g.newHash, g.k)
	for _, p := range parts {
		m.Write(p)
	}
	return m.Sum(nil)
}

func (g *nonces) stir(mark byte, seed []byte) {
	g.k = g.mac(g.v, []byte{mark}, seed)
	g.v = g.mac(g.v)
}

func (g *nonces) next() *big.Int {
	for {
		if g.used {
			g.stir(0, nil)
		}
		g.used = true
		var t []byte
		for len(t) < g.c.size {
			g.v = g.mac(g.v)
			t = append(t, g.v...)
		}
		if k := g.c.fromBits(t[:g.c.size]); k.Sign() > 0 && k.Cmp(g.c.n) < 0 {
			return k
		}
	}
}
