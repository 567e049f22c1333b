package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Position is how far an output is: everything up to Done is delivered, and
// Began, if it is higher, was begun but not known to have ended.
type Position struct {
	Done, Began uint64
}

// Cursor is a Position that survives power cuts: two slots of one sector each,
// written in turn and checked by CRC, so that a torn write leaves the other.
// One write is one flush, because the file never grows.
type Cursor struct {
	f    *os.File
	turn uint64
	pos  Position
}

const (
	slotSize = 512
	magic    = 0x54524355 // "TRCU"
)

// OpenCursor opens or makes the file. fresh is true when there was none.
func OpenCursor(name string) (c *Cursor, fresh bool, err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, false, fmt.Errorf("make folder of cursor: %w", err)
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, false, fmt.Errorf("open cursor: %w", err)
	}
	c = &Cursor{f: f}
	found, err := c.load()
	if err != nil {
		return nil, false, errors.Join(fmt.Errorf("read cursor %s: %w", name, err), f.Close())
	}
	if found {
		if err := f.Truncate(2 * slotSize); err != nil {
			return nil, false, errors.Join(fmt.Errorf("mend cursor %s: %w", name, err), f.Close())
		}
		return c, false, nil
	}
	if _, err := f.WriteAt(make([]byte, 2*slotSize), 0); err != nil {
		return nil, false, errors.Join(fmt.Errorf("make cursor %s: %w", name, err), f.Close())
	}
	return c, true, syncDir(filepath.Dir(name))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// load reads both slots. A file that was cut short may still hold one.
func (c *Cursor) load() (found bool, err error) {
	for i := range int64(2) {
		var b [slotSize]byte
		n, err := c.f.ReadAt(b[:], i*slotSize)
		if err != nil && !errors.Is(err, io.EOF) {
			return false, err // a slot that cannot be read may be the latest
		}
		turn, pos, ok := parseSlot(b[:n])
		if ok && (!found || turn > c.turn) {
			c.turn, c.pos, found = turn, pos, true
		}
	}
	return found, nil
}

func parseSlot(b []byte) (turn uint64, p Position, ok bool) {
	if len(b) < 32 || binary.LittleEndian.Uint32(b) != magic ||
		crc32.ChecksumIEEE(b[:28]) != binary.LittleEndian.Uint32(b[28:]) {
		return 0, p, false
	}
	return binary.LittleEndian.Uint64(b[4:]), Position{
		Done:  binary.LittleEndian.Uint64(b[12:]),
		Began: binary.LittleEndian.Uint64(b[20:])}, true
}

// Position is the last one set.
func (c *Cursor) Position() Position { return c.pos }

// Set stores the position durably.
func (c *Cursor) Set(p Position) error {
	b := make([]byte, 32)
	binary.LittleEndian.PutUint32(b, magic)
	binary.LittleEndian.PutUint64(b[4:], c.turn+1)
	binary.LittleEndian.PutUint64(b[12:], p.Done)
	binary.LittleEndian.PutUint64(b[20:], p.Began)
	binary.LittleEndian.PutUint32(b[28:], crc32.ChecksumIEEE(b[:28]))
	if _, err := c.f.WriteAt(b, int64((c.turn+1)%2)*slotSize); err != nil {
		return fmt.Errorf("write cursor: %w", err)
	}
	if err := unix.Fdatasync(int(c.f.Fd())); err != nil {
		return fmt.Errorf("flush cursor: %w", err)
	}
	c.turn, c.pos = c.turn+1, p
	return nil
}

// Close closes the file.
func (c *Cursor) Close() error { return c.f.Close() }
