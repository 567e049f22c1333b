package swissbit_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/hal/tse/softtse"
	"github.com/tresen-pos/tresen/hal/tse/swissbit"
	"github.com/tresen-pos/tresen/hal/tse/tsesim"
)

func TestLadder(t *testing.T) {
	refuse := func(w uint16) func(*rig) {
		return func(r *rig) {
			r.stick.Script(tsesim.Fault{Code: 0x90, Event: tsesim.AnyEvent, Kind: tsesim.Refuse, Word: w})
		}
	}
	for _, c := range []struct {
		name  string
		upset func(*rig)
	}{
		{"log in again", refuse(0x100F)},
		{"set the time", refuse(0x1002)},
		{"self-test", refuse(0x1054)},
		{"self-test not passed", refuse(0x1055)},
		{"interface switched off", func(r *rig) {
			if err := r.dev.Disable(context.Background()); err != nil {
				r.t.Fatal(err)
			}
		}},
		{"pulled and back", func(r *rig) {
			if err := errors.Join(r.stick.Unplug(), r.stick.Plug()); err != nil {
				r.t.Fatal(err)
			}
		}},
		{"an answer of arbitrary bytes", func(r *rig) {
			r.stick.Script(tsesim.Fault{Code: 0x90, Event: 0, Kind: tsesim.Garbage, Done: true})
		}},
		{"a cut answer", func(r *rig) {
			r.stick.Script(tsesim.Fault{Code: 0x90, Event: 0, Kind: tsesim.Short, Done: true})
		}},
		{"a slow stick", func(r *rig) {
			r.stick.Script(tsesim.Fault{Code: 0x95, Event: 0, Kind: tsesim.Late, N: 30}, tsesim.Fault{Code: 0x95, Event: 2, Kind: tsesim.Late, N: 30})
		}},
		{"data have not arrived", func(r *rig) {
			r.stick.Script(tsesim.Fault{Code: 0x95, Event: 2, Kind: tsesim.Refuse, Word: 0x1006})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := open(t, tsesim.Options{Curve: softtse.P256})
			r.sale("before")
			c.upset(r)
			r.sale("after")
			if n := r.stick.Left(); n != 0 {
				t.Errorf("%d faults did not happen", n)
			}
			rep, finishes := r.verified()
			if len(rep.Problems) != 0 || len(finishes) != 2 || finishes["after"] != 1 {
				t.Errorf("log %v, problems %+v", finishes, rep.Problems)
			}
		})
	}
}

// Each rung is climbed once; then the error stands, and the next call begins anew.
func TestLadderEnds(t *testing.T) {
	r := open(t, tsesim.Options{Curve: softtse.P256})
	ctx := context.Background()
	f := tsesim.Fault{Code: 0x90, Event: 0, Kind: tsesim.Refuse, Word: 0x1054}
	r.stick.Script(f, f, f)
	var w swissbit.Word
	if _, err := r.dev.Start(ctx, client, "", nil); !errors.As(err, &w) || w != 0x1054 || r.stick.Left() != 1 {
		t.Errorf("self-test that does not help: %v, %d faults left", err, r.stick.Left())
	}
	if err := r.stick.Unplug(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := r.dev.Start(ctx, client, "", nil); !errors.Is(err, tse.ErrGone) || r.dev.Health().Code != "tse-gone" {
			t.Errorf("pulled: %v, %+v", err, r.dev.Health())
		}
	}
	if err := r.stick.Plug(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.dev.Start(ctx, client, "", nil); err != nil || r.dev.Health().Code != "" {
		t.Errorf("back, with one fault more: %v", err)
	}
}

// A wrong PIN is tried twice in all, never a third time, whatever the calls; the right one from then on is refused, too.
func TestNeverAThirdTry(t *testing.T) {
	r := open(t, tsesim.Options{Curve: softtse.P256})
	ctx := context.Background()
	if err := r.dev.Close(); err != nil {
		t.Fatal(err)
	}
	kept := &kept{left: map[swissbit.User]int{}}
	r.opt.TimeAdminPIN, r.opt.Tries = "00000", kept
	r.openDevice()
	var w swissbit.Word
	if err := r.dev.Login(ctx, swissbit.TimeAdmin); !errors.As(err, &w) || w != 0x1102 {
		t.Errorf("first try: %v", err)
	}
	if err := r.dev.Login(ctx, swissbit.TimeAdmin); !errors.As(err, &w) || w != 0x1101 {
		t.Errorf("second try: %v", err)
	}
	for range 3 { // a box that is started again and again
		if err := r.dev.Close(); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.stick.Unplug(), r.stick.Plug()); err != nil {
			t.Fatal(err)
		}
		r.openDevice()
		if err := r.dev.Login(ctx, swissbit.TimeAdmin); !errors.Is(err, swissbit.ErrLastTry) {
			t.Errorf("third try: %v", err)
		}
		if _, err := r.dev.Start(ctx, client, "", nil); !errors.Is(err, swissbit.ErrLastTry) || r.dev.Health().Code != "tse-pin" {
			t.Errorf("start: %v", err)
		}
	}
	if n := r.stick.Tries(2); n != 1 {
		t.Errorf("the stick counts %d tries left", n)
	}
	if err := r.dev.Login(ctx, swissbit.Admin); err != nil {
		t.Errorf("the other user's PIN: %v", err)
	}
	blocked := tsesim.Fault{Code: 0x20, Event: tsesim.AnyEvent, Kind: tsesim.Refuse, Word: 0x1201}
	r.stick.Script(blocked)
	if err := r.dev.Login(ctx, swissbit.Admin); !errors.As(err, &w) || w != 0x1201 {
		t.Errorf("blocked: %v", err)
	}
	if err := r.dev.Login(ctx, swissbit.Admin); !errors.Is(err, swissbit.ErrLastTry) {
		t.Errorf("after blocked: %v", err)
	}
}

// A try whose answer was lost counts as failed until one does well.
func TestTryWithoutAnswer(t *testing.T) {
	r := open(t, tsesim.Options{Curve: softtse.P256})
	kept := &kept{left: map[swissbit.User]int{}}
	r.opt.Tries = kept
	if err := r.dev.Close(); err != nil {
		t.Fatal(err)
	}
	r.openDevice()
	r.stick.Script(tsesim.Fault{Code: 0x20, Event: tsesim.AnyEvent, Kind: tsesim.Unplug, Done: true})
	if err := r.dev.Login(context.Background(), swissbit.Admin); !errors.Is(err, tse.ErrGone) || kept.left[swissbit.Admin] != 2 {
		t.Errorf("pulled in mid-try: %v, %d left", err, kept.left[swissbit.Admin])
	}
	if err := r.stick.Plug(); err != nil {
		t.Fatal(err)
	}
	if err := r.dev.Login(context.Background(), swissbit.Admin); err != nil || kept.left[swissbit.Admin] != 3 {
		t.Errorf("again: %v, %d left", err, kept.left[swissbit.Admin])
	}
	r.opt.AdminPIN = ""
	if err := r.dev.Close(); err != nil {
		t.Fatal(err)
	}
	r.openDevice()
	if err := r.dev.Login(context.Background(), swissbit.Admin); !errors.Is(err, swissbit.ErrNoPIN) {
		t.Errorf("no PIN: %v", err)
	}
}

// kept remembers tries beyond a handle, as the box does on disk.
type kept struct{ left map[swissbit.User]int }

func (k *kept) Left(_ string, u swissbit.User) (int, bool) {
	n, known := k.left[u]
	return n, known
}

func (k *kept) Note(_ string, u swissbit.User, left int) error {
	k.left[u] = left
	return nil
}

// Another stick in the same place is not taken for the one that was opened.
func TestOtherStick(t *testing.T) {
	r := open(t, tsesim.Options{Curve: softtse.P256})
	if err := r.stick.Swap(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.dev.Start(context.Background(), client, "", nil); !errors.Is(err, tse.ErrOtherUnit) {
		t.Errorf("other stick: %v", err)
	}
}
