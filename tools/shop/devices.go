package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/tresen-pos/tresen/hal/printer/printersim"
	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/hal/tse/softtse"
	"github.com/tresen-pos/tresen/tools/shop/desk"
)

// printerDesk shows the simulated printer, its roll and its drawer.
type printerDesk struct {
	sim *printersim.Sim

	mu    sync.Mutex // guards state
	state desk.PrinterState
}

// State implements desk.Printer.
func (p *printerDesk) State() desk.PrinterState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Set implements desk.Printer.
func (p *printerDesk) Set(f desk.Fault, on bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch f {
	case desk.PaperOut:
		p.sim.PaperOut(on)
		p.state.PaperOut = on
	case desk.CoverOpen:
		p.sim.CoverOpen(on)
		p.state.CoverOpen = on
	case desk.PowerOff:
		p.state.PowerOff = on
		if on {
			p.sim.PowerOff()
			return nil
		}
		return p.sim.PowerOn()
	default:
		return fmt.Errorf("a printer knows no fault %q", f)
	}
	return nil
}

// Papers implements desk.Roll.
func (p *printerDesk) Papers(after int) []desk.Paper {
	var out []desk.Paper
	for _, x := range p.sim.Papers() {
		if x.ID <= after {
			continue
		}
		b := x.Image().Bounds()
		out = append(out, desk.Paper{Number: x.ID, At: x.Time, Width: b.Dx(), Height: b.Dy()})
	}
	return out
}

// PNG implements desk.Roll.
func (p *printerDesk) PNG(number int) ([]byte, error) {
	for _, x := range p.sim.Papers() {
		if x.ID == number {
			return x.PNG()
		}
	}
	return nil, desk.ErrNoPaper
}

// drawerDesk is the drawer below the printer.
type drawerDesk struct{ sim *printersim.Sim }

// Open implements desk.Drawer.
func (d drawerDesk) Open() bool { return d.sim.Drawer().Open }

// Push implements desk.Drawer.
func (d drawerDesk) Push() error { d.sim.CloseDrawer(); return nil }

// stick is the signing unit: a folder, as a stick is a mounted volume. Pulling
// it renames the folder away.
type stick struct {
	dir string

	mu   sync.Mutex // guards last
	last desk.StickState
}

func (s *stick) pulled() string { return s.dir + ".pulled" }

// Plug implements desk.Stick.
func (s *stick) Plug(in bool) error {
	from, to := s.dir, s.pulled()
	if in {
		from, to = to, from
	}
	err := os.Rename(from, to)
	if errors.Is(err, os.ErrNotExist) {
		return nil // it is so already
	}
	return err
}

func (s *stick) plugged() bool {
	_, err := os.Stat(filepath.Join(s.dir, "unit.json"))
	return err == nil
}

// State implements desk.Stick.
func (s *stick) State(context.Context) desk.StickState {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last.Plugged, s.last.Message = s.plugged(), ""
	if !s.last.Plugged {
		return s.last
	}
	t, err := softtse.OpenView(s.dir)
	if err != nil {
		s.last.Message = err.Error()
		return s.last
	}
	defer t.Close()
	st, info := t.Status(), t.Info()
	s.last.Serial, s.last.Algorithm, s.last.Description = info.Serial, info.Algorithm, info.Description
	s.last.Counter, s.last.Transactions, s.last.Open = st.SignatureCounter, st.TransactionCounter, st.Open
	return s.last
}

// Entries implements desk.Stick.
func (s *stick) Entries(ctx context.Context, from uint64, limit int) ([]tse.Entry, error) {
	t, err := softtse.OpenView(s.dir)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	return t.Entries(ctx, from, limit)
}
