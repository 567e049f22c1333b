package journal

import (
	"errors"
	"fmt"
	"os"
)

// tail is where a journal ends: what Open finds and Append continues.
type tail struct {
	segment uint32 // segment with the last record; 0: nothing was ever written
	size    int64  // of that segment
	off     int64  // where the next frame goes
	sealed  bool   // an end frame was written: the next record goes to the next segment
	chain   chain
	epoch   uint32    // highest epoch seen
	proven  pos       // all before it is called durable by something on disk
	left    leftovers // behind off
}

// recovery finds the tail of a journal. With write set it also clears what a power cut left behind.
type recovery struct {
	directory
	index    *index
	progress func(done, total int64)
	write    bool
	damage   *DamageError // reading only: where the good part ends
	torn     int64        // bytes cleared or, when reading only, ignored
}

// find locates the last segment in use among count files and judges its end.
// Only here and in the segment behind may a power cut have left anything: a segment is durable before the next is begun.
func (r *recovery) find(count uint32) (tail, error) {
	for n := count; n > 0; n-- {
		blank, err := r.blank(n)
		if err == nil && blank {
			continue
		}
		var t tail
		if err == nil {
			t, err = r.judge(n)
		}
		if err = r.excuse(err); err != nil {
			return tail{}, err
		}
		if t.segment == 0 {
			continue
		}
		if t.sealed && n < count {
			bad := &DamageError{Segment: n + 1, Seq: t.chain.seq + 1, Reason: "durable records are missing here"}
			err = r.excuse(r.clearUnused(n+1, bad))
		}
		return t, err
	}
	if count == 0 {
		return tail{}, nil
	}
	return tail{}, r.excuse(r.clearUnused(1, &DamageError{Segment: 1, Seq: 1, Reason: "durable records are missing here"}))
}

// looks bounds how often a reader looks again at a tail that a running writer moves.
const looks = 16

// findReading is find for readers. Beside a running writer a look at the tail may meet a record half written and, a moment
// later, the promise of it; so damage counts only when a second look finds the same.
func findReading(d directory, x *index, count uint32, progress func(done, total int64)) (tail, recovery, error) {
	var before DamageError
	for i := 1; ; i++ {
		r := recovery{directory: d, index: x, progress: progress}
		t, err := r.find(count)
		if err != nil || r.damage == nil || *r.damage == before || i == looks {
			return t, r, err
		}
		before = *r.damage
	}
}

// excuse notes damage and forgives it if the journal is only read.
func (r *recovery) excuse(err error) error {
	var bad *DamageError
	if r.write || !errors.As(err, &bad) {
		return err
	}
	if r.damage == nil { // the first is what explains the others
		r.damage = bad
	}
	return nil
}

// judge reads segment n. A tail with segment 0 means that its first write was torn and n counts as never used.
func (r *recovery) judge(n uint32) (tail, error) {
	f, h, err := r.readHeader(n)
	var bad *DamageError
	if errors.As(err, &bad) {
		return tail{}, r.clearUnused(n, bad)
	}
	if err != nil {
		return tail{}, err
	}
	defer f.Close()
	t, err := r.walk(f, h)
	if err != nil {
		return t, err
	}
	if t.left.dirty > 0 {
		r.torn += t.left.dirty - t.off
		err = r.clear(n, t.off, t.left.dirty)
	}
	return t, err
}

// walk follows the chain through a segment with a good header and surveys what comes behind the last good frame.
func (r *recovery) walk(f File, h header) (tail, error) {
	pool := buffers(h.size)
	p := pool.Get().(*[]byte)
	defer pool.Put(p)
	s := scanner{f: f, segment: h.segment, off: headerSize, limit: h.size, buf: *p}
	t := tail{segment: h.segment, size: h.size, off: headerSize, epoch: h.epoch, proven: h.durable,
		chain: chain{seq: h.first - 1, hash: h.prev}}
	r.index.begin(h.segment, h.first)
	err := r.frames(&s, &t)
	var bad *DamageError
	if errors.As(err, &bad) {
		bad.Seq = t.chain.seq + 1
	} else if err != nil {
		return t, err
	}
	behind := t.off
	if err == nil && !t.sealed {
		behind += frameHead // the mark, which still counts
	}
	if t.left, err = s.survey(behind); err != nil {
		return t, err
	}
	t.epoch = max(t.epoch, t.left.epoch)
	return t, r.verdict(&t, bad)
}

// frames moves t along the good frames. It returns nil at a mark or end frame, errBlank or a DamageError where they stop.
func (r *recovery) frames(s *scanner, t *tail) error {
	for {
		f, raw, err := s.next()
		if err != nil {
			if errors.Is(err, errBlank) {
				return nil
			}
			return err
		}
		if reason := t.chain.follow(&f, raw); reason != "" {
			// A whole frame in the wrong place is never a torn one.
			return &DamageError{Segment: s.segment, Offset: t.off, Reason: reason, final: true}
		}
		t.epoch, t.proven = max(t.epoch, f.epoch), max(t.proven, f.durable)
		if f.kind == kindMark {
			return nil
		}
		if f.kind == kindRecord {
			r.index.add(s.segment, f.seq, t.off)
		}
		t.off = s.off
		if t.sealed = f.kind == kindEnd; t.sealed {
			return nil
		}
		if t.off&(1<<20-1) < int64(len(raw)) {
			r.progress(t.off, t.size)
		}
	}
}

// verdict tells a torn tail from damage: the tail was promised if anything on disk says that it was durable.
func (r *recovery) verdict(t *tail, bad *DamageError) error {
	promised := max(t.proven, t.left.proof) > at(t.segment, t.off)
	if bad == nil && promised {
		bad = &DamageError{Segment: t.segment, Offset: t.off, Seq: t.chain.seq + 1, Reason: "durable records are missing here"}
	}
	if bad == nil || (!promised && !bad.final) {
		return nil
	}
	t.left = leftovers{}
	return r.excuse(bad)
}

// clearUnused makes segment n, which has no usable header, blank again; bad is returned if its records were promised.
func (r *recovery) clearUnused(n uint32, bad *DamageError) error {
	if bad.final {
		return bad
	}
	f, size, err := r.open(n, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	pool := buffers(size)
	p := pool.Get().(*[]byte)
	defer pool.Put(p)
	s := scanner{f: f, segment: n, limit: size, buf: *p}
	left, err := s.survey(0)
	if err != nil || left.dirty == 0 {
		return err
	}
	if left.proof > at(n, 0) {
		return bad
	}
	r.torn += left.dirty
	return r.clear(n, 0, left.dirty)
}

// clear overwrites what a power cut tore with zeros, durably, so that it can never be taken for records.
func (r *recovery) clear(n uint32, from, to int64) error {
	if !r.write {
		return nil
	}
	f, _, err := r.open(n, os.O_RDWR)
	if err != nil {
		return err
	}
	err = writeZeros(f, from, to)
	if err == nil {
		err = f.Datasync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("clear torn tail of journal segment %s: %w", r.file(n), err)
	}
	return nil
}

// writeZeros fills [from, to) of f.
func writeZeros(f File, from, to int64) error {
	for from < to {
		n := min(to-from, int64(len(zeros)))
		if err := writeAll(f, zeros[:n], from); err != nil {
			return err
		}
		from += n
	}
	return nil
}

// writeAll makes a short write an error even if the disk does not.
func writeAll(f File, b []byte, off int64) error {
	n, err := f.WriteAt(b, off)
	if err == nil && n != len(b) {
		err = fmt.Errorf("short write: %d of %d bytes", n, len(b))
	}
	return err
}
