// Package de seals receipts by German law: §146a AO and KassenSichV (2024)
// with a technical security system (TSE), processData "Kassenbeleg-V1" of
// DSFinV-K 2.4 Anhang I, QR code version V0.
//
// It knows no device: Unit and Memory are what it needs of one, and firmware
// fits a real TSE to them. Outages are the caller's to record. It has no
// goroutines; a Regime is used by one caller at a time.
package de

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
)

// ProcessType is the type of every receipt's process data.
const ProcessType = "Kassenbeleg-V1"

// ErrNotOpen is what a Unit returns when it holds no such open transaction.
var ErrNotOpen = errors.New("the TSE holds no such open transaction")

// Started is a begun transaction.
type Started struct {
	Transaction uint64
	At          time.Time // log time, UTC
	Serial      string    // of the unit, lower-case hex
}

// Finished is an ended transaction with all that receipt and QR code need.
type Finished struct {
	Started
	ClientID    string
	ProcessType string
	ProcessData string
	End         time.Time // log time of the finish, UTC
	Counter     uint64    // signature counter
	Signature   []byte    // plain r||s
	Algorithm   string    // ecdsa-plain-SHA256 and the like
	TimeFormat  string    // unixTime and the like
	PublicKey   []byte    // raw point 04||X||Y
}

// Unit is the signing half of a TSE.
type Unit interface {
	// Start begins a transaction with empty process data.
	Start(ctx context.Context, client string) (Started, error)
	// Finish ends it; ErrNotOpen if the unit holds no such transaction open.
	Finish(ctx context.Context, client string, transaction uint64, processType, processData string) (Finished, error)
}

// Transactor is a Unit that can begin and end a transaction in one step,
// durable as one; optional.
type Transactor interface {
	Transact(ctx context.Context, client, processType, processData string) (Finished, error)
}

// Memory is what a TSE remembers of earlier calls.
type Memory interface {
	// Pending lists the numbers of the client's open transactions.
	Pending(ctx context.Context, client string) ([]uint64, error)
	// Last returns the highest transaction number given so far, and by which
	// unit: its serial in lower-case hex.
	Last(ctx context.Context) (transaction uint64, serial string, err error)
	// Ended looks up a finished transaction of any client.
	Ended(ctx context.Context, transaction uint64) (Finished, bool, error)
}

// Options of a Regime; all are needed but Demo.
type Options struct {
	Unit   Unit
	Memory Memory
	Client string // clientId: the serial of the register
	Demo   bool   // the unit is for demonstration, without certification
}

// Regime seals receipts with a TSE.
type Regime struct {
	o Options
	// serial is the unit that answered last; a transaction of another one is
	// not to be found in it, even if it has one with that number.
	serial string
	// found are finished transactions by the process they end, left by a crash
	// between the unit's answer and our record of it.
	found map[string]Finished
}

// New returns a Regime. It does not talk to the unit yet.
func New(o Options) *Regime { return &Regime{o: o} }

// Begin starts the transaction of a business process at once, as TR-03153
// wants: "unmittelbar".
func (g *Regime) Begin(ctx context.Context, process string) (fiscal.Opened, error) {
	s, err := g.o.Unit.Start(ctx, g.o.Client)
	if err != nil {
		return fiscal.Opened{}, fmt.Errorf("start TSE transaction of %s: %w", process, err)
	}
	g.serial = s.Serial
	return fiscal.Opened{Transaction: s.Transaction, At: s.At, Serial: s.Serial}, nil
}

// Seal finishes the transaction with the receipt's process data. A
// transaction that was finished already, before a crash, is adopted; one that
// the unit does not know (another unit was plugged in) is begun anew.
func (g *Regime) Seal(ctx context.Context, r fiscal.Record, opened *fiscal.Opened) (fiscal.Seal, error) {
	data := ProcessData(r)
	if opened == nil || g.serial != "" && opened.Serial != g.serial {
		return g.sealNew(ctx, r.Process, data)
	}
	f, err := g.o.Unit.Finish(ctx, g.o.Client, opened.Transaction, ProcessType, data)
	if errors.Is(err, ErrNotOpen) {
		return g.adopt(ctx, r.Process, opened, data)
	}
	if err != nil {
		return fiscal.Seal{}, fmt.Errorf("finish TSE transaction %d: %w", opened.Transaction, err)
	}
	return g.seal(f), nil
}

func (g *Regime) sealNew(ctx context.Context, process, data string) (fiscal.Seal, error) {
	if f, ok := g.found[process]; ok && f.ProcessData == data {
		delete(g.found, process)
		return g.seal(f), nil
	}
	f, err := g.transact(ctx, data)
	if err != nil {
		return fiscal.Seal{}, err
	}
	return g.seal(f), nil
}

// transact begins and ends a transaction, in one step if the unit can.
func (g *Regime) transact(ctx context.Context, data string) (Finished, error) {
	if t, ok := g.o.Unit.(Transactor); ok {
		f, err := t.Transact(ctx, g.o.Client, ProcessType, data)
		if err != nil {
			return Finished{}, fmt.Errorf("TSE transaction: %w", err)
		}
		return f, nil
	}
	s, err := g.o.Unit.Start(ctx, g.o.Client)
	if err != nil {
		return Finished{}, fmt.Errorf("start TSE transaction: %w", err)
	}
	f, err := g.o.Unit.Finish(ctx, g.o.Client, s.Transaction, ProcessType, data)
	if err != nil {
		return Finished{}, fmt.Errorf("finish TSE transaction %d: %w", s.Transaction, err)
	}
	return f, nil
}

// adopt takes over the answer that got lost, if it says what the receipt says.
func (g *Regime) adopt(ctx context.Context, process string, o *fiscal.Opened, data string) (fiscal.Seal, error) {
	f, ok, err := g.o.Memory.Ended(ctx, o.Transaction)
	if err != nil {
		return fiscal.Seal{}, fmt.Errorf("look up TSE transaction %d: %w", o.Transaction, err)
	}
	if ok && f.ProcessData == data && f.Serial == o.Serial && f.ClientID == g.o.Client {
		return g.seal(f), nil
	}
	return g.sealNew(ctx, process, data)
}

// Settle ends the transactions the unit holds open beyond those to keep as
// aborted (AVBelegabbruch), and looks for the seals of undone records.
func (g *Regime) Settle(ctx context.Context, s fiscal.Standing) error {
	open, err := g.o.Memory.Pending(ctx, g.o.Client)
	if err != nil {
		return fmt.Errorf("ask the TSE for open transactions: %w", err)
	}
	last, serial, err := g.o.Memory.Last(ctx)
	if err != nil {
		return fmt.Errorf("ask the TSE for its transaction counter: %w", err)
	}
	g.serial = serial
	if err := g.lookBack(ctx, s, open, last); err != nil {
		return err
	}
	aborted := ProcessData(fiscal.Record{Kind: fiscal.Aborted})
	for _, n := range open {
		kept := func(o fiscal.Opened) bool { return o.Transaction == n && o.Serial == serial }
		if slices.ContainsFunc(s.Keep, kept) {
			continue
		}
		if _, err := g.o.Unit.Finish(ctx, g.o.Client, n, ProcessType, aborted); err != nil {
			return fmt.Errorf("end TSE transaction %d: %w", n, err)
		}
	}
	return nil
}

// maxLook bounds the look back: one crash leaves a handful at most, and a
// unit that served another register must not be read through.
const maxLook = 512

// lookBack finds among the transactions the books have not heard of those that
// sealed an undone record. Each is given to one record only.
func (g *Regime) lookBack(ctx context.Context, s fiscal.Standing, open []uint64, last uint64) error {
	g.found = map[string]Finished{}
	undone := slices.Clone(s.Undone)
	from := uint64(0)
	if s.Last.Serial == g.serial {
		from = s.Last.Transaction
	}
	if last > maxLook {
		from = max(from, last-maxLook)
	}
	for n := from + 1; n <= last && len(undone) > 0; n++ {
		if slices.Contains(open, n) {
			continue
		}
		f, ok, err := g.o.Memory.Ended(ctx, n)
		if err != nil {
			return fmt.Errorf("look up TSE transaction %d: %w", n, err)
		}
		i := slices.IndexFunc(undone, func(r fiscal.Record) bool { return g.seals(f, r, s.Last.Serial) })
		if ok && i >= 0 {
			g.found[undone[i].Process] = f
			undone = slices.Delete(undone, i, i+1)
		}
	}
	return nil
}

// seals reports whether the transaction is the seal of the record. In a unit
// the books have not heard of, an old sale may look just the same: there it
// must also have ended after the record was frozen, in whole seconds, which is
// all that some units count.
func (g *Regime) seals(f Finished, r fiscal.Record, known string) bool {
	return f.ClientID == g.o.Client && f.ProcessData == ProcessData(r) &&
		(f.Serial == known || !f.End.Before(r.Time.Truncate(time.Second)))
}

func (g *Regime) seal(f Finished) fiscal.Seal {
	return fiscal.Seal{Regime: "de", ClientID: g.o.Client, Serial: f.Serial, Transaction: f.Transaction,
		Counter: f.Counter, Start: f.At, End: f.End, ProcessType: f.ProcessType, ProcessData: f.ProcessData,
		Algorithm: f.Algorithm, TimeFormat: f.TimeFormat, Signature: f.Signature, PublicKey: f.PublicKey,
		Demo: g.o.Demo}
}
