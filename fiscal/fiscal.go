// Package fiscal holds the words that selling and the fiscal regimes share:
// what is sealed, what a seal is, and what an outage of the signing unit is.
//
// A regime (fiscal/de, fiscal/at) turns a Record into a Seal with the help of
// its device. This package knows neither devices nor laws; it has no
// goroutines.
package fiscal

import (
	"time"

	"github.com/tresen-pos/tresen/pos/money"
)

// Kind says what a process ended as.
type Kind string

// The ends of a process. German terms are those of DSFinV-K, BON_TYP.
const (
	Receipt Kind = "Beleg"          // a Kassenbeleg
	Aborted Kind = "AVBelegabbruch" // nothing was sold after all
)

// Gross is the gross amount of one VAT key (UST_SCHLUESSEL, DSFinV-K 2.4).
type Gross struct {
	Key    int         `json:"key"`
	Amount money.Cents `json:"amount"`
}

// Paid is an amount paid in cash or otherwise. Currency is ISO 4217, empty for
// the currency of the shop.
type Paid struct {
	Cash     bool        `json:"cash"`
	Currency string      `json:"currency,omitempty"`
	Amount   money.Cents `json:"amount"`
}

// Record is one business transaction, frozen, as the regime seals it.
type Record struct {
	Process string // the process it ends; an order's id or the like
	Number  uint64 // receipt number; 0 for an aborted process
	Kind    Kind
	Gross   []Gross
	Paid    []Paid
	Time    time.Time // when it was frozen
}

// Opened is a process the signing unit has begun.
type Opened struct {
	Transaction uint64    `json:"transaction"`
	At          time.Time `json:"at"`     // the unit's own time
	Serial      string    `json:"serial"` // of the unit, hex
}

// Standing is what the books know of the signing unit's work, by which unit and
// books are brought together.
type Standing struct {
	Keep []Opened // begun, and still going on
	Last Opened   // the latest transaction the books have heard of, and its unit
	// Undone are frozen records without a seal. The unit may have sealed them
	// already, without the books having heard of it.
	Undone []Record
}

// Outage is a time during which the signing unit did not answer.
type Outage struct {
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // zero while it lasts
	Reason string    `json:"reason"`
}

// Seal is what makes a record fiscal: a signature, or the mark of an outage.
type Seal struct {
	Regime      string    `json:"regime"`             // de
	ClientID    string    `json:"clientId,omitempty"` // serial of the register
	Serial      string    `json:"serial,omitempty"`   // of the unit, hex
	Transaction uint64    `json:"transaction,omitempty"`
	Counter     uint64    `json:"counter,omitempty"` // signature counter
	Start       time.Time `json:"start,omitzero"`
	End         time.Time `json:"end,omitzero"`
	ProcessType string    `json:"processType,omitempty"`
	ProcessData string    `json:"processData,omitempty"`
	Algorithm   string    `json:"algorithm,omitempty"`
	TimeFormat  string    `json:"timeFormat,omitempty"`
	Signature   []byte    `json:"signature,omitempty"`
	PublicKey   []byte    `json:"publicKey,omitempty"` // left out where the regime can add it again
	Demo        bool      `json:"demo,omitempty"`      // the unit is for demonstration, without certification
	Outage      *Outage   `json:"outage,omitempty"`    // set instead of a signature
}

// Signed reports whether the seal carries a signature.
func (s Seal) Signed() bool { return s.Outage == nil && len(s.Signature) > 0 }
