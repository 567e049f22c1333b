package journal

import (
	"fmt"
	"os"
)

// flushAt bounds the buffer of one write, in bytes.
const flushAt = 1 << 20

// keepBuf is the largest encoding buffer kept between calls.
const keepBuf = 256 << 10

// Append writes entries in order behind the last record and returns the number of the last one. They are not durable
// before Sync returns. Refusals (ErrNoSpace, ErrTooLarge, ErrReadOnly, ErrClosed) come before anything is written;
// after any other error the journal has failed and Options.Fatal was told.
func (j *Journal) Append(entries ...Entry) (last uint64, err error) {
	j.one.Lock()
	defer j.one.Unlock()
	j.mu.Lock()
	last, err = j.appendLocked(entries)
	j.mu.Unlock()
	if err != nil {
		j.tellFailure()
	}
	return last, err
}

func (j *Journal) appendLocked(entries []Entry) (uint64, error) {
	if err := j.usableLocked(); err != nil {
		return 0, err
	}
	if err := j.roomLocked(entries); err != nil {
		return 0, err
	}
	// While roomLocked waited for a spare the journal may have been closed.
	if err := j.usableLocked(); err != nil {
		return 0, err
	}
	if err := j.writeLocked(entries); err != nil {
		return 0, j.failLocked(err)
	}
	j.kickMakerLocked()
	return j.tail.chain.seq, nil
}

// usableLocked says why the journal cannot be written, if so.
func (j *Journal) usableLocked() error {
	switch {
	case j.readOnly:
		return ErrReadOnly
	case j.failed != nil:
		return j.failed
	case j.closed:
		return ErrClosed
	}
	return nil
}

// size is the space of e's frame in a segment.
func (e *Entry) size() int64 { return int64(padded(frameHead + len(e.Type) + len(e.Payload))) }

// fits reports whether a frame of need bytes can go to off and leave room for the end frame.
func fits(off, need, size int64) bool { return off+need+frameHead <= size }

// roomLocked plans where entries will go and waits for the spares they need, or more: the plan takes the smallest segments.
func (j *Journal) roomLocked(entries []Entry) error {
	off, size, rolls := j.tail.off, j.tail.size, uint32(0)
	if j.tail.sealed {
		off = size
	}
	for i := range entries {
		need := entries[i].size()
		if t := len(entries[i].Type); t < 1 || t > maxType {
			return fmt.Errorf("%w: type has %d bytes, want 1 to %d", ErrTooLarge, t, maxType)
		}
		if !fits(headerSize, need, j.smallest) {
			return fmt.Errorf("%w: record of %d bytes does not fit a segment of %d", ErrTooLarge, need, j.smallest)
		}
		if !fits(off, need, size) {
			off, size, rolls = headerSize, j.smallest, rolls+1
		}
		off += need
	}
	if rolls == 0 {
		return nil
	}
	return j.awaitSparesLocked(j.tail.segment + rolls)
}

// writeLocked encodes entries and writes them, rolling to the next segment where one is full.
func (j *Journal) writeLocked(entries []Entry) error {
	j.buf = j.buf[:0]
	t, from := j.tail, j.tail.off
	for i := range entries {
		e := &entries[i]
		if t.sealed || !fits(t.off, e.size(), t.size) {
			if err := j.flushLocked(from, &t); err != nil {
				return err
			}
			if err := j.rollLocked(); err != nil {
				return err
			}
			t, from = j.tail, j.tail.off
		}
		j.encodeLocked(e, &t)
		if len(j.buf) >= flushAt {
			if err := j.flushLocked(from, &t); err != nil {
				return err
			}
			from = t.off
		}
	}
	if err := j.flushLocked(from, &t); err != nil {
		return err
	}
	if cap(j.buf) > keepBuf {
		j.buf = nil
	}
	return nil
}

// encodeLocked puts e's frame into the buffer and moves t behind it.
func (j *Journal) encodeLocked(e *Entry, t *tail) {
	when := e.Time
	if when.IsZero() {
		when = j.o.Now()
	}
	n := len(j.buf)
	f := frame{durable: j.durablePos, seq: t.chain.seq + 1, time: when.UnixNano(), epoch: j.epoch, kind: kindRecord, prev: t.chain.hash}
	j.buf, t.chain.hash = appendFrame(j.buf, &f, e.Type, e.Payload)
	t.chain.seq++
	j.index.add(t.segment, t.chain.seq, t.off)
	t.off += int64(len(j.buf) - n)
}

// flushLocked writes the buffer, whose first byte goes to from, and makes t the journal's tail.
func (j *Journal) flushLocked(from int64, t *tail) error {
	if len(j.buf) == 0 {
		return nil
	}
	if err := writeAll(j.cur, j.buf, from); err != nil {
		return fmt.Errorf("write journal segment %s at byte %d: %w", j.file(t.segment), from, err)
	}
	j.stats.Records += t.chain.seq - j.tail.chain.seq
	j.stats.Bytes += int64(len(j.buf))
	j.tail, j.marked, j.buf = *t, false, j.buf[:0]
	return nil
}

// rollLocked ends the current segment, makes it durable, and enters the next one, which exists.
func (j *Journal) rollLocked() error {
	// Two flushes of one file at once could share out a single error: one of them would lie.
	for j.syncing {
		j.cond.Wait()
	}
	if j.failed != nil {
		return j.failed
	}
	if !j.tail.sealed {
		if err := j.control(kindEnd); err != nil {
			return err
		}
		j.tail.off += frameHead
		j.tail.sealed = true
	}
	j.stats.Syncs++
	if err := j.cur.Datasync(); err != nil {
		return fmt.Errorf("flush journal segment %s: %w", j.file(j.tail.segment), err)
	}
	j.durableLocked(j.tail.chain.seq, at(j.tail.segment, j.tail.off))
	return j.enter(j.tail.segment + 1)
}

// enter opens spare n and writes its header; nothing is durable yet.
func (j *Journal) enter(n uint32) error {
	f, size, err := j.open(n, os.O_RDWR)
	if err != nil {
		return err
	}
	h := header{segment: n, epoch: j.epoch, size: size, first: j.tail.chain.seq + 1, durable: j.durablePos,
		time: j.o.Now().UnixNano(), prev: j.tail.chain.hash}
	if err := writeAll(f, h.encode(), 0); err != nil {
		f.Close()
		return fmt.Errorf("write header of journal segment %s: %w", j.file(n), err)
	}
	if j.cur != nil {
		j.cur.Close() // it was flushed; nothing can be lost here
	}
	j.cur, j.marked = f, false
	j.tail.segment, j.tail.size, j.tail.off, j.tail.sealed = n, size, headerSize, false
	j.index.begin(n, h.first)
	return nil
}

// control writes a frame without a record at the tail.
func (j *Journal) control(kind byte) error {
	f := frame{durable: j.durablePos, seq: j.tail.chain.seq, time: j.o.Now().UnixNano(), epoch: j.epoch, kind: kind, prev: j.tail.chain.hash}
	raw, _ := appendFrame(j.ctl[:0], &f, "", nil)
	if err := writeAll(j.cur, raw, j.tail.off); err != nil {
		return fmt.Errorf("write journal segment %s at byte %d: %w", j.file(j.tail.segment), j.tail.off, err)
	}
	return nil
}
