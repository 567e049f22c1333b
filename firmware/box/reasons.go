package box

import (
	"context"
	"errors"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/pos/engine"
)

// germanReasons words why the signing unit failed for receipts and for the
// record of outages, which are German by law (AEAO zu §146a Nr. 7). The chain
// of errors stays what it was.
type germanReasons struct{ engine.Sealer }

// cause is an error with its reason for the record.
type cause struct {
	error
	reason string
}

// Reason is what the record of the outage says.
func (c *cause) Reason() string { return c.reason }

// Unwrap keeps the chain.
func (c *cause) Unwrap() error { return c.error }

var reasons = []struct {
	err  error
	text string
}{
	{tse.ErrGone, "TSE nicht eingesteckt oder nicht lesbar"},
	{tse.ErrStorageFull, "Speicher der TSE ist voll"},
	{tse.ErrDamaged, "Daten der TSE sind beschädigt"},
	{tse.ErrInUse, "TSE wird von einem anderen Programm benutzt"},
	{tse.ErrOtherUnit, "TSE wurde gewechselt"},
	{tse.ErrTimeNotSet, "Uhr der TSE ist nicht gestellt"},
	{tse.ErrStorage, "TSE kann nicht schreiben"},
	{context.DeadlineExceeded, "TSE antwortet nicht"},
}

func explained(err error) error {
	if err == nil {
		return nil
	}
	for _, r := range reasons {
		if errors.Is(err, r.err) {
			return &cause{err, r.text}
		}
	}
	return &cause{err, "TSE gestört: " + err.Error()}
}

// Begin implements engine.Sealer.
func (g germanReasons) Begin(ctx context.Context, process string) (fiscal.Opened, error) {
	o, err := g.Sealer.Begin(ctx, process)
	return o, explained(err)
}

// Seal implements engine.Sealer.
func (g germanReasons) Seal(ctx context.Context, r fiscal.Record, opened *fiscal.Opened) (fiscal.Seal, error) {
	s, err := g.Sealer.Seal(ctx, r, opened)
	return s, explained(err)
}

// Settle implements engine.Sealer.
func (g germanReasons) Settle(ctx context.Context, s fiscal.Standing) error {
	return explained(g.Sealer.Settle(ctx, s))
}
