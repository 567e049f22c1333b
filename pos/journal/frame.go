package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
)

// Layout of a frame, FORMAT.md chapter 3. All numbers little-endian.
const (
	frameHead = 72 // bytes before the type
	hashFrom  = 16 // the hash covers frame[hashFrom:length]
	maxType   = 255
)

// Kinds of frames.
const (
	kindRecord = 1 // one record, permanent
	kindMark   = 2 // "all before me is durable"; the next frame is written over it
	kindEnd    = 3 // last frame of a full segment, permanent
	kindOpen   = 4 // first frame of an epoch, permanent
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// pos is a place in the journal: segment number << 32 | byte offset in its file.
type pos uint64

func at(segment uint32, off int64) pos { return pos(segment)<<32 | pos(off) }

func (p pos) segment() uint32 { return uint32(p >> 32) }
func (p pos) offset() int64   { return int64(p & 0xffffffff) }

// frame is one decoded frame; typ and payload alias the bytes it was decoded from.
type frame struct {
	length  int
	durable pos
	seq     uint64
	time    int64
	epoch   uint32
	kind    byte
	prev    [32]byte
	typ     []byte
	payload []byte
}

// padded is the space a frame of length bytes takes: frames begin at multiples of 8.
func padded(length int) int { return (length + 7) &^ 7 }

// appendFrame encodes f's head with typ and payload behind b; it returns b and the frame's hash. f's own length, typ and
// payload are not used, so that no caller has to convert a string.
func appendFrame(b []byte, f *frame, typ string, payload []byte) ([]byte, [32]byte) {
	start := len(b)
	length := frameHead + len(typ) + len(payload)
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(length))
	b = binary.LittleEndian.AppendUint64(b, uint64(f.durable))
	b = binary.LittleEndian.AppendUint64(b, f.seq)
	b = binary.LittleEndian.AppendUint64(b, uint64(f.time))
	b = binary.LittleEndian.AppendUint32(b, f.epoch)
	b = append(b, f.kind, byte(len(typ)), 0, 0)
	b = append(b, f.prev[:]...)
	b = append(b, typ...)
	b = append(b, payload...)
	for i := length; i < padded(length); i++ {
		b = append(b, 0)
	}
	raw := b[start:]
	binary.LittleEndian.PutUint32(raw, crc32.Checksum(raw[4:], castagnoli))
	return b, sha256.Sum256(raw[hashFrom:length])
}

// frameLength reads the length of the frame that begins at b; 0 means blank space.
// It says false if no frame of that length can lie in room bytes.
func frameLength(b []byte, room int64) (int, bool) {
	length := int64(binary.LittleEndian.Uint32(b[4:]))
	if length == 0 {
		return 0, binary.LittleEndian.Uint32(b) == 0
	}
	return int(length), length >= frameHead && (length+7)&^7 <= room
}

// plausible looks at the cheap fields of a frame head before the checksum is worth its time.
func plausible(b []byte) bool {
	kind, typeLen := b[36], int(b[37])
	length := int(binary.LittleEndian.Uint32(b[4:]))
	if b[38] != 0 || b[39] != 0 || frameHead+typeLen > length {
		return false
	}
	if kind == kindRecord {
		return typeLen > 0
	}
	return kind > kindRecord && kind <= kindOpen && length == frameHead
}

// decodeFrame parses raw, which is exactly one padded frame. A nonempty reason says why it is none.
func decodeFrame(raw []byte) (f frame, reason string) {
	if len(raw) < frameHead {
		return f, "frame too short"
	}
	length, ok := frameLength(raw, int64(len(raw)))
	if !ok || length == 0 || padded(length) != len(raw) {
		return f, "frame length is wrong"
	}
	if binary.LittleEndian.Uint32(raw) != crc32.Checksum(raw[4:], castagnoli) {
		return f, "checksum does not match"
	}
	if !plausible(raw) {
		return f, "frame kind or type length is wrong"
	}
	for _, b := range raw[length:] {
		if b != 0 {
			return f, "padding is not zero"
		}
	}
	typeEnd := frameHead + int(raw[37])
	f = frame{
		length:  length,
		durable: pos(binary.LittleEndian.Uint64(raw[8:])),
		seq:     binary.LittleEndian.Uint64(raw[16:]),
		time:    int64(binary.LittleEndian.Uint64(raw[24:])),
		epoch:   binary.LittleEndian.Uint32(raw[32:]),
		kind:    raw[36],
		typ:     raw[frameHead:typeEnd],
		payload: raw[typeEnd:length],
	}
	copy(f.prev[:], raw[40:frameHead])
	return f, ""
}

// chain is the place in the hash chain: the last record's number and hash.
type chain struct {
	seq  uint64
	hash [32]byte
}

// follow checks that f continues the chain and moves on. raw is f's bytes.
func (c *chain) follow(f *frame, raw []byte) (reason string) {
	want := c.seq
	if f.kind == kindRecord {
		want++
	}
	if f.seq != want {
		return "sequence number does not continue"
	}
	if f.prev != c.hash {
		return "previous hash does not match"
	}
	if f.kind == kindRecord {
		c.seq, c.hash = f.seq, sha256.Sum256(raw[hashFrom:f.length])
	}
	return ""
}

// allZero reports whether b holds only zeros.
func allZero(b []byte) bool {
	for len(b) > len(zeros) {
		if !bytes.Equal(b[:len(zeros)], zeros[:]) {
			return false
		}
		b = b[len(zeros):]
	}
	return bytes.Equal(b, zeros[:len(b)])
}

var zeros [64 << 10]byte
