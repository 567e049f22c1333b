package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/till"
)

// Batch is a group of commands of one screen.
type Batch struct {
	Client   string  `json:"client"`
	Commands []Entry `json:"commands"`
}

// Entry is one command with the number the screen gave it.
type Entry struct {
	N    uint64          `json:"n"`
	Op   string          `json:"op"`
	Args json.RawMessage `json:"args,omitempty"`
}

// Answer is what became of a batch.
type Answer struct {
	Seq      uint64          `json:"seq"`
	Results  []Result        `json:"results"`
	Receipts []engine.Sealed `json:"receipts"`
}

// Result is what became of one command.
type Result struct {
	N        uint64   `json:"n"`
	OK       bool     `json:"ok"`
	Seq      uint64   `json:"seq,omitempty"`
	Receipt  uint64   `json:"receipt,omitempty"`
	Closing  uint64   `json:"closing,omitempty"`
	Repeated bool     `json:"repeated,omitempty"`
	Error    *Problem `json:"error,omitempty"`
}

// maxBatch is how many commands a request may carry.
const maxBatch = 64

// sealWait bounds how long a screen waits for the signing unit; it may ask
// again with the same numbers.
const sealWait = 30 * time.Second

var clientPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`)

func postCommands(c *call) (any, error) {
	var in Batch
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if !clientPattern.MatchString(in.Client) {
		return nil, fault(http.StatusBadRequest, "badRequest", "A screen needs an id of letters, digits and minus.", "")
	}
	if len(in.Commands) == 0 || len(in.Commands) > maxBatch {
		return nil, fault(http.StatusBadRequest, "badRequest", "A request carries 1 to 64 commands.", "")
	}
	commands := make([]engine.Numbered, len(in.Commands))
	for i, e := range in.Commands {
		commands[i].N = e.N
		commands[i].Do, commands[i].Err = parse(e)
		if e.N == 0 {
			commands[i].Err = fault(http.StatusBadRequest, "badRequest", "A command needs a number from 1.", "")
		}
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), sealWait)
	defer cancel()
	reply, err := c.Engine.Submit(ctx, in.Client, c.who.Employee, commands)
	if errors.Is(err, engine.ErrStopped) || errors.Is(err, context.DeadlineExceeded) {
		return nil, fault(http.StatusServiceUnavailable, "busy", "The box did not answer in time.", "Nothing is lost; send it again.")
	}
	if err != nil {
		return nil, err
	}
	return c.answer(reply), nil
}

// parse reads a command. A PIN must not reach the books in the clear, so an
// employee's row comes without one; "set", as questions show it, means none.
func parse(e Entry) (till.Command, error) {
	do, err := till.Parse(e.Op, e.Args)
	set, ok := do.(*till.SetMaster)
	if err != nil || !ok || set.Kind != catalog.KindEmployee {
		return do, err
	}
	var row catalog.Employee
	if json.Unmarshal(set.Value, &row) != nil || row.PIN == "" {
		return do, nil // the rules say what is wrong with it, if anything is
	}
	if row.PIN != pinSet {
		return nil, fault(http.StatusBadRequest, "pinElsewhere", "A PIN is not sent with master data.", "Use POST /api/v1/pin.")
	}
	row.PIN = ""
	set.Value, err = marshal(row)
	return set, err
}

func (c *call) answer(reply engine.Reply) Answer {
	out := Answer{Seq: reply.Seq, Results: make([]Result, len(reply.Results)), Receipts: reply.Receipts}
	if out.Receipts == nil {
		out.Receipts = []engine.Sealed{}
	}
	for i, r := range reply.Results {
		out.Results[i] = Result{N: r.N, OK: r.Err == nil, Seq: r.Seq, Receipt: r.Receipt,
			Closing: r.Closing, Repeated: r.Repeated}
		if r.Err != nil {
			out.Results[i].Error = c.server.problem(c, r.Err)
		}
	}
	return out
}

func marshal(v any) (json.RawMessage, error) { return json.Marshal(v) }
