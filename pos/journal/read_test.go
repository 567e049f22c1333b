package journal_test

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
)

// TestBigAppend: segments and groups of the size of a box, records longer than any buffer.
func TestBigAppend(t *testing.T) {
	d := memdisk.New(0)
	o := options(d, 0)
	j := mustOpen(t, o)
	var group []journal.Entry
	for i := range 60 {
		p := make([]byte, 300_000+i)
		for k := range p {
			p[k] = byte(k * i)
		}
		group = append(group, journal.Entry{Type: "big/1", Payload: p})
	}
	last, err := j.Append(group...)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Sync(last); err != nil {
		t.Fatal(err)
	}
	if s := j.Stats(); s.Segments != 2 || s.Records != 60 {
		t.Errorf("stats %+v", s)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = mustOpen(t, o)
	defer j.Close()
	n := 0
	for rec, err := range j.Read(0, 0) {
		if err != nil || string(rec.Payload) != string(group[n].Payload) {
			t.Fatalf("record %d: %v", n+1, err)
		}
		n++
	}
	if n != 60 {
		t.Errorf("%d records", n)
	}
	if rec, err := j.Get(58); err != nil || string(rec.Payload) != string(group[57].Payload) {
		t.Errorf("Get: %v", err)
	}
	if r, err := journal.Verify(dir, o); err != nil || len(r.Damage) > 0 || r.Records != 60 {
		t.Errorf("Verify: %v %+v", err, r)
	}
}

// TestReadErrors: a read that the disk refuses is that error everywhere, at every call; never damage, never the end.
func TestReadErrors(t *testing.T) {
	const size, records = 4096, 150
	base := smallJournal(t, size, records)
	all := func(j *journal.Journal, _ journal.Options) error {
		n := 0
		for _, err := range j.Read(0, 0) {
			if err != nil {
				return err
			}
			n++
		}
		if n != records {
			return fmt.Errorf("%d records and no error", n)
		}
		return nil
	}
	ways := map[string]func(*journal.Journal, journal.Options) error{
		"Read": all,
		"Get": func(j *journal.Journal, _ journal.Options) error {
			_, err := j.Get(3)
			return err
		},
		"Follow": func(j *journal.Journal, _ journal.Options) error {
			for rec, err := range j.Follow(context.Background(), 2) {
				if err != nil || rec.Seq == records {
					return err
				}
			}
			return errors.New("ended without an error")
		},
		"Verify": func(_ *journal.Journal, o journal.Options) error {
			r, err := journal.Verify(dir, o)
			if err == nil && (len(r.Damage) > 0 || r.Records != records) {
				return fmt.Errorf("report %+v", r)
			}
			return err
		},
		"OpenReadOnly": func(_ *journal.Journal, o journal.Options) error {
			ro, err := journal.OpenReadOnly(dir, o)
			if err != nil {
				return err
			}
			if ro.Damage() != nil {
				return ro.Damage()
			}
			return ro.Close()
		},
	}
	for name, way := range ways {
		calls := 0
		for nth := 1; ; nth++ {
			d := base.Clone()
			o := options(d, size)
			ro, err := journal.OpenReadOnly(dir, o)
			if err != nil {
				t.Fatal(err)
			}
			d.Arm(memdisk.Fault{Ops: memdisk.OpRead | memdisk.OpOpen | memdisk.OpSize | memdisk.OpList, Nth: nth, Err: syscall.EIO})
			err = way(ro, o)
			if !d.Disarm() {
				if err != nil {
					t.Errorf("%s without a fault: %v", name, err)
				}
				break
			}
			calls++
			var bad *journal.DamageError
			if !errors.Is(err, syscall.EIO) || errors.As(err, &bad) {
				t.Fatalf("%s, call %d: got %v, want EIO", name, nth, err)
			}
		}
		if calls < 3 {
			t.Errorf("%s: only %d calls could fail", name, calls)
		}
	}
}

func TestReadAfterClose(t *testing.T) {
	d := smallJournal(t, 4096, 10)
	ro, err := journal.OpenReadOnly(dir, options(d, 4096))
	if err != nil {
		t.Fatal(err)
	}
	ro.Close()
	if _, err := ro.Get(1); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("Get: %v", err)
	}
	for _, err := range ro.Read(0, 0) {
		if !errors.Is(err, journal.ErrClosed) {
			t.Errorf("Read: %v", err)
		}
	}
	if _, err := journal.OpenReadOnly("/nowhere", options(d, 4096)); !errors.Is(err, journal.ErrNoJournal) {
		t.Errorf("OpenReadOnly of nothing: %v", err)
	}
	if _, err := journal.Verify("/nowhere", options(d, 4096)); !errors.Is(err, journal.ErrNoJournal) {
		t.Errorf("Verify of nothing: %v", err)
	}
}

// TestProgress never runs backwards and ends at the end.
func TestProgress(t *testing.T) {
	d := smallJournal(t, 4096, 100)
	o := options(d, 4096)
	var last, total int64
	o.Progress = func(done, all int64) {
		if done < last || done > all {
			t.Errorf("progress went from %d to %d of %d", last, done, all)
		}
		last, total = done, all
	}
	if _, err := journal.Verify(dir, o); err != nil {
		t.Fatal(err)
	}
	if last != total || total != int64(4096*len(segments(d))) {
		t.Errorf("ended at %d of %d", last, total)
	}
}
