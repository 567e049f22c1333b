package journal_test

import (
	"testing"

	"github.com/tresen-pos/tresen/pos/journal"
)

var benchEntry = journal.Entry{Type: "till.receipt-prepared/1", Payload: make([]byte, 500)}

func benchJournal(b *testing.B, o journal.Options) *journal.Journal {
	b.Helper()
	j, err := journal.Open(b.TempDir(), o)
	if err != nil {
		b.Fatal(err)
	}
	if err := j.TopUp(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { j.Close() })
	return j
}

// BenchmarkAppendSync is one writer: a commit per record.
func BenchmarkAppendSync(b *testing.B) {
	j := benchJournal(b, journal.Options{})
	before := j.Stats().Syncs
	b.ReportAllocs()
	for b.Loop() {
		seq, err := j.Append(benchEntry)
		if err == nil {
			err = j.Sync(seq)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(j.Stats().Syncs-before)/float64(b.N), "flushes/commit")
}

// BenchmarkAppendSyncParallel is 16 writers per processor who share flushes.
func BenchmarkAppendSyncParallel(b *testing.B) {
	j := benchJournal(b, journal.Options{})
	before := j.Stats().Syncs
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			seq, err := j.Append(benchEntry)
			if err == nil {
				err = j.Sync(seq)
			}
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(j.Stats().Syncs-before)/float64(b.N), "flushes/commit")
}

// BenchmarkRead is a verified sequential scan; one operation is one record of 100 bytes.
func BenchmarkRead(b *testing.B) {
	j := benchJournal(b, journal.Options{})
	const records = 200_000
	e := journal.Entry{Type: "till.line/1", Payload: make([]byte, 100)}
	group := make([]journal.Entry, 1000)
	for i := range group {
		group[i] = e
	}
	for range records / len(group) {
		if _, err := j.Append(group...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; {
		for _, err := range j.Read(1, 0) {
			if err != nil {
				b.Fatal(err)
			}
			if n++; n >= b.N {
				break
			}
		}
	}
}

// BenchmarkGet reads single records all over the journal.
func BenchmarkGet(b *testing.B) {
	j := benchJournal(b, journal.Options{})
	group := make([]journal.Entry, 1000)
	for i := range group {
		group[i] = benchEntry
	}
	for range 100 {
		if _, err := j.Append(group...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	seq := uint64(1)
	for b.Loop() {
		if _, err := j.Get(seq); err != nil {
			b.Fatal(err)
		}
		seq = seq*2862933555777941757%100_000 + 1
	}
}

// BenchmarkOpen opens a journal whose last segment of 16 MiB is nearly full: all that Open reads, however long the history is.
func BenchmarkOpen(b *testing.B) {
	folder := b.TempDir()
	j, err := journal.Open(folder, journal.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for s := j.Stats(); s.Segments < 3 || s.Bytes%(16<<20) < 15<<20; s = j.Stats() {
		if _, err := j.Append(benchEntry, benchEntry, benchEntry, benchEntry); err != nil {
			b.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		j, err := journal.Open(folder, journal.Options{})
		if err != nil {
			b.Fatal(err)
		}
		j.Close()
	}
}
