package journal_test

import (
	"errors"
	"testing"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
)

// FuzzSegment gives the journal a first segment of any bytes. Whatever they are: nothing panics; damage is a DamageError and
// then nothing is changed; a journal that opens keeps exactly the records that could be read before, verifies clean and can be
// written; and what is readable beside the damage is a whole chain. Run it with -fuzzminimizetime=1x: the spare maker makes
// the coverage vary, and minimising would wait for it in vain.
func FuzzSegment(f *testing.F) {
	for _, d := range []*memdisk.Disk{smallJournal(f, 1024, 2), smallJournal(f, 2048, 6), smallJournal(f, 1024, 9)} {
		for _, name := range segments(d)[:2] {
			b := d.ReadFile(name)
			f.Add(b)
			f.Add(b[:700])
			for _, at := range []int{20, 516, 548, 600, 900} {
				c := append([]byte(nil), b...)
				c[at] ^= 0x55
				f.Add(c)
			}
		}
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		size := max(1024, (len(b)+511)/512*512)
		if size > 1<<16 {
			return
		}
		content := make([]byte, size)
		copy(content, b)
		d := memdisk.New(0)
		d.WriteFile(dir+"/00000001.seg", content)
		tryBytes(t, d, content)
	})
}

// FuzzSegmentSigned is the same with all checksums made good, so that the rules behind them are met.
func FuzzSegmentSigned(f *testing.F) {
	for _, d := range []*memdisk.Disk{smallJournal(f, 1024, 2), smallJournal(f, 2048, 6)} {
		b := d.ReadFile(segments(d)[0])
		f.Add(b)
		for _, at := range []int{16, 32, 40, 56, 520, 528, 544, 548, 549, 552, 600, 900} {
			c := append([]byte(nil), b...)
			c[at] ^= 0x01
			f.Add(c)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		size := max(1024, (len(b)+511)/512*512)
		if size > 1<<16 {
			return
		}
		content := make([]byte, size)
		copy(content, b)
		copy(content, "TRESENJ1")
		sign(content[8:], content[12:512])
		for _, f := range frames(content) {
			if f.end > int64(size) || f.end < f.off+72 {
				break
			}
			sign(content[f.off:], content[f.off+4:f.end])
		}
		d := memdisk.New(0)
		d.WriteFile(dir+"/00000001.seg", content)
		tryBytes(t, d, content)
	})
}

func tryBytes(t *testing.T, d *memdisk.Disk, content []byte) {
	o := options(d, 4096)
	ro, err := journal.OpenReadOnly(dir, o)
	if err != nil {
		t.Fatalf("OpenReadOnly: %v", err)
	}
	before := chainOf(t, ro)
	report, err := journal.Verify(dir, o)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	if (len(report.Damage) > 0) != (ro.Damage() != nil) || int(report.Head) != int(ro.Head()) {
		t.Fatalf("Verify %+v, OpenReadOnly head %d, damage %v", report, ro.Head(), ro.Damage())
	}
	if string(d.ReadFile(dir+"/00000001.seg")) != string(content) {
		t.Fatal("reading has changed the file")
	}
	j, err := journal.Open(dir, o)
	var bad *journal.DamageError
	if errors.As(err, &bad) {
		if ro.Damage() == nil || string(d.ReadFile(dir+"/00000001.seg")) != string(content) {
			t.Fatalf("Open refused (%v) and changed the file, or OpenReadOnly did not see it", err)
		}
		return
	}
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	if ro.Damage() != nil {
		t.Fatalf("Open did not see %v", ro.Damage())
	}
	if got := chainOf(t, j); got != before {
		t.Fatalf("%d records before Open, %d after", before, got)
	}
	head := j.Head()
	if last, err := j.Append(entry(1)); err != nil || last != head+1 {
		t.Fatalf("Append: %d, %v", last, err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	report, err = journal.Verify(dir, o)
	if err != nil || len(report.Damage) > 0 || report.TornBytes > 0 || report.Head != head+1 {
		t.Fatalf("after Open: %v %+v", err, report)
	}
}

// chainOf reads all records and returns their number.
func chainOf(t *testing.T, j *journal.Journal) (n int) {
	t.Helper()
	var last journal.Record
	for rec, err := range j.Read(0, 0) {
		if err != nil {
			t.Fatalf("Read: %v", err)
		}
		if n > 0 && (rec.Seq != last.Seq+1 || rec.Prev != last.Hash) {
			t.Fatalf("record %d does not follow %d", rec.Seq, last.Seq)
		}
		last, n = rec, n+1
	}
	return n
}
