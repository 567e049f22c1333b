package till_test

import (
	"encoding/json"
	"os"
	"testing"

	"pgregory.net/rapid"

	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// steps of a random day; SOAK=1 makes long ones.
func steps() int {
	if os.Getenv("SOAK") != "" {
		return 2000
	}
	return 80
}

// Promises of the rules over random shop days:
//  1. Decide never changes the state, and never panics;
//  2. replaying the encoded and decoded commits gives the running state, from
//     the start as well as from a snapshot taken anywhere between;
//  3. the books add up: tilltest.Ledger keeps them a second time, from the
//     receipts alone, and every sum and number agrees;
//  4. a command sent again is recognised and answered as the first time.
func TestRandomDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		day := tilltest.NewDay(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") })
		for i := range steps() {
			w.step(t, day)
			if i%25 == 24 {
				w.compare(t)
			}
		}
		w.compare(t)
	})
}

// fatal is what tests and rapid share.
type fatal interface {
	Helper()
	Fatalf(string, ...any)
}

// world is a running state with its followers.
type world struct {
	running  *till.State
	replayed *till.State // from the encoded commits
	ledger   *tilltest.Ledger
	steps    int
	answers  []till.Answer
	refused  []uint64
	commits  []*till.Commit
}

func newWorld(t fatal) *world {
	t.Helper()
	w := &world{running: till.New(), replayed: till.New(), ledger: tilltest.NewLedger()}
	c, err := tilltest.Import()
	if err != nil {
		t.Fatalf("%v", err)
	}
	w.commit(t, c)
	return w
}

func (w *world) step(t fatal, day *tilltest.Day) {
	t.Helper()
	in := day.Next(w.running)
	w.steps++
	events, err := w.decide(t, in)
	if err != nil {
		if _, ok := err.(*till.Refusal); !ok {
			t.Fatalf("%s: %v is no refusal", in.Do.Op(), err)
		}
		w.refused = append(w.refused, in.N)
		return
	}
	c := &till.Commit{Client: in.Client, N: in.N, Op: in.Do.Op(), By: in.By, Events: events, Seq: w.running.Seq + 1, At: in.At}
	w.commit(t, c)
	day.Saw(c)
	if c.Client != "" {
		w.recognised(t, c)
	}
}

// decide looks at the whole state before and after, in every third step: that
// costs more than everything else together.
func (w *world) decide(t fatal, in till.Input) ([]till.Event, error) {
	t.Helper()
	if w.steps%3 > 0 {
		return till.Decide(w.running, in)
	}
	before := encode(t, w.running)
	events, err := till.Decide(w.running, in)
	if after := encode(t, w.running); string(after) != string(before) {
		t.Fatalf("deciding %s changed the state\nfrom %s\nto   %s", in.Do.Op(), before, after)
	}
	return events, err
}

// commit applies to the running state, and what the journal would give back to
// the other one.
func (w *world) commit(t fatal, c *till.Commit) {
	t.Helper()
	raw := encode(t, c)
	if err := w.running.Apply(c); err != nil {
		t.Fatalf("%v", err)
	}
	again := &till.Commit{Seq: c.Seq, At: c.At}
	if err := json.Unmarshal(raw, again); err != nil {
		t.Fatalf("%v", err)
	}
	if err := w.replayed.Apply(again); err != nil {
		t.Fatalf("replay: %v", err)
	}
	w.commits = append(w.commits, c)
	if err := w.ledger.Saw(c); err != nil {
		t.Fatalf("%v", err)
	}
}

// recognised sends the accepted command again, and an earlier refused one.
func (w *world) recognised(t fatal, c *till.Commit) {
	t.Helper()
	a, ok := w.running.Repeated(c.Client, c.N)
	if !ok || a.Seq != c.Seq {
		t.Fatalf("command %d is not recognised: %v", c.N, a)
	}
	w.answers = append(w.answers, a)
	if n := len(w.answers); n > 64 { // as many as are remembered
		if a, ok := w.running.Repeated(c.Client, w.answers[n-65].N); !ok || a.Seq != 0 {
			t.Fatalf("a command too old to remember: %v, %v", a, ok)
		}
		w.answers = w.answers[n-64:]
	}
	for _, want := range w.answers {
		if a, ok := w.running.Repeated(c.Client, want.N); !ok || a != want {
			t.Fatalf("command %d: got %v, want %v", want.N, a, want)
		}
	}
	if n := len(w.refused); n > 0 && w.refused[n-1] > 0 {
		if a, ok := w.running.Repeated(c.Client, w.refused[n-1]); !ok || a.Seq != 0 {
			t.Fatalf("refused command %d: %v, %v", w.refused[n-1], a, ok)
		}
	}
	if _, ok := w.running.Repeated(c.Client, c.N+1); ok {
		t.Fatalf("command %d is recognised before it came", c.N+1)
	}
}

// compare holds the running state against the replayed one and the books, then
// goes on from a snapshot.
func (w *world) compare(t fatal) {
	t.Helper()
	running, replayed := encode(t, w.running), encode(t, w.replayed)
	if string(running) != string(replayed) {
		t.Fatalf("replay differs\nrunning  %s\nreplayed %s", running, replayed)
	}
	w.same(t, "replay")
	if err := w.ledger.Compare(w.running); err != nil {
		t.Fatalf("%v", err)
	}
	snapshot := till.New()
	if err := json.Unmarshal(running, snapshot); err != nil {
		t.Fatalf("%v", err)
	}
	if got := encode(t, snapshot); string(got) != string(running) {
		t.Fatalf("snapshot differs\nstate    %s\nsnapshot %s", running, got)
	}
	w.replayed = snapshot
	w.same(t, "a snapshot") // fields that JSON does not carry would be lost here
}

func encode(t fatal, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return raw
}
