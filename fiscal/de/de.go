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

// Memory is what a TSE remembers of earlier calls.
type Memory interface {
	// Pending lists the numbers of the client's open transactions.
	Pending(ctx context.Context, client string) ([]uint64, error)
	// Last returns the highest transaction number given so far.
	Last(ctx context.Context) (uint64, error)
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
	// loose are finished transactions no receipt has claimed yet, found after
	// a crash between the unit's answer and our record of it.
	loose []Finished
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
	return fiscal.Opened{Transaction: s.Transaction, At: s.At, Serial: s.Serial}, nil
}

// Seal finishes the transaction with the receipt's process data. A
// transaction that was finished already, before a crash, is adopted; one that
// the unit does not know (another unit was plugged in) is begun anew.
func (g *Regime) Seal(ctx context.Context, r fiscal.Record, opened *fiscal.Opened) (fiscal.Seal, error) {
	data := ProcessData(r)
	if opened == nil {
		return g.sealNew(ctx, data)
	}
	f, err := g.o.Unit.Finish(ctx, g.o.Client, opened.Transaction, ProcessType, data)
	if errors.Is(err, ErrNotOpen) {
		return g.adopt(ctx, opened, data)
	}
	if err != nil {
		return fiscal.Seal{}, fmt.Errorf("finish TSE transaction %d: %w", opened.Transaction, err)
	}
	return g.seal(f), nil
}

func (g *Regime) sealNew(ctx context.Context, data string) (fiscal.Seal, error) {
	if f, ok := g.claim(data); ok {
		return g.seal(f), nil
	}
	s, err := g.o.Unit.Start(ctx, g.o.Client)
	if err != nil {
		return fiscal.Seal{}, fmt.Errorf("start TSE transaction: %w", err)
	}
	f, err := g.o.Unit.Finish(ctx, g.o.Client, s.Transaction, ProcessType, data)
	if err != nil {
		return fiscal.Seal{}, fmt.Errorf("finish TSE transaction %d: %w", s.Transaction, err)
	}
	return g.seal(f), nil
}

// adopt takes over the answer that got lost, if it says what the receipt says.
func (g *Regime) adopt(ctx context.Context, o *fiscal.Opened, data string) (fiscal.Seal, error) {
	f, ok, err := g.o.Memory.Ended(ctx, o.Transaction)
	if err != nil {
		return fiscal.Seal{}, fmt.Errorf("look up TSE transaction %d: %w", o.Transaction, err)
	}
	if ok && f.ProcessData == data && f.Serial == o.Serial && f.ClientID == g.o.Client {
		return g.seal(f), nil
	}
	return g.sealNew(ctx, data)
}

// claim takes the oldest loose transaction with these process data.
func (g *Regime) claim(data string) (Finished, bool) {
	i := slices.IndexFunc(g.loose, func(f Finished) bool { return f.ProcessData == data })
	if i < 0 {
		return Finished{}, false
	}
	f := g.loose[i]
	g.loose = slices.Delete(g.loose, i, i+1)
	return f, true
}

// Settle ends open transactions beyond keep as aborted (AVBelegabbruch), and
// remembers the finished ones after known that no record claims.
func (g *Regime) Settle(ctx context.Context, keep []uint64, known uint64) error {
	open, err := g.o.Memory.Pending(ctx, g.o.Client)
	if err != nil {
		return fmt.Errorf("ask the TSE for open transactions: %w", err)
	}
	if err := g.findLoose(ctx, open, known); err != nil {
		return err
	}
	aborted := ProcessData(fiscal.Record{Kind: fiscal.Aborted})
	for _, n := range open {
		if slices.Contains(keep, n) {
			continue
		}
		if _, err := g.o.Unit.Finish(ctx, g.o.Client, n, ProcessType, aborted); err != nil {
			return fmt.Errorf("end TSE transaction %d: %w", n, err)
		}
	}
	return nil
}

// maxLoose bounds the look back: one crash leaves a handful at most, and a
// unit that served another register must not be read through.
const maxLoose = 512

func (g *Regime) findLoose(ctx context.Context, open []uint64, known uint64) error {
	last, err := g.o.Memory.Last(ctx)
	if err != nil {
		return fmt.Errorf("ask the TSE for its transaction counter: %w", err)
	}
	g.loose = nil
	if last > known+maxLoose {
		known = last - maxLoose
	}
	aborted := ProcessData(fiscal.Record{Kind: fiscal.Aborted})
	for n := known + 1; n <= last; n++ {
		if slices.Contains(open, n) {
			continue
		}
		f, ok, err := g.o.Memory.Ended(ctx, n)
		if err != nil {
			return fmt.Errorf("look up TSE transaction %d: %w", n, err)
		}
		if ok && f.ClientID == g.o.Client && f.ProcessData != aborted {
			g.loose = append(g.loose, f)
		}
	}
	return nil
}

func (g *Regime) seal(f Finished) fiscal.Seal {
	return fiscal.Seal{Regime: "de", ClientID: g.o.Client, Serial: f.Serial, Transaction: f.Transaction,
		Counter: f.Counter, Start: f.At, End: f.End, ProcessType: f.ProcessType, ProcessData: f.ProcessData,
		Algorithm: f.Algorithm, TimeFormat: f.TimeFormat, Signature: f.Signature, PublicKey: f.PublicKey,
		Demo: g.o.Demo}
}
