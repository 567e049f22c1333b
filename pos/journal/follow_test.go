package journal_test

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
)

// TestFollowSeesOnlyDurable: what is written but not synced is not shown, not even to a follower that waits for it.
func TestFollowSeesOnlyDurable(t *testing.T) { synctest.Test(t, followOnlyDurable) }

func followOnlyDurable(t *testing.T) {
	j := mustOpen(t, options(memdisk.New(0), 4096))
	put(t, j, 1, 5)
	if _, err := j.Append(entry(6), entry(7)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	seen := make(chan uint64) // unbuffered: the follower is as slow as the test
	done := make(chan struct{})
	go func() {
		defer close(done)
		for rec, err := range j.Follow(ctx, 2) {
			if err != nil {
				t.Error(err)
				return
			}
			if rec.Seq > j.Durable() {
				t.Errorf("record %d is shown, durable is %d", rec.Seq, j.Durable())
			}
			seen <- rec.Seq
		}
	}()
	for want := uint64(2); want <= 5; want++ {
		if got := <-seen; got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	}
	synctest.Wait() // the follower has nothing left to do but wait
	select {
	case got := <-seen:
		t.Fatalf("record %d is shown and not durable", got)
	default:
	}
	if err := j.Sync(7); err != nil {
		t.Fatal(err)
	}
	for want := uint64(6); want <= 7; want++ {
		if got := <-seen; got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	}
	put(t, j, 8, 60) // the follower is stuck in none of these
	for want := uint64(8); want <= 60; want++ {
		if got := <-seen; got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	}
	cancel()
	<-done
	j.Close()
}

// TestFollowEnds with the journal.
func TestFollowEnds(t *testing.T) {
	for _, fail := range []bool{false, true} {
		d := memdisk.New(0)
		j := mustOpen(t, options(d, 4096))
		put(t, j, 1, 3)
		if err := j.TopUp(); err != nil {
			t.Fatal(err)
		}
		got, third := make(chan error, 1), make(chan struct{}) // one result
		go func() {
			for rec, err := range j.Follow(context.Background(), 0) {
				if err != nil {
					got <- err
				} else if rec.Seq == 3 {
					close(third)
				}
			}
		}()
		<-third
		want := journal.ErrClosed
		if fail {
			d.Arm(memdisk.Fault{Ops: memdisk.OpDatasync, Nth: 1, Err: syscall.EIO})
			if _, err := j.Append(entry(4)); err != nil {
				t.Fatal(err)
			}
			if err := j.Sync(4); err == nil {
				t.Fatal("Sync succeeded")
			}
			want = journal.ErrFailed
		} else {
			j.Close()
		}
		if err := <-got; !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		j.Close()
	}
}

// TestReadersBesideWriter: opening for reading and verifying while records are written never cries damage.
func TestReadersBesideWriter(t *testing.T) {
	folder := t.TempDir()
	o := journal.Options{SegmentSize: 64 << 10, Fatal: func(err error) { t.Error(err) }}
	j, err := journal.Open(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			seq, err := j.Append(entry(i), entry(i+1))
			if err == nil {
				err = j.Sync(seq)
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 60 {
		durable := j.Durable()
		ro, err := journal.OpenReadOnly(folder, o)
		if err != nil {
			t.Fatalf("OpenReadOnly: %v", err)
		}
		if ro.Damage() != nil || ro.Head() < durable {
			t.Fatalf("damage %v, head %d, durable was %d", ro.Damage(), ro.Head(), durable)
		}
		for _, err := range ro.Read(max(1, durable), 0) {
			if err != nil {
				t.Error(err)
			}
		}
		ro.Close()
		if r, err := journal.Verify(folder, o); err != nil || len(r.Damage) > 0 {
			t.Fatalf("Verify: %v, %v", err, r.Damage)
		}
	}
	close(stop)
	wg.Wait()
	j.Close()
}

// TestManyFollowers run beside four writers, each from another place, and see the same unbroken chain.
func TestManyFollowers(t *testing.T) {
	const writers, each, followers = 4, 80, 5
	j := mustOpen(t, options(memdisk.New(0), 8192))
	var wg sync.WaitGroup
	for f := range followers {
		wg.Go(func() {
			next := uint64(1 + f*10)
			for rec, err := range j.Follow(t.Context(), next) {
				if err != nil || rec.Seq != next {
					t.Errorf("follower %d: got %d, %v, want %d", f, rec.Seq, err, next)
					return
				}
				if next++; next > writers*each {
					return
				}
			}
		})
	}
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				seq, err := j.Append(entry(w*each + i))
				if err == nil {
					err = j.Sync(seq)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}
