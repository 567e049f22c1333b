package displaysim

import (
	"testing"
	"unicode/utf8"
)

func TestCommands(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   Set
		bytes string
		want  string
	}{
		{"text wraps", Epson, "12345678901234567890ab", "12345678901234567890\nab"},
		{"move", Epson, "\x1f$\x03\x02x", "\nx"},
		{"move off", Epson, "\x1f$\x15\x02x\x1f$\x00\x01y", "xy\n"},
		{"clear", Epson, "abc\x0cd", "d\n"},
		{"cancel line", Epson, "abc\x0adef\x18x", "abc\nx"},
		{"back, home, return", Epson, "abc\x08X\x0bA\x0dB", "BbX\n"},
		{"init forgets the page", Epson, "\x1bt\x13\xd5\x1b@\xd5", "╒\n"},
		{"page", Epson, "\x1bt\x10\x80", "€\n"},
		{"brightness is skipped", Epson, "\x1fX\x04a", "a\n"},
		{"upper and lower", CD5220, "\x1bQAup\x0d\x1bQBlow\x0d", "up\nlow"},
		{"line too long", CD5220, "\x1bQA123456789012345678901234\x0d", "12345678901234567890\n"},
		{"scroll line is not ours", CD5220, "\x1bQDx\x0d", "x\n"},
		{"move cd", CD5220, "\x1bl\x02\x02x", "\nx"},
	} {
		s := NewScreen(c.set)
		_, _ = s.Write([]byte(c.bytes))
		if got := s.Text(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// FuzzScreen: whatever comes, in whatever pieces, there are two lines of 20
// printable characters, and init brings the display back to its start.
func FuzzScreen(f *testing.F) {
	f.Add([]byte("\x1b@\x1bt\x13\x1f$\x01\x01Summe      12,80 \xd5"), true, 3)
	f.Add([]byte("\x1bQAWillkommen\x0d\x1bQBCaf\x82\x0d"), false, 1)
	f.Add([]byte("\x1f$\xff\xff\x1bl\x00\x00\x1b\x1b\x1f\x1f\x1bQ"), true, 2)
	f.Fuzz(func(t *testing.T, data []byte, epson bool, piece int) {
		set := CD5220
		if epson {
			set = Epson
		}
		whole, cut := NewScreen(set), NewScreen(set)
		_, _ = whole.Write(data)
		n := 1 + int(uint(piece)%64)
		for b := data; len(b) > 0; b = b[min(n, len(b)):] {
			_, _ = cut.Write(b[:min(n, len(b))])
		}
		if whole.Lines() != cut.Lines() {
			t.Fatalf("pieces change the display: %q, %q", whole.Lines(), cut.Lines())
		}
		for _, l := range whole.Lines() {
			if utf8.RuneCountInString(l) != columns {
				t.Fatalf("line of %d: %q", utf8.RuneCountInString(l), l)
			}
			for _, r := range l {
				if r < 0x20 || r == 0x7f {
					t.Fatalf("control character in %q", l)
				}
			}
		}
		_, _ = whole.Write([]byte("\x0d\x0d\x0d\x1b@"))
		if len(whole.head) > 4 {
			t.Fatalf("%d bytes kept", len(whole.head))
		}
	})
}
