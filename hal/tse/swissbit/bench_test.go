package swissbit_test

import (
	"context"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/tse/softtse"
	"github.com/tresen-pos/tresen/hal/tse/swissbit"
	"github.com/tresen-pos/tresen/hal/tse/tsesim"
)

// BenchmarkSale is a start and a finish through the driver, the kernel and the simulated stick, with the waits of the product; the
// difference to BenchmarkSaleInside is what the way to the stick costs.
func BenchmarkSale(b *testing.B) {
	dir := b.TempDir()
	stick, err := tsesim.Mount(dir, b.TempDir(), tsesim.Options{Curve: softtse.P256})
	if err != nil {
		b.Fatal(err)
	}
	defer stick.Close()
	dev, err := swissbit.Open(context.Background(), dir, swissbit.Opts{Client: swissbit.FirstClient, AdminPIN: "12345", TimeAdminPIN: "98765"})
	if err != nil {
		b.Fatal(err)
	}
	defer dev.Close()
	if err := dev.RegisterClient(context.Background(), client); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := dev.Start(context.Background(), client, "", nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := dev.Finish(context.Background(), client, s.Transaction, "Kassenbeleg-V1", []byte("Beleg^1.00_0.00_0.00_0.00_0.00^1.00:Bar")); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSaleInside is the same in the software unit alone.
func BenchmarkSaleInside(b *testing.B) {
	u, err := softtse.Open(b.TempDir(), softtse.Options{Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer u.Close()
	if err := u.RegisterClient(context.Background(), client); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := u.Start(context.Background(), client, "", nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := u.Finish(context.Background(), client, s.Transaction, "Kassenbeleg-V1", []byte("Beleg^1.00_0.00_0.00_0.00_0.00^1.00:Bar")); err != nil {
			b.Fatal(err)
		}
	}
}
