package book_test

import (
	"encoding/json"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
)

// decoders are the one in use and encoding/json, to measure it against.
var decoders = map[string]func(journal.Record) (*till.Commit, error){
	"engine": engine.Decode,
	"encoding-json": func(rec journal.Record) (*till.Commit, error) {
		c := &till.Commit{}
		if err := json.Unmarshal(rec.Payload, c); err != nil {
			return nil, err
		}
		c.Seq, c.At = rec.Seq, rec.Time.UTC()
		return c, nil
	},
}

// cpu is the processor time of the process: what a busy machine does not blur.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCatch rebuilds a book of 20,000 receipts x 3 lines (120,000 commits)
// from its journal.
func BenchmarkCatch(b *testing.B) {
	const receipts = 20_000
	w := imported(b)
	w.keep = false
	w.sales(receipts)
	for _, name := range []string{"engine", "encoding-json"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var used time.Duration
			for b.Loop() {
				b.StopTimer()
				x := open(b, filepath.Join(b.TempDir(), "book"), w.journal)
				before := cpu(b)
				b.StartTimer()
				if err := x.Catch(b.Context(), decoders[name], nil); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				used += cpu(b) - before
				closeBook(b, x)
				b.StartTimer()
			}
			b.ReportMetric(float64(used.Microseconds())/float64(b.N)/receipts, "cpu-us/receipt")
		})
	}
}

// BenchmarkOpen starts with a book of 20,000 receipts that was closed well.
func BenchmarkOpen(b *testing.B) {
	w := imported(b)
	w.keep = false
	w.sales(20_000)
	dir := filepath.Join(b.TempDir(), "book")
	x := open(b, dir, w.journal)
	catch(b, x)
	closeBook(b, x)
	for b.Loop() {
		x := open(b, dir, w.journal)
		b.StopTimer()
		closeBook(b, x)
		b.StartTimer()
	}
}

// BenchmarkDecode decodes the commits alone.
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
	for name, decode := range decoders {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				for _, rec := range records {
					if _, err := decode(rec); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/float64(b.N)/float64(len(records)), "cpu-ns/commit")
		})
	}
}
