package desk

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// bench is a desk full of toys.
type bench struct {
	mu      sync.Mutex
	printer PrinterState
	papers  []Paper
	open    bool
	stick   StickState
	log     []tse.Entry
	box     BoxState
	cut     bool
	fail    error
}

type (
	toyPrinter struct{ *bench }
	toyRoll    struct{ *bench }
	toyDrawer  struct{ *bench }
	toyStick   struct{ *bench }
	toyBox     struct{ *bench }
	toyLink    struct{ *bench }
)

func (b *bench) locked(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

func (b toyPrinter) State() (s PrinterState) { b.locked(func() { s = b.printer }); return }

func (b toyPrinter) Set(f Fault, on bool) error {
	b.locked(func() {
		switch f {
		case PaperOut:
			b.printer.PaperOut = on
		case CoverOpen:
			b.printer.CoverOpen = on
		case PowerOff:
			b.printer.PowerOff = on
		}
	})
	return b.fail
}

func (b toyRoll) Papers(after int) (list []Paper) {
	b.locked(func() {
		for _, p := range b.papers {
			if p.Number > after {
				list = append(list, p)
			}
		}
	})
	return
}

func (b toyRoll) PNG(n int) ([]byte, error) {
	switch {
	case b.fail != nil:
		return nil, b.fail
	case n > len(b.papers):
		return nil, ErrNoPaper
	}
	return []byte("png"), nil
}

func (b toyDrawer) Open() (open bool) { b.locked(func() { open = b.open }); return }
func (b toyDrawer) Push() error       { b.locked(func() { b.open = false }); return b.fail }

func (b toyStick) State(context.Context) (s StickState) { b.locked(func() { s = b.stick }); return }

func (b toyStick) Entries(_ context.Context, from uint64, limit int) (list []tse.Entry, err error) {
	b.locked(func() {
		if !b.stick.Plugged {
			err = tse.ErrGone
			return
		}
		i := slices.IndexFunc(b.log, func(e tse.Entry) bool { return e.Counter >= from })
		if i >= 0 {
			list = b.log[i:min(i+limit, len(b.log))]
		}
	})
	return
}

func (b toyStick) Plug(in bool) error { b.locked(func() { b.stick.Plugged = in }); return b.fail }

func (b toyBox) State() (s BoxState) { b.locked(func() { s = b.box }); return }

func (b toyBox) Kill() error {
	b.locked(func() { b.box = BoxState{State: Waiting, Restarts: b.box.Restarts + 1} })
	return b.fail
}

func (b toyLink) Up() (up bool)      { b.locked(func() { up = !b.cut }); return }
func (b toyLink) Cut(cut bool) error { b.locked(func() { b.cut = cut }); return b.fail }

// print adds a piece of paper.
func (b *bench) print() {
	b.locked(func() { b.papers = append(b.papers, Paper{Number: len(b.papers) + 1, Width: 576, Height: 900}) })
}

// sign adds n log messages.
func (b *bench) sign(n int) {
	b.locked(func() {
		for range n {
			b.stick.Counter++
			b.log = append(b.log, tse.Entry{Counter: b.stick.Counter, Kind: tse.KindTransaction,
				Operation: "StartTransaction", Transaction: 1, ClientID: "demo"})
		}
	})
}

var errToy = errors.New("the toy is broken")

// newBench returns a desk whose watchers look only when poked.
func newBench(*testing.T) (*bench, *Desk) {
	b := &bench{stick: StickState{Plugged: true}, box: BoxState{State: Running, PID: 4711}}
	never := func(time.Duration) <-chan time.Time { return nil }
	return b, New(Deps{Printer: toyPrinter{b}, Roll: toyRoll{b}, Drawer: toyDrawer{b}, Stick: toyStick{b},
		Box: toyBox{b}, Link: toyLink{b}, Welcome: Welcome{Shop: "Café Probe"}, After: never})
}
