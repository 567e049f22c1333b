package zvt

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
)

type vector struct {
	ID, Direction, Transport, Hex, Name, Meaning string
	LengthOK                                     *bool `json:"length_field_ok"`
	Peer                                         struct {
		Text string
	} `json:"independent_decode"`
}

type vectorFile struct {
	Vectors   []vector
	Sequences []struct {
		ID    string
		Steps [][2]string
	}
	CRC []struct {
		Data string `json:"data_without_framing"`
		CRC  string `json:"crc16"`
		Wire string
	}
}

func loadVectors(t testing.TB) vectorFile {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var f vectorFile
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Vectors) != 111 {
		t.Fatalf("got %d vectors, want 111", len(f.Vectors))
	}
	return f
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// undecodable are the vectors that carry a data field nobody knows, on purpose.
var undecodable = map[string]bool{
	"A025": true, // one data byte 6C, a test of the header alone
	"A087": true, // log-off with a PAN field of invalid length
}

// TestVectors parses and re-serialises every public vector byte for byte, and
// refuses those whose length field is wrong.
func TestVectors(t *testing.T) {
	refused := 0
	for _, v := range loadVectors(t).Vectors {
		raw := unhex(t, v.Hex)
		if v.Transport == "serial" {
			raw = checkFrame(t, v.ID, raw)
		}
		a, err := ParseAPDU(raw)
		if v.LengthOK != nil && !*v.LengthOK {
			refused++
			if !errors.Is(err, ErrShort) && !errors.Is(err, ErrTrailing) {
				t.Errorf("%s: got %v, want it refused", v.ID, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", v.ID, err)
			continue
		}
		m := Parse(a)
		if got, want := m.Broken != nil, undecodable[v.ID] || v.ID == "A026"; got != want {
			t.Errorf("%s: got undecoded %v (%v), want %v", v.ID, got, m.Broken, want)
		}
		if got := serialise(t, v.ID, m); !bytes.Equal(got, raw) {
			t.Errorf("%s: got %x, want %x", v.ID, got, raw)
		}
	}
	if refused != 7 {
		t.Errorf("got %d refused, want 7", refused)
	}
}

// serialise goes the whole way back, containers included.
func serialise(t *testing.T, id string, m Message) []byte {
	t.Helper()
	for i, f := range m.Fields {
		if f.Tag != bmpTLV {
			continue
		}
		objects, err := ParseTLV(f.Data)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if m.Fields[i].Data, err = AppendTLV(nil, objects...); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	back, err := m.APDU()
	if err != nil {
		t.Errorf("%s: %v", id, err)
	}
	b, err := back.AppendTo(nil)
	if err != nil {
		t.Errorf("%s: %v", id, err)
	}
	return b
}

// checkFrame takes a serial vector apart and puts it together again.
func checkFrame(t *testing.T, id string, wire []byte) []byte {
	t.Helper()
	var d Deframer
	var apdu []byte
	for i, b := range wire {
		ev, got := d.Push(b)
		if want := i == len(wire)-1; (ev == Frame) != want {
			t.Fatalf("%s: got event %d at byte %d", id, ev, i)
		}
		apdu = got
	}
	if got := AppendFrame(nil, apdu); !bytes.Equal(got, wire) {
		t.Errorf("%s: got %x, want %x", id, got, wire)
	}
	return apdu
}

func TestCRCVectors(t *testing.T) {
	cases := loadVectors(t).CRC
	if len(cases) == 0 {
		t.Fatal("no CRC case")
	}
	for _, c := range cases {
		data := unhex(t, c.Data)
		if got := fmt.Sprintf("%04x", CRC(data)); got != c.CRC {
			t.Errorf("got %s, want %s", got, c.CRC)
		}
		if got := AppendFrame(nil, data); !bytes.Equal(got, unhex(t, c.Wire)) {
			t.Errorf("got %x, want %s", got, c.Wire)
		}
	}
}

func TestStreamOfVectors(t *testing.T) {
	var stream []byte
	var want [][]byte
	for _, v := range loadVectors(t).Vectors {
		if v.LengthOK != nil && *v.LengthOK {
			stream = append(stream, unhex(t, v.Hex)...)
			want = append(want, unhex(t, v.Hex))
		}
	}
	r := &dribble{b: stream}
	for i, w := range want {
		a, err := ReadAPDU(r)
		if err != nil {
			t.Fatal(i, err)
		}
		if got, err := a.AppendTo(nil); err != nil || !bytes.Equal(got, w) {
			t.Fatalf("%d: got %x, %v, want %x", i, got, err, w)
		}
	}
}

// dribble gives one, two or three bytes per read.
type dribble struct {
	b []byte
	n int
}

func (d *dribble) Read(p []byte) (int, error) {
	d.n++
	n := copy(p, d.b[:min(len(d.b), 1+d.n%3)])
	d.b = d.b[n:]
	return n, nil
}
