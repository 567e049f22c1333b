package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// zeroStep is how many bytes of a spare are written between two flushes, so that a commit never queues behind a whole segment.
const zeroStep = 1 << 20

// maker is the state of the goroutine that keeps spares ahead; Journal.mu guards it, kick and done excepted.
type maker struct {
	kick  chan struct{} // 1: a request that was not seen yet; more would say nothing new
	done  chan struct{} // closed when the goroutine has ended
	want  uint32        // make segments up to this number
	tries uint64        // requests answered
	asked uint64        // requests made
	err   error         // why the last try failed
}

func (j *Journal) startMaker() {
	j.maker.kick = make(chan struct{}, 1)
	j.maker.done = make(chan struct{})
	go j.makeSpares()
	j.mu.Lock()
	j.kickMakerLocked()
	j.mu.Unlock()
}

// stopMaker ends the goroutine after the spare it may be making.
func (j *Journal) stopMaker() {
	if j.maker.kick != nil {
		close(j.maker.kick)
		<-j.maker.done
	}
}

// kickMakerLocked asks for the missing spares, without waiting.
func (j *Journal) kickMakerLocked() {
	m := &j.maker
	m.want = max(m.want, j.tail.segment+uint32(j.o.Spares))
	if j.top >= m.want || j.closed || m.kick == nil {
		return
	}
	m.asked++
	select {
	case m.kick <- struct{}{}:
	default: // it will see the new wish when it gets to the old one
	}
}

// awaitSparesLocked returns when segment n exists, ErrNoSpace if it cannot be made now.
func (j *Journal) awaitSparesLocked(n uint32) error {
	if j.top >= n {
		return nil
	}
	m := &j.maker
	m.want = max(m.want, n)
	j.kickMakerLocked()
	for asked := m.asked; j.top < n; j.cond.Wait() {
		if j.failed != nil || j.closed {
			return nil // the caller looks again
		}
		if m.tries >= asked {
			m.want = j.tail.segment + uint32(j.o.Spares)
			return fmt.Errorf("%w (%w)", ErrNoSpace, m.err)
		}
	}
	return nil
}

// TopUp asks for the missing spares and waits until they are made or cannot be: the error says why, and Stats.SpareErr
// keeps it. Health calls it now and then after ErrNoSpace; each Append does so too without waiting.
func (j *Journal) TopUp() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.usableLocked(); err != nil {
		return err
	}
	j.kickMakerLocked()
	m := &j.maker
	for asked := m.asked; m.tries < asked && !j.closed; {
		j.cond.Wait()
	}
	return m.err
}

// makeSpares is the goroutine: it answers kicks until the channel is closed.
func (j *Journal) makeSpares() {
	defer close(j.maker.done)
	for range j.maker.kick {
		j.mu.Lock()
		asked := j.maker.asked
		var err error
		for err == nil && j.top < j.maker.want && !j.closed {
			n := j.top + 1
			j.mu.Unlock()
			err = j.makeSpare(n)
			j.mu.Lock()
			if err == nil {
				j.top = n
				j.cond.Broadcast()
			}
		}
		j.maker.tries, j.maker.err = asked, err
		j.cond.Broadcast()
		j.mu.Unlock()
	}
}

// makeSpare makes segment n: zero-written, durable, and only then under its name.
func (j *Journal) makeSpare(n uint32) error {
	if n > maxSegments {
		return fmt.Errorf("make spare segment %d: journal has too many segments", n)
	}
	temp := filepath.Join(j.path, spareTemp)
	if err := j.zeroFile(temp); err != nil {
		// Give back what it took; the next try begins anew.
		return fmt.Errorf("make spare segment %s: %w", j.file(n), errors.Join(err, j.fs.Remove(temp)))
	}
	if err := j.fs.Rename(temp, j.file(n)); err != nil {
		return fmt.Errorf("name spare segment %s: %w", j.file(n), err)
	}
	if err := j.fs.SyncDir(j.path); err != nil {
		return fmt.Errorf("flush journal folder %s: %w", j.path, err)
	}
	return nil
}

// zeroFile creates a durable file of zeros. Space that was only reserved would make each commit flush the file system's own log too.
func (j *Journal) zeroFile(name string) (err error) {
	f, err := j.fs.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.Allocate(j.o.SegmentSize); err != nil {
		return err
	}
	for from := int64(0); from < j.o.SegmentSize; from += zeroStep {
		if err := writeZeros(f, from, min(from+zeroStep, j.o.SegmentSize)); err != nil {
			return err
		}
		if err := f.Datasync(); err != nil {
			return err
		}
	}
	return nil
}
