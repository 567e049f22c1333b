package tselog

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"hash"
	"math/big"
	"time"
)

// Certificate is an X.509 certificate of an export. crypto/x509 cannot read keys on brainpool curves.
type Certificate struct {
	Subject, Issuer     string
	NotBefore, NotAfter time.Time
	Key                 *PublicKey
	rawSubject          []byte
	rawIssuer           []byte
	rawTBS              []byte
	algorithm           asn1.ObjectIdentifier
	signature           []byte
}

// ErrCertificate is the cause of every refusal of a certificate.
var ErrCertificate = errors.New("certificate is refused")

type x509Certificate struct {
	TBS       x509TBS
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

type x509TBS struct {
	Raw        asn1.RawContent
	Version    int `asn1:"optional,explicit,default:0,tag:0"`
	Serial     *big.Int
	Algorithm  pkix.AlgorithmIdentifier
	Issuer     asn1.RawValue
	Validity   struct{ NotBefore, NotAfter time.Time }
	Subject    asn1.RawValue
	PublicKey  asn1.RawValue
	IssuerID   asn1.BitString   `asn1:"optional,tag:1"`
	SubjectID  asn1.BitString   `asn1:"optional,tag:2"`
	Extensions []pkix.Extension `asn1:"omitempty,optional,explicit,tag:3"`
}

// ParseCertificate reads a certificate in DER or PEM: exports hold both, whatever the file's extension says.
func ParseCertificate(b []byte) (*Certificate, error) {
	if block, _ := pem.Decode(b); block != nil && block.Type == "CERTIFICATE" {
		b = block.Bytes
	}
	x := x509Certificate{}
	rest, err := asn1.Unmarshal(b, &x)
	if err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("%w: not X.509 (%v)", ErrCertificate, err)
	}
	key, err := ParsePublicKey(x.TBS.PublicKey.FullBytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	return &Certificate{
		Subject: nameString(x.TBS.Subject.FullBytes), Issuer: nameString(x.TBS.Issuer.FullBytes),
		NotBefore: x.TBS.Validity.NotBefore.UTC(), NotAfter: x.TBS.Validity.NotAfter.UTC(), Key: key,
		rawSubject: x.TBS.Subject.FullBytes, rawIssuer: x.TBS.Issuer.FullBytes, rawTBS: x.TBS.Raw,
		algorithm: x.Algorithm.Algorithm, signature: x.Signature.RightAlign(),
	}, nil
}

func nameString(der []byte) string {
	var seq pkix.RDNSequence
	if _, err := asn1.Unmarshal(der, &seq); err != nil {
		return fmt.Sprintf("%x", der)
	}
	return seq.String()
}

// selfSigned tells whether the certificate names itself as issuer: a root.
func (c *Certificate) selfSigned() bool { return bytes.Equal(c.rawSubject, c.rawIssuer) }

// issuedBy tells whether the names fit.
func (c *Certificate) issuedBy(parent *Certificate) bool {
	return bytes.Equal(c.rawIssuer, parent.rawSubject)
}

// valid tells whether t lies in the certificate's validity.
func (c *Certificate) valid(t time.Time) bool { return !t.Before(c.NotBefore) && !t.After(c.NotAfter) }

// certificateHashes are the signature algorithms of RFC 5758. Certificates of a TSE want at least 384 bits (TR-03116-5); whether
// they do is for the checker to say.
var certificateHashes = []struct {
	oid     asn1.ObjectIdentifier
	newHash func() hash.Hash
}{
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, sha256.New},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, sha512.New384},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, sha512.New},
}

// CheckSignedBy verifies the certificate's signature with the key of parent.
func (c *Certificate) CheckSignedBy(parent *Certificate) error {
	for _, a := range certificateHashes {
		if !a.oid.Equal(c.algorithm) {
			continue
		}
		var sig struct{ R, S *big.Int }
		if rest, err := asn1.Unmarshal(c.signature, &sig); err != nil || len(rest) > 0 {
			return fmt.Errorf("%w: unreadable signature of %s", ErrCertificate, c.Subject)
		}
		h := a.newHash()
		h.Write(c.rawTBS)
		if err := parent.Key.verify(h.Sum(nil), sig.R, sig.S); err != nil {
			return fmt.Errorf("%w: %s by %s: %w", ErrCertificate, c.Subject, parent.Subject, err)
		}
		return nil
	}
	return fmt.Errorf("%w: %s: signature algorithm %s", ErrCertificate, c.Subject, c.algorithm)
}
