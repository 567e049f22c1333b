package box

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/till"
)

// selfCheck compares, when the box goes down in peace, the state it ran on
// with what the journal gives. They differ only by our own mistake, which must
// not stay unnoticed.
func (b *Box) selfCheck() error {
	if err := b.journal.Sync(b.journal.Head()); err != nil {
		return fmt.Errorf("flush the journal: %w", err)
	}
	if err := b.book.Catch(context.Background(), engine.Decode, nil); err != nil {
		return fmt.Errorf("bring the book up to the journal: %w", err)
	}
	replayed, err := b.book.State()
	if err != nil {
		return err
	}
	want, err := json.Marshal(replayed)
	if err != nil {
		return err
	}
	var running []byte
	b.engine.Read(func(s *till.State) { running, err = json.Marshal(s) })
	if err != nil {
		return err
	}
	if !bytes.Equal(running, want) {
		return errors.New("the running state differs from the journal; keep the data folder and call your dealer")
	}
	b.o.Log.Info("running state equals the journal", "commits", replayed.Seq)
	return nil
}
