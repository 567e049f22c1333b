//go:build uinput

package scanner_test

import (
	"context"
	"testing"

	"github.com/tresen-pos/tresen/hal/scanner"
	"github.com/tresen-pos/tresen/hal/scanner/scannersim"
)

// TestKernelDevice scans through the kernel: found in sysfs, grabbed, read, and
// refused to a second program. It needs /dev/uinput, hence the build tag (go test
// -tags uinput ./hal/scanner); through the pipe all but
// the ioctls is tested above.
func TestKernelDevice(t *testing.T) {
	if !scannersim.HasUinput() {
		t.Fatal("no /dev/uinput on this machine: EVIOCGRAB, EVIOCGID and discovery on a live kernel are not tested here")
	}
	sim, err := scannersim.New(scannersim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	id, err := scanner.ParseID(scannersim.VendorProduct)
	if err != nil {
		t.Fatal(err)
	}
	found, err := scanner.Find("/sys", "/dev")
	if err != nil {
		t.Fatal(err)
	}
	known := false
	for _, p := range scanner.Choose(found, []scanner.ID{id}) {
		known = known || p.Known && p.Path == sim.Path()
	}
	if !known {
		t.Errorf("%s not among %+v", sim.Path(), found)
	}
	codes := make(chan scanner.Code, 10)
	dev, err := scanner.Open(context.Background(), sim.Path(), true,
		scanner.Opts{Suffix: scanner.Enter, Scanned: func(c scanner.Code) { codes <- c }})
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	if _, err := scanner.Open(context.Background(), sim.Path(), true, scanner.Opts{}); err == nil {
		t.Error("a second program could take the scanner")
	}
	if err := sim.Scan("Abc-123"); err != nil {
		t.Fatal(err)
	}
	if got := <-codes; got != clean("Abc-123") {
		t.Errorf("got %+v", got)
	}
}
