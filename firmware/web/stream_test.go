package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/firmware/health"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// screen follows a stream as API.md tells a programmer to.
type screen struct {
	t      testing.TB
	r      *rig
	body   io.ReadCloser
	lines  *bufio.Reader
	view   map[string]any
	seq    uint64
	events map[string]int
	status Status
	jobs   []Job
}

// connect begins a stream, or goes on with it; how says by what word.
func (s *screen) connect(how string) {
	s.t.Helper()
	q := request{method: "GET", path: "/api/v1/events", token: s.r.token(tilltest.Owner), lang: "en"}
	switch how {
	case "query":
		q.path += "?since=" + strconv.FormatUint(s.seq, 10)
	case "header":
		q.header = http.Header{"Last-Event-Id": {strconv.FormatUint(s.seq, 10)}}
	}
	resp := s.r.do(q)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		s.t.Fatalf("stream: %d", resp.StatusCode)
	}
	s.body, s.lines, s.events = resp.Body, bufio.NewReader(resp.Body), map[string]int{}
}

func newScreen(r *rig) *screen {
	r.t.Helper()
	s := &screen{t: r.t, r: r}
	s.connect("")
	return s
}

func (s *screen) close() { _ = s.body.Close() } // the test is through with it

// next reads one event; an error is the end of the stream.
func (s *screen) next() (event string, err error) {
	var id uint64
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimSuffix(line, "\n")
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "event":
			event = value
		case "id":
			if id, err = strconv.ParseUint(value, 10, 64); err != nil {
				return "", err
			}
		case "data":
			if err := s.heard(event, id, []byte(value)); err != nil {
				return "", err
			}
			s.events[event]++
			return event, nil
		}
	}
}

func (s *screen) heard(event string, id uint64, data []byte) error {
	switch event {
	case "status":
		s.status = Status{}
		return json.Unmarshal(data, &s.status)
	case "job":
		var j Job
		err := json.Unmarshal(data, &j)
		s.jobs = append(s.jobs, j)
		return err
	case "snapshot":
		s.view = nil
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	if got := uint64(fields["seq"].(float64)); got != id {
		return fmt.Errorf("%s %d says seq %d", event, id, got)
	}
	if event == "patch" && id <= s.seq {
		return fmt.Errorf("patch %d after %d", id, s.seq)
	}
	s.seq = id
	if s.view == nil {
		s.view = map[string]any{}
	}
	for k, v := range fields {
		if k != "orders" || event == "snapshot" {
			s.view[k] = v
			continue
		}
		orders := s.view["orders"].(map[string]any)
		for order, value := range v.(map[string]any) {
			if orders[order] = value; value == nil {
				delete(orders, order)
			}
		}
	}
	return nil
}

// until reads on to a number.
func (s *screen) until(seq uint64) {
	s.t.Helper()
	for s.seq < seq {
		if _, err := s.next(); err != nil {
			s.t.Fatalf("stream at %d, waiting for %d: %v", s.seq, seq, err)
		}
	}
}

// converged compares with what a fresh question answers. The company's
// telephone number is changed to have something to wait for.
func (s *screen) converged() {
	s.t.Helper()
	company := catalog.Company{}
	s.r.engine.Read(func(st *till.State) { company = st.Catalog.Company })
	company.Phone = "0" + strconv.FormatUint(s.r.engine.Latest(), 10)
	s.until(s.r.want(tilltest.Owner, "setMaster", args{"kind": "company", "id": "company", "value": company}).Seq)
	var want map[string]any
	s.r.get("/api/v1/state", s.r.token(tilltest.Owner), &want)
	for _, k := range []string{"time", "seq"} {
		delete(want, k)
	}
	for k := range want {
		if k != "box" && !reflect.DeepEqual(s.view[k], want[k]) {
			got, _ := json.Marshal(s.view[k])
			exp, _ := json.Marshal(want[k])
			s.t.Fatalf("at %d %s differs:\ngot  %s\nwant %s", s.seq, k, got, exp)
		}
	}
	if len(s.view) != len(want)+2 {
		s.t.Fatalf("the view has %d fields, the answer %d", len(s.view), len(want))
	}
}

// day sends random commands of a shop day over the network.
type day struct {
	*tilltest.Day
	r *rig
	n uint64
}

func (d *day) step() {
	d.r.t.Helper()
	var in till.Input
	d.r.engine.Read(func(s *till.State) { in = d.Next(s) })
	d.n++
	raw, err := json.Marshal(in.Do)
	if err != nil {
		d.r.t.Fatal(err)
	}
	body := fmt.Sprintf(`{"client":"c-day","commands":[{"n":%d,"op":%q,"args":%s}]}`, d.n, in.Do.Op(), raw)
	if status, answer := d.r.answer(request{method: "POST", path: "/api/v1/commands", token: d.r.token(in.By), body: body}); status != http.StatusOK {
		d.r.t.Fatalf("%s: %d %s", body, status, answer)
	}
}

func newDay(r *rig, seed uint64) *day {
	rnd := rand.New(rand.NewPCG(seed, 1))
	d := &day{Day: tilltest.NewDay(rnd.IntN), r: r}
	d.Box = false
	return d
}

// TestStreamConverges: whatever happens in the shop, a screen that follows the
// rule of API.md shows what a fresh question answers; also with links that
// break, a signing unit that comes and goes, and a box that starts again.
func TestStreamConverges(t *testing.T) {
	rounds := 30
	if os.Getenv("SOAK") != "" {
		rounds = 400
	}
	r := newRig(t)
	rnd := rand.New(rand.NewPCG(7, 7))
	d := newDay(r, 42)
	s := newScreen(r)
	s.until(1)
	events := map[string]int{}
	for round := range rounds {
		for range 15 {
			d.step()
		}
		if rnd.IntN(3) == 0 {
			r.unit.pull(rnd.IntN(2) == 0)
		}
		s.converged()
		if rnd.IntN(2) == 0 {
			s.close()
			for range rnd.IntN(20) {
				d.step()
			}
			how := []string{"query", "header"}[rnd.IntN(2)]
			if round%4 == 3 {
				r.stop()
				r.start()
			}
			s.connect(how)
			s.converged()
			if s.events["snapshot"] > 0 {
				t.Errorf("round %d: a short break costs a snapshot", round)
			}
		}
		for k, n := range s.events {
			events[k] += n
		}
		clear(s.events)
	}
	s.close()
	t.Logf("%d commits, events %v", r.engine.Latest(), events)
	if r.engine.Latest() < 100 {
		t.Errorf("only %d commits", r.engine.Latest())
	}
}

// TestStreamOfAClosing: the last receipt of a day gets its closing on the
// screen, too, and so does what a void and an outage change.
func TestStreamOfAClosing(t *testing.T) {
	r := newRig(t)
	s := newScreen(r)
	s.until(1)
	for _, c := range []struct {
		op   string
		args args
	}{
		{"openShift", args{"float": 100}}, {"addLine", args{"order": "o", "line": "l", "article": tilltest.Espresso, "qty": 1000}},
		{"pay", args{"order": "o", "tender": "card", "total": 250}}, {"voidReceipt", args{"receipt": 2, "reason": "x"}},
		{"beginCount", args{}}, {"closeShift", args{"counted": 100}}, {"closeDay", args{}},
	} {
		r.want(tilltest.Owner, c.op, c.args)
		s.converged()
	}
	if got := s.view["last"].(map[string]any)["closing"]; got != 1.0 {
		t.Errorf("the last receipt is in closing %v", got)
	}
	s.close()
}

// TestStreamTooFarBehind: a screen that missed much, or knows more than the
// box, gets a snapshot.
func TestStreamTooFarBehind(t *testing.T) {
	r := newRig(t)
	s := newScreen(r)
	s.until(1)
	for range backlog + 1 {
		if _, err := r.engine.Do(t.Context(), "", till.NoteLogin{Employee: tilltest.Owner}); err != nil {
			t.Fatal(err)
		}
	}
	for _, ahead := range []uint64{0, 1, 1 << 62} {
		since := max(ahead+r.engine.Latest()*min(ahead, 1), 1)
		s.close()
		s.seq = since
		s.connect("query")
		if event, err := s.next(); event != "snapshot" || err != nil {
			t.Errorf("since %d: got %s, %v", since, event, err)
		}
		if s.converged(); s.events["snapshot"] != 1 {
			t.Errorf("since %d: %v", since, s.events)
		}
	}
	s.close()
	s.seq = r.engine.Latest() - backlog
	s.connect("query")
	if s.converged(); s.events["snapshot"] != 0 {
		t.Errorf("just near enough: %v", s.events)
	}
	s.close()
}

// TestStreamTellsStatusAndJobs: every change of the board and of the jobs
// arrives, also one that comes while something else is written.
func TestStreamTellsStatusAndJobs(t *testing.T) {
	r := newRig(t)
	s := newScreen(r)
	if event, err := s.next(); event != "snapshot" || err != nil {
		t.Fatal(event, err)
	}
	if event, err := s.next(); event != "status" || err != nil || s.status.Signing.State != "none" {
		t.Fatal(event, err, s.status)
	}
	for i := range 200 {
		message := fmt.Sprint("state ", i)
		if i%2 == 0 { // a patch at the same moment
			r.engine.Read(func(*till.State) {})
			go func() { _, _ = r.engine.Do(context.Background(), tilltest.Owner, &till.OpenDrawer{}) }()
		}
		r.board.Set(health.Check{Code: "signing", Title: "x", Severity: health.Warn, Finding: "test", Message: message})
		for s.status.Signing.Message != message {
			if _, err := s.next(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if s.status.Signing.State != "out" || !s.status.Signing.Demo {
		t.Errorf("%+v", s.status.Signing)
	}
	for i := range 20 {
		r.server.Progress("test", uint64(i), 19)
		for len(s.jobs) == 0 || s.jobs[len(s.jobs)-1].Progress != i*100/19 {
			if _, err := s.next(); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.close()
}

// TestStatusOfAPrinter: its name from the books, its state and what waits.
func TestStatusOfAPrinter(t *testing.T) {
	r := newRig(t)
	r.want(tilltest.Owner, "setMaster", args{"kind": "printer", "id": "p", "value": catalog.Printer{ID: "p", Name: "Theke", Link: "tcp:127.0.0.1:1",
		Columns: 42, CodePage: "cp858", QR: "raster", Active: true}})
	var got Status
	for _, c := range []struct {
		severity health.Severity
		state    string
		jobs     int
	}{{health.OK, "ok", 0}, {health.Warn, "waiting", 2}} {
		r.board.Set(health.Check{Code: "printer", Severity: c.severity, Finding: "printer-paper-out"})
		r.get("/api/v1/status", r.token(tilltest.Owner), &got)
		if len(got.Printers) != 1 || got.Printers[0].Name != "Theke" || got.Printers[0].ID != "p" || got.Printers[0].State != c.state || got.Printers[0].Jobs != c.jobs {
			t.Errorf("%s: %+v", c.severity, got.Printers)
		}
	}
	if got.Printers[0].Message != "Der Drucker hat kein Papier." {
		t.Errorf("not in German: %+v", got.Printers[0])
	}
}
