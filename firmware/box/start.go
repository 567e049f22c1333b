package box

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/tresen-pos/tresen/firmware/config"
	"github.com/tresen-pos/tresen/firmware/web"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
)

// prepare makes sure that the data folder can be written before anything is
// promised.
func prepare(c config.Config) error {
	if c.RequireMount {
		if err := mounted(c.Perm); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(c.Perm, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w; choose a folder you may write", err)
	}
	f, err := os.CreateTemp(c.Perm, ".write-test-*")
	if err != nil {
		return fmt.Errorf("write into data folder: %w; choose a folder you may write", err)
	}
	_, err = f.Write(make([]byte, 4096))
	err = errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
	if err != nil {
		return fmt.Errorf("write into data folder %s: %w; free some space", c.Perm, err)
	}
	return nil
}

// openBooks opens journal and book and brings the book up to the journal.
func (b *Box) openBooks(ctx context.Context) error {
	c := b.o.Config
	var err error
	b.journal, err = journal.Open(filepath.Join(c.Perm, "journal"), journal.Options{Now: b.o.Now, Fatal: b.o.Fatal})
	if err != nil {
		return b.booksFailed(ctx, fmt.Errorf("open the journal: %w", err))
	}
	b.book, err = book.Open(filepath.Join(c.Perm, "book"), book.Options{Journal: b.journal, Aside: b.aside})
	if err != nil {
		return errors.Join(err, b.journal.Close())
	}
	restore := roomToCatchUp()
	err = b.book.Catch(ctx, engine.Decode, func(done, total uint64) {
		b.web.Progress("rebuild", done, total)
	})
	restore()
	if err != nil {
		closed := errors.Join(b.book.Close(), b.journal.Close())
		return errors.Join(b.booksFailed(ctx, fmt.Errorf("rebuild the book from the journal: %w", err)), closed)
	}
	if _, was := b.board.Get(checkBook); was {
		b.board.Set(bookRebuilt())
	}
	return nil
}

func (b *Box) aside(to, why string) {
	b.o.Log.Warn("book moved aside, rebuilding it from the journal", "to", to, "why", why)
	b.board.Set(bookRebuilding())
}

// journalRoom is what the first segment and its two spares take.
const journalRoom = 3 * 16 << 20

// booksFailed keeps the web server up with the reason when the journal is
// damaged: the box must not sell, and must not hide it behind a restart loop.
func (b *Box) booksFailed(ctx context.Context, err error) error {
	var damage *journal.DamageError
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w; free some space, the journal needs %d MB to begin", err, journalRoom>>20)
	}
	if !errors.As(err, &damage) {
		return err
	}
	b.o.Log.Error("journal is damaged; the box does not sell", "error", err)
	b.board.Set(journalDamaged(err))
	b.web.Fail(err)
	<-ctx.Done()
	return err
}

// seed reads first data for books that are still empty.
func (b *Box) seed(s *till.State) (till.Import, error) {
	var in till.Import
	if b.o.Config.Seed == "" || len(s.Headers) > 0 {
		return in, nil
	}
	raw, err := os.ReadFile(b.o.Config.Seed)
	if err != nil {
		return in, fmt.Errorf("read first data: %w", err)
	}
	if err := json.Unmarshal(raw, &in.Rows); err != nil {
		return in, fmt.Errorf("first data %s: %w", b.o.Config.Seed, err)
	}
	for i := range in.Rows {
		if err := hashPIN(&in.Rows[i]); err != nil {
			return in, fmt.Errorf("first data %s, %s: %w", b.o.Config.Seed, in.Rows[i].ID, err)
		}
	}
	return in, nil
}

// hashPIN replaces a PIN in the clear, as first data hold it, by its hash.
func hashPIN(row *till.SetMaster) error {
	if row.Kind != catalog.KindEmployee {
		return nil
	}
	var e catalog.Employee
	if err := json.Unmarshal(row.Value, &e); err != nil {
		return err
	}
	if e.PIN == "" {
		return nil
	}
	var err error
	if e.PIN, err = web.HashPIN(e.PIN); err != nil {
		return err
	}
	row.Value, err = json.Marshal(e)
	return err
}

func serialIn(in till.Import) string {
	for _, row := range in.Rows {
		var r catalog.Register
		if row.Kind == catalog.KindRegister && json.Unmarshal(row.Value, &r) == nil {
			return r.Serial
		}
	}
	return "TRESEN"
}
