package scanner_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/scanner"
	"github.com/tresen-pos/tresen/hal/scanner/scannersim"
)

var _ hal.Device = (*scanner.Scanner)(nil)

// rig is a simulated scanner, the driver on it, and what the driver delivered.
type rig struct {
	t     *testing.T
	sim   *scannersim.Sim
	dev   *scanner.Scanner
	codes chan scanner.Code
	tick  chan time.Time // fires the driver's pause timer
}

func plug(t *testing.T, so scannersim.Options, opts scanner.Opts) *rig {
	t.Helper()
	so.Pipe = filepath.Join(t.TempDir(), "event0")
	sim, err := scannersim.New(so)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	r := &rig{t: t, sim: sim, codes: make(chan scanner.Code, 100), tick: make(chan time.Time)}
	opts.Scanned = func(c scanner.Code) { r.codes <- c }
	opts.After = func(time.Duration) <-chan time.Time { return r.tick }
	if opts.EventSize = so.Size; so.Size == 0 {
		opts.EventSize = scanner.Size64
	}
	l, err := link.File{Path: sim.Path()}.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r.dev = scanner.Start(l, hal.Info{Kind: "scanner"}, opts)
	t.Cleanup(func() { r.dev.Close() })
	return r
}

func (r *rig) scan(text string) {
	r.t.Helper()
	if err := r.sim.Scan(text); err != nil {
		r.t.Fatal(err)
	}
}

// fence is a last clean code: what came before it is all there is. After a cut
// code it may itself be doubted once.
func (r *rig) fence() []scanner.Code {
	r.t.Helper()
	const mark = "FENCE1"
	var got []scanner.Code
	for range 2 {
		r.scan(mark)
		for c := range r.codes {
			if c == clean(mark) {
				return got
			}
			got = append(got, c)
			if c.Text == mark {
				break
			}
		}
	}
	r.t.Fatalf("no clean code after %+v", got)
	return nil
}

func (r *rig) want(want ...scanner.Code) {
	r.t.Helper()
	got := r.fence()
	if len(got) != len(want) {
		r.t.Errorf("got %q, want %q", got, want)
		return
	}
	for i, w := range want {
		if got[i] != w {
			r.t.Errorf("code %d: got %+v, want %+v", i+1, got[i], w)
		}
	}
}

func clean(text string) scanner.Code { return scanner.Code{Text: text} }

const ascii = ` !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_` + "`abcdefghijklmnopqrstuvwxyz{|}~"
