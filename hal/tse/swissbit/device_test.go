package swissbit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/fiscal/tselog"
	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/hal/tse/softtse"
	"github.com/tresen-pos/tresen/hal/tse/swissbit"
	"github.com/tresen-pos/tresen/hal/tse/tsesim"
)

// These tests bring the driver, a mounted simulator and the verifier together; only a test may know all three.

const client = "KASSE-001"

// clock counts a second with each look, so that no test depends on the wall.
type clock struct{ sec atomic.Int64 }

func (c *clock) now() time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(c.sec.Add(1)) * time.Second)
}

// rig is a stick in a mounted volume and the driver on it.
type rig struct {
	t     *testing.T
	dir   string
	stick *tsesim.Stick
	dev   *swissbit.Device
	opt   swissbit.Opts
	hit   chan tsesim.Fault // size 1: one fault at a time
}

func mount(t *testing.T, opt tsesim.Options) *rig {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("these tests mount a FUSE volume: run them as root")
	}
	c := &clock{}
	r := &rig{t: t, dir: t.TempDir(), hit: make(chan tsesim.Fault, 1)}
	opt.Now = c.now
	opt.OnFault = func(f tsesim.Fault) {
		select {
		case r.hit <- f:
		default:
		}
	}
	var err error
	if r.stick, err = tsesim.Mount(r.dir, t.TempDir(), opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.stick.Close(); err != nil {
			t.Error(err)
		}
	})
	// The deadline is far beyond what a loaded machine needs; a test that needs an end cancels when the fault has struck.
	r.opt = swissbit.Opts{Client: "SwissbitSwissbit", AdminPIN: "12345", TimeAdminPIN: "98765", Now: c.now, Timeout: time.Minute, Sleep: quick}
	return r
}

// quick does not wait but lets others run.
func quick(ctx context.Context, _ time.Duration) error {
	t := time.NewTimer(50 * time.Microsecond)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// open opens the driver and registers the client.
func open(t *testing.T, opt tsesim.Options) *rig {
	t.Helper()
	r := mount(t, opt)
	r.openDevice()
	if err := r.dev.RegisterClient(context.Background(), client); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) openDevice() {
	r.t.Helper()
	d, err := swissbit.Open(context.Background(), r.dir, r.opt)
	if err != nil {
		r.t.Fatal(err)
	}
	r.dev = d
	r.t.Cleanup(func() { _ = d.Close() })
}

func (r *rig) sale(data string) tse.Finished {
	r.t.Helper()
	s, err := r.dev.Start(context.Background(), client, "", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	f, err := r.dev.Finish(context.Background(), client, s.Transaction, "Kassenbeleg-V1", []byte(data))
	if err != nil {
		r.t.Fatal(err)
	}
	return f
}

// verified exports and returns what an independent verifier says, and the finishes by their process data.
func (r *rig) verified() (tselog.Report, map[string]int) {
	r.t.Helper()
	var b bytes.Buffer
	if err := r.dev.Export(context.Background(), &b); err != nil {
		r.t.Fatal(err)
	}
	c, finishes := tselog.NewChecker(), map[string]int{}
	if err := tselog.Scan(&b, func(f tselog.File) error {
		c.Add(f)
		if m, err := tselog.Parse(f.Data); err == nil {
			if m.Operation == tselog.OpFinish {
				finishes[string(m.ProcessData)]++
			}
		}
		return nil
	}); err != nil {
		r.t.Fatal(err)
	}
	return c.Report(), finishes
}

func TestSale(t *testing.T) {
	r := open(t, tsesim.Options{})
	ctx := context.Background()
	for _, data := range []string{"Beleg^1.00_0.00_0.00_0.00_0.00^1.00:Bar", "", string(bytes.Repeat([]byte("x"), 1500)), string(make([]byte, 512))} {
		f := r.sale(data)
		again, found, err := r.dev.LastFinish(ctx, f.Transaction)
		if err != nil || !found {
			t.Fatalf("look up %d: %v, %v", f.Transaction, found, err)
		}
		if fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", f) {
			t.Errorf("looked up %+v, signed %+v", again, f)
		}
		if f.StartTime.IsZero() || !f.LogTime.After(f.StartTime) || f.Algorithm != "ecdsa-plain-SHA384" || string(f.ProcessData) != data {
			t.Errorf("finished %+v", f)
		}
	}
	rep, finishes := r.verified()
	if len(rep.Problems) != 0 || len(finishes) != 4 {
		t.Errorf("%d finishes, problems %+v", len(finishes), rep.Problems)
	}
	if last, err := r.dev.Last(ctx); err != nil || last != 4 {
		t.Errorf("last transaction %d, %v", last, err)
	}
	if n := r.stick.Overruns(); n != 0 {
		t.Errorf("%d commands were written over running ones", n)
	}
}

func TestWhatTheStickSays(t *testing.T) {
	r := open(t, tsesim.Options{})
	ctx := context.Background()
	inside := r.stick.Unit().Info()
	got := r.dev.Info()
	if got.Serial != inside.Serial || !bytes.Equal(got.PublicKey, inside.PublicKey) || got.Algorithm != inside.Algorithm || len(got.Certificates) != len(inside.Certificates) {
		t.Errorf("info %+v, inside %+v", got, inside)
	}
	s, err := r.dev.Status(ctx)
	if err != nil || !s.SelfTest || !s.ValidTime || s.Init != swissbit.Initialised || s.Clients != 1 || s.NextTimeSync != 30*time.Minute {
		t.Errorf("status %+v, %v", s, err)
	}
	for i := range 40 {
		if err := r.dev.RegisterClient(ctx, fmt.Sprintf("KASSE-%03d", 40-i)); err != nil {
			t.Fatal(err)
		}
	}
	names, err := r.dev.Clients(ctx)
	if err != nil || len(names) != 40 || names[0] != client {
		t.Errorf("%d clients %q, %v", len(names), names, err)
	}
	for range 70 {
		if _, err := r.dev.Start(ctx, client, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	want, _ := r.stick.Unit().Pending(ctx)
	pending, err := r.dev.Pending(ctx)
	if err != nil || fmt.Sprint(pending) != fmt.Sprint(want) {
		t.Errorf("pending %v, inside %v, %v", pending, want, err)
	}
}

func TestRefusals(t *testing.T) {
	r := open(t, tsesim.Options{Curve: softtse.P256})
	ctx := context.Background()
	_, err := r.dev.Start(ctx, "NOBODY", "", nil)
	if !errors.Is(err, tse.ErrClientNotRegistered) {
		t.Errorf("unknown client: %v", err)
	}
	if _, err = r.dev.Finish(ctx, client, 99, "T", nil); !errors.Is(err, tse.ErrTransactionNotFound) {
		t.Errorf("unknown transaction: %v", err)
	}
	s, err := r.dev.Start(ctx, client, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	var w swissbit.Word
	if err := r.dev.Update(ctx, client, s.Transaction, "T", []byte("data")); !errors.As(err, &w) || w != 0x100D {
		t.Errorf("update, which the unit inside cannot: %v", err)
	}
	r.stick.Script(tsesim.Fault{Code: 0x90, Event: 0, Kind: tsesim.Refuse, Word: 0x1017})
	if _, err := r.dev.Start(ctx, client, "", nil); !errors.Is(err, tse.ErrStorageFull) || r.dev.Health().Code != "tse-full" {
		t.Errorf("full: %v, %+v", err, r.dev.Health())
	}
	r.stick.Script(tsesim.Fault{Code: 0x90, Event: 0, Kind: tsesim.Refuse, Word: 0x7ABC})
	if _, err := r.dev.Start(ctx, client, "", nil); !errors.As(err, &w) || w != 0x7ABC {
		t.Errorf("unknown word: %v", err)
	}
	if _, err := swissbit.Open(ctx, r.dir, r.opt); !errors.Is(err, tse.ErrInUse) {
		t.Errorf("second owner: %v", err)
	}
	if _, err := swissbit.Open(ctx, t.TempDir(), r.opt); !errors.Is(err, tse.ErrGone) {
		t.Errorf("no stick: %v", err)
	}
	if err := r.dev.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.dev.Status(ctx); !errors.Is(err, tse.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// The volume is as strict as the stick: nothing goes through the page cache.
func TestVolumeWantsDirectBlocks(t *testing.T) {
	r := mount(t, tsesim.Options{Curve: softtse.P256})
	name := filepath.Join(r.dir, swissbit.CommName)
	if f, err := os.Open(name); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("opened without O_DIRECT: %v, %v", f, err)
	}
	f, err := os.OpenFile(name, os.O_RDWR|syscall.O_DIRECT, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(make([]byte, 100)); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("100 bytes: %v", err)
	}
}
