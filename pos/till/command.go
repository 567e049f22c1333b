package till

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/tresen-pos/tresen/pos/catalog"
)

// Input is a command with everything the rules may know about it.
type Input struct {
	Client string // screen; empty for the box itself
	N      uint64 // running number of the screen, from 1
	By     string // employee; empty for the box itself
	At     time.Time
	Do     Command

	// Past is the receipt the command names, fetched by the engine because
	// the state does not keep receipts; nil when there is none.
	Past *Receipt
}

// Command is something a person or the box wants.
type Command interface {
	// Op is the command's stable name in the API and the journal.
	Op() string
	decide(s *State, in Input) ([]Event, error)
}

// needsPast is a command that speaks about a finished receipt.
type needsPast interface{ PastReceipt() uint64 }

// PastReceipt returns the number of the finished receipt a command speaks
// about, 0 if it speaks about none.
func PastReceipt(c Command) uint64 {
	if p, ok := c.(needsPast); ok {
		return p.PastReceipt()
	}
	return 0
}

// public lists the commands people may send, by name.
var public = map[string]func() Command{
	"addLine":      func() Command { return &AddLine{} },
	"setQty":       func() Command { return &SetQty{} },
	"voidLine":     func() Command { return &VoidLine{} },
	"discount":     func() Command { return &GiveDiscount{} },
	"setTakeAway":  func() Command { return &SetTakeAway{} },
	"park":         func() Command { return &Park{} },
	"resume":       func() Command { return &Resume{} },
	"cancelOrder":  func() Command { return &CancelOrder{} },
	"pay":          func() Command { return &Pay{} },
	"dropPayments": func() Command { return &DropPayments{} },
	"voidReceipt":  func() Command { return &VoidReceipt{} },
	"reprint":      func() Command { return &Reprint{} },
	"openDrawer":   func() Command { return &OpenDrawer{} },
	"moveCash":     func() Command { return &MoveCash{} },
	"openShift":    func() Command { return &OpenShift{} },
	"beginCount":   func() Command { return &BeginCount{} },
	"rescueShift":  func() Command { return &RescueShift{} },
	"closeShift":   func() Command { return &CloseShift{} },
	"forceClose":   func() Command { return &ForceClose{} },
	"report":       func() Command { return &Report{} },
	"closeDay":     func() Command { return &CloseDayCmd{} },
	"setMaster":    func() Command { return &SetMaster{} },
}

// Ops lists the names of all public commands, sorted.
func Ops() []string { return catalog.SortedIDs(public) }

// NewCommand returns an empty command of the name, for those who describe the
// API; nil if there is none.
func NewCommand(op string) Command {
	if make := public[op]; make != nil {
		return make()
	}
	return nil
}

// Parse decodes a public command strictly: an unknown name or field is an
// error of the caller.
func Parse(op string, args json.RawMessage) (Command, error) {
	c := NewCommand(op)
	if c == nil {
		return nil, refuse("unknownCommand", "The box does not know this command.",
			"Reload the page; the screen and the box have different versions.").with("op", op)
	}
	if len(args) == 0 {
		args = json.RawMessage("{}")
	}
	d := json.NewDecoder(bytes.NewReader(args))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return nil, refuse("badRequest", "The command "+op+" cannot be read: "+err.Error(), "").with("op", op)
	}
	if d.More() {
		return nil, refuse("badRequest", "The command "+op+" has something after its end.", "").with("op", op)
	}
	return c, nil
}

// Decide says what a command does: events, or a *Refusal. It changes nothing.
func Decide(s *State, in Input) ([]Event, error) {
	if in.By != "" {
		if e, ok := s.Catalog.Employees[in.By]; !ok || !e.Active {
			return nil, refuse("notLoggedIn", "Please log in again.", "Choose your name and enter your PIN.")
		}
	}
	return in.Do.decide(s, in)
}

// Repeated recognises a command the screen sent before, by its number: the
// answer it got then, and true. A number older than the remembered ones, or
// one that was refused, is recognised without an answer.
func (s *State) Repeated(client string, n uint64) (Answer, bool) {
	x := s.Clients[client]
	if x == nil || n > x.Last {
		return Answer{}, false
	}
	for _, a := range x.Recent {
		if a.N == n {
			return a, true
		}
	}
	return Answer{N: n}, true
}

// may refuses unless the employee has the right. The box itself may all.
func (s *State) may(in Input, r catalog.Right) error {
	if in.By == "" || s.Catalog.May(in.By, r) {
		return nil
	}
	return forbidden(r)
}

// selling refuses unless a shift is open for selling.
func (s *State) selling() error {
	switch {
	case s.Shift == nil:
		return refuse("noShift", "No shift is open.", "Open the shift and count the float.")
	case s.Shift.State != StateOpen:
		return refuse("counting", "The shift is being counted.", "Finish the count, or go back to selling.")
	}
	return nil
}
