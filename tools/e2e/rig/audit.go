package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/hal/tse/softtse"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
)

// Books is all a stopped box has written, read without its help.
type Books struct {
	Commits  []*till.Commit
	State    *till.State // by replay
	Receipts map[uint64]till.Receipt
	Seals    map[uint64]fiscal.Seal
	Aborts   []fiscal.Seal
}

// ReadBooks verifies the journal byte by byte and replays it: an error is a
// broken chain, a gap in the numbers or an event the rules do not know.
func ReadBooks(dir string) (*Books, error) {
	if _, err := journal.Verify(dir, journal.Options{}); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	j, err := journal.OpenReadOnly(dir, journal.Options{})
	if err != nil {
		return nil, err
	}
	b := &Books{State: till.New(), Receipts: map[uint64]till.Receipt{}, Seals: map[uint64]fiscal.Seal{}}
	for rec, err := range j.Read(1, 0) {
		if err != nil {
			return nil, errors.Join(err, j.Close())
		}
		if err := b.add(rec); err != nil {
			return nil, errors.Join(err, j.Close())
		}
	}
	return b, j.Close()
}

func (b *Books) add(rec journal.Record) error {
	c, err := engine.Decode(rec)
	if err != nil {
		return err
	}
	if err := b.State.Apply(c); err != nil {
		return err
	}
	b.Commits = append(b.Commits, c)
	for _, e := range c.Events {
		switch {
		case e.ReceiptPrepared != nil:
			b.Receipts[e.ReceiptPrepared.Number] = *e.ReceiptPrepared
		case e.ReceiptSealed != nil:
			if _, ok := b.Seals[e.ReceiptSealed.Receipt]; ok {
				return fmt.Errorf("receipt %d is sealed twice", e.ReceiptSealed.Receipt)
			}
			b.Seals[e.ReceiptSealed.Receipt] = e.ReceiptSealed.Seal
		case e.ProcessAborted != nil:
			b.Aborts = append(b.Aborts, e.ProcessAborted.Seal)
		}
	}
	return nil
}

// Whole checks what must hold in any books: numbers without gap, every receipt
// sealed.
func (b *Books) Whole() error {
	for n := uint64(1); n <= b.State.Receipts; n++ {
		if _, ok := b.Receipts[n]; !ok {
			return fmt.Errorf("receipt %d is missing", n)
		}
		if _, ok := b.Seals[n]; !ok {
			return fmt.Errorf("receipt %d is not sealed", n)
		}
	}
	if len(b.Receipts) != int(b.State.Receipts) {
		return fmt.Errorf("%d receipts, the last is %d", len(b.Receipts), b.State.Receipts)
	}
	return nil
}

// Units compares the books with the signing unit's own log: every signature in
// the books stands in the log, and every finished receipt of the log belongs to
// exactly one receipt of the books.
func (b *Books) Units(dir string) error {
	finished, err := finishes(dir)
	if err != nil {
		return err
	}
	claimed := map[uint64]uint64{}
	for n, s := range b.Seals {
		if !s.Signed() {
			continue
		}
		if other, ok := claimed[s.Transaction]; ok {
			return fmt.Errorf("receipts %d and %d share transaction %d", other, n, s.Transaction)
		}
		claimed[s.Transaction] = n
		e, ok := finished[s.Transaction]
		if !ok || e.Counter != s.Counter || string(e.ProcessData) != s.ProcessData {
			return fmt.Errorf("receipt %d: transaction %d is not in the unit's log as in the books", n, s.Transaction)
		}
	}
	for n, e := range finished {
		if _, ok := claimed[n]; !ok && !bytes.HasPrefix(e.ProcessData, []byte(fiscal.Aborted)) {
			return fmt.Errorf("the unit signed transaction %d (%s), which no receipt claims", n, e.ProcessData)
		}
	}
	return nil
}

func finishes(dir string) (map[uint64]tse.Entry, error) {
	v, err := softtse.OpenView(dir)
	if err != nil {
		return nil, err
	}
	out := map[uint64]tse.Entry{}
	for from := uint64(1); ; {
		list, err := v.Entries(context.Background(), from, 1000)
		if err != nil || len(list) == 0 {
			return out, errors.Join(err, v.Close())
		}
		for _, e := range list {
			from = e.Counter + 1
			if e.Operation != "FinishTransaction" {
				continue
			}
			if _, ok := out[e.Transaction]; ok {
				return nil, fmt.Errorf("transaction %d is finished twice", e.Transaction)
			}
			out[e.Transaction] = e
		}
	}
}

// SameState compares a state with the one that replay gives, as JSON.
func (b *Books) SameState(running json.RawMessage) error {
	want, err := json.Marshal(b.State)
	if err != nil {
		return err
	}
	if !bytes.Equal(running, want) {
		return fmt.Errorf("the running state differs from the replayed one:\n%s\n%s", running, want)
	}
	return nil
}
