// Package book keeps what people ask for — receipts, shifts, closings, changes
// of master data — in Badger, and a copy of the till's state beside it. All of
// it follows from the journal; it can be thrown away at any time and is then
// built again.
//
// "Applied up to n" is stored in one transaction with the rows, or behind rows
// that need several, so a power cut never leaves the number ahead of them;
// flushing is left to Badger, because nothing here is the only copy. A Book has no goroutine of its own but Badger's; Follow
// is one writer, questions may come from anywhere.
package book

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	badger "github.com/dgraph-io/badger/v4"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
)

// Options of Open.
type Options struct {
	Journal *journal.Journal     // the truth
	Aside   func(to, why string) // told when an old book was moved aside; may be nil
}

// Book is an open book.
type Book struct {
	dir     string
	db      *badger.DB
	journal *journal.Journal

	mu      sync.RWMutex  // guards all below
	state   *till.State   // as of applied
	applied uint64        // last commit in db
	grown   chan struct{} // closed and replaced when applied grows
	saved   uint64        // commit of the last stored state
}

// format is raised when rows change shape; an older book is then rebuilt.
const format = "1"

// Keys of single values. Tables have one letter and a big-endian number.
var (
	keyFormat  = []byte("m/format")
	keyJournal = []byte("m/journal")
	keyApplied = []byte("m/applied")
	keyState   = []byte("m/state")
)

// Open opens the book in dir. One that is damaged, belongs to another journal
// or is ahead of this one is moved aside, never deleted, and an empty one takes
// its place. Catch then brings it up to the journal.
func Open(dir string, o Options) (*Book, error) {
	b, err := open(dir, o)
	if err == nil {
		return b, nil
	}
	to, moveErr := moveAside(dir)
	if moveErr != nil {
		return nil, fmt.Errorf("book %s: %w; and it cannot be moved aside: %w", dir, err, moveErr)
	}
	if o.Aside != nil {
		o.Aside(to, err.Error())
	}
	return open(dir, o)
}

func open(dir string, o Options) (*Book, error) {
	if why, err := os.ReadFile(filepath.Join(dir, condemned)); err == nil {
		return nil, fmt.Errorf("book failed before: %s", why)
	}
	if err := countTry(dir); err != nil {
		return nil, err
	}
	db, err := openDB(dir)
	if err != nil {
		return nil, err
	}
	b := &Book{dir: dir, db: db, journal: o.Journal, state: till.New(), grown: make(chan struct{})}
	if err := b.load(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := os.Remove(filepath.Join(dir, opening)); err != nil {
		return nil, errors.Join(fmt.Errorf("note that the book %s is open: %w", dir, err), db.Close())
	}
	return b, nil
}

// opening is a file with a byte for each try to open the book that did not come
// back: Badger panics in goroutines of its own when the end of a table is
// damaged, and the box would die in each start. A power cut in the midst of
// opening looks the same, so the first tries are forgiven.
const (
	opening  = "opening.txt"
	maxTries = 2
)

func countTry(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", dir, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, opening), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("note that the book is being opened: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("note that the book is being opened: %w", err)
	}
	if info.Size() >= maxTries {
		return fmt.Errorf("book could not be opened %d times", maxTries)
	}
	if _, err := f.WriteString("x"); err != nil {
		return fmt.Errorf("note that the book is being opened: %w", err)
	}
	return nil
}

// condemned is a file that says why the book must not be opened again. Damage
// may show only when a row is read, long after the start, and would show again
// after each start.
const condemned = "damaged.txt"

// condemn notes that the book is damaged and returns the error. A full disk is
// no damage.
func (b *Book) condemn(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return err
	}
	return errors.Join(err, os.WriteFile(filepath.Join(b.dir, condemned), []byte(err.Error()), 0o600))
}

// view reads; any error but ErrNone condemns the book.
func (b *Book) view(f func(t *badger.Txn) error) error {
	err := b.db.View(f)
	if err == nil || errors.Is(err, ErrNone) {
		return err
	}
	return b.condemn(err)
}

// moveAside renames the folder to the first free name behind it. Only the two
// latest old books are kept, so that a fault that comes back cannot fill the
// disk.
func moveAside(dir string) (string, error) {
	old, older := dir+".old", dir+".older"
	if err := os.RemoveAll(older); err != nil {
		return "", err
	}
	if err := os.Rename(old, older); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	return old, os.Rename(dir, old)
}

// load reads what an earlier run stored and checks that it fits the journal.
func (b *Book) load() error {
	identity, err := identity(b.journal)
	if err != nil {
		return err
	}
	return b.db.Update(func(t *badger.Txn) error {
		have, err := get(t, keyFormat)
		if err != nil {
			return err
		}
		if have == nil {
			return errors.Join(t.Set(keyFormat, []byte(format)), t.Set(keyJournal, identity))
		}
		if string(have) != format {
			return fmt.Errorf("book has format %s, this version writes %s", have, format)
		}
		return b.loadState(t, identity)
	})
}

func (b *Book) loadState(t *badger.Txn, identity []byte) error {
	journal, err := get(t, keyJournal)
	if err != nil {
		return err
	}
	if len(journal) == 0 {
		err = t.Set(keyJournal, identity)
	} else if len(identity) > 0 && string(journal) != string(identity) {
		err = errors.New("book belongs to another journal")
	}
	if err != nil {
		return err
	}
	applied, err := get(t, keyApplied)
	if err != nil || applied == nil {
		return err
	}
	if len(applied) != 8 {
		return errors.New("book has a damaged position")
	}
	if b.applied = binary.BigEndian.Uint64(applied); b.applied > b.journal.Head() {
		return fmt.Errorf("book is at %d, ahead of the journal at %d", b.applied, b.journal.Head())
	}
	return b.loadSnapshot(t)
}

func (b *Book) loadSnapshot(t *badger.Txn) error {
	raw, err := get(t, keyState)
	if err != nil {
		return err
	}
	if raw == nil {
		return nil
	}
	s, err := unpack(raw)
	if err != nil {
		return fmt.Errorf("book has a damaged state: %w", err)
	}
	if s.Seq > b.applied {
		return fmt.Errorf("book has a state of %d but rows up to %d", s.Seq, b.applied)
	}
	b.state, b.saved = s, s.Seq
	return nil
}

// identity is the hash of the journal's first record; nil while it is empty.
func identity(j *journal.Journal) ([]byte, error) {
	if j.Head() == 0 {
		return nil, nil
	}
	rec, err := j.Get(1)
	if err != nil {
		return nil, fmt.Errorf("read the journal's first record: %w", err)
	}
	return rec.Hash[:], nil
}

// Applied is the last commit the book holds.
func (b *Book) Applied() uint64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.applied
}

// State is a copy of the till's state as of Applied, for an engine to go on
// from.
func (b *Book) State() (*till.State, error) {
	b.mu.RLock()
	raw, err := json.Marshal(b.state)
	b.mu.RUnlock()
	if err != nil {
		return nil, err
	}
	s := till.New()
	return s, json.Unmarshal(raw, s)
}

// Close stores the state, so that the next start is quick, and closes Badger.
func (b *Book) Close() error {
	return errors.Join(b.save(), b.db.Close())
}

func get(t *badger.Txn, key []byte) ([]byte, error) {
	item, err := t.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return item.ValueCopy(nil)
}

// rowKey is the key of a numbered row; rows sort by number.
func rowKey(table byte, n uint64) []byte {
	k := make([]byte, 9)
	k[0] = table
	binary.BigEndian.PutUint64(k[1:], n)
	return k
}
