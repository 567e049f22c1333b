package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// How much a new watcher is told of the past, and how long a write to him may
// take before he is dropped (he resyncs by connecting again).
const (
	pastPapers  = 40
	pastEntries = 80
	patience    = 10 * time.Second
)

// State is everything on the desk but paper and log. A device that is not
// there is null.
type State struct {
	Printer *PrinterState `json:"printer"`
	Drawer  *DrawerState  `json:"drawer"`
	Stick   *StickState   `json:"stick"`
	Box     *BoxState     `json:"box"`
	Link    *LinkState    `json:"link"`
	Welcome Welcome       `json:"welcome"`
}

// DrawerState is the JSON form of Drawer.
type DrawerState struct {
	Open bool `json:"open"`
}

// LinkState is the JSON form of Link.
type LinkState struct {
	Up bool `json:"up"`
}

// LogEntry is a log message of the signing unit, as the page shows it.
type LogEntry struct {
	Counter     uint64    `json:"counter"`
	At          time.Time `json:"at"`
	Kind        string    `json:"kind"`
	Operation   string    `json:"operation"`
	Transaction uint64    `json:"transaction,omitempty"`
	Client      string    `json:"client,omitempty"`
	ProcessType string    `json:"processType,omitempty"`
	ProcessData string    `json:"processData,omitempty"`
}

func (k *Desk) state(w http.ResponseWriter, r *http.Request) { answer(w, k.look(r)) }

func (k *Desk) look(r *http.Request) State {
	d := k.deps
	s := State{Welcome: d.Welcome}
	if d.Printer != nil {
		v := d.Printer.State()
		s.Printer = &v
	}
	if d.Drawer != nil {
		s.Drawer = &DrawerState{Open: d.Drawer.Open()}
	}
	if d.Stick != nil {
		v := d.Stick.State(r.Context())
		s.Stick = &v
	}
	if d.Box != nil {
		v := d.Box.State()
		s.Box = &v
	}
	if d.Link != nil {
		s.Link = &LinkState{Up: d.Link.Up()}
	}
	return s
}

// watcher is one open stream and what it has been told.
type watcher struct {
	k     *Desk
	w     http.ResponseWriter
	r     *http.Request
	out   *http.ResponseController
	last  []byte // state as last sent
	paper int    // number of the last paper sent
	sign  uint64 // counter of the last log entry sent
	begun bool   // the log was sent before
}

// events is the stream: "state" on change, "papers" and "log" with what is new;
// "log" and "papers" of the first round hold the recent past.
func (k *Desk) events(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	x := &watcher{k: k, w: w, r: r, out: http.NewResponseController(w)}
	for first := true; ; first = false {
		poke := k.nextPoke() // before looking, so that nothing is missed
		if err := x.tell(first); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-poke:
		case <-k.deps.After(k.deps.Every):
		}
	}
}

func (x *watcher) tell(first bool) error {
	s := x.k.look(x.r)
	now, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, x.last) {
		x.last = now
		if err := x.send("state", now); err != nil {
			return err
		}
	}
	if err := x.papers(first); err != nil {
		return err
	}
	return x.log(s.Stick)
}

func (x *watcher) papers(first bool) error {
	if x.k.deps.Roll == nil {
		return nil
	}
	list := x.k.deps.Roll.Papers(x.paper)
	if n := len(list); n > 0 {
		x.paper = list[n-1].Number
	}
	if first && len(list) > pastPapers {
		list = list[len(list)-pastPapers:]
	}
	return sendNews(x, "papers", list, first)
}

// log sends what the stick signed since the last time. A pulled stick has no
// log; it goes on when the stick is back.
func (x *watcher) log(s *StickState) error {
	if s == nil || !s.Plugged {
		return nil
	}
	first := !x.begun
	if first && s.Counter > pastEntries {
		x.sign = s.Counter - pastEntries
	}
	list, err := x.k.deps.Stick.Entries(x.r.Context(), x.sign+1, pastEntries)
	if err != nil {
		return nil // pulled this very moment: the next round's state says so
	}
	x.begun = true
	news := make([]LogEntry, 0, len(list))
	for _, e := range list {
		x.sign = max(x.sign, e.Counter)
		news = append(news, logEntry(e))
	}
	return sendNews(x, "log", news, first)
}

func logEntry(e tse.Entry) LogEntry {
	return LogEntry{Counter: e.Counter, At: e.LogTime, Kind: e.Kind, Operation: e.Operation,
		Transaction: e.Transaction, Client: e.ClientID, ProcessType: e.ProcessType, ProcessData: string(e.ProcessData)}
}

// sendNews sends a list that has something, or is the first of a stream.
func sendNews[T any](x *watcher, event string, list []T, first bool) error {
	if len(list) == 0 && !first {
		return nil
	}
	v := struct {
		First bool `json:"first"`
		Rows  []T  `json:"rows"`
	}{first, list}
	if v.Rows == nil {
		v.Rows = []T{}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return x.send(event, b)
}

func (x *watcher) send(event string, data []byte) error {
	// Not every ResponseWriter has deadlines; those of net/http do.
	_ = x.out.SetWriteDeadline(time.Now().Add(patience))
	if _, err := fmt.Fprintf(x.w, "event: %s\ndata: %s\n\n", event, data); err != nil {
		return err
	}
	return x.out.Flush()
}
