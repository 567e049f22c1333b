package web

import (
	"time"

	"github.com/tresen-pos/tresen/firmware/health"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
)

// Status is how the devices are.
type Status struct {
	Signing  Device         `json:"signing"`
	Printers []Device       `json:"printers"`
	Drawer   Drawer         `json:"drawer"`
	Checks   []health.Check `json:"checks"`
}

// Device is one device in a till's status line. State is ok, waiting, out or
// none.
type Device struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	State   string    `json:"state"`
	Demo    bool      `json:"demo,omitempty"`
	Message string    `json:"message,omitempty"`
	Hint    string    `json:"hint,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Jobs    int       `json:"jobs,omitempty"`
}

// Drawer is the cash drawer: open, closed or unknown.
type Drawer struct {
	State string `json:"state"`
}

// Health says whether the box is fit to sell.
type Health struct {
	Ready    bool           `json:"ready"`
	Sellable bool           `json:"sellable"`
	Checks   []health.Check `json:"checks"`
	Version  string         `json:"version"`
}

func getStatus(c *call) (any, error) { return c.status(), nil }

func (c *call) status() Status {
	out := Status{Signing: Device{ID: "signing", State: "none"}, Drawer: Drawer{State: "unknown"}, Checks: c.checks(), Printers: []Device{}}
	for _, x := range out.Checks {
		switch x.Code {
		case "signing":
			out.Signing = device(x, "signing")
		case "printer":
			out.Printers = append(out.Printers, c.printer(x))
		}
	}
	out.Signing.Demo = true
	return out
}

// checks are the board's findings in the language of the reader.
func (c *call) checks() []health.Check {
	list := c.server.o.Board.Checks()
	for i := range list {
		x := &list[i]
		x.Title = translated(c.lang, "check."+x.Code, nil, x.Title)
		x.Message = translated(c.lang, "finding."+x.Finding, nil, x.Message)
		x.Hint = translated(c.lang, "finding."+x.Finding+".hint", nil, x.Hint)
	}
	return list
}

func device(x health.Check, id string) Device {
	d := Device{ID: id, Name: x.Title, State: "ok", Message: x.Message, Hint: x.Hint, Since: x.Since}
	if x.Severity != health.OK {
		d.State = "out"
	}
	return d
}

func (c *call) printer(x health.Check) Device {
	d := device(x, "printer")
	c.Engine.Read(func(s *till.State) {
		for _, id := range catalog.SortedIDs(s.Catalog.Printers) {
			if p := s.Catalog.Printers[id]; p.Active {
				d.ID, d.Name = id, p.Name
				return
			}
		}
	})
	if d.State == "ok" {
		return d
	}
	d.State, d.Jobs = "off", c.Waiting(c.r.Context())
	if d.Jobs > 0 {
		d.State = "waiting"
	}
	return d
}

func getHealth(c *call) (any, error) {
	h := Health{Ready: c.Shop != nil, Version: c.server.o.Version, Checks: c.checks()}
	if c.Shop == nil {
		return h, nil
	}
	c.Engine.Read(func(s *till.State) {
		h.Sellable = len(s.Headers) > 0 && s.Catalog.Register.Serial != ""
	})
	for _, x := range h.Checks {
		h.Sellable = h.Sellable && x.Severity != health.Fail
	}
	return h, nil
}

// Jobs lists long works.
type Jobs struct {
	Rows []Job `json:"rows"`
}

func getJobs(c *call) (any, error) {
	list, _ := c.server.jobs.all()
	return Jobs{Rows: list}, nil
}

// Stats are counters since this start.
type Stats struct {
	Journal JournalStats `json:"journal"`
}

// JournalStats tell how hard the journal works the card.
type JournalStats struct {
	Records uint64 `json:"records"` // appended since this start
	Syncs   uint64 `json:"syncs"`   // flushes of the device
	Head    uint64 `json:"head"`
	Bytes   int64  `json:"bytes"`
	Spares  uint32 `json:"spares"` // segments ready for use
}

func getStats(c *call) (any, error) {
	s := c.Maker.Journal.Stats()
	return Stats{Journal: JournalStats{Records: s.Records, Syncs: s.Syncs, Head: c.Maker.Journal.Head(),
		Bytes: s.Bytes, Spares: s.Spares}}, nil
}
