package printer

import (
	"fmt"

	"github.com/tresen-pos/tresen/hal"
)

// Outcome is what became of a job on paper. It is valid whether or not Print
// also returned an error.
type Outcome int

// Unknown is the zero value on purpose: who forgets to set it says nothing false.
const (
	// Unknown: the job may be on paper, in part or in whole. Sending it again
	// must mark the second as a copy.
	Unknown Outcome = iota
	// NotSent: no byte of the job reached the printer. It is safe to send again.
	NotSent
	// Printed: the printer proved that it printed the whole job.
	Printed
)

// String returns the outcome's stable lower-case name.
func (o Outcome) String() string {
	switch o {
	case Unknown:
		return "unknown"
	case NotSent:
		return "not sent"
	case Printed:
		return "printed"
	}
	return fmt.Sprintf("outcome %d", int(o))
}

// Reason is why a printer does not print.
type Reason int

// The reasons a person can act on, and two for the technician.
const (
	None         Reason = iota
	PaperOut            // the roll is at its end
	CoverOpen           // the lid is open
	CutterError         // the knife is stuck
	HeadHot             // the head is too hot and recovers by itself
	PrinterError        // the printer reports an error it cannot clear
	Offline             // reachable, but switched offline without a cause
	Unreachable         // no connection: off, unplugged, or used by another till
	Unanswered          // connected, but it does not answer status requests
	Refused             // the page cannot be printed as it is: the caller's fault
)

// reasonText: stable code, sentence for the cashier, remedy.
var reasonText = map[Reason][3]string{
	None:         {"", "The printer is ready.", ""},
	PaperOut:     {"printer-paper-out", "The printer has no paper.", "Insert a new roll and close the cover."},
	CoverOpen:    {"printer-cover-open", "The printer's cover is open.", "Close the cover."},
	CutterError:  {"printer-cutter", "The printer's knife is stuck.", "Switch the printer off, remove the paper jam, switch it on."},
	HeadHot:      {"printer-head-hot", "The print head is too hot.", "Wait a minute; it goes on by itself."},
	PrinterError: {"printer-error", "The printer reports an error.", "Switch the printer off and on; call service if it stays."},
	Offline:      {"printer-offline", "The printer is offline.", "Press the printer's online or feed button."},
	Unreachable:  {"printer-unreachable", "The printer cannot be reached.", "Check its power and its network or USB cable."},
	Unanswered:   {"printer-unanswered", "The printer does not answer.", "Switch the printer off and on; check the cable."},
	Refused:      {"printer-refused", "This page cannot be printed.", "Tell service; the page does not fit this printer."},
}

// Code returns the reason's stable code for health checks and logs.
func (r Reason) Code() string { return reasonText[r][0] }

// Sentence says what is the matter, for a cashier.
func (r Reason) Sentence() string { return reasonText[r][1] }

// Remedy says what to do next, for a cashier.
func (r Reason) Remedy() string { return reasonText[r][2] }

// String returns the code, or "ready".
func (r Reason) String() string {
	if r == None {
		return "ready"
	}
	return r.Code()
}

// Error is the typed error of every call that talks to the printer. Find it with
// errors.As. Its text is for the technician; Reason has the cashier's words.
type Error struct {
	Reason Reason
	Doing  string // what was tried, e.g. "print receipt 1042"
	On     string // the link, e.g. "tcp 192.168.1.50:9100"
	Err    error  // the cause below, may be nil
}

// Error tells the chain: what was tried on what, why, and the remedy.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s on %s: %s", e.Doing, e.On, e.Reason)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if r := e.Reason.Remedy(); r != "" {
		s += " (" + r + ")"
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Health words the reason for the box's checks.
func (r Reason) Health() hal.Health {
	if r == None {
		return hal.Health{Severity: hal.Fine, Sentence: r.Sentence()}
	}
	return hal.Health{Severity: hal.Fault, Code: r.Code(), Sentence: r.Sentence(), Remedy: r.Remedy()}
}
