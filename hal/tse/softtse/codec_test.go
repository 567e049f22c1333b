package softtse

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// INTEGER and lengths are what encoding/asn1 writes.
func TestDERAgainstStandardLibrary(t *testing.T) {
	for _, v := range []uint64{0, 1, 127, 128, 255, 256, 0x7fff, 0x8000, 1627035175, math.MaxInt32, 1 << 31, math.MaxInt64, 1 << 63, math.MaxUint64} {
		want, err := asn1.Marshal(new(big.Int).SetUint64(v))
		if err != nil {
			t.Fatal(err)
		}
		if got := appendInteger(nil, tagInteger, v); !bytes.Equal(got, want) {
			t.Errorf("%d: %x, want %x", v, got, want)
		}
	}
	for _, n := range []int{0, 1, 127, 128, 255, 256, 65535, 65536, 70000} {
		value := bytes.Repeat([]byte{7}, n)
		want, err := asn1.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		got := appendTLV(nil, tagOctets, value)
		if !bytes.Equal(got, want) {
			t.Errorf("%d bytes: head %x, want %x", n, got[:5], want[:5])
		}
		back, rest, ok := readTLV(append(got, 1, 2), tagOctets)
		if !ok || !bytes.Equal(back, value) || len(rest) != 2 {
			t.Errorf("%d bytes: not read back", n)
		}
		for _, cut := range []int{0, 1, len(got) - 1} {
			if _, _, ok := readTLV(got[:cut], tagOctets); ok {
				t.Errorf("%d bytes: read although cut to %d", n, cut)
			}
		}
		if _, _, ok := readTLV(got, tagOID); ok {
			t.Errorf("%d bytes: read under another tag", n)
		}
	}
}

// A certificate of a unit on a NIST curve is one crypto/x509 takes and verifies up to its root.
func TestCertificatesAgainstStandardLibrary(t *testing.T) {
	u := openTest(t, t.TempDir(), P256)
	info := u.Info()
	own, err := x509.ParseCertificate(info.Certificates[0])
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(info.Certificates[1])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	at := own.NotBefore.Add(time.Hour)
	if _, err := own.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		t.Error(err)
	}
	if !root.IsCA || own.IsCA || own.KeyUsage != x509.KeyUsageDigitalSignature || own.SignatureAlgorithm != x509.ECDSAWithSHA384 {
		t.Errorf("CA %v and %v, usage %v, algorithm %v", root.IsCA, own.IsCA, own.KeyUsage, own.SignatureAlgorithm)
	}
	for _, c := range []*x509.Certificate{own, root} {
		if unit := c.Subject.OrganizationalUnit; len(unit) != 1 || !strings.Contains(unit[0], "without certification") {
			t.Errorf("subject %s does not say what the unit is", c.Subject)
		}
		if len(c.Subject.CommonName) > 64 || len(c.Subject.OrganizationalUnit[0]) > 64 { // upper bounds of RFC 5280
			t.Errorf("subject %s is too long", c.Subject)
		}
	}
}

func sampleMessages() []message {
	tx := transaction{nameStart, client, nil, "", 1}
	return []message{
		{op: opUpdateTime, counter: 1, time: 1772366403, der: appendTLV(nil, tagSequence, updateTime(1, 2))},
		{op: opStart, counter: 2, time: 1772366403, tx: 1, der: appendTLV(nil, tagSequence, tx.certified())},
	}
}

func TestMessagesInRecords(t *testing.T) {
	want := sampleMessages()
	rec := sealRecord(encodeMessages(want))
	body, size, err := openRecord(append(rec, 1, 2, 3))
	if err != nil || size != len(rec) || size%recordAlign != 0 {
		t.Fatalf("size %d of %d, %v", size, len(rec), err)
	}
	got, err := decodeMessages(body)
	if err != nil || len(got) != len(want) {
		t.Fatal(got, err)
	}
	for i := range got {
		if got[i].counter != want[i].counter || got[i].op != want[i].op || got[i].tx != want[i].tx || !bytes.Equal(got[i].der, want[i].der) {
			t.Errorf("message %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	for cut := 1; cut < len(body); cut++ {
		msgs, err := decodeMessages(body[:cut])
		if err == nil && len(msgs) == len(want) {
			t.Errorf("cut to %d bytes: all messages there", cut)
		}
	}
}

// Replay refuses what cannot have been written.
func TestImpossibleHistories(t *testing.T) {
	start := sampleMessages()[1]
	for name, msgs := range map[string][]message{
		"counter gap":            {{op: opUpdateTime, counter: 2}},
		"counter again":          {{op: opUpdateTime, counter: 1}, {op: opUpdateTime, counter: 1}},
		"transaction gap":        {{op: opStart, counter: 1, tx: 2, der: start.der}},
		"finish of nothing":      {{op: opFinish, counter: 1, tx: 1}},
		"unknown operation":      {{op: 99, counter: 1}},
		"start without DER":      {{op: opStart, counter: 1, tx: 1}},
		"registration of no one": {{op: opRegisterClient, counter: 1}},
	} {
		st := state{Open: map[uint64]openTx{}}
		if err := replay(&st, encodeMessages(msgs)); !errors.Is(err, tse.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
	if err := replay(&state{}, []byte{bodyLog, 1, 2}); !errors.Is(err, tse.ErrDamaged) {
		t.Errorf("cut record: %v, want ErrDamaged", err)
	}
}

// Whatever stands in a segment, reading it ends with records or with ErrDamaged.
func FuzzSegment(f *testing.F) {
	body, err := encodeState(state{Clients: []string{client}, Open: map[uint64]openTx{}})
	if err != nil {
		f.Fatal(err)
	}
	head := sealRecord(body)
	f.Add(head)
	f.Add(append(bytes.Clone(head), sealRecord(encodeMessages(sampleMessages()))...))
	f.Add(append(bytes.Clone(head), make([]byte, 64)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		var st state
		last, end, err := walk(data, func(first bool, body []byte) (err error) {
			if first {
				if st, err = decodeState(body); err != nil {
					return tse.ErrDamaged
				}
				return nil
			}
			return replay(&st, body)
		})
		if err != nil && !errors.Is(err, tse.ErrDamaged) {
			t.Errorf("error without ErrDamaged: %v", err)
		}
		if err == nil && (last > end || end > len(data)) {
			t.Errorf("records end at %d of %d, the last begins at %d", end, len(data), last)
		}
	})
}
