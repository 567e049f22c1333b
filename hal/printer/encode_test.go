package printer

import (
	"bytes"
	"image"
	"math/rand/v2"
	"strings"
	"testing"
)

func encodeOps(t *testing.T, pr Profile, ops ...Op) []byte {
	t.Helper()
	pr = pr.withDefaults()
	cs, _ := newCharset(pr.CodePage.Name)
	e, err := encodePage(pr, cs, Page{Ops: ops})
	if err != nil {
		t.Fatal(err)
	}
	return e.out
}

func TestJobBytes(t *testing.T) {
	init := "\x1b\x40\x1c\x2e\x1b\x52\x00\x1b\x74\x13\x1d\x61\xff"
	oneWay := Paper80x42()
	oneWay.OneWay = true
	for _, c := range []struct {
		name string
		pr   Profile
		op   Op
		want string
	}{
		{"plain", Paper80x42(), Text("Öl", Style{}), init + "\x99l\n"},
		{"one way asks for no reports", oneWay, Text("x", Style{}), init[:10] + "x\n"},
		{"bold", Paper80x42(), Text("x", Style{Bold: true}), init + "\x1b\x45\x01x\x1b\x45\x00\n"},
		{"all styles", Paper80x42(), Text("x", Style{Bold: true, Underline: true, Inverse: true, Wide: true, Tall: true}),
			init + "\x1b\x45\x01\x1b\x2d\x01\x1d\x42\x01\x1d\x21\x11x\x1b\x45\x00\x1b\x2d\x00\x1d\x42\x00\x1d\x21\x00\n"},
		{"centre", Paper80x42(), Line{Align: Center, Spans: []Span{{Text: "x"}}}, init + "\x1b\x61\x01x\n"},
		{"control characters", Paper80x42(), Text("a\x1b@\x10\x04\nb\x7f", Style{}), init + "a@b\n"},
		{"decomposed umlaut", Paper80x42(), Text("u\u0308", Style{}), init + "\x81\n"},
		{"unknown rune", Paper80x42(), Text("日", Style{}), init + "?\n"},
		{"feed", Paper80x42(), Feed{Lines: 3}, init + "\x1b\x64\x03"},
		{"cut", Paper80x42(), Cut{}, init + "\x1d\x56\x42\x03"},
		{"cut without a knife", Paper58(), Cut{}, init + "\x1b\x64\x04"},
		{"kick", Paper80x42(), Kick{Pin: 1}, init + "\x1b\x70\x01\x19\xfa"},
	} {
		if got := string(encodeOps(t, c.pr, c.op)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestModuleDots(t *testing.T) {
	for _, c := range []struct{ modules, dots, want int }{
		{21, 512, 10}, {25, 384, 8}, {57, 512, 4}, {69, 384, 3}, {177, 512, 2}, {177, 384, 2}, {177, 256, 1},
	} {
		if got := moduleDots(c.modules, c.dots); got != c.want {
			t.Errorf("%d modules on %d dots: got %d, want %d", c.modules, c.dots, got, c.want)
		}
	}
}

func TestHarmless(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		b := blankBitmap(512, 20)
		for i := range b.bits { // dense in what must not come out
			b.bits[i] = []byte{0x10, 0x04, 0x05, 0x14, 0x00, 0xff}[rng.IntN(6)]
		}
		h := b.harmless(512)
		if i := realTime(h.bits); i >= 0 {
			t.Fatalf("real-time command left at byte %d", i)
		}
		for i, c := range b.bits {
			if h.w == b.w && h.bits[i]&c != c {
				t.Fatalf("a dot was lost in byte %d", i)
			}
		}
	}
	if realTime([]byte{0x10}) >= 0 || realTime([]byte{0x10, 0x10, 0x04}) != 1 || realTime(nil) >= 0 {
		t.Error("realTime misreads the ends")
	}
}

func TestStripsAreLow(t *testing.T) {
	out := encodeOps(t, Paper80(), Image{Picture: image.NewGray(image.Rect(0, 0, 576, 300))})
	rows := 0
	for i := bytes.Index(out, []byte{0x1d, 0x76, 0x30}); i >= 0 && i < len(out); {
		h := int(out[i+6]) | int(out[i+7])<<8
		if h > 128 {
			t.Errorf("strip of %d rows, want at most 128", h)
		}
		rows += h
		i += 8 + h*72
	}
	if rows != 300 {
		t.Errorf("got %d rows, want 300", rows)
	}
}

// FuzzEncode: whatever is printed, the job holds no real-time command, no byte
// of text below a blank, and ends where the encoder says.
func FuzzEncode(f *testing.F) {
	f.Add("Süßer Ölschinken 9,50 €", "V0;955002-00;Kassenbeleg-V1", byte(0))
	f.Add("\x10\x04\x01", "\x10\x14\x01\x00\x01", byte(1))
	f.Add(strings.Repeat("x", 42), strings.Repeat("\x10\x05", 600), byte(7))
	f.Add("日本 — „…“ u\u0308", strings.Repeat("A", 1040), byte(9))
	pages := []CodePage{CP858, CP1252, CP850, CP437}
	f.Fuzz(func(t *testing.T, text, code string, how byte) {
		pr := Profile{CodePage: pages[how>>2&3], QR: QRMode(how & 1), Cut: how&2 != 0}.withDefaults()
		cs, _ := newCharset(pr.CodePage.Name)
		e, err := encodePage(pr, cs, Page{Ops: []Op{Text(text, Style{Bold: true}), QR{Data: code, Level: ECC(how >> 4 & 3)}, Cut{}}})
		if err != nil {
			return // refused is fine, wrong is not
		}
		if i := realTime(e.out); i >= 0 {
			t.Fatalf("real-time command at byte %d: %x", i, e.out[i:min(len(e.out), i+4)])
		}
		for _, b := range cs.bytes(text) {
			if b < 0x20 || b == 0x7f {
				t.Fatalf("control character %x in text %q", b, text)
			}
		}
		if len(e.out) > maxJob {
			t.Fatalf("job of %d bytes", len(e.out))
		}
	})
}
