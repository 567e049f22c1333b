package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

func code(err error) string {
	var r *till.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return fmt.Sprint(err)
}

func TestRepeats(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		if r, _ := s.submit(tilltest.Owner, 2, &till.Pay{Order: "gone"}); r.Err == nil || r.Seq != 0 {
			t.Fatalf("got %+v, want a refusal", r)
		}
		// The latest one may be tried again: nothing came behind it.
		if r, _ := s.submit(tilltest.Owner, 2, &till.OpenDrawer{Reason: "Wechseln"}); r.Err != nil || r.Repeated {
			t.Errorf("got %+v, want a fresh try", r)
		}
		if r, _ := s.submit(tilltest.Owner, 3, &till.Pay{Order: "gone"}); r.Err == nil {
			t.Errorf("got %+v, want a refusal", r)
		}
		last := s.must(4, &till.OpenDrawer{Reason: "Wechseln"})
		if r, _ := s.submit(tilltest.Owner, 3, &till.OpenDrawer{Reason: "Wechseln"}); code(r.Err) != "refusedBefore" || r.Seq != 0 {
			t.Errorf("got %+v, want refusedBefore", r)
		}
		head := s.engine.Latest()
		if r := s.must(4, &till.OpenDrawer{Reason: "Wechseln"}); !r.Repeated || r.Seq != last.Seq {
			t.Errorf("got %+v, want %+v repeated", r, last)
		}
		// Another screen has its own numbers.
		reply, err := s.engine.Submit(t.Context(), "c-2", tilltest.Owner, []engine.Numbered{{N: 4, Do: &till.OpenDrawer{Reason: "x"}}})
		if err != nil || reply.Results[0].Err != nil || reply.Results[0].Repeated || s.engine.Latest() != head+1 {
			t.Errorf("got %+v, %v", reply, err)
		}
	})
}

// A request of several commands: each is decided on what those before it left,
// one flush for all, a result for each in its place, refused ones included.
func TestBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.start()
		s.seed()
		unread := errors.New("cannot be read")
		batch := []engine.Numbered{
			{N: 1, Do: &till.OpenShift{Float: 100}},
			{N: 2, Do: add("o-1", "l-1", tilltest.Espresso)},
			{N: 3, Err: unread},
			{N: 4, Do: &till.Pay{Order: "o-1", Total: 1}},
			{N: 5, Do: &till.Pay{Order: "o-1", Tender: "cash", Total: 250}},
			{N: 6, Do: add("o-2", "l-2", tilltest.Espresso)},
		}
		synctest.Wait()
		before := s.disk.Count(memdisk.OpDatasync)
		reply, err := s.engine.Submit(t.Context(), "c-1", tilltest.Owner, batch)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"<nil>", "<nil>", "cannot be read", "totalChanged", "<nil>", "<nil>"} {
			if r := reply.Results[i]; code(r.Err) != want || r.N != batch[i].N || (r.Seq > 0) != (want == "<nil>") {
				t.Errorf("command %d: got %+v, want %s", i+1, r, want)
			}
		}
		if len(reply.Receipts) != 2 || reply.Receipts[0].Receipt.Kind != till.Float || reply.Receipts[1].Receipt.Process != "o-1" {
			t.Fatalf("receipts %+v", reply.Receipts)
		}
		for _, r := range reply.Receipts {
			if !r.Seal.Signed() {
				t.Errorf("receipt %d came without its seal", r.Receipt.Number)
			}
		}
		if reply.Seq != reply.Results[5].Seq {
			t.Errorf("got commit %d, want %d", reply.Seq, reply.Results[5].Seq)
		}
		// Prepared; seals, which may or may not come together.
		if n := s.disk.Count(memdisk.OpDatasync) - before; n < 2 || n > 3 {
			t.Errorf("%d flushes, want 2 or 3", n)
		}
		// What is paid with the request that opened it needs no beginning of its own.
		synctest.Wait()
		_, commits := replay(t, s.journal)
		if begun := processes(commits); !slices.Equal(begun, []string{"o-2"}) {
			t.Errorf("processes begun for %q, want only o-2", begun)
		}
		again, err := s.engine.Submit(t.Context(), "c-1", tilltest.Owner, batch)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range again.Results {
			if first := reply.Results[i]; r.Seq != first.Seq || r.Receipt != first.Receipt || first.Err == nil && !r.Repeated {
				t.Errorf("command %d again: got %+v, first %+v", i+1, r, first)
			}
		}
		s.down()
	})
}

// processes lists the orders the unit was told of by themselves.
func processes(commits []*till.Commit) (orders []string) {
	for _, c := range commits {
		for i := range c.Events {
			if o := c.Events[i].ProcessOpened; o != nil {
				orders = append(orders, o.Order)
			}
		}
	}
	return orders
}

// Facts of the box that can wait are neither flushed nor shown for themselves;
// the next flush takes them along.
func TestLazyCommits(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		synctest.Wait()
		head, syncs := s.journal.Head(), s.disk.Count(memdisk.OpDatasync)
		s.must(2, add("o-1", "l-1", tilltest.Espresso))
		synctest.Wait()
		if got := s.disk.Count(memdisk.OpDatasync) - syncs; got != 1 {
			t.Errorf("%d flushes for one tap, want 1", got)
		}
		if s.journal.Head() != head+2 || s.engine.Latest() != head+1 || s.journal.Durable() != head+1 {
			t.Errorf("head %d, latest %d, durable %d; want one commit more than is shown", s.journal.Head(), s.engine.Latest(), s.journal.Durable())
		}
		s.must(3, &till.OpenDrawer{Reason: "Wechseln"})
		synctest.Wait()
		if s.engine.Latest() != head+3 {
			t.Errorf("latest %d, want %d", s.engine.Latest(), head+3)
		}
	})
}

// Many screens at once: each command once, receipts numbered without a gap.
func TestManyScreens(t *testing.T) {
	const screens, sales = 12, 8
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		var wg sync.WaitGroup
		receipts := make(chan uint64, screens*sales)
		for i := range screens {
			wg.Go(func() {
				client := fmt.Sprint("screen-", i)
				for n := range uint64(sales) {
					order := fmt.Sprint(client, "-", n)
					reply, err := s.engine.Submit(t.Context(), client, tilltest.Owner, []engine.Numbered{
						{N: 2*n + 1, Do: add(order, "l", tilltest.Espresso)},
						{N: 2*n + 2, Do: &till.Pay{Order: order, Tender: "cash", Total: 250}}})
					if err != nil || len(reply.Receipts) != 1 || !reply.Receipts[0].Seal.Signed() {
						t.Errorf("%s: %+v, %v", order, reply, err)
						return
					}
					receipts <- reply.Receipts[0].Receipt.Number
				}
			})
		}
		wg.Wait()
		close(receipts)
		seen := map[uint64]bool{}
		for n := range receipts {
			if seen[n] || n < 1 || n > screens*sales {
				t.Errorf("receipt %d twice or out of range", n)
			}
			seen[n] = true
		}
		if len(seen) != screens*sales {
			t.Errorf("%d receipts, want %d", len(seen), screens*sales)
		}
	})
}

func TestStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.start()
		s.seed()
		e := s.engine
		s.down()
		for range 2 * 64 { // more than the inbox holds
			if _, err := e.Do(t.Context(), "", till.NoteLogin{Employee: tilltest.Owner}); !errors.Is(err, engine.ErrStopped) {
				t.Fatalf("got %v, want ErrStopped", err)
			}
		}
	})
}

// Who gives up waiting gets his error at once; the command may still be done,
// and is recognised later.
func TestGivingUp(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		synctest.Wait()
		s.unit.set(func(d *device) { d.mute = true })
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error, 1)
		move := &till.MoveCash{Amount: 100, Note: "Wechselgeld"}
		go func() {
			_, err := s.engine.Submit(ctx, "c-1", tilltest.Owner, []engine.Numbered{{N: 2, Do: move}})
			failed <- err
		}()
		synctest.Wait() // the receipt is prepared, its seal is not
		cancel()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		s.unit.set(func(d *device) { d.mute = false })
		if r := s.must(2, move); !r.Repeated || r.Receipt != 1 {
			t.Errorf("got %+v", r)
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.engine.Submit(cancelled, "c-1", tilltest.Owner, []engine.Numbered{{N: 3, Do: move}}); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		s.must(3, move)
	})
}
