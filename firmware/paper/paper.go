// Package paper finds what a page needs in the books and lets pos/slip make the
// page: for the printer, for the screen, first prints and copies alike. It has
// no goroutines.
package paper

import (
	"context"
	"errors"
	"fmt"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/fiscal/de"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/slip"
	"github.com/tresen-pos/tresen/pos/till"
)

// Maker makes pages from the books.
type Maker struct {
	Engine  *engine.Engine
	Book    *book.Book
	Journal *journal.Journal
	Demo    func() bool // the signing unit is a demonstration
}

// ErrNone says that the receipt, shift or closing does not exist.
var ErrNone = book.ErrNone

// Found is a receipt with all that belongs to it.
type Found struct {
	Receipt *till.Receipt
	Seal    *fiscal.Seal // nil: not sealed yet
	Row     book.Row
}

// Find reads a receipt; the freshest is found, too.
func (m *Maker) Find(ctx context.Context, number uint64) (Found, error) {
	if err := m.Book.Wait(ctx, m.Engine.Latest()); err != nil {
		return Found{}, err
	}
	r, s, row, err := m.Book.Receipt(number, m.commit)
	if err != nil {
		return Found{}, fmt.Errorf("find receipt %d: %w", number, err)
	}
	return Found{r, s, row}, nil
}

func (m *Maker) commit(seq uint64) (*till.Commit, error) {
	rec, err := m.Journal.Get(seq)
	if err != nil {
		return nil, err
	}
	return engine.Decode(rec)
}

// Archive gives the engine the receipts it does not keep.
type Archive struct{ Maker *Maker }

// Receipt returns a finished receipt, nil if there is none of that number.
func (a Archive) Receipt(ctx context.Context, number uint64) (*till.Receipt, error) {
	f, err := a.Maker.Find(ctx, number)
	if errors.Is(err, ErrNone) {
		return nil, nil
	}
	return f.Receipt, err
}

// Receipt makes the page of a receipt.
func (m *Maker) Receipt(ctx context.Context, number uint64, again bool) (slip.Doc, error) {
	f, err := m.Find(ctx, number)
	if err != nil {
		return slip.Doc{}, err
	}
	return m.Page(f, again), nil
}

// Page makes the page of a receipt that was found.
func (m *Maker) Page(f Found, again bool) slip.Doc {
	c := m.context(f.Receipt.Header)
	c.Copy, c.VoidedBy = again, f.Row.VoidedBy
	if f.Seal != nil {
		c.QR = de.QR(*f.Seal)
	}
	return slip.Receipt(*f.Receipt, f.Seal, c)
}

// Closing makes the page of a Z.
func (m *Maker) Closing(ctx context.Context, number uint64, again bool) (till.Closing, slip.Doc, error) {
	if err := m.Book.Wait(ctx, m.Engine.Latest()); err != nil {
		return till.Closing{}, slip.Doc{}, err
	}
	z, err := m.Book.Closing(number)
	if err != nil {
		return z, slip.Doc{}, fmt.Errorf("find closing %d: %w", number, err)
	}
	c := m.context(z.Header)
	c.Copy = again
	outages, err := m.Book.Outages()
	for _, o := range outages {
		if o.Until.After(z.Start) && o.Since.Before(z.At) {
			c.Outages = append(c.Outages, o)
		}
	}
	return z, slip.Closing(z, c), err
}

// Shift makes the sheet of a finished shift, or of the open one as it stands.
func (m *Maker) Shift(ctx context.Context, id uint64, again bool) (till.Shift, slip.Doc, error) {
	if err := m.Book.Wait(ctx, m.Engine.Latest()); err != nil {
		return till.Shift{}, slip.Doc{}, err
	}
	x, err := m.Book.Shift(id)
	if errors.Is(err, ErrNone) {
		if open := m.open(); open != nil && open.ID == id {
			x, err = *open, nil
		}
	}
	if err != nil {
		return x, slip.Doc{}, fmt.Errorf("find shift %d: %w", id, err)
	}
	c := m.context(-1)
	c.Copy = again
	return x, slip.Shift(x, c), nil
}

// Report makes the page of an X report.
func (m *Maker) Report(r *till.Reported, commit *till.Commit) slip.Doc {
	c := m.context(-1)
	c.At = commit.At
	return slip.Report(r.Shift, r.Day, c)
}

func (m *Maker) open() *till.Shift {
	var open *till.Shift
	m.Engine.Read(func(s *till.State) { open = s.OpenShift() })
	return open
}

// context knows the company as it was when the header was frozen; -1 is now.
func (m *Maker) context(header int) slip.Context {
	var c slip.Context
	m.Engine.Read(func(s *till.State) {
		c.Company, c.Register, c.Unit = s.Catalog.Company, s.Catalog.Register, s.Unit
		if header >= 0 && header < len(s.Headers) {
			c.Company = s.Headers[header]
		}
	})
	c.Demo = m.Demo()
	return c
}
