package book

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	badger "github.com/dgraph-io/badger/v4"

	"github.com/tresen-pos/tresen/pos/till"
)

// saveEvery is how many commits may pass between two stored states; a start
// replays at most so many.
const saveEvery = 4000

// batch is how many commits share a transaction while catching up.
const batch = 200

// Follow applies runs of commits as they come, until the sequence ends. They
// must begin right after Applied.
func (b *Book) Follow(commits iter.Seq2[[]*till.Commit, error]) error {
	for run, err := range commits {
		for part := range slices.Chunk(run, batch) {
			if err := b.Apply(part); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Apply adds commits to the book, all or none.
func (b *Book) Apply(commits []*till.Commit) error {
	w := &writer{txn: b.db.NewTransaction(true), rows: map[uint64]*Row{}}
	defer func() { w.txn.Discard() }()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range commits {
		if c.Seq <= b.state.Seq && c.Seq <= b.applied {
			continue
		}
		if err := b.apply(w, c); err != nil {
			return fmt.Errorf("book commit %d (%s): %w", c.Seq, c.Op, err)
		}
	}
	return b.finish(w, commits[len(commits)-1].Seq)
}

// apply does one commit. Rows are written before the state moves on, because
// a closing shift is gone from it afterwards. Writing a row twice is harmless.
func (b *Book) apply(w *writer, c *till.Commit) error {
	if c.Seq > b.applied {
		for i := range c.Events {
			if err := w.event(&c.Events[i], c, b.state); err != nil {
				return err
			}
		}
	}
	if c.Seq > b.state.Seq {
		return b.state.Apply(c)
	}
	return nil
}

func (b *Book) finish(w *writer, last uint64) error {
	if err := w.flush(); err != nil {
		return err
	}
	last = max(last, b.applied)
	if err := w.txn.Set(keyApplied, binary.BigEndian.AppendUint64(nil, last)); err != nil {
		return err
	}
	if last >= b.saved+saveEvery {
		if err := b.save(w.txn, false); err != nil {
			return err
		}
	}
	if err := w.txn.Commit(); err != nil {
		return fmt.Errorf("commit book at %d: %w", last, err)
	}
	b.applied = last
	close(b.grown)
	b.grown = make(chan struct{})
	return nil
}

// save stores the state; without a transaction it makes its own.
func (b *Book) save(t *badger.Txn, lock bool) error {
	if lock {
		b.mu.Lock()
		defer b.mu.Unlock()
	}
	if b.state.Seq == 0 || b.state.Seq == b.saved {
		return nil
	}
	raw, err := pack(b.state)
	if err != nil {
		return err
	}
	if t == nil {
		err = b.db.Update(func(t *badger.Txn) error { return t.Set(keyState, raw) })
	} else {
		err = t.Set(keyState, raw)
	}
	if err == nil {
		b.saved = b.state.Seq
	}
	return err
}

// Wait returns when the book holds the commit.
func (b *Book) Wait(ctx context.Context, seq uint64) error {
	for {
		b.mu.RLock()
		applied, grown := b.applied, b.grown
		b.mu.RUnlock()
		if applied >= seq {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// writer collects the rows of one transaction; receipt rows are touched up to
// three times (prepared, sealed, voided) and written once.
type writer struct {
	txn  *badger.Txn
	rows map[uint64]*Row
}

func (w *writer) event(e *till.Event, c *till.Commit, s *till.State) error {
	switch {
	case e.ReceiptPrepared != nil:
		return w.prepared(e.ReceiptPrepared, c)
	case e.ReceiptSealed != nil:
		return w.touch(e.ReceiptSealed.Receipt, func(r *Row) {
			r.SealSeq, r.Signed = c.Seq, e.ReceiptSealed.Seal.Signed()
		})
	case e.ShiftClosed != nil:
		if s.Shift == nil {
			return fmt.Errorf("shift %d is not open", e.ShiftClosed.Shift)
		}
		return w.set(tableShift, s.Shift.ID, s.Shift.Finish(e.ShiftClosed, c))
	case e.DayClosed != nil:
		return w.closed(e.DayClosed)
	case e.MasterChanged != nil:
		return w.changed(e.MasterChanged, c, s)
	case e.OutageEnded != nil:
		return w.set(tableOutage, c.Seq, e.OutageEnded)
	}
	return nil
}

func (w *writer) prepared(r *till.Receipt, c *till.Commit) error {
	row := rowOf(r, c.Seq)
	w.rows[r.Number] = &row
	if r.VoidOf == 0 {
		return nil
	}
	return w.touch(r.VoidOf, func(old *Row) { old.VoidedBy = r.Number })
}

func (w *writer) touch(number uint64, f func(*Row)) error {
	row := w.rows[number]
	if row == nil {
		raw, err := get(w.txn, rowKey(tableReceipt, number))
		if err != nil {
			return err
		}
		if raw == nil {
			return fmt.Errorf("receipt %d is missing", number)
		}
		row = &Row{}
		if err := json.Unmarshal(raw, row); err != nil {
			return fmt.Errorf("receipt %d: %w", number, err)
		}
		w.rows[number] = row
	}
	f(row)
	return nil
}

func (w *writer) flush() error {
	for n, row := range w.rows {
		if err := w.set(tableReceipt, n, row); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) closed(z *till.Closing) error {
	if z.Totals.Last > 0 {
		if err := w.txn.Set(rowKey(tableLast, z.Totals.Last), binary.BigEndian.AppendUint64(nil, z.Number)); err != nil {
			return err
		}
	}
	return w.set(tableClosing, z.Number, z)
}

func (w *writer) changed(e *till.MasterChanged, c *till.Commit, s *till.State) error {
	var rows []Change
	raw, err := get(w.txn, rowKey(tableChange, c.Seq))
	if err != nil {
		return err
	}
	if raw != nil {
		if err := json.Unmarshal(raw, &rows); err != nil {
			return err
		}
	}
	rows = append(rows, Change{Seq: c.Seq, At: c.At, By: c.By, ByName: s.Catalog.Employees[c.By].Name,
		Kind: e.Kind, ID: e.ID, Old: e.Old, New: e.New})
	return w.set(tableChange, c.Seq, rows)
}

func (w *writer) set(table byte, n uint64, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return w.txn.Set(rowKey(table, n), raw)
}
