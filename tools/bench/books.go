package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/tresen-pos/tresen/firmware/web"
	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/tools/e2e/rig"
	"github.com/tresen-pos/tresen/tools/shop/demo"
)

// Large books are written by the rules themselves, commit by commit as a box
// would, only without a browser in between: a day of receipts every thousand,
// half a minute apart. Their seals have the form and size of real ones but sign
// nothing; starting and rebuilding do not look into them.
const (
	receiptsPerDay = 1000
	betweenSales   = 30 * time.Second
)

// writer fills the books of a box that is not running.
type writer struct {
	state *till.State
	j     *journal.Journal
	at    time.Time
	box   uint64 // running number of the screen
}

// writeBooks makes the books of the box in dir and returns the box, stopped.
func writeBooks(program, dir string, receipts int) (*rig.Box, error) {
	box, err := rig.NewBox(program, dir, "127.0.0.1:9")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(box.Path("tse"), 0o700); err != nil {
		return nil, err
	}
	j, err := journal.Open(box.Path("journal"), journal.Options{})
	if err != nil {
		return nil, err
	}
	w := &writer{state: till.New(), j: j, at: time.Now().UTC().Truncate(time.Second).Add(-time.Duration(receipts) * betweenSales)}
	if err := w.fill(receipts); err != nil {
		return nil, err
	}
	if err := j.Sync(j.Head()); err != nil {
		return nil, err
	}
	return box, j.Close()
}

func (w *writer) fill(receipts int) error {
	seed, err := seedRows()
	if err != nil {
		return err
	}
	if err := w.do("", seed); err != nil {
		return err
	}
	for i := range receipts {
		if i%receiptsPerDay == 0 {
			if err := w.newDay(); err != nil {
				return err
			}
		}
		if err := w.sale(fmt.Sprint("fill-", i)); err != nil {
			return fmt.Errorf("receipt %d: %w", i, err)
		}
	}
	return nil
}

func (w *writer) newDay() error {
	if s := w.state.Shift; s != nil {
		if err := w.do("marlene", &till.BeginCount{}, &till.CloseShift{Counted: s.Totals.Cash}, &till.CloseDayCmd{}); err != nil {
			return err
		}
		if err := w.j.Sync(w.j.Head()); err != nil {
			return err
		}
	}
	return w.do("marlene", &till.OpenShift{Float: 20000})
}

func (w *writer) sale(order string) error {
	w.at = w.at.Add(betweenSales)
	for i, a := range basket {
		if err := w.do("jonas", &till.AddLine{Order: order, Line: fmt.Sprint("l", i), Article: a, Qty: 1000}); err != nil {
			return err
		}
	}
	return w.do("jonas", &till.Pay{Order: order, Tender: "cash", Total: basketTotal, Given: 1000})
}

// do decides commands one by one, as a screen's or, without an employee, as
// the box's own, and seals what they made.
func (w *writer) do(by string, commands ...till.Command) error {
	for _, do := range commands {
		in := till.Input{By: by, At: w.at, Do: do}
		if by != "" {
			w.box++
			in.Client, in.N = "bench", w.box
		}
		events, err := till.Decide(w.state, in)
		if err != nil {
			return err
		}
		if err := w.commit(&till.Commit{Client: in.Client, N: in.N, Op: do.Op(), By: by, Events: events, At: w.at}); err != nil {
			return err
		}
		for _, e := range events {
			if e.ReceiptPrepared == nil {
				continue
			}
			if err := w.do("", till.RecordSeal{Receipt: e.ReceiptPrepared.Number, Seal: w.seal(e.ReceiptPrepared)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) commit(c *till.Commit) error {
	payload, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if c.Seq, err = w.j.Append(journal.Entry{Time: c.At, Type: till.CommitType, Payload: payload}); err != nil {
		return err
	}
	return w.state.Apply(c)
}

func (w *writer) seal(r *till.Receipt) fiscal.Seal {
	return fiscal.Seal{Regime: "de", ClientID: "DEMO-TRESEN-0001", Serial: fmt.Sprintf("%064x", 1), Transaction: r.Number,
		Counter: 2 * r.Number, Start: r.Started, End: r.Ended, ProcessType: "Kassenbeleg-V1",
		ProcessData: "Beleg^2.20_6.60_0.00_0.00_0.00^8.80:Bar", Algorithm: "ecdsa-plain-SHA256", TimeFormat: "unixTime",
		Signature: make([]byte, 64), PublicKey: make([]byte, 65), Demo: true}
}

// seedRows is the demo shop without its printer.
func seedRows() (till.Import, error) {
	raw, err := demo.Seed("tcp:127.0.0.1:9")
	if err != nil {
		return till.Import{}, err
	}
	var all, in till.Import
	if err := json.Unmarshal(raw, &all.Rows); err != nil {
		return in, err
	}
	for _, row := range all.Rows {
		switch row.Kind {
		case catalog.KindPrinter:
			continue
		case catalog.KindEmployee:
			if row.Value, err = hashed(row.Value); err != nil {
				return in, err
			}
		}
		in.Rows = append(in.Rows, row)
	}
	return in, nil
}

func hashed(row json.RawMessage) (json.RawMessage, error) {
	var e catalog.Employee
	if err := json.Unmarshal(row, &e); err != nil {
		return nil, err
	}
	var err error
	if e.PIN, err = web.HashPIN(e.PIN); err != nil {
		return nil, err
	}
	return json.Marshal(e)
}
