package softtse

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"

	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/hal/tse/brainpool"
)

// signer makes plain signatures (r||s, each as long as the field: TR-03111, "plain format").
type signer interface {
	sign(message []byte) ([]byte, error)
	point() []byte   // 04||X||Y
	private() []byte // big endian, as long as the field
}

// algorithm is what log messages and QR codes say about the signature.
type algorithm struct {
	name string
	oid  []byte // contents octets, below 0.4.0.127.0.7.1.1.4.1
	size int    // bytes of a signature
}

var algorithms = map[Curve]algorithm{
	P256:            {"ecdsa-plain-SHA256", []byte{0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, 0x03}, 64},
	BrainpoolP384r1: {"ecdsa-plain-SHA384", []byte{0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, 0x04}, 96},
}

func newKey(c Curve) (signer, error) {
	switch c {
	case P256:
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		return p256Key{k}, nil
	case BrainpoolP384r1:
		k, err := brainpool.GenerateKey(brainpool.P384r1, rand.Reader)
		if err != nil {
			return nil, err
		}
		return brainpoolKey{k}, nil
	}
	return nil, fmt.Errorf("%w: unknown curve %q", tse.ErrParameter, c)
}

func loadKey(c Curve, private []byte) (signer, error) {
	switch c {
	case P256:
		k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), private)
		if err != nil {
			return nil, fmt.Errorf("%w: private key: %w", tse.ErrDamaged, err)
		}
		return p256Key{k}, nil
	case BrainpoolP384r1:
		k, err := brainpool.NewKey(brainpool.P384r1, private)
		if err != nil {
			return nil, fmt.Errorf("%w: private key: %w", tse.ErrDamaged, err)
		}
		return brainpoolKey{k}, nil
	}
	return nil, fmt.Errorf("%w: unknown curve %q", tse.ErrDamaged, c)
}

type p256Key struct{ k *ecdsa.PrivateKey }

func (p p256Key) sign(message []byte) ([]byte, error) {
	h := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, p.k, h[:])
	if err != nil {
		return nil, err
	}
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return sig, nil
}

func (p p256Key) point() []byte {
	b, err := p.k.PublicKey.Bytes()
	if err != nil {
		panic("softtse: a P-256 key without a point: " + err.Error()) // our bug: the key was made or checked by crypto/ecdsa
	}
	return b
}

func (p p256Key) private() []byte {
	b, err := p.k.Bytes()
	if err != nil {
		panic("softtse: a P-256 key without a number: " + err.Error())
	}
	return b
}

type brainpoolKey struct{ k *brainpool.PrivateKey }

func (b brainpoolKey) sign(message []byte) ([]byte, error) {
	h := sha512.Sum384(message)
	return b.k.Sign(sha512.New384, h[:]), nil
}

func (b brainpoolKey) point() []byte   { return b.k.Point() }
func (b brainpoolKey) private() []byte { return b.k.Bytes() }
