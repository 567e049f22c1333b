package journal_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
)

// soak scales the long campaigns: SOAK=10 runs ten times as many seeds.
func soak(n int) int {
	if k, err := strconv.Atoi(os.Getenv("SOAK")); err == nil && k > 0 {
		return n * k
	}
	return n
}

// where remembers what a campaign is doing and prints it if the test fails.
type where string

func campaign(t *testing.T) *where {
	w := new(where)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("failed at: %s", *w)
		}
	})
	return w
}

func (w *where) at(format string, args ...any) { *w = where(fmt.Sprintf(format, args...)) }

// day is what a scripted day did before something went wrong.
type day struct {
	written int // records handed to Append, at most
	acked   int // records that Sync promised
	done    bool
}

// steps of the scripted day: so many records per Append, and whether Sync follows.
var steps = []struct {
	records int
	sync    bool
}{{1, true}, {1, true}, {3, true}, {1, false}, {2, false}, {1, true}, {5, true}, {1, false}, {7, true}, {1, true}, {2, false}, {12, true}, {1, true}}

// run does the scripted day, twice with a reopening in between. It waits for the spare maker after each step, so that the disk
// sees the same calls in the same order every time.
func (dy *day) run(t *testing.T, d *memdisk.Disk, size int64) error {
	for range 2 {
		j, err := journal.Open(dir, options(d, size))
		if err != nil {
			return err
		}
		if err = dy.session(t, j); err != nil {
			j.Close()
			return err
		}
		if err := j.Close(); err != nil {
			return err
		}
	}
	dy.done = true
	return nil
}

func (dy *day) session(t *testing.T, j *journal.Journal) error {
	_ = j.TopUp() // without spares the day goes on
	for _, s := range steps {
		var entries []journal.Entry
		for range s.records {
			dy.written++
			entries = append(entries, entry(dy.written))
		}
		last, err := j.Append(entries...)
		if errors.Is(err, journal.ErrNoSpace) {
			last, err = j.Append(entries...) // the fault is over
		}
		if err == nil && s.sync {
			err = j.Sync(last)
		}
		if err != nil {
			checkRefuses(t, j, uint64(dy.acked), err)
			return err
		}
		if s.sync {
			dy.acked = int(last)
		}
		_ = j.TopUp()
	}
	return nil
}

// checkRefuses demands that after a failure nothing is promised any more.
func checkRefuses(t *testing.T, j *journal.Journal, acked uint64, cause error) {
	t.Helper()
	if errors.Is(cause, journal.ErrNoSpace) {
		return // the disk stays broken, but nothing was written: not a failure
	}
	if !errors.Is(cause, journal.ErrFailed) {
		t.Fatalf("unexpected refusal: %v", cause)
	}
	if _, err := j.Append(entry(1)); !errors.Is(err, journal.ErrFailed) {
		t.Fatalf("Append after a failure: got %v, want ErrFailed", err)
	}
	if head := j.Head(); head > j.Durable() {
		if err := j.Sync(head); !errors.Is(err, journal.ErrFailed) {
			t.Fatalf("Sync after a failure: got %v, want ErrFailed", err)
		}
	}
	if err := j.Sync(acked); err != nil {
		t.Fatalf("Sync of what is durable: %v", err)
	}
}

// checkSurvivor opens what a failure left: every promised record is there, nothing is that was never written, no gap, the
// chain whole, and work goes on.
func checkSurvivor(t *testing.T, d *memdisk.Disk, size int64, dy day) {
	t.Helper()
	j := mustOpen(t, options(d, size))
	n := checkAll(t, j)
	if n < dy.acked || n > dy.written {
		t.Fatalf("%d records, want %d to %d", n, dy.acked, dy.written)
	}
	put(t, j, n+1, n+3)
	_ = j.TopUp()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if r := checkClean(t, options(d, size), n+3); r.TornBytes != 0 {
		t.Fatalf("%d torn bytes left after Open", r.TornBytes)
	}
	// All was promised by now, also what an earlier failed flush had left in memory only.
	d.Crash(1)
	checkClean(t, options(d, size), n+3)
}

// TestCrashEverywhere cuts the power in every single changing call of a day.
func TestCrashEverywhere(t *testing.T) {
	w := campaign(t)
	for _, c := range []struct{ size, seeds int }{{1024, 1}, {2048, 3}, {8192, 4}} {
		size, seeds := int64(c.size), c.seeds
		points := 0
		for nth := 1; ; nth++ {
			d := memdisk.New(0)
			d.Arm(memdisk.Fault{Ops: memdisk.OpChange, Nth: nth, Cut: true})
			var dy day
			if err := dy.run(t, d, size); err == nil {
				break
			}
			points++
			for seed := range uint64(soak(seeds)) {
				c := d.Clone()
				c.Crash(seed)
				w.at("segments of %d, cut in call %d, seed %d", size, nth, seed)
				checkSurvivor(t, c, size, dy)
			}
		}
		if points < 90 {
			t.Fatalf("only %d crash points", points)
		}
		t.Logf("segments of %d: %d crash points", size, points)
	}
}

// TestCrashInRecovery cuts the power again while Open repairs what the first cut left.
func TestCrashInRecovery(t *testing.T) {
	const size = 2048
	w := campaign(t)
	for nth := 1; ; nth += 3 {
		d := memdisk.New(0)
		d.Arm(memdisk.Fault{Ops: memdisk.OpChange, Nth: nth, Cut: true})
		var dy day
		if err := dy.run(t, d, size); err == nil {
			return
		}
		d.Crash(uint64(nth))
		for again := 1; ; again++ {
			c := d.Clone()
			c.Arm(memdisk.Fault{Ops: memdisk.OpChange, Nth: again, Cut: true})
			j, err := journal.Open(dir, options(c, size))
			if err == nil {
				_ = j.TopUp()
				err = j.Close()
			}
			if !c.Disarm() {
				if err != nil {
					t.Fatalf("cut %d: %v", nth, err)
				}
				break
			}
			c.Crash(uint64(again))
			w.at("cut in call %d, then in call %d of Open", nth, again)
			checkSurvivor(t, c, size, dy)
		}
	}
}

// TestFaultEverywhere lets the n-th call of each kind fail, for all n, and goes on without and with a power cut behind.
func TestFaultEverywhere(t *testing.T) {
	faults := []memdisk.Fault{
		{Ops: memdisk.OpAny, Err: syscall.EIO},
		{Ops: memdisk.OpWrite, Err: syscall.EIO, Short: true},
		{Ops: memdisk.OpWrite, Err: syscall.ENOSPC, Short: true},
		{Ops: memdisk.OpWrite | memdisk.OpAllocate | memdisk.OpOpen | memdisk.OpRename, Err: syscall.ENOSPC},
		{Ops: memdisk.OpDatasync | memdisk.OpSyncDir, Err: syscall.EIO},
		{Ops: memdisk.OpAny, Err: syscall.EIO, Sticky: true},
	}
	const size = 2048
	w := campaign(t)
	for i, f := range faults {
		for f.Nth = 1; ; f.Nth++ {
			w.at("fault %d at call %d", i, f.Nth)
			d := memdisk.New(0)
			d.Arm(f)
			var dy day
			err := dy.run(t, d, size)
			if !d.Disarm() {
				if err != nil {
					t.Fatalf("day without a fault: %v", err)
				}
				break
			}
			if err == nil && !dy.done {
				t.Fatal("the day ended early without an error")
			}
			c := d.Clone()
			checkSurvivor(t, c, size, dy)
			for seed := range uint64(soak(2)) {
				w.at("fault %d at call %d, then crash with seed %d", i, f.Nth, seed)
				c := d.Clone()
				c.Crash(seed)
				checkSurvivor(t, c, size, dy)
			}
		}
	}
}

// TestSpareFaultsAreHarmless: whatever goes wrong while a spare is made, the day is finished and nothing fails.
func TestSpareFaultsAreHarmless(t *testing.T) {
	const ops = memdisk.OpAllocate | memdisk.OpRename
	for nth := 3; ; nth++ { // the first segment of all, two calls, is not a spare
		d := memdisk.New(0)
		d.Arm(memdisk.Fault{Ops: ops, Nth: nth, Err: syscall.ENOSPC})
		var dy day
		err := dy.run(t, d, 2048)
		if err != nil || !dy.done {
			t.Fatalf("fault at call %d: day stopped: %v", nth, err)
		}
		if !d.Disarm() {
			return
		}
	}
}

// TestDiskFull: spares are used up first, then Append refuses before it writes, and goes on when there is space again.
func TestDiskFull(t *testing.T) {
	const size = 2048
	d := memdisk.New(4 * size)
	o := options(d, size)
	o.Fatal = func(err error) { t.Errorf("full disk was fatal: %v", err) }
	j := mustOpen(t, o)
	n := 0
	for {
		_, err := j.Append(entry(n + 1))
		if errors.Is(err, journal.ErrNoSpace) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	s := j.Stats()
	if s.Segments != 4 || s.Spares != 0 || s.SpareErr == nil || !errors.Is(s.SpareErr, syscall.ENOSPC) || s.Free != 0 {
		t.Errorf("full: stats %+v", s)
	}
	if err := j.Sync(uint64(n)); err != nil {
		t.Fatalf("Sync on a full disk: %v", err)
	}
	if _, err := j.Append(entry(n+1), entry(n+2)); !errors.Is(err, journal.ErrNoSpace) || int(j.Head()) != n {
		t.Errorf("got %v and head %d, want ErrNoSpace and %d", err, j.Head(), n)
	}
	checkAll(t, j)
	if err := j.TopUp(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("TopUp: got %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = mustOpen(t, o) // a full disk does not keep the journal from opening
	d.SetCapacity(0)
	if err := j.TopUp(); err != nil {
		t.Fatal(err)
	}
	put(t, j, n+1, n+20)
	if s := j.Stats(); s.SpareErr != nil {
		t.Errorf("SpareErr after freeing: %v", s.SpareErr)
	}
	j.Close()
	checkClean(t, o, n+20)
}
