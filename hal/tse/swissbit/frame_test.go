package swissbit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// answer builds a response block as the reference lays it out.
func answer(counter uint32, status byte, data []byte, w Word) []byte {
	b := make([]byte, BlockSize)
	binary.BigEndian.PutUint32(b, counter)
	b[4] = status
	binary.BigEndian.PutUint16(b[5:], uint16(len(data)+2))
	copy(b[7:], data)
	binary.BigEndian.PutUint16(b[7+len(data):], uint16(w))
	return b
}

func closeAnswer(sig []byte) []byte {
	d := u64(nil, 7)
	d = append(d, bytes.Repeat([]byte{0xAB}, 32)...)
	d = u64(u64(u64(d, 1767225600), 9), uint64(len(sig)))
	return append(d, sig...)
}

func TestCommandBlock(t *testing.T) {
	b, err := command(codeLogin, lenBytes([]byte{1}, "12345"))
	if err != nil {
		t.Fatal(err)
	}
	want := []byte{0, 9, 0x20, 0, 1, 5, '1', '2', '3', '4', '5'}
	if len(b) != BlockSize || !bytes.Equal(b[:len(want)], want) || !bytes.Equal(b[len(want):], make([]byte, BlockSize-len(want))) {
		t.Errorf("block % x, want % x and zeros", b[:16], want)
	}
	if _, err := command(codeLogin, make([]byte, maxArgs+1)); err == nil {
		t.Error("arguments that do not fit were taken")
	}
	open := openArgs(eventFinish, "K1", 5, 3, "T")
	wantOpen := []byte{2, 2, 'K', '1', 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 'T', 0, 0, 0, 0, 0, 0, 0, 0}
	if !bytes.Equal(open, wantOpen) {
		t.Errorf("open % x, want % x", open, wantOpen)
	}
}

func TestResponse(t *testing.T) {
	for _, c := range []struct {
		name  string
		block []byte
		data  string
		word  Word
		bad   bool
	}{
		{"empty, word at 7", answer(1, statusReady, nil, 0x1002), "", wordNoTime, false},
		{"data before the word", answer(2, statusReady, []byte("abc"), 0), "abc", ok, false},
		{"full block", answer(2, statusReady, make([]byte, 503), 0), string(make([]byte, 503)), ok, false},
		{"busy needs no length", append(make([]byte, 4), append([]byte{statusBusy, 0xFF, 0xFF}, make([]byte, 9)...)...), "", ok, false},
		{"unknown status", answer(1, 0x42, nil, 0), "", ok, true},
		{"short read", answer(1, statusReady, nil, 0)[:8], "", ok, true},
		{"length below the word's", append([]byte{0, 0, 0, 1, statusReady, 0, 1}, make([]byte, 505)...), "", ok, true},
		{"length beyond the block", append([]byte{0, 0, 0, 1, statusReady, 1, 250}, make([]byte, 505)...), "", ok, true},
	} {
		r, err := parseResponse(c.block)
		if (err != nil) != c.bad || string(r.data) != c.data || r.word != c.word {
			t.Errorf("%s: %q %v, %v", c.name, r.data, r.word, err)
		}
	}
}

func TestWords(t *testing.T) {
	for w, want := range wordErrors {
		if !errors.Is(w, want) {
			t.Errorf("%v is not %v", w, want)
		}
	}
	if errors.Is(Word(0x7777), tse.ErrParameter) || !strings.Contains(Word(0x7777).Error(), "7777 (unknown)") || Word(0x7777).refuses() {
		t.Error("an unknown word is not a value of its own")
	}
	if left, failed := Word(0x1102).triesLeft(); !failed || left != 2 {
		t.Errorf("1102: %d tries left, %v", left, failed)
	}
	if left, failed := wordPINBlocked.triesLeft(); !failed || left != 0 {
		t.Errorf("1201: %d tries left, %v", left, failed)
	}
	if wordExpired.refuses() || wordNoResponse.refuses() || ok.refuses() || !wordNoClient.refuses() {
		t.Error("words that leave the outcome open are mistaken")
	}
}

func infoBlock() []byte {
	b := make([]byte, BlockSize)
	b[atFlags], b[atInit], b[atInTx], b[atChanged] = 3, 1, 1, 7
	b[0x27], b[0x33], b[0x37], b[0x3B], b[0x3F], b[0xD3] = 10, 4, 5, 1, 16, 30
	binary.BigEndian.PutUint32(b[0x40:], 1900000000)
	binary.BigEndian.PutUint64(b[0x48:], 4096)
	b[0x6A] = 97
	b[0x6B], b[0x6B+96] = 4, 0xEE
	b[0x100], b[0x11F] = 0xAA, 0xBB
	copy(b[0x120:], "BSI-K-TR-0000-2026\x00rest")
	return b
}

func TestInfo(t *testing.T) {
	s, err := ParseInfo(infoBlock())
	if err != nil {
		t.Fatal(err)
	}
	if !s.ValidTime || !s.SelfTest || s.Init != Initialised || !s.InTransaction || !s.PUKChanged || !s.AdminPIN || !s.TimeAdminPIN {
		t.Errorf("flags: %+v", s)
	}
	if s.NextSelfTest != 10*time.Second || s.NextTimeSync != 30*time.Second || s.Signatures != 4 || s.MaxSignatures != 5 || s.Clients != 1 || s.MaxClients != 16 {
		t.Errorf("numbers: %+v", s)
	}
	if s.Expires.Unix() != 1900000000 || s.TARSize != 4096 || len(s.PublicKey) != 97 || s.PublicKey[96] != 0xEE || s.Serial[31] != 0xBB || s.Description != "BSI-K-TR-0000-2026" {
		t.Errorf("rest: %+v", s)
	}
	if i := s.tseInfo(nil); i.Algorithm != "ecdsa-plain-SHA384" || !strings.HasPrefix(i.Serial, "aa00") || i.Demo {
		t.Errorf("words: %+v", i)
	}
	long := infoBlock()
	binary.BigEndian.PutUint64(long[0x40:], 1900000000)
	if s, _ := ParseInfo(long); s.Expires.Unix() != 1900000000 {
		t.Errorf("expiry in 8 bytes: %v", s.Expires)
	}
	long[0x6A] = 102
	if _, err := ParseInfo(long); !errors.Is(err, tse.ErrDamaged) {
		t.Errorf("a key that runs into the next field: %v", err)
	}
	if _, err := ParseInfo(long[:511]); !errors.Is(err, tse.ErrDamaged) {
		t.Errorf("a short block: %v", err)
	}
}

func TestAnswers(t *testing.T) {
	s, err := parseSigned(closeAnswer([]byte("sig")))
	if err != nil || s.tx != 7 || s.counter != 9 || s.logTime.Unix() != 1767225600 || string(s.signature) != "sig" || s.serial[31] != 0xAB {
		t.Errorf("%+v, %v", s, err)
	}
	full := closeAnswer(make([]byte, 96))
	for n := range full {
		if _, err := parseSigned(full[:n]); !errors.Is(err, errAnswer) {
			t.Fatalf("cut after %d of %d bytes: %v", n, len(full), err)
		}
	}
	if n, err := parseNumbers(append(u64([]byte{2}, 5), 0, 0, 0, 0, 0, 0, 0, 6)); err != nil || len(n) != 2 || n[1] != 6 {
		t.Errorf("numbers %v, %v", n, err)
	}
	if n, err := parseNames(append([]byte{1, 'K', '1'}, make([]byte, 30)...)); err != nil || len(n) != 1 || n[0] != "K1" {
		t.Errorf("names %q, %v", n, err)
	}
	if p, err := parseChunk([]byte{0, 2, 'a', 'b'}); err != nil || string(p) != "ab" {
		t.Errorf("piece %q, %v", p, err)
	}
	_, e1 := parseNumbers([]byte{1, 0})
	_, e2 := parseNames([]byte{1, 0})
	_, e3 := parseChunk([]byte{0, 9, 0})
	for _, err := range []error{e1, e2, e3} {
		if !errors.Is(err, errAnswer) {
			t.Errorf("a short answer: %v", err)
		}
	}
}

func TestParameters(t *testing.T) {
	for _, bad := range []string{"", "a/b", "K_1", strings.Repeat("x", 33), "ä"} {
		if err := checkTransaction(bad, "", nil); !errors.Is(err, tse.ErrParameter) {
			t.Errorf("client %q: %v", bad, err)
		}
	}
	if err := checkTransaction("KASSE-001", strings.Repeat("x", 101), nil); !errors.Is(err, tse.ErrParameter) {
		t.Error(err)
	}
	if err := checkTransaction("KASSE-001", "T", make([]byte, maxProcessData)); err != nil {
		t.Error(err)
	}
}

// An info block never yields a key longer than it has, whatever its bytes.
func FuzzInfo(f *testing.F) {
	f.Add(infoBlock())
	f.Add(make([]byte, BlockSize))
	f.Add([]byte("short"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseInfo(b)
		if err == nil && (len(s.PublicKey) > 101 || len(s.Description) > BlockSize-atText || s.Serial != [32]byte(b[0x100:])) {
			t.Errorf("%+v", s)
		}
	})
}

// Every reader of answers takes any block; what a good one yields is encoded to the same bytes again.
func FuzzAnswer(f *testing.F) {
	f.Add(answer(1, statusReady, closeAnswer(make([]byte, 96)), 0))
	f.Add(answer(2, statusReady, append([]byte{1}, make([]byte, 32)...), 0))
	f.Add(answer(3, statusBusy, nil, 0x1015))
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseResponse(b)
		if err != nil || r.status != statusReady {
			return
		}
		again := answer(r.counter, r.status, r.data, r.word)
		if n := headLen + len(r.data) + wordLen; n <= BlockSize && !bytes.Equal(again[:n], b[:n]) {
			t.Errorf("% x becomes % x", b[:n], again[:n])
		}
		if s, err := parseSigned(r.data); err == nil && len(s.signature) == 0 {
			t.Error("a signature of no bytes was taken")
		}
		_, _ = parseNumbers(r.data)
		_, _ = parseNames(r.data)
		_, _ = parseChunk(r.data)
	})
}
