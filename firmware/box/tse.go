package box

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/fiscal/de"
	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/hal/tse/softtse"
)

// unit fits a software TSE to what fiscal/de needs. The unit may be missing at
// any time, at the start, too: every call opens it if it is not.
type unit struct {
	dir   string
	curve softtse.Curve
	now   func() time.Time

	mu     sync.Mutex // guards all below
	open   *softtse.TSE
	client string // registered at open
}

// firstUnit makes the folder of a unit that never was; the folder of one that
// is merely missing must stay missing.
func firstUnit(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the signing unit: %w", err)
	}
	return nil
}

// get returns the unit with the client registered.
func (u *unit) get(ctx context.Context, client string) (*softtse.TSE, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.open == nil {
		t, err := softtse.Open(u.dir, softtse.Options{Curve: u.curve, Now: u.now})
		if err != nil {
			return nil, err
		}
		u.open, u.client = t, ""
	}
	if client != "" && client != u.client {
		if err := u.open.RegisterClient(ctx, client); err != nil {
			return nil, u.failedLocked(err)
		}
		u.client = client
	}
	return u.open, nil
}

// failed lets go of a handle that will never work again: another unit was
// plugged in.
func (u *unit) failed(err error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.failedLocked(err)
}

func (u *unit) failedLocked(err error) error {
	if errors.Is(err, tse.ErrOtherUnit) && u.open != nil {
		err = errors.Join(err, u.open.Close())
		u.open = nil
	}
	if errors.Is(err, tse.ErrTransactionNotFound) {
		return fmt.Errorf("%w: %w", de.ErrNotOpen, err)
	}
	return err
}

func (u *unit) close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.open == nil {
		return nil
	}
	err := u.open.Close()
	u.open = nil
	return err
}

// Start implements de.Unit.
func (u *unit) Start(ctx context.Context, client string) (de.Started, error) {
	t, err := u.get(ctx, client)
	if err != nil {
		return de.Started{}, err
	}
	s, err := t.Start(ctx, client, "", nil)
	if err != nil {
		return de.Started{}, u.failed(err)
	}
	return de.Started{Transaction: s.Transaction, At: s.LogTime, Serial: hex.EncodeToString(s.Serial)}, nil
}

// Finish implements de.Unit.
func (u *unit) Finish(ctx context.Context, client string, n uint64, processType, processData string) (de.Finished, error) {
	t, err := u.get(ctx, client)
	if err != nil {
		return de.Finished{}, err
	}
	f, err := t.Finish(ctx, client, n, processType, []byte(processData))
	if err != nil {
		return de.Finished{}, u.failed(err)
	}
	return finished(f), nil
}

// Transact implements de.Transactor.
func (u *unit) Transact(ctx context.Context, client, processType, processData string) (de.Finished, error) {
	t, err := u.get(ctx, client)
	if err != nil {
		return de.Finished{}, err
	}
	f, err := t.Transact(ctx, client, processType, []byte(processData))
	if err != nil {
		return de.Finished{}, u.failed(err)
	}
	return finished(f), nil
}

func finished(f tse.Finished) de.Finished {
	return de.Finished{
		Started:  de.Started{Transaction: f.Transaction, At: f.StartTime, Serial: hex.EncodeToString(f.Serial)},
		ClientID: f.ClientID, ProcessType: f.ProcessType, ProcessData: string(f.ProcessData), End: f.LogTime,
		Counter: f.Counter, Signature: f.Signature, Algorithm: f.Algorithm, TimeFormat: f.TimeFormat, PublicKey: f.PublicKey}
}

// Pending implements de.Memory.
func (u *unit) Pending(ctx context.Context, client string) ([]uint64, error) {
	t, err := u.get(ctx, client)
	if err != nil {
		return nil, err
	}
	open, err := t.Pending(ctx)
	if err != nil {
		return nil, u.failed(err)
	}
	var numbers []uint64
	for _, x := range open {
		if x.ClientID == client {
			numbers = append(numbers, x.Number)
		}
	}
	return numbers, nil
}

// Last implements de.Memory.
func (u *unit) Last(ctx context.Context) (uint64, string, error) {
	t, err := u.get(ctx, "")
	if err != nil {
		return 0, "", err
	}
	s, err := t.Status(ctx)
	if err != nil {
		return 0, "", u.failed(err)
	}
	return s.TransactionCounter, t.Info().Serial, nil
}

// Ended implements de.Memory.
func (u *unit) Ended(ctx context.Context, n uint64) (de.Finished, bool, error) {
	t, err := u.get(ctx, "")
	if err != nil {
		return de.Finished{}, false, err
	}
	f, ok, err := t.LastFinish(ctx, n)
	if err != nil {
		return de.Finished{}, false, u.failed(err)
	}
	return finished(f), ok, nil
}

// Export writes the unit's TAR.
func (u *unit) Export(ctx context.Context, w io.Writer) error {
	t, err := u.get(ctx, "")
	if err != nil {
		return err
	}
	return t.Export(ctx, w)
}
