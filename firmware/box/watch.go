package box

import (
	"context"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
)

// watch follows the books for what concerns devices: a changed printer, a
// missing signing unit.
func (b *Box) watch(ctx context.Context) error {
	from := b.engine.Latest() + 1
	b.signing()
	for run, err := range b.engine.Follow(ctx, from) {
		if err != nil {
			return err
		}
		for _, c := range run {
			if err := b.heard(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *Box) heard(c *till.Commit) error {
	var err error
	for i := range c.Events {
		e := &c.Events[i]
		switch {
		case e.MasterChanged != nil && e.MasterChanged.Kind == catalog.KindPrinter:
			b.engine.Read(func(s *till.State) { err = b.station.use(&s.Catalog) })
		case e.OutageBegan != nil, e.OutageEnded != nil:
			b.signing()
		}
	}
	return err
}

// signing puts the signing unit's state on the board.
func (b *Box) signing() {
	c := ready(checkSigning)
	b.engine.Read(func(s *till.State) {
		if s.Outage != nil {
			c = signingMissing(s.Outage.Reason)
		}
	})
	b.board.Set(c)
}
