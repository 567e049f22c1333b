// Package tse holds the words a driver for a technical security system (Technische Sicherheitseinrichtung, TSE: the signing
// unit of a German cash register) and its caller share: what a start and a finish return, what a unit says about itself, and
// the errors a caller must tell apart.
//
// It follows BSI TR-03151 v1.0.1 and TR-03151-1 v1.1.0 (names of functions and errors) and TR-03153-1 v1.1.1 (export, rules
// for transactions). It declares no interface: each caller names the few methods it needs. It does no I/O and starts no
// goroutine.
package tse

import (
	"time"
)

// Started is the answer to StartTransaction.
type Started struct {
	Transaction uint64    // transaction number, 1 for a unit's first
	LogTime     time.Time // UTC, whole seconds for a unit with unixTime
	Counter     uint64    // signature counter of the start's log message
	Signature   []byte    // plain r||s
	Serial      []byte    // 32 bytes, SHA-256 of the public key point
}

// Finished is the answer to FinishTransaction, with everything a V0 QR code of the receipt needs.
type Finished struct {
	Transaction uint64
	ClientID    string // client that finished; serial number of the register
	ProcessType string
	ProcessData []byte
	StartTime   time.Time // log time of the start, UTC
	LogTime     time.Time // log time of the finish, UTC
	Counter     uint64    // signature counter of the finish's log message
	Signature   []byte    // plain r||s (German: Prüfwert)
	Algorithm   string    // as in the QR code, e.g. "ecdsa-plain-SHA256"
	TimeFormat  string    // as in the QR code, e.g. "unixTime"
	PublicKey   []byte    // raw point 04||X||Y
	Serial      []byte    // 32 bytes, SHA-256 of PublicKey
}

// Transaction is an open transaction: started and not finished.
type Transaction struct {
	Number       uint64
	ClientID     string
	StartTime    time.Time // log time of the start, UTC
	StartCounter uint64    // signature counter of the start
}

// Info is what a unit says about itself.
type Info struct {
	Serial       string   // 64 lower-case hex digits, SHA-256 of PublicKey
	PublicKey    []byte   // raw point 04||X||Y
	Algorithm    string   // e.g. "ecdsa-plain-SHA384"
	TimeFormat   string   // "unixTime", "utcTime" or "generalizedTime"
	Certificates [][]byte // X.509 DER, the unit's own first, root last
	Description  string
	Manufacturer string
	Version      string
	Demo         bool // true: no certification, its receipts and exports must say so
}

// Kinds of log message.
const (
	KindTransaction = "transaction"
	KindSystem      = "system"
	KindAudit       = "audit"
)

// Entry is one log message, for a log view.
type Entry struct {
	Counter     uint64
	LogTime     time.Time // UTC
	Kind        string    // KindTransaction, KindSystem or KindAudit
	Operation   string    // e.g. "StartTransaction", "UpdateTime"
	Transaction uint64    // 0 when Kind is not KindTransaction
	ClientID    string    // empty when Kind is not KindTransaction
	ProcessType string
	ProcessData []byte
	Name        string // file name in the export TAR
	DER         []byte // the log message as exported
}
