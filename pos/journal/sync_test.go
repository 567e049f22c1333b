package journal_test

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"testing"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
)

// gated lets a test hold the journal in the middle of a Datasync of a segment.
type gated struct {
	*memdisk.Disk
	entered chan struct{} // unbuffered: the flush waits for the test to see it
	release chan struct{} // unbuffered: and for the test to let it go on
	mu      sync.Mutex
	armed   bool
}

func newGated() *gated {
	return &gated{Disk: memdisk.New(0), entered: make(chan struct{}), release: make(chan struct{})}
}

func (g *gated) arm(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.armed = on
}

func (g *gated) OpenFile(name string, flag int) (journal.File, error) {
	f, err := g.Disk.OpenFile(name, flag)
	return gatedFile{f, g}, err
}

type gatedFile struct {
	journal.File
	g *gated
}

func (f gatedFile) Datasync() error {
	f.g.mu.Lock()
	armed := f.g.armed
	f.g.mu.Unlock()
	if armed {
		f.g.entered <- struct{}{}
		<-f.g.release
	}
	return f.File.Datasync()
}

// TestFollowersShareOneFlush: whoever comes while a flush is under way is served by the next one, all of them by one.
func TestFollowersShareOneFlush(t *testing.T) {
	g := newGated()
	o := options(g.Disk, 1<<16)
	o.FS = g
	j := mustOpen(t, o)
	if err := j.TopUp(); err != nil {
		t.Fatal(err)
	}
	before := j.Stats().Syncs
	g.arm(true)
	var wg sync.WaitGroup
	commit := func() {
		wg.Go(func() {
			seq, err := j.Append(entry(1))
			if err == nil {
				err = j.Sync(seq)
			}
			if err != nil || j.Durable() < seq {
				t.Errorf("commit %d: %v, durable %d", seq, err, j.Durable())
			}
		})
	}
	commit()
	<-g.entered // the leader flushes record 1
	last := uint64(0)
	for range 20 {
		seq, err := j.Append(entry(2)) // appending goes on meanwhile
		if err != nil {
			t.Fatal(err)
		}
		last = seq
		wg.Go(func() {
			if err := j.Sync(seq); err != nil || j.Durable() < seq {
				t.Errorf("Sync %d: %v, durable %d", seq, err, j.Durable())
			}
		})
	}
	if j.Durable() != 0 {
		t.Errorf("durable %d while the first flush has not ended", j.Durable())
	}
	g.release <- struct{}{}
	<-g.entered // the next leader, for all 20: nothing was appended since
	g.release <- struct{}{}
	wg.Wait()
	if got := j.Stats().Syncs - before; got != 2 || j.Durable() != last {
		t.Errorf("%d flushes, durable %d; want 2 and %d", got, j.Durable(), last)
	}
	g.arm(false)
	j.Close()
}

// TestFailedFlushFailsAllWaiters: nobody gets a promise from a flush that failed, nor from a later one.
func TestFailedFlushFailsAllWaiters(t *testing.T) {
	g := newGated()
	o := options(g.Disk, 1<<16)
	o.FS = g
	var fatal []error
	var mu sync.Mutex
	o.Fatal = func(err error) {
		mu.Lock()
		defer mu.Unlock()
		fatal = append(fatal, err)
	}
	j := mustOpen(t, o)
	if err := j.TopUp(); err != nil {
		t.Fatal(err)
	}
	g.arm(true)
	var wg sync.WaitGroup
	for range 5 {
		seq, err := j.Append(entry(1))
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			if err := j.Sync(seq); !errors.Is(err, journal.ErrFailed) || !errors.Is(err, syscall.EIO) {
				t.Errorf("Sync: got %v, want ErrFailed by EIO", err)
			}
		})
	}
	<-g.entered
	g.Arm(memdisk.Fault{Ops: memdisk.OpDatasync, Nth: 1, Err: syscall.EIO})
	g.arm(false)
	g.release <- struct{}{}
	wg.Wait()
	if err := j.Close(); !errors.Is(err, journal.ErrFailed) {
		t.Errorf("Close: got %v, want ErrFailed", err)
	}
	if len(fatal) != 1 || !errors.Is(fatal[0], syscall.EIO) {
		t.Errorf("Fatal was told %v, want one EIO", fatal)
	}
}

// TestConcurrentWriters on real files: every acknowledged record is there once, numbers are unique, syncs are shared.
func TestConcurrentWriters(t *testing.T) {
	const writers, each = 8, 100
	folder := t.TempDir()
	o := journal.Options{SegmentSize: 32 << 10, Fatal: func(err error) { t.Error(err) }}
	j, err := journal.Open(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	got := make([][]uint64, writers)
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				seq, err := j.Append(entry(i), entry(i+1))
				if err == nil {
					err = j.Sync(seq)
				}
				if err != nil {
					t.Error(err)
					return
				}
				got[w] = append(got[w], seq-1, seq)
				rec, err := j.Get(seq)
				if err != nil || string(rec.Payload) != string(entry(i+1).Payload) {
					t.Errorf("Get %d: %v", seq, err)
				}
			}
		})
	}
	wg.Wait()
	seen := map[uint64]bool{}
	for _, list := range got {
		for _, seq := range list {
			if seen[seq] {
				t.Errorf("number %d given twice", seq)
			}
			seen[seq] = true
		}
	}
	if len(seen) != 2*writers*each || j.Head() != uint64(len(seen)) {
		t.Errorf("%d numbers, head %d", len(seen), j.Head())
	}
	s := j.Stats()
	if s.Syncs > writers*each+uint64(s.Segments) {
		t.Errorf("%d flushes for %d commits", s.Syncs, writers*each)
	}
	t.Logf("%d commits, %d flushes, %d segments", writers*each, s.Syncs, s.Segments)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := journal.Verify(folder, o)
	if err != nil || len(r.Damage) > 0 || r.Records != 2*writers*each {
		t.Errorf("Verify: %v %+v", err, r)
	}
}

// TestRefusals: what cannot be written is refused before anything is.
func TestRefusals(t *testing.T) {
	d := memdisk.New(0)
	j := mustOpen(t, options(d, 1024))
	long := string(make([]byte, 256))
	for _, e := range []journal.Entry{{}, {Type: long}, {Type: "x", Payload: make([]byte, 1024)}} {
		if _, err := j.Append(entry(1), e); !errors.Is(err, journal.ErrTooLarge) {
			t.Errorf("%d bytes of type, %d of payload: got %v, want ErrTooLarge", len(e.Type), len(e.Payload), err)
		}
	}
	if j.Head() != 0 {
		t.Errorf("head %d after refusals", j.Head())
	}
	if err := j.Sync(1); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("Sync of a record that is not there: %v", err)
	}
	if seq, err := j.Append(); seq != 0 || err != nil {
		t.Errorf("empty Append: %d, %v", seq, err)
	}
	// the largest that fits: a segment less header, frame head, type and the end frame
	if _, err := j.Append(journal.Entry{Type: "xx", Payload: make([]byte, 1024-512-72-72-2-6)}); err != nil {
		t.Errorf("largest record: %v", err)
	}
	j.Close()
	if _, err := j.Append(entry(1)); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("Append after Close: %v", err)
	}
	if err := j.TopUp(); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("TopUp after Close: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	for _, o := range []journal.Options{{SegmentSize: 1000}, {SegmentSize: 512}, {Spares: -1}, {Spares: 65}} {
		if _, err := journal.Open(t.TempDir(), o); err == nil {
			t.Errorf("options %+v accepted", o)
		}
	}
}

// TestOtherSegmentSizes: segments made under other options stay usable.
func TestOtherSegmentSizes(t *testing.T) {
	d := memdisk.New(0)
	n := 0
	for _, size := range []int64{4096, 1024, 8192, 2048} {
		j := mustOpen(t, options(d, size))
		if err := j.TopUp(); err != nil {
			t.Fatal(err)
		}
		put(t, j, n+1, n+30)
		n += 30
		checkAll(t, j)
		j.Close()
	}
	checkClean(t, options(d, 4096), n)
}

// TestLock: a lock left by nobody does not matter, one held by somebody does.
func TestLock(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(folder+"/lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(folder, journal.Options{SegmentSize: 4096})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Open(folder, journal.Options{SegmentSize: 4096}); !errors.Is(err, journal.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	ro, err := journal.OpenReadOnly(folder, journal.Options{})
	if err != nil {
		t.Errorf("OpenReadOnly beside the writer: %v", err)
	}
	ro.Close()
	j.Close()
	j, err = journal.Open(folder, journal.Options{SegmentSize: 4096})
	if err != nil {
		t.Fatalf("after Close: %v", err)
	}
	j.Close()
}
