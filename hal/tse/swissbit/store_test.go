package swissbit

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unsafe"

	"github.com/tresen-pos/tresen/hal/tse"
)

// finishLog is a finish message as TR-03151 v1.0.1 lays it out; pieces feeds the process data in two parts of indefinite length.
func finishLog(pieces bool) []byte {
	tlv := func(tag byte, v ...byte) []byte { return append([]byte{tag, byte(len(v))}, v...) }
	b := tlv(0x02, 2)
	b = append(b, tlv(0x06, 4, 0, 0x7f, 0, 7, 3, 7, 1, 1)...)
	b = append(b, tlv(0x80, []byte("FinishTransaction")...)...)
	b = append(b, tlv(tagClient, []byte("AMA-6200")...)...)
	if pieces {
		b = append(b, tagDataPieces, 0x80, 4, 2, 'a', 'b', 4, 1, 'c', 0, 0)
	} else {
		b = append(b, tlv(tagData, 'a', 'b', 'c')...)
	}
	b = append(b, tlv(tagProcessType, []byte("Kassenbeleg-V1")...)...)
	b = append(b, tlv(tagNumber, 0x02, 0x72, 0xf8)...)
	b = append(b, tlv(tagOctets, bytes.Repeat([]byte{0x2d}, 32)...)...)
	b = append(b, tlv(tagSequence, append(oidPlain, 4)...)...)
	b = append(b, tlv(tagInteger, 0x05, 0x41, 0x5d)...)
	b = append(b, tlv(tagInteger, 0x60, 0xfa, 0x96, 0x27)...)
	b = append(b, tlv(tagOctets, bytes.Repeat([]byte{0x36}, 96)...)...)
	return append([]byte{tagSequence, 0x82, byte(len(b) >> 8), byte(len(b))}, b...)
}

func TestLogMessage(t *testing.T) {
	for _, pieces := range []bool{false, true} {
		der := finishLog(pieces)
		f, err := parseLog(der)
		if err != nil {
			t.Fatal(err)
		}
		if f.ClientID != "AMA-6200" || string(f.ProcessData) != "abc" || f.ProcessType != "Kassenbeleg-V1" || f.Transaction != 160504 ||
			f.Counter != 344413 || f.LogTime.Unix() != 1627035175 || f.Algorithm != "ecdsa-plain-SHA384" || len(f.Signature) != 96 || f.Serial[0] != 0x2d {
			t.Errorf("pieces %v: %+v", pieces, f)
		}
		for n := range der {
			if _, err := parseLog(der[:n]); !errors.Is(err, tse.ErrDamaged) {
				t.Fatalf("cut after %d of %d bytes: %v", n, len(der), err)
			}
		}
	}
}

func TestNames(t *testing.T) {
	e, ok := parseName("Unixt_1627035175_Sig-344413_Log-Tra_No-160504_Finish_Client-AMA-6200.log")
	if !ok || e.time.Unix() != 1627035175 || e.counter != 344413 || e.tx != 160504 || e.kind != "Finish" || e.client != "AMA-6200" {
		t.Errorf("%+v, %v", e, ok)
	}
	for _, bad := range []string{"", "info.csv", "Unixt_1_Sig-2_Log-Sys_updateTime.log", "Unixt_1_Sig-2_Log-Tra_No-x_Start_Client-A.log",
		"Gent_20260101000000Z_Sig-2_Log-Tra_No-1_Start_Client-A.log", "Unixt_1_Sig-2_Log-Tra_No-1_Start_Client-A"} {
		if e, ok := parseName(bad); ok {
			t.Errorf("%q was taken: %+v", bad, e)
		}
	}
}

func TestHeader(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	h := tar.Header{Typeflag: tar.TypeReg, Name: "Unixt_5_Sig-6_Log-Tra_No-7_Start_Client-K1.log", Size: 300, Mode: 0o644, ModTime: time.Unix(5, 0), Format: tar.FormatUSTAR}
	if err := w.WriteHeader(&h); err != nil {
		t.Fatal(err)
	}
	block := b.Bytes()[:BlockSize]
	if e, ok := parseHeader(block); !ok || e.tx != 7 || e.size != 300 || e.kind != nameStart {
		t.Errorf("%+v, %v", e, ok)
	}
	bad := bytes.Clone(block)
	bad[40]++ // the check sum is wrong now
	if _, ok := parseHeader(bad); ok {
		t.Error("a block with a wrong check sum was taken for a header")
	}
	if _, ok := parseHeader(block[:511]); ok {
		t.Error("a short block was taken for a header")
	}
}

// A run of blocks that crosses into the next file is split there. The files are sparse ones on the disk of the test.
func TestStoreCrossesFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"TSE_TAR.001", "TSE_TAR.002"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(filepath.Join(dir, "TSE_TAR.001"), BlocksPerTAR*BlockSize); err != nil {
		t.Fatal(err)
	}
	v := &volume{dir: dir}
	data := bytes.Repeat([]byte("0123456789abcdef"), 8192/16)
	at := uint64(BlocksPerTAR - 8)
	if err := v.writeData(at, data); err != nil {
		t.Fatal(err)
	}
	got, err := v.readData(at, len(data))
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("read back %d bytes, %v", len(got), err)
	}
	if s, err := os.Stat(filepath.Join(dir, "TSE_TAR.002")); err != nil || s.Size() != 4096 {
		t.Errorf("second file: %v, %v", s, err)
	}
	if _, err := v.readData(2*BlocksPerTAR, BlockSize); !errors.Is(err, tse.ErrGone) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := v.readData(BlocksPerTAR+8, 4096); !errors.Is(err, tse.ErrStorage) {
		t.Errorf("behind the end: %v", err)
	}
}

func TestAligned(t *testing.T) {
	for _, n := range []int{512, 4096, 65536} {
		if b := aligned(n); len(b) != n || uintptr(unsafe.Pointer(&b[0]))%4096 != 0 {
			t.Errorf("%d bytes at %p", len(b), &b[0])
		}
	}
}

// A list that never ends is not read for ever.
func TestEndlessList(t *testing.T) {
	n := 0
	_, err := pages(func(int) ([]int, error) { n++; return []int{1}, nil })
	if !errors.Is(err, errAnswer) || n != maxPages {
		t.Errorf("%d pages, %v", n, err)
	}
}

// A log message from the stick yields whole fields or an error.
func FuzzLogMessage(f *testing.F) {
	f.Add(finishLog(false))
	f.Add(finishLog(true))
	f.Add([]byte{0x30, 0x80})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseLog(b)
		if err == nil && (len(m.Serial) != 32 || m.Transaction == 0) {
			t.Errorf("%+v", m)
		}
	})
}

// Any block is a header or not; no block is too much.
func FuzzHeader(f *testing.F) {
	f.Add(make([]byte, BlockSize), "Unixt_5_Sig-6_Log-Tra_No-7_Start_Client-K1.log")
	f.Fuzz(func(t *testing.T, b []byte, name string) {
		if e, ok := parseHeader(b); ok && (e.size < 0 || e.size > maxLog) {
			t.Errorf("%+v", e)
		}
		_, _ = parseName(name)
	})
}
