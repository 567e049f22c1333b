package softtse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sort"

	"github.com/tresen-pos/tresen/hal/tse"
)

// view is what readers see of the log: segments 1 to last, the last one up to end. Records below end never change, so a view is
// read without the lock while transactions go on.
type view struct {
	med  medium // paths only
	id   *identity
	last int
	end  int64
}

func (t *TSE) viewLocked() view {
	return view{med: medium{dir: t.med.dir}, id: t.id, last: t.med.last, end: t.med.end}
}

// segment hands the messages of segment n to fn; they share one buffer. fn returns false to stop.
func (v view) segment(n int, fn func(message) (bool, error)) error {
	data, err := os.ReadFile(v.med.segmentPath(n))
	if errors.Is(err, fs.ErrNotExist) {
		return tse.ErrGone
	}
	if err != nil {
		return storageError("read "+segmentName(n), err)
	}
	if n == v.last {
		if int64(len(data)) < v.end {
			return fmt.Errorf("%w: %s is shorter than it was", tse.ErrDamaged, segmentName(n))
		}
		data = data[:v.end]
	}
	_, _, err = walk(data, func(first bool, body []byte) error {
		if first {
			return nil
		}
		return eachMessage(body, fn)
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

var errStop = errors.New("enough")

func eachMessage(body []byte, fn func(message) (bool, error)) error {
	msgs, err := decodeMessages(body)
	if err != nil {
		return fmt.Errorf("%w: unreadable record", tse.ErrDamaged)
	}
	for _, m := range msgs {
		more, err := fn(m)
		if err != nil {
			return err
		}
		if !more {
			return errStop
		}
	}
	return nil
}

// checkpoint reads the state at the start of segment n.
func (v view) checkpoint(n int) (state, error) {
	f, err := os.Open(v.med.segmentPath(n))
	if err != nil {
		return state{}, storageError("open "+segmentName(n), err)
	}
	defer f.Close()
	buf := make([]byte, 128<<10) // holds MaxOpen transactions and MaxClients clients
	got, err := f.ReadAt(buf, 0)
	if got == 0 {
		return state{}, storageError("read "+segmentName(n), err)
	}
	body, _, err := openRecord(buf[:got])
	if err != nil {
		return state{}, fmt.Errorf("%w: no checkpoint at the start of %s", tse.ErrDamaged, segmentName(n))
	}
	return decodeState(body)
}

// lastSegmentWhere returns the last segment at whose start cond does not hold yet; cond must turn true once and for all.
func (v view) lastSegmentWhere(cond func(state) bool) (int, error) {
	var failed error
	n := sort.Search(v.last, func(i int) bool {
		st, err := v.checkpoint(i + 1)
		if err != nil {
			failed = err
			return true
		}
		return cond(st)
	})
	return max(n, 1), failed
}

// LastFinish looks up a finished transaction, so that a register that crashed can adopt it. It reads one segment, whatever the
// age of the transaction. false: the transaction is open or was never started. Errors: as Pending.
func (t *TSE) LastFinish(ctx context.Context, tx uint64) (tse.Finished, bool, error) {
	f, ok, err := t.lastFinish(ctx, tx)
	if err != nil {
		return tse.Finished{}, false, fmt.Errorf("look up transaction %d: %w", tx, err)
	}
	return f, ok, nil
}

func (t *TSE) lastFinish(ctx context.Context, tx uint64) (f tse.Finished, ok bool, err error) {
	unlock, err := t.begin(ctx)
	if err != nil {
		return f, false, err
	}
	_, open := t.st.Open[tx]
	known := tx > 0 && tx <= t.st.Transactions && !open
	v := t.viewLocked()
	unlock()
	if !known {
		return f, false, nil
	}
	n, err := v.lastSegmentWhere(func(st state) bool {
		_, open := st.Open[tx]
		return st.Transactions >= tx && !open
	})
	if err != nil {
		return f, false, err
	}
	err = v.segment(n, func(m message) (bool, error) {
		if m.op != opFinish || m.tx != tx {
			return true, nil
		}
		f, ok = v.id.finished(m)
		return false, nil
	})
	if err == nil && !ok {
		err = fmt.Errorf("%w: its finish is not in %s", tse.ErrDamaged, segmentName(n))
	}
	return f, ok, err
}

// Entries returns up to limit log messages, from signature counter from on, oldest first. Errors: as Pending.
func (t *TSE) Entries(ctx context.Context, from uint64, limit int) ([]tse.Entry, error) {
	list, err := t.entries(ctx, from, limit)
	if err != nil {
		return nil, fmt.Errorf("read log messages from %d on: %w", from, err)
	}
	return list, nil
}

func (t *TSE) entries(ctx context.Context, from uint64, limit int) ([]tse.Entry, error) {
	unlock, err := t.begin(ctx)
	if err != nil {
		return nil, err
	}
	v := t.viewLocked()
	unlock()
	n, err := v.lastSegmentWhere(func(st state) bool { return st.Counter >= max(from, 1) })
	if err != nil {
		return nil, err
	}
	var list []tse.Entry
	for ; n <= v.last && len(list) < limit; n++ {
		err := v.segment(n, func(m message) (bool, error) {
			if m.counter < from {
				return true, ctx.Err()
			}
			list = append(list, m.entry())
			return len(list) < limit, nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (m message) entry() tse.Entry {
	e := tse.Entry{
		Counter: m.counter, LogTime: unix(m.time), Kind: tse.KindSystem, Transaction: m.tx,
		Name: m.fileName(), DER: append([]byte(nil), m.der...),
	}
	if m.op == opStart || m.op == opFinish {
		f, _ := transactionFields(e.DER)
		e.Kind, e.Operation, e.ClientID, e.ProcessType, e.ProcessData = tse.KindTransaction, f.operation, f.client, f.processType, f.processData
		return e
	}
	e.Operation, _, _ = systemFields(e.DER)
	return e
}
