package book

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
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

// Apply adds commits to the book, all or none. An error condemns the book: the
// next Open moves it aside.
func (b *Book) Apply(commits []*till.Commit) error {
	if len(commits) == 0 {
		return nil
	}
	if err := b.add(commits); err != nil {
		return b.condemn(err)
	}
	return nil
}

func (b *Book) add(commits []*till.Commit) error {
	w := &writer{db: b.db, txn: b.db.NewTransaction(true), rows: map[uint64]*Row{}}
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
		if err := w.changed(c.Seq); err != nil {
			return err
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
	if err := w.put(keyApplied, binary.BigEndian.AppendUint64(nil, last)); err != nil {
		return err
	}
	saved := b.saved
	if b.state.Seq >= saved+saveEvery {
		raw, err := pack(b.state)
		if err != nil {
			return err
		}
		if err := w.put(keyState, raw); err != nil {
			return err
		}
		saved = b.state.Seq
	}
	if err := w.txn.Commit(); err != nil {
		return fmt.Errorf("commit book at %d: %w", last, err)
	}
	b.applied, b.saved = last, saved
	close(b.grown)
	b.grown = make(chan struct{})
	return nil
}

// save stores the state, if it is not the stored one already. After a failed
// Apply it may be ahead of the rows; then the old one is as good.
func (b *Book) save() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state.Seq == b.saved || b.state.Seq > b.applied {
		return nil
	}
	raw, err := pack(b.state)
	if err != nil {
		return err
	}
	if err := b.db.Update(func(t *badger.Txn) error { return t.Set(keyState, raw) }); err != nil {
		return fmt.Errorf("store the state of %d: %w", b.state.Seq, err)
	}
	b.saved = b.state.Seq
	return nil
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
	db      *badger.DB
	txn     *badger.Txn
	rows    map[uint64]*Row
	changes []Change // of one commit
}

// put adds to the transaction. One that is full is committed without "applied
// up to n", and another one goes on: first data of ten thousand articles do not
// fit. After a power cut between them the rows are written again.
func (w *writer) put(key, value []byte) error {
	err := w.txn.Set(key, value)
	if !errors.Is(err, badger.ErrTxnTooBig) {
		return err
	}
	if err := w.txn.Commit(); err != nil {
		return fmt.Errorf("commit a part of the book: %w", err)
	}
	w.txn = w.db.NewTransaction(true)
	return w.txn.Set(key, value)
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
		x := e.MasterChanged
		w.changes = append(w.changes, Change{Seq: c.Seq, At: c.At, By: c.By, ByName: s.Catalog.Employees[c.By].Name,
			Kind: x.Kind, ID: x.ID, Old: x.Old, New: x.New})
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
		if err := w.put(rowKey(tableLast, z.Totals.Last), binary.BigEndian.AppendUint64(nil, z.Number)); err != nil {
			return err
		}
	}
	return w.set(tableClosing, z.Number, z)
}

// changesPerRow keeps a row far below the size of a transaction.
const changesPerRow = 50

// changed writes the changes of a commit: the first row under its number, more
// of them behind it.
func (w *writer) changed(seq uint64) error {
	key := rowKey(tableChange, seq)
	for part := range slices.Chunk(w.changes, changesPerRow) {
		raw, err := json.Marshal(part)
		if err != nil {
			return err
		}
		if err := w.put(key, raw); err != nil {
			return err
		}
		if len(key) == 9 {
			key = append(key, 0, 0, 0, 0)
		}
		key = slices.Clone(key) // Badger keeps the old one until the commit
		binary.BigEndian.PutUint32(key[9:], binary.BigEndian.Uint32(key[9:])+1)
	}
	w.changes = w.changes[:0]
	return nil
}

func (w *writer) set(table byte, n uint64, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return w.put(rowKey(table, n), raw)
}
