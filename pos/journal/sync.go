package journal

import "fmt"

// Sync returns when record upTo and all before it are durable. Of the callers that wait at once one flushes for all.
// An error means that nothing is known about the records that were not durable before; the journal has then failed.
func (j *Journal) Sync(upTo uint64) error {
	j.mu.Lock()
	err := j.syncLocked(upTo)
	failed := j.failed != nil
	j.mu.Unlock()
	if failed {
		j.tellFailure()
	}
	return err
}

func (j *Journal) syncLocked(upTo uint64) error {
	if upTo > j.tail.chain.seq {
		return fmt.Errorf("sync up to record %d: head is %d: %w", upTo, j.tail.chain.seq, ErrNotFound)
	}
	for j.durable < upTo {
		if err := j.usableLocked(); err != nil {
			return err
		}
		if j.syncing {
			j.cond.Wait()
			continue
		}
		if err := j.leadLocked(); err != nil {
			return err
		}
	}
	return nil
}

// leadLocked flushes everything written so far while others go on appending.
func (j *Journal) leadLocked() error {
	file, seq, to := j.cur, j.tail.chain.seq, at(j.tail.segment, j.tail.off)
	j.syncing = true
	j.stats.Syncs++
	j.mu.Unlock()
	err := file.Datasync()
	j.mu.Lock()
	j.syncing = false
	if err != nil {
		return j.failLocked(fmt.Errorf("flush journal segment %s: %w", j.file(to.segment()), err))
	}
	j.durableLocked(seq, to)
	if to != at(j.tail.segment, j.tail.off) {
		return nil // the next record carries the news
	}
	if err := j.mark(); err != nil {
		_ = j.failLocked(err) // the records are durable all the same; Sync's caller tells Fatal
	}
	return nil
}

// mark notes behind the last record that all before is durable, unless the segment is full. It is not flushed by itself.
func (j *Journal) mark() error {
	if j.tail.sealed {
		return nil
	}
	return j.control(kindMark)
}

// durableLocked moves the durable position and wakes everybody who waits for it.
func (j *Journal) durableLocked(seq uint64, to pos) {
	j.durable, j.durablePos = seq, to
	j.wakeLocked()
}

func (j *Journal) wakeLocked() {
	j.cond.Broadcast()
	if j.watch != nil {
		close(j.watch)
		j.watch = nil
	}
}

// failLocked stops the journal for good.
func (j *Journal) failLocked(err error) error {
	if j.failed == nil {
		j.failed = fmt.Errorf("%w: %w", ErrFailed, err)
		j.wakeLocked()
	}
	return j.failed
}

// tellFailure calls Options.Fatal once, without a lock held.
func (j *Journal) tellFailure() {
	j.mu.Lock()
	tell := j.failed != nil && !j.told
	j.told = j.told || tell
	err := j.failed
	j.mu.Unlock()
	if tell {
		j.o.Fatal(err)
	}
}

// Head returns the number of the last written record, 0 if there is none.
func (j *Journal) Head() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.tail.chain.seq
}

// Durable returns the number of the last durable record.
func (j *Journal) Durable() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.durable
}

// HeadHash returns the hash of record Head, zero if there is none.
func (j *Journal) HeadHash() [32]byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.tail.chain.hash
}

// Epoch returns the number of this opening; when reading only, that of the last writer.
func (j *Journal) Epoch() uint32 { return j.epoch }

// Close makes everything durable, ends the spare maker and the followers, and releases the lock.
// The first error is returned; closing twice is harmless.
func (j *Journal) Close() error {
	j.one.Lock() // lets a running Append finish
	defer j.one.Unlock()
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return nil
	}
	err := j.finishLocked()
	j.closed = true
	j.wakeLocked()
	j.mu.Unlock()
	j.tellFailure()
	j.stopMaker()
	if j.readOnly {
		return nil
	}
	j.cur.Close()
	if lockErr := j.lock.Close(); err == nil && lockErr != nil {
		err = fmt.Errorf("release journal lock: %w", lockErr)
	}
	return err
}

// finishLocked leaves a durable mark, so that from now on every changed byte is found out.
func (j *Journal) finishLocked() error {
	if j.readOnly || j.failed != nil {
		return j.failed
	}
	if err := j.syncLocked(j.tail.chain.seq); err != nil {
		return err
	}
	for j.syncing {
		j.cond.Wait()
	}
	if j.failed != nil || j.marked || j.tail.sealed {
		return j.failed
	}
	if err := j.mark(); err != nil {
		return j.failLocked(err)
	}
	j.stats.Syncs++
	if err := j.cur.Datasync(); err != nil {
		return j.failLocked(fmt.Errorf("flush journal segment %s: %w", j.file(j.tail.segment), err))
	}
	j.marked = true
	return nil
}
