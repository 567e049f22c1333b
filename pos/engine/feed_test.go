package engine_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// collect follows from a number until it has the last one.
func collect(t *testing.T, s *shop, from, last uint64) []*till.Commit {
	t.Helper()
	var got []*till.Commit
	for run, err := range s.engine.Follow(t.Context(), from) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, run...)
		if got[len(got)-1].Seq >= last {
			return got
		}
	}
	t.Fatal("the sequence ended")
	return nil
}

// drawers makes n commits, in few requests.
func (s *shop) drawers(n int) {
	s.t.Helper()
	for n > 0 {
		k := min(n, 50)
		var batch []engine.Numbered
		for i := range k {
			batch = append(batch, engine.Numbered{N: uint64(i + 1), Do: &till.OpenDrawer{Reason: "Wechseln"}})
		}
		n -= k
		for i := range batch {
			batch[i].N += s.engine.Latest()
		}
		if _, err := s.engine.Submit(s.t.Context(), "drawers", tilltest.Owner, batch); err != nil {
			s.t.Fatal(err)
		}
	}
}

// More commits than the ring holds: from anywhere a follower gets the same,
// each once and in order, from ring or journal.
func TestFollowFromAnywhere(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		s.drawers(1500)
		last := s.engine.Latest()
		all := collect(t, s, 0, last)
		if uint64(len(all)) != last {
			t.Fatalf("%d commits, want %d", len(all), last)
		}
		for _, from := range []uint64{1, 2, 199, 200, 201, last - 1025, last - 1024, last - 1023, last - 1, last} {
			got := collect(t, s, from, last)
			if uint64(len(got)) != last-from+1 || got[0].Seq != from {
				t.Errorf("from %d: %d commits from %d, want %d", from, len(got), got[0].Seq, last-from+1)
			}
			for i, c := range got {
				if want := all[int(from)-1+i]; encode(t, c) != encode(t, want) || c.Seq != want.Seq || !c.At.Equal(want.At) {
					t.Fatalf("from %d: commit %d differs: %s, %s", from, c.Seq, encode(t, c), encode(t, want))
				}
			}
		}
	})
}

// A follower that stands still holds nobody up, and misses nothing.
func TestSlowFollower(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		first := s.engine.Latest()
		next := first + 1
		for run, err := range s.engine.Follow(t.Context(), first) {
			if err != nil {
				t.Fatal(err)
			}
			if run[0].Seq == first {
				s.drawers(2500) // while this one does not come back
				run = run[1:]
			}
			for _, c := range run {
				if c.Seq != next {
					t.Fatalf("commit %d follows %d", c.Seq, next-1)
				}
				next++
			}
			if next > s.engine.Latest() {
				break
			}
		}
	})
}

func TestFollowEndsWithItsContext(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.drawers(500)
		for _, from := range []uint64{1, s.engine.Latest(), s.engine.Latest() + 1, s.engine.Latest() + 1000} {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan int, 1)
			go func() {
				runs := 0
				for range s.engine.Follow(ctx, from) {
					runs++
					cancel()
				}
				ended <- runs
			}()
			synctest.Wait()
			cancel()
			if runs := <-ended; runs > 1 {
				t.Errorf("from %d: %d runs after the end of its context", from, runs)
			}
		}
	})
}

func TestDecodeRefusesStrangeRecords(t *testing.T) {
	for _, c := range []struct{ typ, payload, want string }{
		{"till.commit.v2", `{}`, "update the box"},
		{till.CommitType, `{"events":[`, "record 7"},
		{till.CommitType, ``, "record 7"},
		{till.CommitType, `{"n":-1}`, "record 7"},
	} {
		_, err := engine.Decode(journal.Record{Seq: 7, Type: c.typ, Payload: []byte(c.payload)})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: got %v, want %q", c.typ, c.payload, err, c.want)
		}
	}
}

// FuzzDecode: whatever lies in a record, reading it neither panics nor changes
// its number, and what can be read can be written and read again.
func FuzzDecode(f *testing.F) {
	c, err := tilltest.Import()
	if err != nil {
		f.Fatal(err)
	}
	seeds := []*till.Commit{c, {Client: "c", N: 1, Op: "x", Events: []till.Event{{ReceiptPrepared: &till.Receipt{Number: 1, Lines: []till.Sold{{}}}}}},
		{Events: []till.Event{{OutageBegan: &till.Reasoned{}}, {LineVoided: &till.LineVoided{Order: "ä\u2028<"}}}}}
	for _, c := range seeds {
		f.Add([]byte(encode(&testing.T{}, c)))
	}
	f.Add([]byte(`{"events":[{"unknown.v1":{}}]}`))
	f.Add([]byte(`{"OP":"x","op":"y","Events":[{"loggedIn.v1":{"employee":"a\xff"}}]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		c, err := engine.Decode(journal.Record{Seq: 7, Type: till.CommitType, Payload: payload})
		if err != nil {
			return
		}
		raw := encode(t, c)
		again, err := engine.Decode(journal.Record{Seq: 7, Type: till.CommitType, Payload: []byte(raw)})
		if err != nil || c.Seq != 7 || encode(t, again) != raw {
			t.Errorf("%q is read as %s, then as %s (%v)", payload, raw, encode(t, again), err)
		}
		// Both readers read the same.
		var slow till.Commit
		if err := json.Unmarshal(payload, &slow); err != nil || encode(t, slow) != raw {
			t.Errorf("%q is read as %s, encoding/json reads %s (%v)", payload, raw, encode(t, slow), err)
		}
		_ = till.New().Apply(c) // an error, never a panic
	})
}
