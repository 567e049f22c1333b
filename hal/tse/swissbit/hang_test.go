package swissbit_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/hal/tse/softtse"
	"github.com/tresen-pos/tresen/hal/tse/tsesim"
)

// A read that hangs in the kernel hangs neither its caller, nor the next one, nor Close.
func TestHungRead(t *testing.T) {
	r := open(t, tsesim.Options{Curve: softtse.P256})
	r.stick.Script(tsesim.Fault{Code: 0x95, Event: 0, Kind: tsesim.Hang, Done: true})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-r.hit; cancel() }()
	if _, err := r.dev.Start(ctx, client, "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("start: %v", err)
	}
	if _, err := r.dev.Start(context.Background(), client, "", nil); !errors.Is(err, tse.ErrGone) || !strings.Contains(err.Error(), "hangs") {
		t.Errorf("next call: %v", err)
	}
	r.stick.Release()
	open, err := r.dev.Pending(context.Background())
	if err != nil || len(open) != 1 || open[0].ClientID != client || open[0].StartCounter == 0 {
		t.Errorf("after it: pending %+v, %v", open, err)
	}
	r.stick.Script(tsesim.Fault{Code: 0x40, Event: tsesim.AnyEvent, Kind: tsesim.Hang})
	ctx, cancel = context.WithCancel(context.Background())
	go func() { <-r.hit; cancel() }()
	if err := r.dev.SelfTest(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("self-test: %v", err)
	}
	if err := r.dev.Close(); !errors.Is(err, tse.ErrStorage) {
		t.Errorf("close: %v", err)
	}
	r.stick.Release()
	if _, err := r.dev.Status(context.Background()); !errors.Is(err, tse.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	// The goroutine that hung lets go of the lock; how soon is the kernel's business, so this waits as long as the test may.
	for {
		if f, err := r.opened(); err == nil {
			_ = f.Close()
			return
		} else if !errors.Is(err, tse.ErrInUse) {
			t.Fatal(err)
		}
	}
}
