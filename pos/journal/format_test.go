package journal

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// example is the journal that FORMAT.md shows: one record, then the mark.
func example() (head, record, mark []byte) {
	when := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC).UnixNano()
	h := header{segment: 1, epoch: 1, size: 1024, first: 1, time: when}
	f := frame{durable: at(1, headerSize), seq: 1, time: when + 5, epoch: 1, kind: kindRecord}
	record, hash := appendFrame(nil, &f, "demo/1", []byte(`{"a":1}`))
	m := frame{durable: at(1, headerSize+int64(len(record))), seq: 1, time: when + 9, epoch: 1, kind: kindMark, prev: hash}
	mark, _ = appendFrame(nil, &m, "", nil)
	return h.encode(), record, mark
}

// hexLines prints b as FORMAT.md does, 16 bytes a line, with the offset in the file.
func hexLines(b []byte, off int) string {
	var s strings.Builder
	for i := 0; i < len(b); i += 16 {
		fmt.Fprintf(&s, "%04x  % x\n", off+i, b[i:min(i+16, len(b))])
	}
	return s.String()
}

// TestFormatExample holds FORMAT.md to the code, byte by byte.
func TestFormatExample(t *testing.T) {
	doc, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	head, record, mark := example()
	for name, want := range map[string]string{
		"header":      hexLines(head[:96], 0),
		"record":      hexLines(record, headerSize),
		"mark":        hexLines(mark, headerSize+len(record)),
		"record hash": hex.EncodeToString(mark[40:72]),
	} {
		if !bytes.Contains(doc, []byte(want)) {
			t.Errorf("FORMAT.md lacks the %s:\n%s", name, want)
		}
	}
	if !allZero(head[96:]) {
		t.Error("header is not zero behind byte 96")
	}
	if h, reason := decodeHeader(head, 1, 1024); reason != "" || h.first != 1 || h.epoch != 1 {
		t.Errorf("header: %+v, %s", h, reason)
	}
	f, reason := decodeFrame(record)
	if reason != "" || string(f.typ) != "demo/1" || string(f.payload) != `{"a":1}` {
		t.Errorf("record: %+v, %s", f, reason)
	}
}

// TestDecodeFrameRefuses: a frame with any one byte changed is none, nor is one that is cut.
func TestDecodeFrameRefuses(t *testing.T) {
	_, record, mark := example()
	for _, frame := range [][]byte{record, mark} {
		for i := range frame {
			bad := bytes.Clone(frame)
			bad[i] ^= 0x20
			if _, reason := decodeFrame(bad); reason == "" {
				t.Errorf("byte %d changed and accepted", i)
			}
			if _, reason := decodeFrame(frame[:i]); reason == "" {
				t.Errorf("cut to %d bytes and accepted", i)
			}
		}
	}
}

func TestDecodeHeaderRefuses(t *testing.T) {
	head, _, _ := example()
	for i := range head {
		bad := bytes.Clone(head)
		bad[i] ^= 0x20
		if _, reason := decodeHeader(bad, 1, 1024); reason == "" {
			t.Errorf("byte %d changed and accepted", i)
		}
	}
	for _, c := range []struct {
		n    uint32
		size int64
		want string
	}{{2, 1024, "file holds segment 1"}, {1, 2048, "file has 2048 bytes instead of 1024"}} {
		if _, reason := decodeHeader(head, c.n, c.size); reason != c.want {
			t.Errorf("got %q, want %q", reason, c.want)
		}
	}
	if _, reason := decodeHeader(head[:100], 1, 1024); reason == "" {
		t.Error("short header accepted")
	}
}

// FuzzFrame: what parses is encoded again to the same bytes.
func FuzzFrame(f *testing.F) {
	_, record, mark := example()
	f.Add(record)
	f.Add(mark)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		fr, reason := decodeFrame(raw)
		if reason != "" {
			return
		}
		again, _ := appendFrame(nil, &fr, string(fr.typ), fr.payload)
		if !bytes.Equal(again, raw) {
			t.Errorf("%x\nbecame\n%x", raw, again)
		}
	})
}

func TestSegmentNames(t *testing.T) {
	for name, want := range map[string]uint32{"00000001.seg": 1, "99999999.seg": 99999999, "00000000.seg": 0, "1.seg": 0, "0000000x.seg": 0,
		"00000001.tmp": 0, "+0000001.seg": 0, "spare.tmp": 0, "lock": 0} {
		got, ok := segmentNumber(name)
		if ok != (want > 0) || got != want {
			t.Errorf("%s: got %d, %v", name, got, ok)
		}
		if ok && segmentName(got) != name {
			t.Errorf("%d is named %s", got, segmentName(got))
		}
	}
}

// TestIndexIsSmall: ten million records in segments of 16 MiB take less than 5 MB.
func TestIndexIsSmall(t *testing.T) {
	const records, perSegment = 10_000_000, 30_000
	x := newIndex()
	for seq := uint64(1); seq <= records; seq++ {
		n := uint32((seq-1)/perSegment) + 1
		if (seq-1)%perSegment == 0 {
			x.begin(n, seq)
		}
		x.add(n, seq, int64(headerSize+seq%perSegment*500))
	}
	bytes := 0
	for _, offsets := range x.offsets {
		bytes += 4*cap(offsets) + 64
	}
	if bytes += 64 * len(x.first); bytes > 5<<20 {
		t.Errorf("index takes about %d bytes", bytes)
	}
	if off, ok := x.near(2, 30_001+100); !ok || off != headerSize+(30_001+64)%perSegment*500 {
		t.Errorf("near: %d, %v", off, ok)
	}
}
