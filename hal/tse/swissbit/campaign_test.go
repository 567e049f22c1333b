package swissbit_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/hal/tse/softtse"
	"github.com/tresen-pos/tresen/hal/tse/swissbit"
	"github.com/tresen-pos/tresen/hal/tse/tsesim"
)

func (r *rig) opened() (*swissbit.Device, error) {
	return swissbit.Open(context.Background(), r.dir, r.opt)
}

// places are the commands of a sale: open and close of start and finish, and its data. The unit inside signs no updates: that step
// is driven up to its refusal, with the same faults.
var places = []struct {
	code  byte
	event int
}{{0x90, 0}, {0x95, 0}, {0x90, 1}, {tsesim.Data, 1}, {0x95, 1}, {0x90, 2}, {tsesim.Data, 2}, {0x95, 2}}

var kinds = []tsesim.Kind{tsesim.Mute, tsesim.Hang, tsesim.Late, tsesim.Garbage, tsesim.Short, tsesim.Unplug, tsesim.Stale}

// faultOf goes through all places, kinds and halves (before and after the effect) in turn.
func faultOf(i int) tsesim.Fault {
	p := places[i%len(places)]
	f := tsesim.Fault{Code: p.code, Event: p.event, Kind: kinds[i/len(places)%len(kinds)], Done: i/len(places)/len(kinds)%2 == 1, N: 1 + i%40}
	if p.code == tsesim.Data {
		f.Kind = tsesim.Unplug
	}
	return f
}

const allFaults = 8 * 7 * 2

// Promises: a sale that was answered is in the log once, with what was answered; one that was given up is there once or not at
// all, and after reconciling the register knows which; no transaction stays open; the log verifies.
func TestFaultAtEveryCommand(t *testing.T) {
	sales := 40
	if os.Getenv("SOAK") != "" {
		sales = 1000
	}
	r := open(t, tsesim.Options{Curve: softtse.P256, Seed: 7})
	rnd := rand.New(rand.NewPCG(1, uint64(sales)))
	order := rnd.Perm(allFaults)
	booked := map[string]uint64{}
	for i := range sales {
		f := faultOf(order[i%allFaults])
		data := fmt.Sprintf("Beleg^%d.00_0.00_0.00_0.00_0.00^%d.00:Bar", i, i)
		if fin, signed := r.faultySale(f, data); signed {
			booked[data] = fin.Counter
		}
		if t.Failed() {
			t.Fatalf("sale %d, fault %+v", i, f)
		}
	}
	rep, finishes := r.verified()
	if len(rep.Problems) != 0 {
		t.Errorf("problems %+v", rep.Problems)
	}
	open, err := r.dev.Pending(context.Background())
	if err != nil || len(open) != 0 {
		t.Errorf("orphans %+v, %v", open, err)
	}
	for data := range booked {
		if finishes[data] != 1 {
			t.Errorf("%q is signed %d times", data, finishes[data])
		}
	}
	for data, n := range finishes {
		if _, known := booked[data]; !known && data != aborted {
			t.Errorf("%q is signed %d times and not booked", data, n)
		}
	}
	t.Logf("%d sales, %d signed, %d transactions aborted, %d commands written over running ones", sales, len(booked), finishes[aborted], r.stick.Overruns())
	if len(booked) == 0 || len(booked) == sales && sales > 40 {
		t.Errorf("%d of %d sales signed: the faults did nothing", len(booked), sales)
	}
}

const aborted = "AVBelegabbruch^0.00_0.00_0.00_0.00_0.00^"

// faultySale makes one sale while a fault strikes, mends the stick, and settles what is unknown.
func (r *rig) faultySale(f tsesim.Fault, data string) (tse.Finished, bool) {
	r.stick.Script(f)
	ctx, cancel := context.WithCancel(context.Background())
	struck := make(chan struct{})
	stop := make(chan struct{})
	go func() {
		defer close(struck)
		select {
		case <-r.hit:
			if f.Kind == tsesim.Mute || f.Kind == tsesim.Hang || f.Kind == tsesim.Stale {
				cancel() // the deadline has passed
			}
		case <-stop:
		}
	}()
	fin, start, err := r.steps(ctx, data)
	close(stop)
	<-struck
	cancel()
	r.mend()
	switch {
	case err == nil:
		return fin, true
	case start == 0:
		r.abortAll()
		return fin, false // sold without signature, marked so
	}
	return r.reconcile(start, data)
}

// steps are start, update and finish. start is 0 as long as it was not answered.
func (r *rig) steps(ctx context.Context, data string) (fin tse.Finished, start uint64, err error) {
	s, err := r.dev.Start(ctx, client, "", nil)
	if err != nil {
		return fin, 0, err
	}
	var w swissbit.Word
	if err := r.dev.Update(ctx, client, s.Transaction, "Kassenbeleg-V1", []byte(data)); !errors.As(err, &w) {
		return fin, s.Transaction, err
	}
	fin, err = r.dev.Finish(ctx, client, s.Transaction, "Kassenbeleg-V1", []byte(data))
	return fin, s.Transaction, err
}

// mend plugs the stick in again and lets it go on.
func (r *rig) mend() {
	r.t.Helper()
	r.stick.Release()
	if err := r.stick.Plug(); err != nil {
		r.t.Fatal(err)
	}
	r.stick.Unscript()
	select {
	case <-r.hit:
	default:
	}
}

// reconcile asks the unit for a transaction whose outcome is unknown: finished is adopted, open is finished now.
func (r *rig) reconcile(tx uint64, data string) (tse.Finished, bool) {
	r.t.Helper()
	ctx := context.Background()
	open := r.pending()
	if !slices.Contains(open, tx) {
		f, found, err := r.dev.LastFinish(ctx, tx)
		if err != nil || !found || string(f.ProcessData) != data {
			r.t.Errorf("transaction %d is neither open nor finished with its data: %+v, %v", tx, f, err)
		}
		return f, true
	}
	f, err := r.dev.Finish(ctx, client, tx, "Kassenbeleg-V1", []byte(data))
	if err != nil {
		r.t.Errorf("finish %d again: %v", tx, err)
	}
	return f, true
}

// abortAll ends what was started without the register having learned of it.
func (r *rig) abortAll() {
	r.t.Helper()
	for _, tx := range r.pending() {
		if _, err := r.dev.Finish(context.Background(), client, tx, "Kassenbeleg-V1", []byte(aborted)); err != nil {
			r.t.Errorf("abort %d: %v", tx, err)
		}
	}
}

func (r *rig) pending() (numbers []uint64) {
	r.t.Helper()
	open, err := r.dev.Pending(context.Background())
	if err != nil {
		r.t.Errorf("ask for open transactions: %v", err)
	}
	for _, o := range open {
		numbers = append(numbers, o.Number)
	}
	return numbers
}
