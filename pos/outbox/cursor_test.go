package outbox_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tresen-pos/tresen/pos/outbox"
)

const slot = 512 // bytes of each of the two slots

func openCursor(t testing.TB, name string) (*outbox.Cursor, bool) {
	t.Helper()
	c, fresh, err := outbox.OpenCursor(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // some tests close it earlier
	return c, fresh
}

func set(t testing.TB, c *outbox.Cursor, done, began uint64) {
	t.Helper()
	if err := c.Set(outbox.Position{Done: done, Began: began}); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func write(t testing.TB, name string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCursorRemembers(t *testing.T) {
	name := filepath.Join(t.TempDir(), "new", "folder", "paper.cursor")
	c, fresh := openCursor(t, name)
	if !fresh || c.Position() != (outbox.Position{}) {
		t.Errorf("a new cursor is fresh %v at %v", fresh, c.Position())
	}
	for n := range uint64(5) {
		set(t, c, n, n+1)
		if size := len(read(t, name)); size != 2*slot {
			t.Errorf("the file has %d bytes, want %d: it must not grow", size, 2*slot)
		}
		again, fresh := openCursor(t, name)
		if want := (outbox.Position{Done: n, Began: n + 1}); fresh || again.Position() != want || c.Position() != want {
			t.Errorf("fresh %v at %v, want %v", fresh, again.Position(), want)
		}
	}
}

// A torn write of a slot, cut after each of its bytes, leaves the position
// before it or the new one, nothing else; and the next write is good again.
func TestTornCursor(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "cursor")
	c, _ := openCursor(t, name)
	set(t, c, 7, 7)
	set(t, c, 8, 9)
	before := read(t, name)
	set(t, c, 0xa1b2c3d4e5f60718, 0xb1b2c3d4e5f60719)
	after := read(t, name)
	at := 0
	for before[at] == after[at] {
		at++
	}
	at = at / slot * slot
	torn := filepath.Join(dir, "torn")
	for cut := 0; cut <= slot; cut++ {
		for kind, mix := range map[string][]byte{
			"the rest is old":   append(append([]byte{}, after[at:at+cut]...), before[at+cut:at+slot]...),
			"the front is old":  append(append([]byte{}, before[at:at+cut]...), after[at+cut:at+slot]...),
			"the rest is zero":  append(append([]byte{}, after[at:at+cut]...), make([]byte, slot-cut)...),
			"the rest is noise": append(append([]byte{}, after[at:at+cut]...), bytes.Repeat([]byte{0xa5}, slot-cut)...),
		} {
			raw := append([]byte(nil), before...)
			copy(raw[at:], mix)
			write(t, torn, raw)
			c, fresh, err := outbox.OpenCursor(torn)
			if err != nil {
				t.Fatal(err)
			}
			old, late := outbox.Position{Done: 8, Began: 9}, outbox.Position{Done: 0xa1b2c3d4e5f60718, Began: 0xb1b2c3d4e5f60719}
			if got := c.Position(); fresh || got != old && got != late {
				t.Fatalf("cut at %d, %s: fresh %v at %v", cut, kind, fresh, got)
			} else if got == old && kind == "the rest is old" && bytes.Equal(raw, after) {
				t.Errorf("cut at %d, %s: the write is complete and not seen", cut, kind)
			}
			set(t, c, 10, 11)
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			again, _, err := outbox.OpenCursor(torn)
			if err != nil {
				t.Fatal(err)
			}
			if got := again.Position(); got != (outbox.Position{Done: 10, Began: 11}) {
				t.Fatalf("cut at %d, %s: after the next write at %v", cut, kind, got)
			}
			if err := again.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Every single flipped byte costs at most the latest write.
func TestFlippedCursor(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cursor")
	c, _ := openCursor(t, name)
	set(t, c, 7, 7)
	set(t, c, 8, 9)
	good := read(t, name)
	for i := range good {
		raw := append([]byte(nil), good...)
		raw[i] ^= 0x40
		write(t, name, raw)
		again, fresh := openCursor(t, name)
		if p := again.Position(); fresh || p != (outbox.Position{Done: 7, Began: 7}) && p != (outbox.Position{Done: 8, Began: 9}) {
			t.Errorf("byte %d flipped: fresh %v at %v", i, fresh, p)
		}
	}
}

// A file cut short, as a crash while making it leaves it, is a new cursor or
// still the old one.
func TestShortCursor(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cursor")
	c, _ := openCursor(t, name)
	set(t, c, 3, 3) // turn 1: the second slot
	good := read(t, name)
	for size := range len(good) + 1 {
		write(t, name, good[:size])
		again, fresh := openCursor(t, name)
		want, whole := outbox.Position{}, size >= slot+32
		if whole {
			want.Done, want.Began = 3, 3
		}
		if again.Position() != want || fresh == whole {
			t.Fatalf("%d bytes: fresh %v at %v", size, fresh, again.Position())
		}
		if got := len(read(t, name)); got != 2*slot {
			t.Fatalf("%d bytes became %d, want %d", size, got, 2*slot)
		}
		for n := range uint64(2) { // one write into each slot
			set(t, again, 9+n, 9+n)
			if next, _ := openCursor(t, name); next.Position() != (outbox.Position{Done: 9 + n, Began: 9 + n}) {
				t.Fatalf("%d bytes: at %v after a write", size, next.Position())
			}
		}
	}
}

func TestCursorErrors(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), []byte("x"))
	if _, _, err := outbox.OpenCursor(filepath.Join(dir, "file", "cursor")); err == nil {
		t.Error("opened under a file")
	}
	if _, _, err := outbox.OpenCursor(dir); err == nil {
		t.Error("opened a folder")
	}
	c, _ := openCursor(t, filepath.Join(dir, "cursor"))
	set(t, c, 1, 1)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Set(outbox.Position{Done: 2, Began: 2}); err == nil {
		t.Error("wrote to a closed file")
	}
	if got := c.Position().Done; got != 1 {
		t.Errorf("the failed write moved the position to %d", got)
	}
}

// FuzzCursor: whatever lies in the file, opening it gives a position that one
// of its slots holds whole, or a fresh one; and it can be written again.
func FuzzCursor(f *testing.F) {
	dir := f.TempDir()
	name := filepath.Join(dir, "seed")
	c, _ := openCursor(f, name)
	f.Add(read(f, name))
	set(f, c, 1, 2)
	f.Add(read(f, name))
	set(f, c, 1<<63, 1<<64-1)
	f.Add(read(f, name))
	f.Add([]byte("TRCU"))
	n := 0
	f.Fuzz(func(t *testing.T, raw []byte) {
		n++
		name := filepath.Join(dir, fmt.Sprint("c", os.Getpid(), "-", n))
		write(t, name, raw)
		defer os.Remove(name)
		c, fresh, err := outbox.OpenCursor(name)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		p := c.Position()
		if fresh && p != (outbox.Position{}) {
			t.Errorf("a fresh cursor at %v", p)
		}
		if !fresh && !bytes.Contains(raw, []byte("UCRT")) {
			t.Errorf("%q is a cursor at %v", raw, p)
		}
		set(t, c, p.Done+1, p.Began+1)
		again, fresh, err := outbox.OpenCursor(name)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if fresh || again.Position() != c.Position() {
			t.Errorf("fresh %v at %v, want %v", fresh, again.Position(), c.Position())
		}
	})
}
