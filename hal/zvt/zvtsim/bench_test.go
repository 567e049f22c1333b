package zvtsim_test

import (
	"testing"

	"github.com/tresen-pos/tresen/hal/zvt"
	"github.com/tresen-pos/tresen/hal/zvt/zvtsim"
)

// BenchmarkPayment is the driver's own share of a payment: connection, messages
// and receipts against a terminal that does not delay.
func BenchmarkPayment(b *testing.B) {
	_, c := start(b, zvtsim.Options{}, zvt.Opts{})
	for b.Loop() {
		if r := c.Transact(bg, pay(100), zvt.Hooks{Keep: keep}); r.Outcome != zvt.Approved {
			b.Fatal(r.Err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "zvt_overhead_ms")
}
