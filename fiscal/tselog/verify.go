package tselog

import (
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"sync"
)

// Errors of Verify and ParsePublicKey.
var (
	ErrSignature = errors.New("signature is wrong")
	ErrAlgorithm = errors.New("signature algorithm is refused")
	ErrKey       = errors.New("not a public key this program knows")
	ErrSerial    = errors.New("serial number in the message is not the key's")
)

// PublicKey is a point on one of the curves allowed for a TSE. It is safe for concurrent use.
type PublicKey struct {
	curve *curve
	raw   []byte
	p     point

	mu   sync.Mutex
	uses int  // verifications so far, up to worthComb
	comb comb // nil until worthComb
}

// worthComb is the number of verifications with one key from which on its comb pays: making it costs about three.
const worthComb = 8

// Curve names the key's curve, e.g. "brainpoolP384r1".
func (k *PublicKey) Curve() string { return k.curve.name }

// Raw returns the uncompressed point 04||X||Y.
func (k *PublicKey) Raw() []byte { return append([]byte(nil), k.raw...) }

// Serial returns the serial number of a TSE with this key: SHA-256 over the uncompressed point.
func (k *PublicKey) Serial() [32]byte { return sha256.Sum256(k.raw) }

// ParsePublicKey reads an uncompressed point 04||X||Y, whose curve is the one it lies on, or a SubjectPublicKeyInfo.
func ParsePublicKey(b []byte) (*PublicKey, error) {
	if len(b) > 0 && b[0] == tagSequence {
		return parseSubjectKey(b)
	}
	for _, c := range curves {
		if len(b) != 1+2*c.size {
			continue
		}
		if k, err := c.key(b); err == nil {
			return k, nil
		}
	}
	return nil, fmt.Errorf("%w: %d bytes that are a point on no allowed curve", ErrKey, len(b))
}

func parseSubjectKey(b []byte) (*PublicKey, error) {
	var info struct {
		Algorithm struct{ Key, Curve asn1.ObjectIdentifier }
		Point     asn1.BitString
	}
	rest, err := asn1.Unmarshal(b, &info)
	if err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("%w: SubjectPublicKeyInfo without a named curve", ErrKey)
	}
	if !info.Algorithm.Key.Equal(asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}) {
		return nil, fmt.Errorf("%w: key type %s", ErrKey, info.Algorithm.Key)
	}
	for _, c := range curves {
		if oidString(c.oid) == info.Algorithm.Curve.String() {
			return c.key(info.Point.RightAlign())
		}
	}
	return nil, fmt.Errorf("%w: curve %s", ErrKey, info.Algorithm.Curve)
}

// key checks that b is an uncompressed point of the curve. Every curve here has cofactor 1, so each such point but infinity,
// which has no uncompressed form, is a key.
func (c *curve) key(b []byte) (*PublicKey, error) {
	if len(b) != 1+2*c.size || b[0] != 4 {
		return nil, fmt.Errorf("%w: not an uncompressed point on %s", ErrKey, c.name)
	}
	x, y := new(big.Int).SetBytes(b[1:1+c.size]), new(big.Int).SetBytes(b[1+c.size:])
	if x.Cmp(c.f.big) >= 0 || y.Cmp(c.f.big) >= 0 {
		return nil, fmt.Errorf("%w: coordinate is not below the prime of %s", ErrKey, c.name)
	}
	p := point{c.f.enter(x), c.f.enter(y), c.g.z}
	if !c.onCurve(&p) {
		return nil, fmt.Errorf("%w: not a point on %s", ErrKey, c.name)
	}
	return &PublicKey{curve: c, raw: append([]byte(nil), b...), p: p}, nil
}

// Verify checks the signature of a message and that its serial number is the key's. Errors: ErrSerial, ErrAlgorithm,
// ErrSignature.
func Verify(m Message, key *PublicKey) error {
	if m.Algorithm.newHash == nil {
		return m.Algorithm.refusal()
	}
	if m.Serial != key.Serial() {
		return ErrSerial
	}
	h := m.Algorithm.newHash()
	h.Write(m.Signed)
	return key.verifyPlain(h.Sum(nil), m.Signature)
}

// verifyPlain checks a signature in the plain format of TR-03111: r||s, each as long as the curve's field.
func (k *PublicKey) verifyPlain(digest, sig []byte) error {
	size := k.curve.size
	if len(sig) != 2*size {
		return fmt.Errorf("%w: %d bytes, %d wanted on %s", ErrSignature, len(sig), 2*size, k.curve.name)
	}
	return k.verify(digest, new(big.Int).SetBytes(sig[:size]), new(big.Int).SetBytes(sig[size:]))
}

// verify is ECDSA verification (TR-03111 v2.10 ch. 4.2.1.2).
func (k *PublicKey) verify(digest []byte, r, s *big.Int) error {
	c := k.curve
	if r.Sign() <= 0 || s.Sign() <= 0 || r.Cmp(c.n) >= 0 || s.Cmp(c.n) >= 0 {
		return fmt.Errorf("%w: r or s is not between 1 and the order", ErrSignature)
	}
	z := new(big.Int).SetBytes(digest)
	if extra := 8*len(digest) - c.n.BitLen(); extra > 0 {
		z.Rsh(z, uint(extra))
	}
	w := new(big.Int).ModInverse(s, c.n)
	u, v := new(big.Int).Mul(z, w), new(big.Int).Mul(r, w)
	sum := k.combine(u.Mod(u, c.n), v.Mod(v, c.n))
	if sum.z.isZero() || !c.hasX(&sum, r) {
		return ErrSignature
	}
	return nil
}

// combine returns u·G + v·Q for the key Q.
func (k *PublicKey) combine(u, v *big.Int) point {
	c, t := k.curve, k.table()
	if t == nil {
		return c.combine(u, c.multiples(c.g), v, c.multiples(k.p))
	}
	sum := c.infinity()
	c.addMultiple(&sum, u, c.generatorComb())
	c.addMultiple(&sum, v, t)
	return sum
}

// table returns the key's comb, nil while it is not worth making.
func (k *PublicKey) table() comb {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.uses++; k.uses > worthComb && k.comb == nil {
		k.comb = k.curve.comb(k.p)
	}
	return k.comb
}

// hasX tells whether x(p) mod n = r. x lies below the field's prime, so it is r, r+n, r+2n ... ; X = x·Z saves an inversion.
func (c *curve) hasX(p *point, r *big.Int) bool {
	for x := new(big.Int).Set(r); x.Cmp(c.f.big) < 0; x.Add(x, c.n) {
		e := c.f.enter(x)
		if c.f.mul(&e, &e, &p.z); e == p.x {
			return true
		}
	}
	return false
}
