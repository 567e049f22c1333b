package softtse

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"github.com/tresen-pos/tresen/hal/tse/brainpool"
)

// A demonstration chain of two X.509 certificates (RFC 5280): the unit's own and a root made for it, whose key is thrown away.
// TR-03116-5 wants certificates signed with a hash of at least 384 bits on a 384-bit curve, so the root is on P-384 or
// brainpoolP384r1. crypto/x509 knows no brainpool curve, hence the DER is put together here for both.

// certificateYears is the validity of a certificate, as long as that of a common stick.
const certificateYears = 5

var (
	oidECPublicKey   = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}         // RFC 5480
	oidSHA384ECDSA   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}      // RFC 5758
	oidP256          = asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}      // RFC 5480
	oidP384          = asn1.ObjectIdentifier{1, 3, 132, 0, 34}               // RFC 5480
	oidBrainpool384  = asn1.ObjectIdentifier{1, 3, 36, 3, 3, 2, 8, 1, 1, 11} // RFC 5639
	oidBasic         = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidKeyUsage      = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidSubjectKeyID  = asn1.ObjectIdentifier{2, 5, 29, 14}
	oidAuthorityKeys = asn1.ObjectIdentifier{2, 5, 29, 35}
)

// issuer signs certificates.
type issuer struct {
	curve asn1.ObjectIdentifier
	point []byte
	sign  func(digest []byte) (r, s *big.Int, err error)
}

type certificate struct {
	TBS       asn1.RawValue
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

type tbsCertificate struct {
	Version    int `asn1:"explicit,tag:0"`
	Serial     *big.Int
	Algorithm  pkix.AlgorithmIdentifier
	Issuer     pkix.RDNSequence
	Validity   validity
	Subject    pkix.RDNSequence
	PublicKey  subjectPublicKey
	Extensions []pkix.Extension `asn1:"explicit,tag:3"`
}

type validity struct{ NotBefore, NotAfter time.Time }

type subjectPublicKey struct {
	Algorithm struct{ Key, Curve asn1.ObjectIdentifier }
	Point     asn1.BitString
}

// makeChain returns the DER certificates of a key: its own and the root.
func makeChain(c Curve, point []byte, serial [32]byte, now time.Time) ([][]byte, error) {
	root, err := newIssuer(c)
	if err != nil {
		return nil, err
	}
	rootName := subject("TRESEN DEMO ROOT - no certification")
	rootDER, err := root.certify(rootName, rootName, root.curve, root.point, now, true)
	if err != nil {
		return nil, err
	}
	curve := oidP256
	if c == BrainpoolP384r1 {
		curve = oidBrainpool384
	}
	own, err := root.certify(rootName, subject(fmt.Sprintf("TRESEN DEMO TSE %x", serial[:8])), curve, point, now, false)
	if err != nil {
		return nil, err
	}
	return [][]byte{own, rootDER}, nil
}

func subject(commonName string) pkix.RDNSequence {
	return pkix.Name{
		Country: []string{"DE"}, Organization: []string{manufacturer}, OrganizationalUnit: []string{demoPrefix}, CommonName: commonName,
	}.ToRDNSequence()
}

func newIssuer(c Curve) (*issuer, error) {
	if c == BrainpoolP384r1 {
		k, err := brainpool.GenerateKey(brainpool.P384r1, rand.Reader)
		if err != nil {
			return nil, err
		}
		return &issuer{oidBrainpool384, k.Point(), func(digest []byte) (*big.Int, *big.Int, error) {
			sig := k.Sign(sha512.New384, digest)
			half := len(sig) / 2
			return new(big.Int).SetBytes(sig[:half]), new(big.Int).SetBytes(sig[half:]), nil
		}}, nil
	}
	k, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return nil, err
	}
	point, err := k.PublicKey.Bytes()
	return &issuer{oidP384, point, func(digest []byte) (*big.Int, *big.Int, error) {
		return ecdsa.Sign(rand.Reader, k, digest)
	}}, err
}

func (i *issuer) certify(issuerName, name pkix.RDNSequence, curve asn1.ObjectIdentifier, point []byte, now time.Time, ca bool) ([]byte, error) {
	number := make([]byte, 16)
	if _, err := rand.Read(number); err != nil {
		return nil, err
	}
	number[0] = number[0]&0x7f | 0x40 // positive, and of fixed length
	tbs := tbsCertificate{
		Version: 2, Serial: new(big.Int).SetBytes(number), Algorithm: pkix.AlgorithmIdentifier{Algorithm: oidSHA384ECDSA},
		Issuer: issuerName, Subject: name,
		Validity: validity{now.UTC().Truncate(time.Second), now.UTC().Truncate(time.Second).AddDate(certificateYears, 0, 0)},
	}
	tbs.PublicKey.Algorithm.Key, tbs.PublicKey.Algorithm.Curve = oidECPublicKey, curve
	tbs.PublicKey.Point = bits(point)
	var err error
	if tbs.Extensions, err = extensions(i.point, point, ca); err != nil {
		return nil, err
	}
	return i.seal(tbs)
}

func (i *issuer) seal(tbs tbsCertificate) ([]byte, error) {
	der, err := asn1.Marshal(tbs)
	if err != nil {
		return nil, err
	}
	digest := sha512.Sum384(der)
	r, s, err := i.sign(digest[:])
	if err != nil {
		return nil, err
	}
	sig, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(certificate{asn1.RawValue{FullBytes: der}, tbs.Algorithm, bits(sig)})
}

// extensions are basicConstraints, keyUsage (digitalSignature, or keyCertSign and cRLSign) and the two key identifiers.
func extensions(issuerPoint, point []byte, ca bool) ([]pkix.Extension, error) {
	usage := asn1.BitString{Bytes: []byte{0x80}, BitLength: 1}
	if ca {
		usage = asn1.BitString{Bytes: []byte{0x06}, BitLength: 7}
	}
	own, above := sha1.Sum(point), sha1.Sum(issuerPoint) // RFC 5280 ch. 4.2.1.2, method 1: a name, no protection
	var list []pkix.Extension
	for _, e := range []struct {
		id       asn1.ObjectIdentifier
		critical bool
		value    any
	}{
		{oidBasic, true, struct {
			CA bool `asn1:"optional"`
		}{ca}},
		{oidKeyUsage, true, usage},
		{oidSubjectKeyID, false, own[:]},
		{oidAuthorityKeys, false, struct {
			ID []byte `asn1:"tag:0"`
		}{above[:]}},
	} {
		der, err := asn1.Marshal(e.value)
		if err != nil {
			return nil, err
		}
		list = append(list, pkix.Extension{Id: e.id, Critical: e.critical, Value: der})
	}
	return list, nil
}

func bits(b []byte) asn1.BitString { return asn1.BitString{Bytes: b, BitLength: 8 * len(b)} }

// certificatePoint returns the public key point of a certificate this package made.
func certificatePoint(der []byte) ([]byte, bool) {
	c, tbs := certificate{}, tbsCertificate{}
	if rest, err := asn1.Unmarshal(der, &c); err != nil || len(rest) > 0 {
		return nil, false
	}
	if _, err := asn1.Unmarshal(c.TBS.FullBytes, &tbs); err != nil {
		return nil, false
	}
	return tbs.PublicKey.Point.Bytes, true
}
