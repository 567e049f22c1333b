package book

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

// ErrNone says that there is no such row.
var ErrNone = errors.New("there is no such entry")

// Filter narrows a list of receipts; zero fields do not narrow.
type Filter struct {
	Text     string    // part of number, order, label, or an amount like 12,50
	From, To time.Time // From inclusive, To exclusive
	By, Kind string
	Shift    uint64
	Before   uint64 // only numbers below, to page on
	Limit    int    // 1 to 500; 0 means 50
}

// Receipts lists receipts, newest first; more says whether there are further
// ones.
func (b *Book) Receipts(f Filter) (rows []Row, more bool, err error) {
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	before := f.Before
	if before == 0 {
		before = 1 << 62
	}
	text := newNeedle(f.Text)
	err = b.view(func(t *badger.Txn) error {
		return backwards(t, tableReceipt, before-1, func(raw []byte) (bool, error) {
			var r Row
			if err := json.Unmarshal(raw, &r); err != nil {
				return false, err
			}
			if !f.From.IsZero() && r.At.Before(f.From) {
				return false, nil
			}
			if !f.fits(&r) || !text.in(&r) {
				return true, nil
			}
			if more = len(rows) == f.Limit; more {
				return false, nil
			}
			r.Closing, err = closingOf(t, r.Number)
			rows = append(rows, r)
			return true, err
		})
	})
	return rows, more, err
}

func (f *Filter) fits(r *Row) bool {
	return (f.To.IsZero() || r.At.Before(f.To)) && (f.By == "" || r.By == f.By) &&
		(f.Kind == "" || r.Kind == f.Kind) && (f.Shift == 0 || r.Shift == f.Shift)
}

// needle is a search text read once: as words, and as an amount if it is one.
type needle struct {
	text   string
	amount money.Cents
	money  bool
}

func newNeedle(s string) needle {
	n := needle{text: strings.ToLower(strings.TrimSpace(s))}
	whole, frac, ok := strings.Cut(strings.ReplaceAll(n.text, ".", ","), ",")
	if ok && len(frac) == 2 {
		v, err := strconv.ParseInt(whole+frac, 10, 64)
		n.amount, n.money = money.Cents(v), err == nil
	}
	return n
}

func (n needle) in(r *Row) bool {
	return n.text == "" || n.money && (r.Total == n.amount || r.Total+r.Tip == n.amount) ||
		strconv.FormatUint(r.Number, 10) == n.text || strings.Contains(strings.ToLower(r.Label), n.text) ||
		strings.Contains(strings.ToLower(r.Order), n.text) || strings.Contains(strings.ToLower(r.ByName), n.text)
}

// closingOf is the number of the closing a receipt fell into, 0 if none yet.
func closingOf(t *badger.Txn, receipt uint64) (uint64, error) {
	o := badger.DefaultIteratorOptions
	o.Prefix, o.PrefetchSize = []byte{tableLast}, 1
	it := t.NewIterator(o)
	defer it.Close()
	it.Seek(rowKey(tableLast, receipt))
	if !it.Valid() {
		return 0, nil
	}
	raw, err := it.Item().ValueCopy(nil)
	if err != nil || len(raw) != 8 {
		return 0, errors.Join(err, errIf(len(raw) != 8, "damaged index of closings"))
	}
	return binary.BigEndian.Uint64(raw), nil
}

func errIf(cond bool, text string) error {
	if cond {
		return errors.New(text)
	}
	return nil
}

// backwards visits the rows of a table from a number down, until f says stop.
func backwards(t *badger.Txn, table byte, from uint64, f func(raw []byte) (bool, error)) error {
	o := badger.DefaultIteratorOptions
	o.Reverse, o.PrefetchSize = true, 64
	it := t.NewIterator(o)
	defer it.Close()
	last := append(rowKey(table, from), 0xff, 0xff, 0xff, 0xff) // with the parts of a row
	for it.Seek(last); it.ValidForPrefix([]byte{table}); it.Next() {
		on := false
		err := it.Item().Value(func(raw []byte) (err error) {
			on, err = f(raw)
			return err
		})
		if err != nil || !on {
			return err
		}
	}
	return nil
}

// list collects rows newest first, as long as keep says so.
func list[V any](b *Book, table byte, from uint64, limit int, keep func(*V) (take, on bool)) (rows []V, more bool, err error) {
	if from == 0 {
		from = 1 << 62
	}
	err = b.view(func(t *badger.Txn) error {
		return backwards(t, table, from, func(raw []byte) (bool, error) {
			var v V
			if err := json.Unmarshal(raw, &v); err != nil {
				return false, err
			}
			take, on := keep(&v)
			if take {
				if more = len(rows) == limit; more {
					return false, nil
				}
				rows = append(rows, v)
			}
			return on, nil
		})
	})
	return rows, more, err
}

// maxRows bounds lists that are not paged.
const maxRows = 2000

// Shifts lists finished shifts by the time they were opened, newest first.
func (b *Book) Shifts(from, to time.Time) ([]till.Shift, error) {
	rows, _, err := list(b, tableShift, 0, maxRows, func(x *till.Shift) (take, on bool) {
		on = from.IsZero() || !x.At.Before(from)
		return on && (to.IsZero() || x.At.Before(to)), on
	})
	return rows, err
}

// Closings lists closings, newest first.
func (b *Book) Closings() ([]till.Closing, error) {
	rows, _, err := list(b, tableClosing, 0, maxRows, func(*till.Closing) (bool, bool) { return true, true })
	return rows, err
}

// Outages lists past outages of the signing unit, newest first.
func (b *Book) Outages() ([]fiscal.Outage, error) {
	rows, _, err := list(b, tableOutage, 0, maxRows, func(*fiscal.Outage) (bool, bool) { return true, true })
	return rows, err
}

// Changes lists changes of master data, newest commit first; empty kind or id
// do not narrow. limit counts commits, which are never cut. before, if not 0, is
// the commit to page on from.
func (b *Book) Changes(kind, id string, before uint64, limit int) (rows []Change, more bool, err error) {
	if limit <= 0 || limit > 500 {
		limit = 100
	}
	if before == 0 {
		before = 1 << 62
	}
	commits, start := 0, 0 // start: of the commit's rows
	err = b.view(func(t *badger.Txn) error {
		return backwards(t, tableChange, before-1, func(raw []byte) (bool, error) {
			var part []Change
			if err := json.Unmarshal(raw, &part); err != nil {
				return false, err
			}
			part = slices.DeleteFunc(part, func(c Change) bool {
				return kind != "" && string(c.Kind) != kind || id != "" && c.ID != id
			})
			if len(part) == 0 {
				return true, nil
			}
			if len(rows) == 0 || rows[start].Seq != part[0].Seq {
				if more = commits == limit; more {
					return false, nil
				}
				commits, start = commits+1, len(rows)
			}
			rows = slices.Insert(rows, start, part...) // parts come last first
			return true, nil
		})
	})
	return rows, more, err
}

// one reads a row; ErrNone if there is none.
func one[V any](b *Book, table byte, n uint64) (v V, err error) {
	err = b.view(func(t *badger.Txn) error {
		raw, err := get(t, rowKey(table, n))
		if err != nil {
			return err
		}
		if raw == nil {
			return ErrNone
		}
		return json.Unmarshal(raw, &v)
	})
	return v, err
}

// Shift returns a finished shift.
func (b *Book) Shift(id uint64) (till.Shift, error) { return one[till.Shift](b, tableShift, id) }

// Closing returns a closing.
func (b *Book) Closing(n uint64) (till.Closing, error) {
	return one[till.Closing](b, tableClosing, n)
}

// Row returns the list row of a receipt.
func (b *Book) Row(number uint64) (Row, error) {
	r, err := one[Row](b, tableReceipt, number)
	if err != nil {
		return r, err
	}
	return r, b.view(func(t *badger.Txn) (err error) {
		r.Closing, err = closingOf(t, number)
		return err
	})
}

// Receipt reads a receipt and, once there is one, its seal from the journal.
func (b *Book) Receipt(number uint64, decode func(uint64) (*till.Commit, error)) (*till.Receipt, *fiscal.Seal, Row, error) {
	row, err := b.Row(number)
	if err != nil {
		return nil, nil, row, err
	}
	c, err := decode(row.Seq)
	if err != nil {
		return nil, nil, row, err
	}
	var receipt *till.Receipt
	for i := range c.Events {
		if r := c.Events[i].ReceiptPrepared; r != nil && r.Number == number {
			receipt = r
		}
	}
	if receipt == nil {
		return nil, nil, row, fmt.Errorf("commit %d does not hold receipt %d", row.Seq, number)
	}
	if row.SealSeq == 0 {
		return receipt, nil, row, nil
	}
	seal, err := sealIn(row.SealSeq, number, decode)
	return receipt, seal, row, err
}

func sealIn(seq, number uint64, decode func(uint64) (*till.Commit, error)) (*fiscal.Seal, error) {
	c, err := decode(seq)
	if err != nil {
		return nil, err
	}
	for i := range c.Events {
		if s := c.Events[i].ReceiptSealed; s != nil && s.Receipt == number {
			return &s.Seal, nil
		}
	}
	return nil, fmt.Errorf("commit %d does not hold the seal of receipt %d", seq, number)
}
