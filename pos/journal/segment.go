package journal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Layout of a segment file, FORMAT.md chapter 2.
const (
	headerSize  = 512
	version     = 1
	magic       = "TRESENJ1"
	segmentExt  = ".seg"
	spareTemp   = "spare.tmp"
	lockName    = "lock"
	blankProbe  = 4096 // bytes at the start of a segment that tell a spare from a used one
	maxSegments = 99_999_999
)

// header is the first sector of a segment in use.
type header struct {
	segment uint32
	epoch   uint32
	size    int64
	first   uint64 // sequence number of the first record here
	durable pos    // end of the segment before
	time    int64
	prev    [32]byte // hash of record first-1
}

func (h *header) encode() []byte {
	b := make([]byte, headerSize)
	copy(b, magic)
	binary.LittleEndian.PutUint32(b[12:], version)
	binary.LittleEndian.PutUint32(b[16:], h.segment)
	binary.LittleEndian.PutUint32(b[20:], h.epoch)
	binary.LittleEndian.PutUint64(b[24:], uint64(h.size))
	binary.LittleEndian.PutUint64(b[32:], h.first)
	binary.LittleEndian.PutUint64(b[40:], uint64(h.durable))
	binary.LittleEndian.PutUint64(b[48:], uint64(h.time))
	copy(b[56:], h.prev[:])
	binary.LittleEndian.PutUint32(b[8:], crc32.Checksum(b[12:], castagnoli))
	return b
}

// decodeHeader parses the first sector of segment n, a file of size bytes. A nonempty reason says why it cannot be used;
// h is then zero if the checksum is wrong.
func decodeHeader(b []byte, n uint32, size int64) (h header, reason string) {
	if len(b) < headerSize || string(b[:8]) != magic {
		return h, "segment header is missing"
	}
	b = b[:headerSize]
	if binary.LittleEndian.Uint32(b[8:]) != crc32.Checksum(b[12:], castagnoli) {
		return h, "checksum of the segment header does not match"
	}
	h = header{
		segment: binary.LittleEndian.Uint32(b[16:]),
		epoch:   binary.LittleEndian.Uint32(b[20:]),
		size:    int64(binary.LittleEndian.Uint64(b[24:])),
		first:   binary.LittleEndian.Uint64(b[32:]),
		durable: pos(binary.LittleEndian.Uint64(b[40:])),
		time:    int64(binary.LittleEndian.Uint64(b[48:])),
	}
	copy(h.prev[:], b[56:])
	v := binary.LittleEndian.Uint32(b[12:])
	switch {
	case v != version:
		return h, fmt.Sprintf("segment version %d is not known to this program", v)
	case !allZero(b[88:]):
		return h, "unused part of the segment header is not zero"
	case h.segment != n:
		return h, fmt.Sprintf("file holds segment %d", h.segment)
	case h.size != size:
		return h, fmt.Sprintf("file has %d bytes instead of %d", size, h.size)
	case h.first == 0, n == 1 && (h.first != 1 || h.prev != [32]byte{}):
		return h, "first sequence number is wrong"
	}
	return h, ""
}

func segmentName(n uint32) string { return fmt.Sprintf("%08d%s", n, segmentExt) }

func segmentNumber(name string) (uint32, bool) {
	digits, ok := strings.CutSuffix(name, segmentExt)
	if !ok || len(digits) != 8 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), err == nil && n > 0
}

// directory is a journal's folder on its disk.
type directory struct {
	fs   FS
	path string
}

// missing is the error of reading a folder without segments.
func (d directory) missing() error { return fmt.Errorf("open %s: %w", d.path, ErrNoJournal) }

func (d directory) file(n uint32) string { return filepath.Join(d.path, segmentName(n)) }

// count returns the number of segment files, used and spare. They must be numbered 1 to count; if one is missing, the
// number of those before it comes with a DamageError.
func (d directory) count() (uint32, error) {
	names, err := d.fs.List(d.path)
	if err != nil {
		return 0, fmt.Errorf("list journal %s: %w", d.path, err)
	}
	var numbers []uint32
	for _, name := range names {
		if n, ok := segmentNumber(name); ok {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	for i, n := range numbers {
		if n != uint32(i)+1 {
			return uint32(i), &DamageError{Segment: uint32(i) + 1, Reason: "segment file is missing", final: true}
		}
	}
	return uint32(len(numbers)), nil
}

// open opens segment n and learns its size, which must be one a segment can have.
func (d directory) open(n uint32, flag int) (File, int64, error) {
	f, err := d.fs.OpenFile(d.file(n), flag)
	if err != nil {
		return nil, 0, fmt.Errorf("open journal segment %s: %w", d.file(n), err)
	}
	size, err := f.Size()
	if err != nil {
		err = fmt.Errorf("size of journal segment %s: %w", d.file(n), err)
	} else if size < minSegmentSize || size > maxSegmentSize || size%512 != 0 {
		err = &DamageError{Segment: n, Reason: fmt.Sprintf("file has a size of %d bytes, which no segment has", size), final: true}
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, size, nil
}

// readHeader opens segment n for reading and decodes its header. A segment without a good one is a DamageError.
func (d directory) readHeader(n uint32) (File, header, error) {
	f, size, err := d.open(n, os.O_RDONLY)
	if err != nil {
		return nil, header{}, err
	}
	b := make([]byte, headerSize)
	if err = readFull(f, b, 0, n); err == nil {
		h, reason := decodeHeader(b, n, size)
		if reason == "" {
			return f, h, nil
		}
		// A header with a good checksum is no torn one, whatever else is wrong with it.
		err = &DamageError{Segment: n, Seq: h.first, Reason: reason, final: h != header{}}
	}
	f.Close()
	return nil, header{}, err
}

// blank reports whether the first blankProbe bytes of segment n are zero, as in a spare.
func (d directory) blank(n uint32) (bool, error) {
	f, size, err := d.open(n, os.O_RDONLY)
	if err != nil {
		return false, err
	}
	defer f.Close()
	b := make([]byte, min(size, blankProbe))
	if err := readFull(f, b, 0, n); err != nil {
		return false, err
	}
	return allZero(b), nil
}

// readFull fills b from off; segments never end early.
func readFull(f File, b []byte, off int64, segment uint32) error {
	n, err := f.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	return fmt.Errorf("read journal segment %s at byte %d: %w", segmentName(segment), off, err)
}
