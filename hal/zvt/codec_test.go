package zvt

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

func TestAPDULengths(t *testing.T) {
	for _, c := range []struct {
		n, head int
		ext     bool
	}{{0, 3, false}, {254, 3, false}, {255, 5, false}, {256, 5, false}, {65535, 5, false}, {4, 5, true}} {
		a := APDU{Code: CodePrintLine, Data: make([]byte, c.n), Extended: c.ext}
		b, err := a.AppendTo(nil)
		if err != nil || len(b) != c.head+c.n {
			t.Errorf("%d: got %d bytes, %v", c.n, len(b), err)
		}
		got, err := ParseAPDU(b)
		if err != nil || len(got.Data) != c.n {
			t.Errorf("%d: got %v, %v", c.n, got, err)
		}
		if _, err := ParseAPDU(b[:len(b)-1]); !errors.Is(err, ErrShort) {
			t.Errorf("%d: got %v, want short", c.n, err)
		}
		if _, err := ParseAPDU(append(b, 0)); !errors.Is(err, ErrTrailing) {
			t.Errorf("%d: got %v, want trailing", c.n, err)
		}
	}
	if _, err := (APDU{Data: make([]byte, 65536)}).AppendTo(nil); !errors.Is(err, ErrTooLong) {
		t.Errorf("got %v, want too long", err)
	}
}

func TestTLVLengths(t *testing.T) {
	for _, n := range []int{0, 127, 128, 255, 256, 65535} {
		b, err := AppendTLV(nil, Object{Tag: 0x1f07, Data: make([]byte, n)}, Object{Tag: 0x07})
		if err != nil {
			t.Fatal(err)
		}
		o, err := ParseTLV(b)
		if err != nil || len(o) != 2 || len(o[0].Data) != n || o[0].Tag != 0x1f07 {
			t.Errorf("%d: got %v, %v", n, o, err)
		}
	}
	for _, c := range []struct {
		hex  string
		want error
	}{
		{"07", ErrShort}, {"1f", ErrShort}, {"0780", ErrMalformed}, {"0783000000", ErrMalformed}, {"0781", ErrShort},
		{"078201", ErrShort}, {"070201", ErrShort}, {"1f8080808001", ErrMalformed},
	} {
		if _, err := ParseTLV(unhex(t, c.hex)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.hex, err, c.want)
		}
	}
}

func TestBCD(t *testing.T) {
	b, err := AppendBCD(nil, 123456, 6)
	if err != nil || fmt.Sprintf("%x", b) != "000000123456" {
		t.Errorf("got %x, %v", b, err)
	}
	if _, err := AppendBCD(nil, 10000, 2); err == nil {
		t.Error("10000 went into two bytes")
	}
	for _, bad := range []string{"1a", "f0", "00000000000000000000"} {
		if _, err := ParseBCD(unhex(t, bad)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v", bad, err)
		}
	}
}

func TestFieldsThatDoNotFit(t *testing.T) {
	for _, f := range []Field{{Tag: 0x6c}, {Tag: bmpAmount, Data: []byte{1}}, {Tag: bmpPAN, Data: make([]byte, 100)}, {Tag: bmpText, Data: make([]byte, 1000)}} {
		if _, err := message(CodeStatusInfo, nil, f); !errors.Is(err, ErrMalformed) {
			t.Errorf("%v: got %v", f, err)
		}
	}
	m := Parse(APDU{Code: CodeStatusInfo, Data: unhex(t, "2700"+"77"+"0400")})
	if m.Broken == nil || len(m.Fields) != 1 || len(m.Tail) != 3 || !DecodeStatus(m, Guess).Incomplete {
		t.Errorf("got %v, want what stands before the unknown field kept", m)
	}
}

// TestDeframer: noise, half frames, damaged frames, control bytes in the CRC.
func TestDeframer(t *testing.T) {
	good := AppendFrame(nil, []byte{0x80, 0, 0})
	bad := bytes.Clone(good)
	bad[3] ^= 1
	for _, c := range []struct {
		name  string
		bytes []byte
		want  []Event
	}{
		{"noise, then a frame", append([]byte{0x55, dle, 0x33}, good...), []Event{Frame}},
		{"half a frame, then one", append([]byte{dle, stx, 6, 0xf}, good...), []Event{Frame}},
		{"damaged, then good", append(bad, good...), []Event{Bad, Frame}},
		{"DLE and nonsense", []byte{dle, stx, 1, dle, 0x55}, []Event{Bad}},
		{"answers", []byte{ack, nak}, []Event{GotAck, GotNak}},
		{"an ACK inside is data", AppendFrame(nil, []byte{ack, nak, dle}), []Event{Frame}},
	} {
		var d Deframer
		var got []Event
		for _, b := range c.bytes {
			if ev, _ := d.Push(b); ev != Nothing {
				got = append(got, ev)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	var d Deframer
	d.Push(dle)
	d.Push(stx)
	if !d.Reset() || d.Reset() {
		t.Error("a half frame was not reported once")
	}
}

// Any CRC byte may be DLE or ETX: it is found by state.
func TestControlBytesInTheCRC(t *testing.T) {
	seen := 0
	for i := range 1 << 16 {
		apdu := []byte{0x80, byte(i), byte(i >> 8)}
		crc := CRC(apdu)
		if lo, hi := byte(crc), byte(crc>>8); lo != dle && hi != dle && lo != etx && hi != etx {
			continue
		}
		seen++
		checkPush(t, &Deframer{}, AppendFrame(nil, apdu), apdu)
	}
	if seen < 500 {
		t.Errorf("only %d cases", seen)
	}
}
