package journal_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
)

// dir is where the tests keep their journal on the memory disk.
const dir = "/perm/journal"

// clock is a time that moves one millisecond per look.
func clock() func() time.Time {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Millisecond)
		return now
	}
}

// options for small segments on d; a failed journal is noted by the caller, not fatal for the test process.
func options(d *memdisk.Disk, size int64) journal.Options {
	return journal.Options{SegmentSize: size, FS: d, Now: clock(), Fatal: func(error) {}}
}

func mustOpen(t testing.TB, o journal.Options) *journal.Journal {
	t.Helper()
	j, err := journal.Open(dir, o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return j
}

// entry makes the i-th test entry; its length varies so that frames meet sectors at all places.
func entry(i int) journal.Entry {
	return journal.Entry{Type: fmt.Sprintf("test.kind%d/1", i%3), Payload: []byte(fmt.Sprintf(`{"n":%d,"s":"%s"}`, i, strings.Repeat("x", i*37%190)))}
}

// put appends and syncs the entries from to to.
func put(t testing.TB, j *journal.Journal, from, to int) {
	t.Helper()
	for i := from; i <= to; i++ {
		seq, err := j.Append(entry(i))
		if err != nil {
			t.Fatalf("Append %d: %v", i, err)
		}
		if seq != uint64(i) {
			t.Fatalf("Append %d: got number %d", i, seq)
		}
		if err := j.Sync(seq); err != nil {
			t.Fatalf("Sync %d: %v", i, err)
		}
	}
}

// checkAll reads everything and compares it with what entry made; it returns the number of records.
func checkAll(t *testing.T, j *journal.Journal) int {
	t.Helper()
	n := 0
	var prev [32]byte
	for rec, err := range j.Read(0, 0) {
		if err != nil {
			t.Fatalf("Read behind %d: %v", n, err)
		}
		n++
		want := entry(n)
		if rec.Seq != uint64(n) || rec.Type != want.Type || string(rec.Payload) != string(want.Payload) || rec.Prev != prev {
			t.Fatalf("record %d: got %+v", n, rec)
		}
		prev = rec.Hash
	}
	if uint64(n) != j.Head() {
		t.Fatalf("read %d records, head is %d", n, j.Head())
	}
	if prev != j.HeadHash() {
		t.Fatalf("hash of record %d differs from HeadHash", n)
	}
	return n
}

// checkClean demands a good report of n records.
func checkClean(t *testing.T, o journal.Options, n int) journal.Report {
	t.Helper()
	r, err := journal.Verify(dir, o)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	if len(r.Damage) > 0 {
		t.Fatalf("Verify found damage: %v", r.Damage[0])
	}
	if int(r.Records) != n || int(r.Head) != n {
		t.Fatalf("Verify: got %d records, head %d, want %d", r.Records, r.Head, n)
	}
	return r
}

func TestAppendReopenRead(t *testing.T) {
	for _, size := range []int64{1024, 4096, 65536} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			d := memdisk.New(0)
			o := options(d, size)
			for round := range 5 {
				j := mustOpen(t, o)
				if got := checkAll(t, j); got != round*40 {
					t.Fatalf("round %d: %d records", round, got)
				}
				if got := j.Epoch(); got != uint32(round+1) {
					t.Errorf("round %d: epoch %d", round, got)
				}
				put(t, j, round*40+1, round*40+40)
				checkAll(t, j)
				if err := j.Close(); err != nil {
					t.Fatal(err)
				}
				r := checkClean(t, o, round*40+40)
				if r.TornBytes != 0 || r.Epochs != round+1 {
					t.Errorf("report %+v", r)
				}
			}
		})
	}
}

func TestGet(t *testing.T) {
	d := memdisk.New(0)
	o := options(d, 16384)
	j := mustOpen(t, o)
	put(t, j, 1, 500)
	j.Close()
	j = mustOpen(t, o)
	defer j.Close()
	for i := 500; i > 0; i-- {
		rec, err := j.Get(uint64(i))
		if err != nil || rec.Seq != uint64(i) || string(rec.Payload) != string(entry(i).Payload) {
			t.Fatalf("Get %d: got %+v, %v", i, rec, err)
		}
	}
	for _, seq := range []uint64{0, 501} {
		if _, err := j.Get(seq); !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("Get %d: got %v, want ErrNotFound", seq, err)
		}
	}
}

func TestReadRange(t *testing.T) {
	d := memdisk.New(0)
	j := mustOpen(t, options(d, 4096))
	defer j.Close()
	put(t, j, 1, 100)
	for from := 1; from <= 100; from += 7 {
		next := from
		for rec, err := range j.Read(uint64(from), uint64(from+9)) {
			if err != nil || rec.Seq != uint64(next) {
				t.Fatalf("from %d: got %d, %v, want %d", from, rec.Seq, err, next)
			}
			next++
		}
		if want := min(from+10, 101); next != want {
			t.Errorf("from %d: stopped at %d, want %d", from, next, want)
		}
	}
}

func TestRealFiles(t *testing.T) {
	folder := t.TempDir() + "/a/b"
	o := journal.Options{SegmentSize: 64 << 10, Fatal: func(err error) { t.Error(err) }}
	j, err := journal.Open(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	put(t, j, 1, 1000)
	if _, err := journal.Open(folder, o); !errors.Is(err, journal.ErrLocked) {
		t.Errorf("second Open: got %v, want ErrLocked", err)
	}
	if err := j.TopUp(); err != nil {
		t.Fatal(err)
	}
	if s := j.Stats(); s.Spares != 2 || s.Records != 1000 || s.Free <= 0 || s.Syncs > 1010 {
		t.Errorf("stats %+v", s)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	ro, err := journal.OpenReadOnly(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	if checkAll(t, ro) != 1000 {
		t.Error("records missing")
	}
	if _, err := ro.Append(entry(1)); !errors.Is(err, journal.ErrReadOnly) {
		t.Errorf("Append: got %v, want ErrReadOnly", err)
	}
	ro.Close()
}
