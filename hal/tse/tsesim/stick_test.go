package tsesim_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/tresen-pos/tresen/hal/tse/softtse"
	"github.com/tresen-pos/tresen/hal/tse/tsesim"
)

// These tests speak to the files by hand, byte for byte, and know nothing of the driver.

const block = 512

func buffer(n int) []byte {
	b := make([]byte, n+4096)
	skip := (4096 - int(uintptr(unsafe.Pointer(&b[0]))%4096)) % 4096
	return b[skip : skip+n]
}

// hand holds the stick's files.
type hand struct {
	t     *testing.T
	dir   string
	stick *tsesim.Stick
	comm  *os.File
}

func hold(t *testing.T) *hand {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("these tests mount a FUSE volume: run them as root")
	}
	h := &hand{t: t, dir: t.TempDir()}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var err error
	h.stick, err = tsesim.Mount(h.dir, t.TempDir(), tsesim.Options{Curve: softtse.P256, Now: func() time.Time { return now }, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = h.comm.Close()
		if err := h.stick.Close(); err != nil {
			t.Error(err)
		}
	})
	h.comm = h.open("TSE_COMM.DAT")
	return h
}

func (h *hand) open(name string) *os.File {
	h.t.Helper()
	f, err := os.OpenFile(filepath.Join(h.dir, name), os.O_RDWR|syscall.O_DIRECT|syscall.O_SYNC, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	return f
}

func (h *hand) write(cmd ...byte) error {
	b := buffer(block)
	binary.BigEndian.PutUint16(b, uint16(len(cmd)))
	copy(b[2:], cmd)
	_, err := h.comm.WriteAt(b, 0)
	return err
}

func (h *hand) read() []byte {
	h.t.Helper()
	b := buffer(block)
	n, err := syscall.Pread(int(h.comm.Fd()), b, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	return b[:n]
}

// do sends a command and returns the data and the word of its answer.
func (h *hand) do(cmd ...byte) (data []byte, word uint16) {
	h.t.Helper()
	if err := h.write(cmd...); err != nil {
		h.t.Fatal(err)
	}
	for range 10 {
		b := h.read()
		switch b[4] {
		case 0xFD:
			if err := h.write(0x83, 0); err != nil {
				h.t.Fatal(err)
			}
		case 0xFF:
			n := int(binary.BigEndian.Uint16(b[5:]))
			return b[7 : 5+n], binary.BigEndian.Uint16(b[5+n:])
		}
	}
	h.t.Fatalf("no answer to % x", cmd)
	return nil, 0
}

func (h *hand) want(word uint16, cmd ...byte) []byte {
	h.t.Helper()
	data, got := h.do(cmd...)
	if got != word {
		h.t.Fatalf("command % x: word %04x, want %04x", cmd, got, word)
	}
	return data
}

func with(code byte, parts ...string) []byte {
	b := []byte{code, 0}
	for _, p := range parts {
		b = append(append(b, byte(len(p))), p...)
	}
	return b
}

func login(user byte, pin string) []byte {
	return append([]byte{0x20, 0, user, byte(len(pin))}, pin...)
}

func setTime(at time.Time) []byte {
	return binary.BigEndian.AppendUint64([]byte{0x80, 0}, uint64(at.Unix()))
}

func openStep(event byte, tx uint64, n int) []byte {
	b := append([]byte{0x90, 0, event, 2}, "K1"...)
	b = binary.BigEndian.AppendUint64(b, tx)
	b = binary.BigEndian.AppendUint64(b, uint64(n))
	b = binary.BigEndian.AppendUint64(b, 1)
	return binary.BigEndian.AppendUint64(append(b, 'T'), 0)
}

// ready brings the stick to where it takes transactions, each step refused before its turn.
func (h *hand) ready() {
	h.t.Helper()
	h.want(0x1054, openStep(0, 0, 0)...)
	h.want(0x1011, with(0x40, "NOBODY")...)
	h.want(0, with(0x40, "SwissbitSwissbit")...)
	h.want(0x1002, openStep(0, 0, 0)...)
	h.want(0x100F, setTime(time.Unix(1772366400, 0))...)
	h.want(0, login(2, "98765")...)
	h.want(0, setTime(time.Unix(1772366400, 0))...)
	h.want(0x100F, with(0x41, "K1")...)
	h.want(0, login(1, "12345")...)
	h.want(0, with(0x41, "K1")...)
}

func TestByHand(t *testing.T) {
	h := hold(t)
	h.ready()
	h.want(0, openStep(0, 0, 0)...)
	started := h.want(0, 0x95, 0)
	if tx := binary.BigEndian.Uint64(started); tx != 1 || len(started) != 8+32+8+8+8+64 {
		t.Fatalf("start: transaction %d, %d bytes", tx, len(started))
	}
	if serial := hex.EncodeToString(started[8:40]); serial != h.stick.Unit().Info().Serial {
		t.Errorf("serial %s", serial)
	}
	if at := binary.BigEndian.Uint64(started[40:]); at != 1772366400 {
		t.Errorf("log time %d is not the one the host has set", at)
	}
	at := h.want(0, openStep(2, 1, 600)...)
	h.want(0x1006, 0x95, 0)
	store := h.open("TSE_TAR.001")
	defer store.Close()
	data := buffer(2 * block)
	copy(data, bytes.Repeat([]byte{'x'}, 600))
	if _, err := store.WriteAt(data, int64(binary.BigEndian.Uint64(at))*block); err != nil {
		t.Fatal(err)
	}
	h.want(0, 0x95, 0)
	h.want(0x1004, 0x95, 0)
	h.want(0, openStep(2, 1, 0)...)
	h.want(0x1008, 0x95, 0)
	f, ok, err := h.stick.Unit().LastFinish(t.Context(), 1)
	if err != nil || !ok || !bytes.Equal(f.ProcessData, bytes.Repeat([]byte{'x'}, 600)) || f.ProcessType != "T" {
		t.Errorf("inside: %+v, %v", f, err)
	}
	h.compareStore(store)
}

// compareStore: the store's files hold the very export of the unit inside, without its end.
func (h *hand) compareStore(store *os.File) {
	h.t.Helper()
	info := h.open("TSE_INFO.DAT")
	defer info.Close()
	b := buffer(block)
	if _, err := info.ReadAt(b, 0); err != nil {
		h.t.Fatal(err)
	}
	size := int(binary.BigEndian.Uint64(b[0x48:]))
	got := buffer(size)
	if _, err := store.ReadAt(got, 0); err != nil {
		h.t.Fatal(err)
	}
	var want bytes.Buffer
	if err := h.stick.Unit().Export(h.t.Context(), &want); err != nil {
		h.t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()[:want.Len()-2*block]) {
		h.t.Errorf("the store's %d bytes are not the export's %d", size, want.Len())
	}
	if b[0x1C] != 3 || b[0x1D] != 1 || b[0x6A] != 65 || binary.BigEndian.Uint32(b[0x38:]) != 1 {
		h.t.Errorf("info % x", b[0x18:0x70])
	}
}

func TestPINs(t *testing.T) {
	h := hold(t)
	h.want(0x1007, login(7, "12345")...)
	h.want(0x1102, login(1, "00000")...)
	h.want(0, login(1, "12345")...)
	if n := h.stick.Tries(1); n != 3 {
		t.Errorf("%d tries after the right PIN", n)
	}
	for _, w := range []uint16{0x1102, 0x1101, 0x1100, 0x1201} {
		h.want(w, login(1, "00000")...)
	}
	h.want(0x1201, login(1, "12345")...)
}

func TestFaults(t *testing.T) {
	h := hold(t)
	h.ready()
	selfTest := with(0x40, "K1")
	fault := func(k tsesim.Kind) tsesim.Fault {
		return tsesim.Fault{Code: 0x40, Event: tsesim.AnyEvent, Kind: k, N: 3}
	}
	strike := func(k tsesim.Kind) []byte {
		h.stick.Script(fault(k))
		if err := h.write(selfTest...); err != nil {
			t.Fatal(err)
		}
		return h.read()
	}
	before := binary.BigEndian.Uint32(h.read())
	if b := strike(tsesim.Stale); b[4] != 0xFF || binary.BigEndian.Uint32(b) != before {
		t.Errorf("stale: % x, before %d", b[:8], before)
	}
	if b := strike(tsesim.Garbage); len(b) != block || b[4] == 0xFF || b[4] == 0xF3 {
		t.Errorf("garbage: % x", b[:8])
	}
	if b := strike(tsesim.Short); len(b) >= block {
		t.Errorf("short: %d bytes", len(b))
	}
	if b := strike(tsesim.Late); b[4] != 0xF3 || h.read()[4] != 0xF3 || h.read()[4] != 0xF3 || h.read()[4] != 0xFF {
		t.Error("late: not three looks of busy and then an answer")
	}
	if b := strike(tsesim.Mute); b[4] != 0xF3 || h.read()[4] != 0xF3 {
		t.Error("mute: it speaks")
	}
	if err := h.write(selfTest...); err != nil || h.stick.Overruns() != 1 {
		t.Errorf("written over: %v, %d counted", err, h.stick.Overruns())
	}
	h.stick.Release()
	h.stick.Script(tsesim.Fault{Code: 0x40, Event: tsesim.AnyEvent, Kind: tsesim.Refuse, Word: 0x1017})
	h.want(0x1017, selfTest...)
	h.stick.Script(fault(tsesim.Unplug))
	if err := h.write(selfTest...); !errors.Is(err, syscall.EIO) {
		t.Errorf("pulled: %v", err)
	}
	if _, err := os.Stat(filepath.Join(h.dir, "TSE_COMM.DAT")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("pulled and still there: %v", err)
	}
	if err := h.stick.Plug(); err != nil {
		t.Fatal(err)
	}
	if err := h.write(selfTest...); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("a file of the life before: %v", err)
	}
	_ = h.comm.Close()
	h.comm = h.open("TSE_COMM.DAT")
	h.want(0x1054, openStep(0, 0, 0)...)
	if n := h.stick.Left(); n != 0 {
		t.Errorf("%d faults left", n)
	}
}
