package journal_test

import (
	"errors"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
)

// TestTornRoll: the cut came when a segment was full and the first group in the next one was half written, its beginning
// missing. What is left there must never meet new records, whatever power cut follows.
func TestTornRoll(t *testing.T) {
	const size = 16384
	d := memdisk.New(0)
	j := mustOpen(t, options(d, size))
	if err := j.TopUp(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for s := j.Stats(); s.Segments == 1 || s.Room > 3*size-8192; s = j.Stats() {
		var group []journal.Entry
		for range 20 {
			n++
			group = append(group, entry(n))
		}
		if _, err := j.Append(group...); err != nil {
			t.Fatal(err)
		}
		if err := j.TopUp(); err != nil {
			t.Fatal(err)
		}
	}
	image := imageOf(d, true)
	j.Close()
	second := segments(image)[1]
	b := image.ReadFile(second)
	clear(b[:4096])
	if len(frames(b)) > 0 || allZeros(b) {
		t.Fatal("the test has torn nothing")
	}
	image.WriteFile(second, b)
	j = mustOpen(t, options(image, size))
	if j.Stats().TornBytes == 0 {
		t.Error("torn bytes were not counted")
	}
	kept := checkAll(t, j)
	image.CutPower()
	j.Close()
	for seed := range uint64(8) {
		c := image.Clone()
		c.Crash(seed)
		// Open has entered the second segment: it has a header again, and nothing else.
		if b := c.ReadFile(second); len(b) < 512 || !allZeros(b[512:]) {
			t.Fatalf("seed %d: torn bytes came back", seed)
		}
		j := mustOpen(t, options(c, size))
		put(t, j, kept+1, kept+20)
		j.Close()
		checkClean(t, options(c, size), kept+20)
	}
}

func allZeros(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// TestRollWaitsForFlush: the flush of a full segment does not run beside another one, which could take its error away.
func TestRollWaitsForFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGated()
		o := options(g.Disk, 2048)
		o.FS = g
		j := mustOpen(t, o)
		if err := j.TopUp(); err != nil {
			t.Fatal(err)
		}
		if _, err := j.Append(entry(1)); err != nil {
			t.Fatal(err)
		}
		g.arm(true)
		errs := make(chan error, 2) // one result of each
		go func() { errs <- j.Sync(1) }()
		<-g.entered
		go func() {
			_, err := j.Append(journal.Entry{Type: "x", Payload: make([]byte, 1300)})
			errs <- err
		}()
		synctest.Wait() // the writer needs the next segment now and must wait
		select {
		case <-g.entered:
			t.Fatal("two flushes run at once")
		default:
		}
		g.Arm(memdisk.Fault{Ops: memdisk.OpDatasync, Nth: 1, Err: syscall.EIO})
		g.arm(false)
		g.release <- struct{}{}
		for range 2 {
			if err := <-errs; !errors.Is(err, journal.ErrFailed) {
				t.Errorf("got %v, want ErrFailed", err)
			}
		}
		if j.Durable() != 0 {
			t.Errorf("durable %d", j.Durable())
		}
		j.Close()
	})
}

// TestUnflushedSpareName: a spare got its name, the folder could not be flushed, the process ended. The next one uses that
// spare, on a full disk where no later spare would flush the folder by the way; a power cut must not take it away.
func TestUnflushedSpareName(t *testing.T) {
	const size = 2048
	d := memdisk.New(3 * size)
	d.Arm(memdisk.Fault{Ops: memdisk.OpSyncDir, Nth: 4, Err: syscall.EIO}) // at Open, for segments 1, 2, 3
	j := mustOpen(t, options(d, size))
	if err := j.TopUp(); !errors.Is(err, syscall.EIO) || j.Stats().Spares != 1 {
		t.Fatalf("TopUp: %v, %d spares", err, j.Stats().Spares)
	}
	j.Close()
	d.Disarm()
	j = mustOpen(t, options(d, size))
	n := 0
	for {
		last, err := j.Append(entry(n + 1))
		if errors.Is(err, journal.ErrNoSpace) {
			break
		}
		if err == nil {
			err = j.Sync(last)
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if s := j.Stats(); s.Segments != 3 {
		t.Fatalf("%d segments in use", s.Segments)
	}
	for seed := range uint64(12) {
		c := d.Clone()
		c.Crash(seed)
		j := mustOpen(t, options(c, size))
		if got := checkAll(t, j); got != n {
			t.Fatalf("seed %d: %d records, want %d", seed, got, n)
		}
		j.Close()
	}
	j.Close()
}

// TestCloseIsAPromise: after Close and a power cut, a changed byte in the very last record is damage, not a torn tail.
func TestCloseIsAPromise(t *testing.T) {
	const size, records = 4096, 9
	base := smallJournal(t, size, records)
	for seed := range uint64(12) {
		d := base.Clone()
		d.Crash(seed)
		d.Flip(segFile(1), lastRecord(d, 1)+100, 0x08)
		var bad *journal.DamageError
		if _, err := journal.Open(dir, options(d, size)); !errors.As(err, &bad) || bad.Seq != records {
			t.Fatalf("seed %d: got %v, want damage of record %d", seed, err, records)
		}
	}
}
