package hal

import (
	"fmt"
	"io"
)

// Info says who a device is, as far as it told us. Empty fields were not
// reported; none of them is an error.
type Info struct {
	Kind     string // what it is to us: "printer", "drawer", "tse"
	Maker    string // as the device spells it
	Model    string
	Serial   string
	Firmware string
	Address  string // link it was reached by, e.g. "tcp 192.168.1.50:9100"
}

// String names the device in one line for a technician.
func (i Info) String() string {
	name := i.Kind
	for _, s := range []string{i.Maker, i.Model, i.Serial} {
		if s != "" {
			name += " " + s
		}
	}
	if i.Address != "" {
		name += " at " + i.Address
	}
	return name
}

// State is the outcome of looking for a device.
type State int

// The three outcomes. Absent is the zero value: nobody has looked yet, or the
// device is not there and that is fine. Failed means it should be there, or is
// there and does not do its work.
const (
	Absent State = iota
	Found
	Failed
)

// String returns the state's stable lower-case name.
func (s State) String() string {
	switch s {
	case Absent:
		return "absent"
	case Found:
		return "found"
	case Failed:
		return "failed"
	}
	return fmt.Sprintf("state %d", int(s))
}

// Status is a State with its reason. Reason is empty when Found.
type Status struct {
	State  State
	Reason string // one sentence for the technician
}

// Severity grades a Health report.
type Severity int

// The grades, mildest first. A Warning still works (paper near end), a Fault
// does not work until somebody acts.
const (
	Fine Severity = iota
	Warning
	Fault
)

// String returns the severity's stable lower-case name.
func (s Severity) String() string {
	switch s {
	case Fine:
		return "fine"
	case Warning:
		return "warning"
	case Fault:
		return "fault"
	}
	return fmt.Sprintf("severity %d", int(s))
}

// Health is one device's fitness in words a cashier can act on.
type Health struct {
	Severity Severity
	Code     string // stable, e.g. "printer-paper-out"; empty when Fine
	Sentence string // what is the matter
	Remedy   string // what to do next
}

// Device is what every driver offers to the one who starts and stops it.
//
// Close leaves the device inert: no coil held, no half-sent command that a later
// job would complete. It waits for the driver's goroutines, interrupts a call
// that is waiting for the device, and may be called more than once.
type Device interface {
	io.Closer
	Health() Health // last known state; never blocks on the device
}
