package till_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// TestDaysReachEverything makes sure that the random days do not prove the
// promises over idle shops: a few of them contain every kind of event, every
// kind of receipt and several closings.
func TestDaysReachEverything(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(8) {
		chance := rand.New(rand.NewPCG(seed, 1))
		w, day := newWorld(t), tilltest.NewDay(chance.IntN)
		for range 800 {
			at := w.running.Seq
			w.step(t, day)
			seen["accepted"] += int(w.running.Seq - at)
		}
		w.compare(t)
		for _, r := range w.ledger.Receipts {
			seen[r.Kind]++
			if len(r.Payments) > 1 {
				seen["several payments"]++
			}
			if len(r.VAT) > 1 {
				seen["several rates"]++
			}
			if r.Discount != nil && r.Saved != 0 {
				seen["order discount"]++
			}
		}
		seen["closings"] += len(w.ledger.Closings)
		w.count(seen)
	}
	t.Log(seen)
	event := reflect.TypeFor[till.Event]()
	for i := range event.NumField() {
		if name := event.Field(i).Name; seen[name] == 0 {
			t.Errorf("no %s in any day", name)
		}
	}
	for _, want := range []string{till.Sale, till.Void, till.Float, till.Deposit, till.Withdrawal, till.Difference,
		"several payments", "several rates", "order discount", "closings"} {
		if seen[want] < 5 {
			t.Errorf("%s: only %d in all days", want, seen[want])
		}
	}
	if seen["accepted"] < 8*800/2 {
		t.Errorf("only %d commands of %d were accepted", seen["accepted"], 8*800)
	}
}

// TestSameChancesSameDay: a day depends on its chances alone, so that a failure
// can be found again.
func TestSameChancesSameDay(t *testing.T) {
	run := func() string {
		chance := rand.New(rand.NewPCG(42, 42))
		w, day := newWorld(t), tilltest.NewDay(chance.IntN)
		for range 300 {
			w.step(t, day)
		}
		return string(encode(t, w.running))
	}
	if a, b := run(), run(); a != b {
		t.Error("the same chances made two different days")
	}
}

// count notes which events the commits of a world held.
func (w *world) count(seen map[string]int) {
	for _, c := range w.commits {
		for _, e := range c.Events {
			seen[kindOf(e)]++
		}
	}
}

// kindOf names the field of the event that is set.
func kindOf(e till.Event) string {
	v := reflect.ValueOf(e)
	for i := range v.NumField() {
		if !v.Field(i).IsNil() {
			return v.Type().Field(i).Name
		}
	}
	return fmt.Sprint("nothing in ", e)
}
