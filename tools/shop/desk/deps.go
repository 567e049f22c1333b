package desk

import (
	"context"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Deps is what lies on the desk. A nil device is left out of the page. All
// methods may be called from several goroutines and must answer at once.
type Deps struct {
	Printer Printer
	Roll    Roll
	Drawer  Drawer
	Stick   Stick
	Box     Box
	Link    Link
	Welcome Welcome

	// Every is how often watchers look again without a Poke; default 500 ms.
	Every time.Duration
	After func(time.Duration) <-chan time.Time // default time.After
}

// Printer is the receipt printer's mood.
type Printer interface {
	State() PrinterState
	Set(f Fault, on bool) error // on: the fault is there
}

// Fault is something that can be wrong with the printer.
type Fault string

// The faults the page has buttons for.
const (
	PaperOut  Fault = "paper"
	CoverOpen Fault = "cover"
	PowerOff  Fault = "power"
)

// PrinterState says which faults are there, and whether it is printing now.
type PrinterState struct {
	PaperOut  bool `json:"paperOut"`
	CoverOpen bool `json:"coverOpen"`
	PowerOff  bool `json:"powerOff"`
	Printing  bool `json:"printing"`
}

// Roll is the paper that came out, in pieces from cut to cut.
type Roll interface {
	Papers(after int) []Paper       // with a greater number, the oldest first
	PNG(number int) ([]byte, error) // ErrNoPaper when it is thrown away
}

// Paper is one piece of paper. Numbers run from 1 and are never used again.
type Paper struct {
	Number int       `json:"n"`
	At     time.Time `json:"at"`     // of the cut
	Width  int       `json:"width"`  // dots
	Height int       `json:"height"` // dots
}

// Drawer is the cash drawer below the printer.
type Drawer interface {
	Open() bool
	Push() error // shuts it
}

// Stick is the signing unit (TSE) as a stick that can be pulled.
type Stick interface {
	State(ctx context.Context) StickState
	// Entries are log messages from signature counter from on, the oldest
	// first. An error means that the log cannot be read now.
	Entries(ctx context.Context, from uint64, limit int) ([]tse.Entry, error)
	Plug(in bool) error
}

// StickState is what the outside of the stick shows. Fields other than Plugged
// keep their last known value while it is pulled.
type StickState struct {
	Plugged      bool   `json:"plugged"`
	Serial       string `json:"serial"`
	Algorithm    string `json:"algorithm"`
	Description  string `json:"description"`
	Counter      uint64 `json:"counter"`      // last signature
	Transactions uint64 `json:"transactions"` // last transaction number
	Open         int    `json:"open"`         // transactions begun and not ended
	Message      string `json:"message,omitempty"`
}

// Box is the firmware as a process under supervision.
type Box interface {
	State() BoxState
	Kill() error // SIGKILL, no warning; the supervisor starts it again
}

// States of the process.
const (
	Running  = "running"  // it answers
	Starting = "starting" // alive, does not answer yet
	Waiting  = "waiting"  // dead, will be started again
	Failed   = "failed"   // given up; Message says why
)

// BoxState is the process in one glance.
type BoxState struct {
	State    string    `json:"state"`
	PID      int       `json:"pid,omitempty"`
	Restarts int       `json:"restarts"`
	Since    time.Time `json:"since,omitzero"`
	ReadyMS  int64     `json:"readyMs,omitempty"` // last start: milliseconds until it answered
	Message  string    `json:"message,omitempty"`
}

// Link is the network between the till's browser and the box.
type Link interface {
	Up() bool
	Cut(cut bool) error
}

// Welcome is what a visitor needs first.
type Welcome struct {
	Shop   string   `json:"shop"`
	Till   string   `json:"till"`   // URL
	Office string   `json:"office"` // URL
	Data   string   `json:"data"`   // folder on this machine
	People []Person `json:"people"`
}

// Person is somebody of the demo shop who can log in.
type Person struct {
	Name string `json:"name"`
	Role string `json:"role"`
	PIN  string `json:"pin"`
}
