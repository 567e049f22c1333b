package printersim

import (
	"bytes"
	"strings"
	"testing"
)

// sheet interprets bytes as a printer without faults would and returns the paper.
func sheet(b []byte, o Options) *Paper {
	o = o.withDefaults()
	s := &Sim{opts: o, on: true}
	s.machine = newMachine(liveHand{s}, o)
	s.freshPaperLocked(nil)
	for len(b) > 0 {
		n := s.machine.feed(b)
		s.recordLocked(b[:n])
		b = b[n:]
	}
	s.finishLocked(true)
	return s.papers[0]
}

func TestCommands(t *testing.T) {
	long := strings.Repeat("x", 50)
	for _, c := range []struct{ name, in, want string }{
		{"lines", "a\nb\n", "a\nb"},
		{"wrap", long, long[:42] + "\n" + long[:8]},
		{"wide wraps earlier", "\x1d\x21\x10" + long[:30] + "\n", long[:21] + "\n" + long[:9]},
		{"font b is narrower", "\x1b\x4d\x01" + long + "\n", long},
		{"tab", "a\tb\n", "a       b"},
		{"init clears the line", "abc\x1b@d\n", "d"},
		{"code page 19", "\x1b\x74\x13\xd5\n", "€"},
		{"code page 16", "\x1b\x74\x10\x80\n", "€"},
		{"code page 2 has none", "\x1b\x74\x02\xd5\n", "ı"},
		{"unknown page is 437", "\x1b\x74\x63\x84\n", "ä"},
		{"unknown commands are skipped", "a\x1b\x57\x01\x02\x03\x04\x05\x06\x07\x08b\x1d\x50\x01\x02c\x1c\x53\x01\x02d\n", "abcd"},
		{"raster is skipped", "a\x1d\x76\x30\x00\x02\x00\x02\x00abcdb\n", "a\nb"},
		{"barcode form a", "\x1d\x6b\x04ABC\x00x\n", "x"},
		{"barcode form b", "\x1d\x6b\x49\x03ABCx\n", "x"},
		{"column image", "\x1b\x2a\x21\x02\x00abcdefx\n", "x"},
		{"stored graphics", "\x1d\x28\x4c\x03\x00abcx\n", "x"},
		{"large graphics", "\x1d\x38\x4c\x03\x00\x00\x00abcx\n", "x"},
		{"real-time commands leave no mark", "a\x10\x04\x01b\x10\x05\x01c\x10\x14\x01\x00\x01d\n", "abcd"},
		{"zeros leave no mark", "\x00\x00a\x00\n", "a"},
		{"tab stops", "\x1b\x44\x08\x10\x00a\n", "a"},
	} {
		if got := sheet([]byte(c.in), Options{}).Text(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNativeCodeNeedsTheOption(t *testing.T) {
	code := []byte("\x1d\x28\x6b\x07\x00\x31\x50\x30DATA\x1d\x28\x6b\x03\x00\x31\x51\x30")
	if got := sheet(code, Options{NativeQR: true}).Codes(); len(got) != 1 || got[0] != "DATA" {
		t.Errorf("got %q, want DATA", got)
	}
	if got := sheet(code, Options{}).Codes(); len(got) != 0 {
		t.Errorf("a printer without native codes drew %q", got)
	}
}

// TestFeedCutAnywhere: how the bytes are cut into reads must not matter.
func TestFeedCutAnywhere(t *testing.T) {
	in := []byte("\x1b@\x1b\x74\x13Öl\x1b\x45\x01fett\x1b\x45\x00\n\x1d\x76\x30\x00\x01\x00\x03\x00abc\x1d\x28\x6b\x03\x00\x31\x43\x05x\n")
	want := sheet(in, Options{})
	for at := range in {
		o := Options{}.withDefaults()
		s := &Sim{opts: o, on: true}
		s.machine = newMachine(liveHand{s}, o)
		s.freshPaperLocked(nil)
		for _, part := range [][]byte{in[:at], in[at:]} {
			s.recordLocked(part[:s.machine.feed(part)])
		}
		s.finishLocked(true)
		got := s.papers[0]
		if got.Text() != want.Text() || !bytes.Equal(got.Image().Pix, want.Image().Pix) {
			t.Errorf("cut at byte %d: paper differs", at)
		}
	}
}

// TestEndlessInputTearsThePaper: length and memory stay bounded.
func TestEndlessInputTearsThePaper(t *testing.T) {
	for name, unit := range map[string]string{
		"line feeds":    "\n",
		"huge feeds":    "\x1b\x64\xff",
		"settings":      "\x1b\x45\x01",
		"empty rasters": "\x1d\x76\x30\x00\x00\x00\xff\xff",
		"text":          "Tresen ",
		"never ending":  "\x1d\x38\x4c\xff\xff\xff\xff",
	} {
		o := Options{}.withDefaults()
		s := &Sim{opts: o, on: true}
		s.machine = newMachine(liveHand{s}, o)
		s.freshPaperLocked(nil)
		part := []byte(strings.Repeat(unit, 64<<10/len(unit)))
		rounds := 4
		if len(unit) == 3 || name == "never ending" {
			rounds = 40 // these take megabytes to fill a paper
		}
		for range rounds {
			for b := part; len(b) > 0; {
				n := s.machine.feed(b)
				s.recordLocked(b[:n])
				b = b[n:]
			}
		}
		s.finishLocked(true)
		if s.kept > maxKept || len(s.papers) > maxPapers {
			t.Errorf("%s: keeps %d bytes in %d papers", name, s.kept, len(s.papers))
		}
		for _, p := range s.papers {
			if p.bytes() > 3*maxRaw {
				t.Errorf("%s: a paper of %d bytes", name, p.bytes())
			}
		}
		if name != "line feeds" {
			continue // drawing metres of paper takes its time; one kind is enough
		}
		if h := s.papers[0].Image().Bounds().Dy(); h > maxLength+1000 {
			t.Errorf("%s: a picture %d dots long", name, h)
		}
	}
}

// FuzzInterpreter: any bytes are interpreted without panic, in bounded memory and
// length, to the same paper when replayed.
func FuzzInterpreter(f *testing.F) {
	for _, s := range []string{
		"\x1b@\x1b\x74\x13Summe 9,50 \xd5\n\x1d\x56\x42\x03",
		"\x1d\x76\x30\x00\x02\x00\x02\x00abcd", "\x1d\x76\x30\x00\xff\xff\xff\xff",
		"\x1d\x28\x6b\x07\x00\x31\x50\x30DATA\x1d\x28\x6b\x03\x00\x31\x43\x10\x1d\x28\x6b\x03\x00\x31\x51\x30",
		"\x1d\x28\x48\x06\x00\x30\x30abcd", "\x1d\x28\x6b\x00\x00", "\x1d\x28\x6b\x03\x00\x31\x43\x00",
		"\x1b\x21\xff\x1d\x21\x77W\n", "\x1d\x6b\x04", "\x1b\x44", "\x1b\x2a\x21\xff\xff", "\x1d\x38\x4c\xff\xff\xff\xff",
		"\x10\x04\x01\x10\x14\x01\x00\x01\x10\x05\x02", "\x1d\x56\x00a\x1d\x56\x41", "\x1b\x70\x00\x19\xfa\x1d\x61\xff\x1d\x49\x43\x1d\x72\x01",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		o := Options{NativeQR: true, ProcessID: true, Buffer: 1 << 10}.withDefaults()
		s := &Sim{opts: o, on: true, store: make([]byte, o.Buffer)}
		s.machine = newMachine(liveHand{s}, o)
		s.freshPaperLocked(nil)
		for in := b; len(in) > 0; {
			n := s.machine.feed(in)
			if n <= 0 || n > len(in) {
				t.Fatalf("took %d of %d bytes", n, len(in))
			}
			s.scanLocked(in[:n])
			s.recordLocked(in[:n])
			in = in[n:]
			if len(s.machine.data) > maxData || len(s.machine.cells) > maxCells {
				t.Fatal("interpreter grows")
			}
		}
		s.finishLocked(true)
		raw := 0
		for _, p := range s.papers {
			raw += len(p.Raw())
			_ = p.Text()
			if p.height < 4000 {
				_ = p.Image()
			}
		}
		if raw != len(b) && len(s.papers) < maxPapers {
			t.Fatalf("papers hold %d of %d bytes", raw, len(b))
		}
	})
}
