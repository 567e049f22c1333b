package printer

import (
	"bytes"
	"testing"
)

func parse(b []byte) []reply {
	var p replyParser
	var out []reply
	for _, c := range b {
		out = append(out, p.push(c)...)
	}
	return out
}

func TestReplies(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		want []reply
	}{
		{"dle eot", "\x12", []reply{{kind: realTimeReply, b: [4]byte{0x12}}}},
		{"dle eot, everything set", "\x7e", []reply{{kind: realTimeReply, b: [4]byte{0x7e}}}},
		{"asb", "\x10\x00\x00\x0f", []reply{{kind: asbReply, b: [4]byte{0x10, 0, 0, 0x0f}}}},
		{"asb then dle eot", "\x18\x00\x0c\x00\x12", []reply{{kind: asbReply, b: [4]byte{0x18, 0, 0x0c, 0}}, {kind: realTimeReply, b: [4]byte{0x12}}}},
		{"asb cut short", "\x10\x00\x12", []reply{{kind: junkReply}, {kind: realTimeReply, b: [4]byte{0x12}}}},
		{"process id", "\x37\x22abcd\x00", []reply{{kind: processReply, b: [4]byte{'a', 'b', 'c', 'd'}}}},
		{"process id too long", "\x37\x22abcde\x00", []reply{{kind: infoReply, text: "\x22abcde"}}},
		{"model", "\x5fTM-T20\x00", []reply{{kind: infoReply, text: "TM-T20"}}},
		{"gs r", "\x00", []reply{{kind: queuedReply}}},
		{"xon xoff", "\x11\x13", []reply{{kind: flowReply}, {kind: flowReply}}},
		{"junk", "\xff", []reply{{kind: junkReply}}},
		{"block broken off", "\x5fTM\x12", []reply{{kind: junkReply}, {kind: realTimeReply, b: [4]byte{0x12}}}},
		{"unfinished", "\x5fTM", nil},
	} {
		got := parse([]byte(c.in))
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: got %v, want %v", c.name, got, c.want)
			}
		}
	}
}

func TestStatusBits(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers [4]byte // to DLE EOT 1 to 4
		want    Reason
	}{
		{"fine", [4]byte{0x12, 0x12, 0x12, 0x12}, None},
		{"near end", [4]byte{0x12, 0x12, 0x12, 0x1e}, None},
		{"paper end by sensor", [4]byte{0x1a, 0x12, 0x12, 0x72}, PaperOut},
		{"stopped at paper end", [4]byte{0x1a, 0x32, 0x12, 0x12}, PaperOut},
		{"cover", [4]byte{0x1a, 0x16, 0x12, 0x12}, CoverOpen},
		{"cover before paper", [4]byte{0x1a, 0x36, 0x12, 0x72}, CoverOpen},
		{"cutter", [4]byte{0x1a, 0x52, 0x1a, 0x12}, CutterError},
		{"hot", [4]byte{0x1a, 0x52, 0x52, 0x12}, HeadHot},
		{"unrecoverable", [4]byte{0x1a, 0x52, 0x32, 0x12}, PrinterError},
		{"error without a cause", [4]byte{0x1a, 0x52, 0x12, 0x12}, PrinterError},
		{"offline without a cause", [4]byte{0x1a, 0x12, 0x12, 0x12}, Offline},
	} {
		var s Status
		for i, b := range c.answers {
			s.realTime(byte(i+1), b)
		}
		if got := s.Reason(); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	for _, c := range []struct {
		in   [4]byte
		want Reason
	}{
		{[4]byte{0x10}, None}, {[4]byte{0x30, 0, 0, 0}, CoverOpen}, {[4]byte{0x18, 0, 0x0f, 0}, PaperOut},
		{[4]byte{0x18, 0x08, 0, 0}, CutterError}, {[4]byte{0x18, 0x20, 0, 0}, PrinterError},
		{[4]byte{0x18, 0x40, 0, 0}, HeadHot}, {[4]byte{0x18, 0, 0, 0}, Offline},
	} {
		var s Status
		s.asb(c.in)
		if got := s.Reason(); got != c.want {
			t.Errorf("ASB %x: got %v, want %v", c.in, got, c.want)
		}
	}
	if got := (Status{}).Reason(); got != Unanswered {
		t.Errorf("a status never heard: got %v, want unanswered", got)
	}
}

// FuzzReplies: any bytes are parsed without panic, in bounded memory, the same
// however they are cut, and a process id is found only where its bytes stand.
func FuzzReplies(f *testing.F) {
	for _, s := range []string{"\x12\x12\x12\x12", "\x10\x00\x00\x0f\x12", "\x37\x22abcd\x00", "\x5fTM-T20\x00\x12",
		"\x37\x37\x22abcd\x00", "\xff\x00\x11\x13\x10\x10", "\x3d" + string(bytes.Repeat([]byte{'x'}, 100)) + "\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var p replyParser
		for i, c := range b {
			for _, r := range p.push(c) {
				block := append([]byte{0x37, 0x22}, append(r.b[:], 0)...)
				if r.kind == processReply && !bytes.HasSuffix(b[:i+1], block) {
					t.Fatalf("process id %x out of %x", r.b, b[:i+1])
				}
				if r.kind == noReply {
					t.Fatal("an empty reply")
				}
			}
			if len(p.buf) > maxBlock {
				t.Fatalf("parser holds %d bytes", len(p.buf))
			}
		}
	})
}
