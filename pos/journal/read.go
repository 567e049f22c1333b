package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"
)

// Get returns record seq, checked by its checksum. The payload belongs to the caller.
func (j *Journal) Get(seq uint64) (Record, error) {
	end, head, err := j.written()
	if err != nil {
		return Record{}, err
	}
	if seq == 0 || seq > head {
		return Record{}, fmt.Errorf("get record %d: head is %d: %w", seq, head, ErrNotFound)
	}
	r, err := j.reader(seq, end, &smallBuffers)
	if err != nil {
		return Record{}, fmt.Errorf("get record %d: %w", seq, err)
	}
	defer r.close()
	rec, err := r.next()
	if err != nil {
		return Record{}, fmt.Errorf("get record %d: %w", seq, err)
	}
	rec.Payload = append([]byte(nil), rec.Payload...)
	return rec, nil
}

// Read yields the records from to to, both included and in order; from 0 means 1, to 0 means the head at the time of the
// call. Checksum and hash chain are verified on the way; an error, *DamageError among them, is yielded last.
// The payload is valid until the next step of the loop only.
func (j *Journal) Read(from, to uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		end, head, err := j.written()
		if err != nil {
			yield(Record{}, err)
			return
		}
		from, to := max(from, 1), to
		if to == 0 || to > head {
			to = head
		}
		if from > to {
			return
		}
		r, err := j.reader(from, end, buffers(j.o.SegmentSize))
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer r.close()
		for seq := from; seq <= to; seq++ {
			rec, err := r.next()
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// Follow yields the durable records from from on (0 means 1) and then waits for more, until ctx ends; then the loop ends
// without an error. ErrClosed or ErrFailed is yielded last when the journal ends first. It reads on its own: however slow,
// it never holds up the writer. The payload is valid until the next step of the loop only.
func (j *Journal) Follow(ctx context.Context, from uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		var r *reader
		defer func() { r.close() }()
		for seq := max(from, 1); ; seq++ {
			end, err := j.await(ctx, seq)
			if ctx.Err() != nil {
				return
			}
			if err == nil && r == nil {
				r, err = j.reader(seq, end, buffers(j.o.SegmentSize))
			}
			var rec Record
			if err == nil {
				r.end = end
				rec, err = r.next()
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// written returns the end of the written records and the number of the last one.
func (j *Journal) written() (pos, uint64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return 0, 0, ErrClosed
	}
	return at(j.tail.segment, j.tail.off), j.tail.chain.seq, nil
}

// await returns the durable end as soon as record seq lies before it.
func (j *Journal) await(ctx context.Context, seq uint64) (pos, error) {
	for {
		j.mu.Lock()
		end, durable, closed, failed := j.durablePos, j.durable, j.closed, j.failed
		if j.watch == nil {
			j.watch = make(chan struct{})
		}
		watch := j.watch
		j.mu.Unlock()
		switch {
		case closed:
			return 0, ErrClosed
		case durable >= seq:
			return end, nil
		case failed != nil:
			return 0, failed
		}
		select {
		case <-watch:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// reader walks records across segments and checks the chain. The bytes before end never change.
type reader struct {
	directory
	index *index
	s     scanner
	size  int64
	end   pos
	chain chain
	types map[string]string // one string per type name
	pool  *sync.Pool
	block *[]byte
}

// reader returns one whose next record is seq, which must lie before end.
func (j *Journal) reader(seq uint64, end pos, pool *sync.Pool) (*reader, error) {
	r := &reader{directory: j.directory, index: j.index, end: end, types: map[string]string{}, pool: pool}
	n, err := r.locate(seq)
	if err != nil {
		return nil, err
	}
	r.block = pool.Get().(*[]byte)
	r.s.buf = *r.block
	if err := r.seek(n, seq); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *reader) close() {
	if r == nil {
		return
	}
	if r.s.f != nil {
		r.s.f.Close()
	}
	if r.block != nil {
		r.pool.Put(r.block)
	}
	*r = reader{}
}

// locate finds the segment of record seq by halving.
func (r *reader) locate(seq uint64) (uint32, error) {
	low, high := uint32(1), r.end.segment()
	for low < high {
		middle := low + (high-low+1)/2
		first, err := r.first(middle)
		var bad *DamageError
		if errors.As(err, &bad) {
			return r.search(low, high, seq)
		}
		if err != nil {
			return 0, err
		}
		if first <= seq {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low, nil
}

// search is for a journal with a destroyed header: it looks at all from low to high and passes over that one.
func (r *reader) search(low, high uint32, seq uint64) (uint32, error) {
	found := low
	for n := low; n <= high; n++ {
		first, err := r.first(n)
		var bad *DamageError
		if errors.As(err, &bad) {
			continue
		}
		if err != nil {
			return 0, err
		}
		if first <= seq {
			found = n
		}
	}
	return found, nil
}

func (r *reader) first(n uint32) (uint64, error) {
	if first, ok := r.index.firstOf(n); ok {
		return first, nil
	}
	f, h, err := r.readHeader(n)
	if err != nil {
		return 0, err
	}
	f.Close()
	r.index.setFirst(n, h.first)
	return h.first, nil
}

// enter opens segment n at its first frame.
func (r *reader) enter(n uint32) (header, error) {
	f, h, err := r.readHeader(n)
	if err != nil {
		return h, err
	}
	if r.s.f != nil {
		r.s.f.Close()
	}
	r.s = scanner{f: f, segment: n, off: headerSize, buf: r.s.buf}
	r.size = h.size
	return h, nil
}

// seek enters segment n and skips to record seq.
func (r *reader) seek(n uint32, seq uint64) error {
	h, err := r.enter(n)
	if err != nil {
		return err
	}
	r.chain = chain{seq: h.first - 1, hash: h.prev}
	off, ok := r.index.near(n, seq)
	if !ok {
		if off, err = r.learn(n, h.first, seq); err != nil {
			return err
		}
	}
	for r.s.off = off; ; {
		before := r.s.off
		f, _, err := r.frame()
		if err != nil {
			return err
		}
		if f.kind == kindEnd {
			r.chain = chain{seq: f.seq, hash: f.prev}
			if err := r.nextSegment(); err != nil { // where it is, if its header were good
				return err
			}
		}
		if f.kind == kindOpen {
			continue
		}
		if f.kind != kindRecord || f.seq > seq {
			return r.damage(before, "record is not where it should be")
		}
		if f.seq == seq {
			if seq > h.first {
				r.chain = chain{seq: seq - 1, hash: f.prev}
			}
			r.s.off = before
			return nil
		}
	}
}

// learn reads segment n once for the index and returns where to look for seq. Damage behind seq does not matter here.
func (r *reader) learn(n uint32, first, seq uint64) (int64, error) {
	var offsets []uint32
	for next := first; ; {
		off := r.s.off
		f, _, err := r.frame()
		if err != nil && next <= seq {
			return 0, err
		}
		if err != nil || f.kind == kindEnd {
			break
		}
		if f.kind != kindRecord {
			continue
		}
		if (next-first)%stride == 0 {
			offsets = append(offsets, uint32(off))
		}
		next++
	}
	if len(offsets) == 0 {
		return 0, r.damage(headerSize, "segment has no records")
	}
	if n < r.end.segment() { // the current segment is indexed by the writer
		r.index.set(n, first, offsets)
	}
	return int64(offsets[min((seq-first)/stride, uint64(len(offsets)-1))]), nil
}

// frame reads the next frame before end; where there should be one and is none, that is damage.
func (r *reader) frame() (frame, []byte, error) {
	r.s.limit = r.size
	if r.s.segment == r.end.segment() {
		r.s.limit = r.end.offset()
	}
	f, raw, err := r.s.next()
	if err == nil {
		return f, raw, nil
	}
	if errors.Is(err, errBlank) {
		if r.s.segment == r.end.segment() && r.s.off >= r.s.limit {
			return f, raw, io.EOF
		}
		return f, raw, r.damage(r.s.off, "records are missing here")
	}
	var bad *DamageError
	if errors.As(err, &bad) {
		bad.Seq = r.chain.seq + 1
	}
	return f, raw, err
}

// next returns the next record; its payload aliases the buffer.
func (r *reader) next() (Record, error) {
	for {
		off := r.s.off
		f, raw, err := r.frame()
		if err != nil {
			return Record{}, err
		}
		if reason := r.chain.follow(&f, raw); reason != "" {
			return Record{}, r.damage(off, reason)
		}
		switch f.kind {
		case kindRecord:
			return Record{Seq: f.seq, Epoch: f.epoch, Time: time.Unix(0, f.time).UTC(), Type: r.typeName(f.typ), Payload: f.payload,
				Prev: f.prev, Hash: r.chain.hash}, nil
		case kindMark:
			return Record{}, r.damage(off, "a mark lies where a record was")
		case kindOpen:
			continue
		}
		if err := r.nextSegment(); err != nil {
			return Record{}, err
		}
	}
}

// nextSegment goes on behind an end frame.
func (r *reader) nextSegment() error {
	n := r.s.segment + 1
	if n > r.end.segment() {
		return io.EOF
	}
	h, err := r.enter(n)
	var bad *DamageError
	if errors.As(err, &bad) {
		bad.Seq = r.chain.seq + 1
	}
	if err != nil {
		return err
	}
	if h.first != r.chain.seq+1 || h.prev != r.chain.hash {
		return r.damage(0, "segment does not continue the one before")
	}
	return nil
}

func (r *reader) damage(off int64, reason string) error {
	return &DamageError{Segment: r.s.segment, Offset: off, Seq: r.chain.seq + 1, Reason: reason}
}

func (r *reader) typeName(b []byte) string {
	if name, ok := r.types[string(b)]; ok {
		return name
	}
	name := string(b)
	r.types[name] = name
	return name
}
