package tselog

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"testing"
)

func BenchmarkVerify(b *testing.B) {
	for name, c := range map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()} {
		b.Run(name, func(b *testing.B) {
			k, err := ecdsa.GenerateKey(c, rand.Reader)
			if err != nil {
				b.Fatal(err)
			}
			h := sha512.Sum512([]byte("x"))
			r, s, err := ecdsa.Sign(rand.Reader, k, h[:])
			if err != nil {
				b.Fatal(err)
			}
			raw, err := k.PublicKey.Bytes()
			if err != nil {
				b.Fatal(err)
			}
			key, err := ParsePublicKey(raw)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := key.verify(h[:], r, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
