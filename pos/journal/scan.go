package journal

import (
	"encoding/binary"
	"errors"
	"sync"
)

// Sizes of read buffers in bytes: large for sequential reading, small for a single record, tiny for tiny segments.
const (
	bigBuffer   = 256 << 10
	smallBuffer = 32 << 10
	tinyBuffer  = 4 << 10
)

var (
	bigBuffers   = sync.Pool{New: func() any { b := make([]byte, bigBuffer); return &b }}
	smallBuffers = sync.Pool{New: func() any { b := make([]byte, smallBuffer); return &b }}
	tinyBuffers  = sync.Pool{New: func() any { b := make([]byte, tinyBuffer); return &b }}
)

// buffers returns a pool whose buffers suit a file of size bytes that is read from end to end.
func buffers(size int64) *sync.Pool {
	switch {
	case size <= tinyBuffer:
		return &tinyBuffers
	case size < bigBuffer:
		return &smallBuffers
	}
	return &bigBuffers
}

// errBlank: nothing was written here yet.
var errBlank = errors.New("blank")

// scanner reads the frames of one segment in order. It has no goroutine and no lock.
type scanner struct {
	f       File
	segment uint32
	off     int64 // next frame
	limit   int64 // bytes from here on are not looked at
	buf     []byte
	start   int64 // file offset of buf[0]
	have    int   // valid bytes in buf
}

// bytes returns n file bytes at off, valid until the next call. off+n must not pass limit.
func (s *scanner) bytes(off int64, n int) ([]byte, error) {
	if i := off - s.start; i >= 0 && i+int64(n) <= int64(s.have) {
		return s.buf[i : i+int64(n)], nil
	}
	if n > len(s.buf) {
		s.buf = make([]byte, n)
	}
	want := int(min(int64(len(s.buf)), s.limit-off))
	s.start, s.have = off, 0
	if err := readFull(s.f, s.buf[:want], off, s.segment); err != nil {
		return nil, err
	}
	s.have = want
	return s.buf[:n], nil
}

// next decodes the frame at off and moves behind it. It returns errBlank at zeros or at the limit, a DamageError (without
// a sequence number) for anything that is no frame, other errors if the file cannot be read. raw is valid until the next call.
func (s *scanner) next() (f frame, raw []byte, err error) {
	room := s.limit - s.off
	if room < frameHead {
		return f, nil, s.remainder(room)
	}
	head, err := s.bytes(s.off, frameHead)
	if err != nil {
		return f, nil, err
	}
	length, ok := frameLength(head, room)
	if !ok {
		return f, nil, s.bad("frame length is wrong")
	}
	if length == 0 {
		if allZero(head) {
			return f, nil, errBlank
		}
		return f, nil, s.bad("frame has no length")
	}
	if raw, err = s.bytes(s.off, padded(length)); err != nil {
		return f, nil, err
	}
	f, reason := decodeFrame(raw)
	if reason != "" {
		return f, nil, s.bad(reason)
	}
	s.off += int64(len(raw))
	return f, raw, nil
}

// remainder judges the last bytes of a segment, too few for a frame.
func (s *scanner) remainder(room int64) error {
	if room <= 0 {
		return errBlank
	}
	b, err := s.bytes(s.off, int(room))
	if err != nil {
		return err
	}
	if !allZero(b) {
		return s.bad("bytes behind the last frame")
	}
	return errBlank
}

func (s *scanner) bad(reason string) error {
	return &DamageError{Segment: s.segment, Offset: s.off, Reason: reason}
}

// leftovers is what lies in a segment behind the last good frame.
type leftovers struct {
	dirty int64  // offset behind the last byte that is not zero; 0 if all are zero
	proof pos    // the furthest position that a whole frame found there calls durable
	epoch uint32 // the highest epoch of such a frame
}

// survey reads the segment from off to its limit and looks for whole frames at every place one could begin.
func (s *scanner) survey(off int64) (leftovers, error) {
	var l leftovers
	for off = off &^ 7; off < s.limit; {
		n := int(min(int64(len(s.buf)), s.limit-off))
		b, err := s.bytes(off, n)
		if err != nil {
			return l, err
		}
		if allZero(b) {
			off += int64(n)
			continue
		}
		next := off + int64(n)
		for i := 0; i+8 <= n; i += 8 {
			if binary.LittleEndian.Uint64(b[i:]) == 0 {
				continue
			}
			l.dirty = off + int64(i) + 8
			if whole, err := s.probe(l.dirty-8, &l); err != nil {
				return l, err
			} else if whole > 0 {
				next = l.dirty - 8 + whole
				l.dirty = next
				break
			}
			// probe may have moved the buffer
			if b, err = s.bytes(off, n); err != nil {
				return l, err
			}
		}
		off = next
	}
	return l, nil
}

// probe looks for a frame at off and notes what it proves; it returns the frame's size, 0 if there is none.
func (s *scanner) probe(off int64, l *leftovers) (int64, error) {
	room := s.limit - off
	if room < frameHead {
		return 0, nil
	}
	head, err := s.bytes(off, frameHead)
	if err != nil {
		return 0, err
	}
	length, ok := frameLength(head, room)
	durable := pos(binary.LittleEndian.Uint64(head[8:]))
	if !ok || length == 0 || !plausible(head) || durable > at(s.segment, off) {
		return 0, nil
	}
	raw, err := s.bytes(off, padded(length))
	if err != nil {
		return 0, err
	}
	f, reason := decodeFrame(raw)
	if reason != "" {
		return 0, nil
	}
	l.proof, l.epoch = max(l.proof, f.durable), max(l.epoch, f.epoch)
	return int64(len(raw)), nil
}
