package softtse

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tresen-pos/tresen/hal/tse"
)

// View is a look at a unit that another program may be using: its log and
// counters as they were at OpenView. It locks and writes nothing.
type View struct{ t *TSE }

// OpenView reads the unit in dir. Errors: tse.ErrGone, tse.ErrDamaged,
// tse.ErrStorage. A record being written right now is not seen.
func OpenView(dir string) (*View, error) {
	var err error
	// A reader can overtake the writer in the middle of the file once; the
	// second look is past that place.
	for range 2 {
		var med *medium
		var id *identity
		var st state
		if med, id, st, err = mount(dir, true); err == nil {
			return &View{&TSE{dir: dir, viewing: true, med: med, id: id, st: st}}, nil
		}
		if !errors.Is(err, tse.ErrDamaged) {
			break
		}
	}
	return nil, fmt.Errorf("view software TSE in %s: %w", dir, err)
}

// Info describes the unit.
func (v *View) Info() tse.Info { return v.t.Info() }

// Serial is the unit's serial number, lower-case hex.
func (v *View) Serial() string { return hex.EncodeToString(v.t.id.serial[:]) }

// Status returns the counters as of OpenView.
func (v *View) Status() Status {
	return Status{SignatureCounter: v.t.st.Counter, TransactionCounter: v.t.st.Transactions,
		Open: len(v.t.st.Open), Clients: len(v.t.st.Clients), Bytes: v.t.med.used()}
}

// Entries returns up to limit log messages from signature counter from on,
// oldest first.
func (v *View) Entries(ctx context.Context, from uint64, limit int) ([]tse.Entry, error) {
	return v.t.Entries(ctx, from, limit)
}

// Close lets go of the files.
func (v *View) Close() error { return v.t.Close() }
