package tselog

import (
	"bytes"
	"encoding/hex"
	"os"
	"testing"
)

// Files of the BSI's simulator, see testdata/SOURCE.
const (
	simTAR     = "testdata/bsi-sim-ecdsa-sha512.tar"
	simCerts   = "testdata/bsi-sim-ecdsa-sha512.tar.certs.tar"
	simSerials = "testdata/bsi-sim-ecdsa-sha512.tar.serials.bin"
	simSerial  = "613e0eafa452986b1b682d52ac03da8aae1770ee77b1e52223095ae27f448519"
)

func readExport(t testing.TB, name string) *Export {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	e, err := ReadTAR(bytes.NewReader(b))
	if err != nil {
		t.Fatal(name, err)
	}
	return e
}

func TestSimulatorExport(t *testing.T) {
	e := readExport(t, simTAR)
	r := e.Verify()
	for _, p := range r.Problems {
		t.Error(p)
	}
	for _, n := range r.Notes {
		t.Error("note:", n)
	}
	if r.Messages != 50 || r.Verified != 50 || r.System != 4 || r.Transaction != 46 || r.Audit != 0 {
		t.Errorf("%d messages, %d verified, %d system, %d transaction, %d audit", r.Messages, r.Verified, r.System, r.Transaction, r.Audit)
	}
	if r.Started != 20 || r.Finished != 20 || r.Open != 0 || r.FirstCounter != 1 || r.LastCounter != 50 {
		t.Errorf("%d started, %d finished, %d open, counters %d to %d", r.Started, r.Finished, r.Open, r.FirstCounter, r.LastCounter)
	}
	if r.Serial != simSerial {
		t.Errorf("serial number %s, want %s", r.Serial, simSerial)
	}
}

func TestSimulatorCertificates(t *testing.T) {
	for _, f := range readExport(t, simCerts).Files {
		c, err := ParseCertificate(f.Data)
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		if c.Key.Curve() != "brainpoolP512r1" {
			t.Errorf("%s: key on %s", f.Name, c.Key.Curve())
		}
	}
}

func TestSimulatorSerials(t *testing.T) {
	b, err := os.ReadFile(simSerials)
	if err != nil {
		t.Fatal(err)
	}
	list, err := ParseSerials(b)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if got := hex.EncodeToString(list[0].Serial[:]); got != simSerial || !list[0].Transaction {
		t.Errorf("%+v", list[0])
	}
	for i := range b {
		if _, err := ParseSerials(b[:i]); err == nil {
			t.Errorf("accepted when cut to %d bytes", i)
		}
	}
}

// A single flipped bit of a log message is noticed, by Parse or by Verify. SOAK=1 flips every one.
func TestFlippedBits(t *testing.T) {
	e := readExport(t, simTAR)
	var key *PublicKey
	for _, f := range e.Files {
		if kindOfFile(f.Name) == certificateFile {
			if c, err := ParseCertificate(f.Data); err == nil && hex.EncodeToString(sum(c.Key)) == simSerial {
				key = c.Key
			}
		}
	}
	for _, m := range e.Messages()[:1] {
		der := m.Encode()
		step := 9 // each byte or its neighbour, each place in a byte
		if os.Getenv("SOAK") != "" {
			step = 1
		}
		for bit := 0; bit < 8*len(der); bit += step {
			b := bytes.Clone(der)
			b[bit/8] ^= 1 << (bit % 8)
			if got, err := Parse(b); err == nil && Verify(got, key) == nil {
				t.Errorf("message %d: flipped bit %d of byte %d accepted", m.Counter, bit%8, bit/8)
			}
		}
	}
}

func sum(k *PublicKey) []byte {
	s := k.Serial()
	return s[:]
}
