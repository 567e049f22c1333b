package tselog

import (
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"fmt"
	"hash"
)

// Algorithm is a signature algorithm of TR-03111 by its object identifier.
type Algorithm struct {
	Name    string // as the QR code spells it, e.g. "ecdsa-plain-SHA256"; the dotted identifier when unknown
	oid     []byte // contents octets
	newHash func() hash.Hash
}

// arcs below bsi-de 0.4.0.127.0.7.1.1.4: ecdsa-plain .1 and ecsdsa-plain .4, contents octets.
var (
	oidECDSAPlain  = []byte{0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01}
	oidECSDSAPlain = []byte{0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x04}
)

// algorithms are those TR-03116-5 allows for log messages and this package verifies: ECDSA with a hash of at least 256 bits.
var algorithms = []Algorithm{
	{"ecdsa-plain-SHA256", below(oidECDSAPlain, 3), sha256.New},
	{"ecdsa-plain-SHA384", below(oidECDSAPlain, 4), sha512.New384},
	{"ecdsa-plain-SHA512", below(oidECDSAPlain, 5), sha512.New},
	{"ecdsa-plain-SHA3-256", below(oidECDSAPlain, 9), func() hash.Hash { return sha3.New256() }},
	{"ecdsa-plain-SHA3-384", below(oidECDSAPlain, 10), func() hash.Hash { return sha3.New384() }},
	{"ecdsa-plain-SHA3-512", below(oidECDSAPlain, 11), func() hash.Hash { return sha3.New512() }},
}

// refused are known algorithms that are named in the refusal.
var refused = []struct {
	name, why string
	oid       []byte
}{
	{"ecdsa-plain-SHA224", "its hash is shorter than 256 bits", below(oidECDSAPlain, 2)},
	{"ecdsa-plain-SHA3-224", "its hash is shorter than 256 bits", below(oidECDSAPlain, 8)},
	{"ecsdsa-plain-SHA224", "its hash is shorter than 256 bits", below(oidECSDSAPlain, 1)},
	{"ecsdsa-plain-SHA256", notSchnorr, below(oidECSDSAPlain, 2)},
	{"ecsdsa-plain-SHA384", notSchnorr, below(oidECSDSAPlain, 3)},
	{"ecsdsa-plain-SHA512", notSchnorr, below(oidECSDSAPlain, 4)},
	{"ecsdsa-plain-SHA3-224", "its hash is shorter than 256 bits", below(oidECSDSAPlain, 5)},
	{"ecsdsa-plain-SHA3-256", notSchnorr, below(oidECSDSAPlain, 6)},
	{"ecsdsa-plain-SHA3-384", notSchnorr, below(oidECSDSAPlain, 7)},
	{"ecsdsa-plain-SHA3-512", notSchnorr, below(oidECSDSAPlain, 8)},
}

const notSchnorr = "EC-Schnorr is allowed for a TSE but not known to this program"

func below(arc []byte, last byte) []byte { return append(append([]byte{}, arc...), last) }

// AlgorithmByName returns the algorithm a QR code names. ok is false for one this package does not verify.
func AlgorithmByName(name string) (a Algorithm, ok bool) {
	for _, a := range algorithms {
		if a.Name == name {
			return a, true
		}
	}
	return Algorithm{Name: name}, false
}

func algorithm(r *reader) (Algorithm, error) {
	seq, err := r.take(tagSequence, "signatureAlgorithm")
	if err != nil {
		return Algorithm{}, err
	}
	in := reader{seq}
	oid, err := in.take(tagOID, "signatureAlgorithm")
	if err != nil {
		return Algorithm{}, err
	}
	if !in.empty() {
		return Algorithm{}, fmt.Errorf("%w: signatureAlgorithm has parameters", errDER)
	}
	for _, a := range algorithms {
		if string(a.oid) == string(oid) {
			return a, nil
		}
	}
	return Algorithm{Name: oidString(oid), oid: oid}, nil
}

// refusal says why an algorithm is not verified.
func (a Algorithm) refusal() error {
	for _, r := range refused {
		if string(r.oid) == string(a.oid) || r.name == a.Name {
			return fmt.Errorf("%w: %s: %s", ErrAlgorithm, r.name, r.why)
		}
	}
	return fmt.Errorf("%w: %s is not one TR-03116-5 allows for a TSE", ErrAlgorithm, a.Name)
}

// oidString is the dotted form, for messages.
func oidString(b []byte) string {
	s, v := "", uint64(0)
	for i, c := range b {
		if v > 1<<50 {
			return fmt.Sprintf("%x", b)
		}
		if v = v<<7 | uint64(c&0x7f); c&0x80 != 0 {
			continue
		}
		if s == "" && i < len(b) {
			top := min(v/40, 2)
			s = fmt.Sprintf("%d.%d", top, v-40*top)
		} else {
			s += fmt.Sprintf(".%d", v)
		}
		v = 0
	}
	return s
}
