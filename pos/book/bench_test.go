package book_test

import (
	"path/filepath"
	"testing"

	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
)

// BenchmarkCatch rebuilds a book of 20,000 receipts x 3 lines (120,000 commits)
// from its journal.
func BenchmarkCatch(b *testing.B) {
	const receipts = 20_000
	w := imported(b)
	w.keep = false
	w.sales(receipts)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		x := open(b, filepath.Join(b.TempDir(), "book"), w.journal)
		b.StartTimer()
		catch(b, x)
		b.StopTimer()
		closeBook(b, x)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/receipts, "us/receipt")
}

// BenchmarkDecode decodes the same commits alone.
func BenchmarkDecode(b *testing.B) {
	w := imported(b)
	w.keep = false
	w.sales(1000)
	var records []journal.Record
	for rec, err := range w.journal.Read(1, 0) {
		if err != nil {
			b.Fatal(err)
		}
		rec.Payload = append([]byte(nil), rec.Payload...)
		records = append(records, rec)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, rec := range records {
			if _, err := engine.Decode(rec); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(records)), "ns/commit")
}
