package zvt

import (
	"bytes"
	"testing"
)

func FuzzAPDU(f *testing.F) {
	for _, v := range loadVectors(f).Vectors {
		if v.Transport == "apdu" {
			f.Add(unhex(f, v.Hex))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := ParseAPDU(b)
		if err != nil {
			return
		}
		m := Parse(a)
		back, err := m.APDU()
		if err != nil {
			t.Fatal(err)
		}
		got, err := back.AppendTo(nil)
		if err != nil || !bytes.Equal(got, b) {
			t.Fatalf("got %x, %v, want %x", got, err, b)
		}
	})
}

func FuzzTLV(f *testing.F) {
	for _, v := range loadVectors(f).Vectors {
		if a, err := ParseAPDU(unhex(f, v.Hex)); err == nil {
			if data, ok := Parse(a).field(bmpTLV); ok {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		objects, err := ParseTLV(b)
		if err != nil {
			return
		}
		if got, err := AppendTLV(nil, objects...); err != nil || !bytes.Equal(got, b) {
			t.Fatalf("got %x, %v, want %x", got, err, b)
		}
	})
}

// FuzzFrame feeds arbitrary bytes, then a good frame: whatever came before, the
// second copy of a frame must get through, as a resend would.
func FuzzFrame(f *testing.F) {
	for _, v := range loadVectors(f).Vectors {
		if v.Transport == "serial" {
			f.Add(unhex(f, v.Hex), []byte{0x80, 0, 0})
		}
	}
	f.Add([]byte{dle, stx, 1, 2, dle}, []byte{dle, etx, dle, dle, stx})
	f.Fuzz(func(t *testing.T, noise, apdu []byte) {
		if len(apdu) > maxFrame {
			return
		}
		var d Deframer
		for _, b := range noise {
			if ev, got := d.Push(b); ev == Frame {
				checkPush(t, &Deframer{}, AppendFrame(nil, got), got)
			}
		}
		d.Reset()
		checkPush(t, &d, AppendFrame(nil, apdu), apdu)
	})
}

func checkPush(t *testing.T, d *Deframer, wire, want []byte) {
	t.Helper()
	for i, b := range wire {
		ev, got := d.Push(b)
		if i == len(wire)-1 && (ev != Frame || !bytes.Equal(got, want)) {
			t.Fatalf("got event %d, %x, want %x", ev, got, want)
		}
	}
}
