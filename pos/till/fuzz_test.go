package till_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// situations are shops in which a fuzzed command lands.
var situations = []func(*shop){espresso, partlyPaid, paidUnsealed, cancelled, parked, counting, noShift, dayClosed, voided, basket}

// FuzzCommand sends every command of the API with any body into a shop.
// Promises: no panic; a refusal changes nothing; what is accepted can be
// written, read and applied, and the books of tilltest still agree.
func FuzzCommand(f *testing.F) {
	for op, body := range seeds {
		for i := range situations {
			f.Add(op, []byte(body), uint8(i), i%2 == 0)
		}
	}
	f.Fuzz(func(t *testing.T, op string, body []byte, where uint8, owner bool) {
		c, err := till.Parse(op, json.RawMessage(body))
		if err != nil {
			var r *till.Refusal
			if !errors.As(err, &r) {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		x := openShop(t)
		situations[int(where)%len(situations)](x)
		by := tilltest.Cashier
		if owner {
			by = tilltest.Owner
		}
		before := encode(t, x.s)
		events, err := till.Decide(x.s, x.input(by, c))
		if string(encode(t, x.s)) != string(before) {
			t.Fatal("deciding changed the state")
		}
		var r *till.Refusal
		if err != nil {
			if !errors.As(err, &r) {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		commit := &till.Commit{Client: "c", N: 1, Op: op, By: by, Events: events, Seq: x.s.Seq + 1, At: x.at}
		replayed := till.New()
		again := &till.Commit{Seq: commit.Seq, At: commit.At}
		if err := errors.Join(json.Unmarshal(before, replayed), json.Unmarshal(encode(t, commit), again), replayed.Apply(again)); err != nil {
			t.Fatal(err)
		}
		x.apply(commit)
		if a, b := encode(t, x.s), encode(t, replayed); string(a) != string(b) {
			t.Fatalf("replay differs\nrunning  %s\nreplayed %s", a, b)
		}
	})
}
