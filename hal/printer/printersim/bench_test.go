package printersim_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/hal/printer/printersim"
)

func benchPage() printer.Page {
	var ops []printer.Op
	for i := range 25 {
		ops = append(ops, printer.Text(fmt.Sprintf("%-30s%12s", fmt.Sprint("Artikel ", i), "3,20 €"), printer.Style{}))
	}
	ops = append(ops, printer.QR{Data: strings.Repeat("V0;955002-00;Kassenbeleg-V1;", 9)}, printer.Cut{})
	return printer.Page{ID: "bench", Ops: ops}
}

// BenchmarkPrint measures driver and simulator together, one proven receipt of
// 25 lines and a QR code per round.
func BenchmarkPrint(b *testing.B) {
	s, err := printersim.New(printersim.Options{ProcessID: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	pr := printer.Paper80x42()
	pr.HasProcessID = true
	p, err := printer.New(link.TCP{Addr: s.Addr()}, pr, printer.Opts{})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	page := benchPage()
	for b.Loop() {
		if out, err := p.Print(context.Background(), page); out != printer.Printed {
			b.Fatal(out, err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
}

// BenchmarkInterpret measures the simulator alone: the same receipt's bytes over
// one connection, the last one answered.
func BenchmarkInterpret(b *testing.B) {
	s, err := printersim.New(printersim.Options{ProcessID: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	p, err := printer.New(link.TCP{Addr: s.Addr()}, printer.Paper80x42(), printer.Opts{})
	if err != nil {
		b.Fatal(err)
	}
	for range 2 { // the second is without the zeros of the first
		if _, err := p.Print(context.Background(), benchPage()); err != nil {
			b.Fatal(err)
		}
	}
	p.Close()
	raw := s.Papers()[1].Raw()
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := c.Write(raw); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
}
