package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Journal is an open journal.
type Journal struct {
	directory
	o        Options
	readOnly bool
	lock     io.Closer
	index    *index
	epoch    uint32
	damage   *DamageError // reading only

	// one orders the callers of Append so that the entries of a call stay together. It is taken before mu.
	one sync.Mutex

	// mu guards everything below; cond is signalled on every change somebody may wait for.
	mu         sync.Mutex
	cond       *sync.Cond
	cur        File   // segment tail.segment
	tail       tail   // after the last written record
	top        uint32 // last segment that exists
	smallest   int64  // no spare is smaller; bytes
	durable    uint64 // last durable record
	durablePos pos
	marked     bool // all records are promised by something durable behind them
	syncing    bool // a leader is in fdatasync
	closed     bool
	failed     error
	told       bool            // Options.Fatal was called
	buf        []byte          // frames of one Append
	ctl        [frameHead]byte // mark or end frame
	watch      chan struct{}   // closed at the next change of durable, nil if nobody watches
	stats      Stats

	maker maker
}

// Open opens the journal in dir for writing and creates it if there is none. It checks the last segment, not the whole
// history, clears what a power cut tore, and begins a new epoch. A *DamageError means that promised records are lost:
// nothing was changed, OpenReadOnly still reads what is good.
func Open(dir string, o Options) (*Journal, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := o.FS.MkdirAll(dir); err != nil {
		return nil, fmt.Errorf("create journal folder %s: %w", dir, err)
	}
	lock, err := o.FS.Lock(filepath.Join(dir, lockName))
	if err != nil {
		return nil, fmt.Errorf("open journal %s: %w", dir, err)
	}
	j := newJournal(dir, o)
	j.lock = lock
	if err := j.start(); err != nil {
		if j.cur != nil {
			j.cur.Close()
		}
		lock.Close()
		return nil, err
	}
	j.startMaker()
	return j, nil
}

// OpenReadOnly opens the journal in dir, which must exist (ErrNoJournal), without lock or change, also beside a running
// writer, whose later records it does not see. A damaged tail is no error: Head is then the last good record before it and Damage says where it is.
func OpenReadOnly(dir string, o Options) (*Journal, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	j := newJournal(dir, o)
	j.readOnly = true
	j.top, err = j.count()
	if !errors.As(err, &j.damage) && err != nil {
		return nil, err
	}
	if j.top == 0 && j.damage == nil {
		return nil, j.missing()
	}
	var r recovery
	if j.tail, r, err = findReading(j.directory, j.index, j.top, o.Progress); err != nil {
		return nil, err
	}
	if j.damage == nil {
		j.damage = r.damage
	}
	j.stats.TornBytes, j.epoch = r.torn, j.tail.epoch
	j.durable, j.durablePos = j.tail.chain.seq, at(j.tail.segment, j.tail.off)
	return j, nil
}

func newJournal(dir string, o Options) *Journal {
	j := &Journal{directory: directory{fs: o.FS, path: dir}, o: o, index: newIndex()}
	j.cond = sync.NewCond(&j.mu)
	return j
}

// Damage returns what OpenReadOnly found wrong with the tail, nil if nothing.
func (j *Journal) Damage() *DamageError { return j.damage }

// start finds the tail and makes it durable.
func (j *Journal) start() (err error) {
	// A spare that was not finished is worth nothing.
	if err := j.fs.Remove(filepath.Join(j.path, spareTemp)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove unfinished spare: %w", err)
	}
	if j.top, err = j.count(); err != nil {
		return err
	}
	// The names may be there without being durable if the last process was killed in between.
	if err := j.fs.SyncDir(j.path); err != nil {
		return fmt.Errorf("flush journal folder %s: %w", j.path, err)
	}
	r := recovery{directory: j.directory, index: j.index, progress: j.o.Progress, write: true}
	if j.tail, err = r.find(j.top); err != nil {
		return err
	}
	j.epoch, j.stats.TornBytes = j.tail.epoch+1, r.torn
	if j.smallest, err = j.smallestSpare(); err != nil {
		return err
	}
	if j.tail.segment == 0 {
		return j.begin()
	}
	return j.resume()
}

// smallestSpare looks at the spares at hand, which other options may have made.
func (j *Journal) smallestSpare() (int64, error) {
	smallest := j.o.SegmentSize
	for n := j.tail.segment + 1; n <= j.top; n++ {
		f, size, err := j.open(n, os.O_RDONLY)
		if err != nil {
			return 0, err
		}
		f.Close()
		smallest = min(smallest, size)
	}
	return smallest, nil
}

// begin starts a journal that has no record yet. The header carries the epoch.
func (j *Journal) begin() error {
	if j.top == 0 {
		if err := j.makeSpare(1); err != nil {
			return err
		}
		j.top = 1
	}
	if err := j.enter(1); err != nil {
		return err
	}
	j.marked = true
	return j.settle()
}

// resume continues the segment that was found: what is there becomes durable, then the epoch does.
func (j *Journal) resume() (err error) {
	if j.cur, _, err = j.open(j.tail.segment, os.O_RDWR); err != nil {
		return err
	}
	if err := j.rewrite(); err != nil {
		return fmt.Errorf("rewrite tail of journal segment %s: %w", j.file(j.tail.segment), err)
	}
	if err := j.settle(); err != nil {
		return err
	}
	full := j.tail.sealed || !fits(j.tail.off, frameHead, j.tail.size)
	switch {
	case !full:
		if err := j.control(kindOpen); err != nil {
			return err
		}
		j.tail.off += frameHead
	case j.top > j.tail.segment:
		if err := j.rollLocked(); err != nil {
			return err
		}
	default:
		return nil // full disk: the epoch comes with the next segment, before which nothing can be written
	}
	j.marked = true // the open frame or the new header will be the promise
	return j.settle()
}

// rewrite writes again what nothing on disk calls durable. After a failed flush the kernel may show bytes that never
// reached the medium and call them clean; only a new write makes the next flush carry them.
func (j *Journal) rewrite() error {
	from := int64(0)
	if j.tail.proven.segment() == j.tail.segment {
		from = j.tail.proven.offset()
	}
	b := make([]byte, min(bigBuffer, j.tail.off))
	for from < j.tail.off {
		n := min(int64(len(b)), j.tail.off-from)
		if err := readFull(j.cur, b[:n], from, j.tail.segment); err != nil {
			return err
		}
		if err := writeAll(j.cur, b[:n], from); err != nil {
			return err
		}
		from += n
	}
	return nil
}

// settle makes all that is written durable.
func (j *Journal) settle() error {
	if err := j.cur.Datasync(); err != nil {
		return fmt.Errorf("flush journal segment %s: %w", j.file(j.tail.segment), err)
	}
	j.durable, j.durablePos = j.tail.chain.seq, at(j.tail.segment, j.tail.off)
	return nil
}
