package swissbit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// maxStarts bounds the start times kept in memory; those of others are read from the store.
const maxStarts = 1024

// request is one step of a transaction.
type request struct {
	event       byte
	client      string
	tx          uint64
	processType string
	data        []byte
}

// Start opens a transaction. Errors: tse.ErrParameter, tse.ErrClientNotRegistered, tse.ErrTooManyTransactions, tse.ErrTimeNotSet,
// tse.ErrStorageFull, tse.ErrGone, tse.ErrOtherUnit, tse.ErrClosed or another Word: nothing was started. tse.ErrStorage and the
// context's errors: unknown, a transaction of this client may show up in Pending.
func (d *Device) Start(ctx context.Context, client, processType string, data []byte) (tse.Started, error) {
	s, err := d.transact(ctx, request{eventStart, client, 0, processType, data})
	if err != nil {
		return tse.Started{}, fmt.Errorf("start transaction of client %s: %w", client, err)
	}
	return tse.Started{Transaction: s.tx, LogTime: s.logTime, Counter: s.counter, Signature: s.signature, Serial: bytes.Clone(s.serial[:])}, nil
}

// Update adds process data to an open transaction, signed at once. Errors: as Finish.
func (d *Device) Update(ctx context.Context, client string, tx uint64, processType string, data []byte) error {
	if _, err := d.transact(ctx, request{eventUpdate, client, tx, processType, data}); err != nil {
		return fmt.Errorf("update transaction %d of client %s: %w", tx, client, err)
	}
	return nil
}

// Finish ends a transaction. Errors: as Start, and tse.ErrTransactionNotFound when tx is not open (it may be finished: ask
// LastFinish). tse.ErrStorage and the context's errors: unknown, ask LastFinish. StartTime is zero when the start is not in the store.
func (d *Device) Finish(ctx context.Context, client string, tx uint64, processType string, data []byte) (tse.Finished, error) {
	var start time.Time
	s, err := d.transactAfter(ctx, request{eventFinish, client, tx, processType, data}, func(ctx context.Context) (err error) {
		start, err = d.startOf(ctx, tx)
		return err
	})
	if err != nil {
		return tse.Finished{}, fmt.Errorf("finish transaction %d of client %s: %w", tx, client, err)
	}
	i := d.Info()
	return tse.Finished{
		Transaction: tx, ClientID: client, ProcessType: processType, ProcessData: bytes.Clone(data), StartTime: start, LogTime: s.logTime,
		Counter: s.counter, Signature: s.signature, Algorithm: i.Algorithm, TimeFormat: i.TimeFormat,
		PublicKey: bytes.Clone(i.PublicKey), Serial: bytes.Clone(s.serial[:]),
	}, nil
}

func (d *Device) transact(ctx context.Context, q request) (signed, error) {
	return d.transactAfter(ctx, q, func(context.Context) error { return nil })
}

// transactAfter runs before and the request in one turn.
func (d *Device) transactAfter(ctx context.Context, q request, before func(context.Context) error) (signed, error) {
	if err := checkTransaction(q.client, q.processType, q.data); err != nil {
		return signed{}, err
	}
	q.data = bytes.Clone(q.data) // a call that is given up may still read it
	var s signed
	err := d.do(ctx, d.opt.Timeout, func(ctx context.Context) error {
		return d.climb(ctx, TimeAdmin, func(ctx context.Context) (err error) {
			if err = before(ctx); err == nil {
				s, err = d.once(ctx, q)
			}
			return err
		})
	})
	if err != nil {
		return signed{}, err
	}
	return s, nil
}

// once makes one attempt. Until "close transaction" is written nothing is signed; from then on only a word that refuses is certain.
func (d *Device) once(ctx context.Context, q request) (signed, error) {
	at, err := d.port.exchange(ctx, codeOpen, openArgs(q.event, q.client, q.tx, len(q.data), q.processType))
	if err != nil {
		return signed{}, err
	}
	if len(q.data) > 0 {
		r := reader{b: at}
		block := r.uint(8)
		if err := r.done("place for process data"); err != nil {
			return signed{}, err
		}
		if err := d.port.vol.writeData(block, q.data); err != nil {
			return signed{}, err
		}
	}
	s, err := d.sign(ctx, q)
	var w Word
	if err == nil || errors.As(err, &w) && w.refuses() {
		return s, err
	}
	if errors.As(err, &w) {
		return s, fmt.Errorf("%w: %w", tse.ErrStorage, w)
	}
	return s, fmt.Errorf("%w: outcome unknown: %v", tse.ErrStorage, err) // not wrapped: its kind would promise "no effect"
}

// sign closes the transaction step. While the process data have not arrived the stick asks for patience with 0x1006.
func (d *Device) sign(ctx context.Context, q request) (signed, error) {
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		data, err := d.port.exchange(ctx, codeClose, nil)
		if errors.Is(err, wordMoreData) {
			if err := d.opt.Sleep(ctx, wait); err != nil {
				return signed{}, err
			}
			continue
		}
		if err != nil {
			return signed{}, err
		}
		s, err := parseSigned(data)
		if err != nil {
			return signed{}, err
		}
		if s.serial != d.serial || q.tx != 0 && s.tx != q.tx {
			return signed{}, fmt.Errorf("%w: signed transaction %d of unit %x", errAnswer, s.tx, s.serial)
		}
		d.remember(q.event, s)
		return s, nil
	}
}

func (d *Device) remember(event byte, s signed) {
	switch {
	case event == eventStart && len(d.starts) < maxStarts:
		d.starts[s.tx] = s.logTime
	case event == eventFinish:
		delete(d.starts, s.tx)
	}
}
