package scanner

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// raw is one event in either layout.
func raw(size int, sec, usec uint64, typ, code uint16, value int32) []byte {
	le := binary.LittleEndian
	var b []byte
	if size == Size32 {
		b = le.AppendUint32(le.AppendUint32(b, uint32(sec)), uint32(usec))
	} else {
		b = le.AppendUint64(le.AppendUint64(b, sec), usec)
	}
	return le.AppendUint32(le.AppendUint16(le.AppendUint16(b, typ), code), uint32(value))
}

func TestParseEvent(t *testing.T) {
	want := Event{Sec: 5, Usec: 999_999, Type: 1, Code: 0x2ff, Value: -1}
	for _, size := range []int{Size32, Size64} {
		b := raw(size, 5, 999_999, 1, 0x2ff, -1)
		if len(b) != size {
			t.Fatalf("test writes %d bytes, want %d", len(b), size)
		}
		if got := parseEvent(b); got != want {
			t.Errorf("size %d: got %+v, want %+v", size, got, want)
		}
	}
}

// TestAgainstKernelHeaders asks the C compiler for what the kernel's headers say
// about this machine.
func TestAgainstKernelHeaders(t *testing.T) {
	cc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("gcc is not installed; the numbers of linux/input.h are not compared")
	}
	dir := t.TempDir()
	src := `#include <linux/input.h>
#include <stdio.h>
int main(void) { printf("%zu %lx %lx %lx %lx %lx\n", sizeof(struct input_event), (long)EVIOCGID, (long)EVIOCGNAME(256),
 (long)EVIOCGBIT(EV_KEY, 96), (long)EVIOCGRAB, (long)EVIOCSCLOCKID); }`
	if err := os.WriteFile(filepath.Join(dir, "a.c"), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-o", filepath.Join(dir, "a"), filepath.Join(dir, "a.c")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := exec.Command(filepath.Join(dir, "a")).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%d %x %x %x %x %x\n", NativeSize, uint32(eviocGID), uint32(eviocGName), uint32(eviocGKeyBits), uint32(eviocGrab), uint32(eviocSClockID))
	if string(got) != want {
		t.Errorf("headers say %q, we say %q", got, want)
	}
}

// keys of "Ab1" with Enter, as a seed.
func seed(size int) []byte {
	var b []byte
	for i, k := range [][2]int{{42, 1}, {30, 1}, {30, 0}, {42, 0}, {48, 1}, {48, 0}, {2, 1}, {2, 0}, {28, 1}, {28, 0}} {
		at := uint64(i) * 4000
		b = append(b, raw(size, 9, at, evKey, uint16(k[0]), int32(k[1]))...)
		b = append(b, raw(size, 9, at, evSyn, synReport, 0)...)
	}
	return b
}

// FuzzEvents: whatever comes, cut wherever, no panic, no code longer than any, no
// broken text, and how the bytes were cut does not matter.
func FuzzEvents(f *testing.F) {
	for _, size := range []int{Size32, Size64} {
		f.Add(seed(size), size == Size32, byte(3), byte(7))
		f.Add(append(raw(size, 9, 0, evSyn, synDropped, 0), seed(size)...), size == Size32, byte(0x1c), byte(1))
		f.Add(append(seed(size)[:5*size], raw(size, 1<<40, 1<<62, evKey, 56, 1)...), size == Size32, byte(0xff), byte(255))
	}
	f.Fuzz(func(t *testing.T, data []byte, small bool, how, piece byte) {
		o := Opts{Suffix: Suffix(how & 3), Layout: Layout(how >> 2 & 1), Burst: how&8 != 0, Rollover: how&16 != 0,
			GSKey: 66 * uint16(how>>5&1), GSAs: rune(how>>6&1) * '|', EventSize: Size64}.withDefaults()
		if small {
			o.EventSize = Size32
		}
		run := func(n int) []Code {
			var got []Code
			emit := func(c Code) { got = append(got, c) }
			p, a := eventParser{size: o.EventSize}, newAssembler(o)
			for b := data; len(b) > 0; b = b[min(n, len(b)):] {
				p.push(b[:min(n, len(b))], func(e Event) { a.push(e, emit) })
			}
			a.idle(emit)
			if len(a.text) != 0 || len(p.buf) >= p.size {
				t.Fatalf("%d characters and %d bytes left behind", len(a.text), len(p.buf))
			}
			return got
		}
		whole, cut := run(len(data)+1), run(1+int(piece))
		if fmt.Sprint(whole) != fmt.Sprint(cut) {
			t.Fatalf("pieces change the codes: %q, %q", whole, cut)
		}
		for _, c := range whole {
			if !utf8.ValidString(c.Text) || utf8.RuneCountInString(c.Text) > maxCode || c.Text == "" && c.AIM == "" {
				t.Fatalf("bad code %q", c.Text)
			}
		}
	})
}

func TestTooLongIsDoubted(t *testing.T) {
	a := newAssembler(Opts{Suffix: Enter}.withDefaults())
	var got []Code
	emit := func(c Code) { got = append(got, c) }
	tap := func(code uint16) {
		for v := int32(1); v >= 0; v-- {
			a.push(Event{Type: evKey, Code: code, Value: v}, emit)
			a.push(Event{Type: evSyn}, emit)
		}
	}
	for range maxCode + 1 {
		tap(2)
	}
	tap(keyEnter)
	if len(got) != 1 || got[0].Doubt != TooLong || len(got[0].Text) != maxCode {
		t.Errorf("got %d codes, want one too long", len(got))
	}
}

// keyboard is a full keyboard's capability words on a 64-bit kernel, as Linux
// shows them for a usual USB keyboard.
const keyboard = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"

func TestParseBits(t *testing.T) {
	if !typing(parseBits(keyboard, 64)) {
		t.Error("a keyboard is not taken for one")
	}
	words := strings.Fields(keyboard)
	var small []string
	for _, w := range words {
		w = strings.Repeat("0", 16-len(w)) + w
		small = append(small, w[:8], w[8:])
	}
	a, b := parseBits(keyboard, 64), parseBits(strings.Join(small, " "), 32)
	for n := range 0x300 {
		if a.has(n) != b.has(n) {
			t.Errorf("key %d differs by word size", n)
		}
	}
	for _, s := range []string{"", "10000 0 0 0", "1f0000 0 0 0 0", "zz", "ffffffffffffffffff", strings.Repeat("f ", 500)} {
		if typing(parseBits(s, 64)) {
			t.Errorf("%.20q is taken for a keyboard", s)
		}
	}
	if parseBits(keyboard, 64).has(1 << 20) {
		t.Error("a key beyond the set is there")
	}
}

func FuzzBits(f *testing.F) {
	f.Add(keyboard, true)
	f.Add("10000 0 0 0", false)
	f.Add("-1 0x7", true)
	f.Fuzz(func(t *testing.T, text string, wide bool) {
		size := 32
		if wide {
			size = 64
		}
		set := parseBits(text, size)
		if set != nil && len(set) != 12 {
			t.Fatalf("set of %d words", len(set))
		}
		typing(set)
	})
}

func TestFind(t *testing.T) {
	sys := t.TempDir()
	add := func(name string, files map[string]string) {
		for file, text := range files {
			path := filepath.Join(sys, "class/input", name, "device", file)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	words := keyboard
	if NativeSize == Size32 {
		words = "10000 7 ff9f207a c14057ff febeffdf ffefffff ffffffff fffffffe"
	}
	add("event10", map[string]string{"id/vendor": "05e0", "id/product": "1200", "name": "Symbol Scanner", "phys": "usb-1.2/input0", "capabilities/key": words})
	add("event2", map[string]string{"id/vendor": "046d", "id/product": "c31c", "name": "Keyboard", "capabilities/key": words})
	add("event0", map[string]string{"id/vendor": "0000", "id/product": "0001", "name": "Power Button", "capabilities/key": "10000000000000 0"})
	add("event1", map[string]string{"name": "half gone"})
	found, err := Find(sys, "/dev")
	if err != nil || len(found) != 2 || found[0].Name != "Keyboard" || found[1].Path != "/dev/input/event10" || found[1].Port != "usb-1.2/input0" {
		t.Fatalf("got %+v, %v", found, err)
	}
	id, err := ParseID("05E0:1200")
	if err != nil || id.String() != "05e0:1200" {
		t.Fatalf("got %v, %v", id, err)
	}
	picks := Choose(found, []ID{id})
	if picks[0].Known || !picks[1].Known {
		t.Errorf("got %+v, want the scanner known", picks)
	}
	if found, err := Find(filepath.Join(sys, "none"), "/dev"); len(found) != 0 || err != nil {
		t.Errorf("got %v, %v from a machine without devices", found, err)
	}
	for _, s := range []string{"", ":", "05e0", "05e0:12000", "x:1", "-1:1"} {
		if _, err := ParseID(s); err == nil {
			t.Errorf("%q is taken for a device number", s)
		}
	}
}

func TestRetail(t *testing.T) {
	for text, want := range map[string]Retail{
		"4006381333931": RetailGood, "4006381333932": RetailWrong, "96385074": RetailGood, "036000291452": RetailGood,
		"00012345600012": RetailGood, "": NotRetail, "123": NotRetail, "400638133393X": NotRetail, "äöüß": NotRetail,
	} {
		if got := (Code{Text: text}).Retail(); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestOpenRefusesWhatIsNoScanner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none")
	if _, err := Open(t.Context(), path, true, Opts{}); err == nil {
		t.Error("a missing device was opened")
	}
	_, err := Open(t.Context(), "/dev/ptmx", true, Opts{}) // a device, but not of events
	if err == nil || !strings.Contains(err.Error(), "not an event device") {
		t.Errorf("got %v, want it refused", err)
	}
}

// TestPadChar: Alt and digits, with and without the leading zero.
func TestPadChar(t *testing.T) {
	for digits, want := range map[string]rune{
		"065": 'A', "65": 'A', "029": gs, "29": gs, "0228": 'ä', "132": 'ä', "0128": '€', "225": 'ß', "0223": 'ß', "321": 'A', "00065": 'A',
	} {
		if got := padChar([]byte(digits)); got != want {
			t.Errorf("Alt+%s: got %q, want %q", digits, got, want)
		}
	}
}
