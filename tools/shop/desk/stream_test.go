package desk

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// listener reads a stream event by event.
type listener struct {
	t    *testing.T
	scan *bufio.Scanner
}

func listen(t *testing.T, k *Desk) *listener {
	t.Helper()
	srv := httptest.NewServer(k)
	ctx, cancel := context.WithCancel(context.Background())
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+"/events", nil)
	resp, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = resp.Body.Close(); srv.Close() })
	return &listener{t: t, scan: bufio.NewScanner(resp.Body)}
}

// next returns the next event's data decoded into v, and insists on its name.
func (l *listener) next(name string, v any) {
	l.t.Helper()
	var event string
	for l.scan.Scan() {
		line := l.scan.Text()
		if e, ok := strings.CutPrefix(line, "event: "); ok {
			event = e
		}
		if d, ok := strings.CutPrefix(line, "data: "); ok {
			if event != name {
				l.t.Fatalf("got event %q, want %q: %s", event, name, d)
			}
			if err := json.Unmarshal([]byte(d), v); err != nil {
				l.t.Fatalf("%s: %v", name, err)
			}
			return
		}
	}
	l.t.Fatalf("stream ended before %q: %v", name, l.scan.Err())
}

type list[T any] struct {
	First bool
	Rows  []T
}

func TestStreamTellsWhatIsNew(t *testing.T) {
	b, k := newBench(t)
	b.print()
	b.sign(2)
	l := listen(t, k)
	var s State
	var papers list[Paper]
	var log list[LogEntry]
	l.next("state", &s)
	l.next("papers", &papers)
	l.next("log", &log)
	if !s.Stick.Plugged || !papers.First || len(papers.Rows) != 1 || !log.First || len(log.Rows) != 2 {
		t.Fatalf("first round: %+v %+v %+v", s, papers, log)
	}

	b.print()
	k.Poke()
	l.next("papers", &papers)
	if papers.First || len(papers.Rows) != 1 || papers.Rows[0].Number != 2 {
		t.Errorf("new paper: %+v", papers)
	}

	b.locked(func() { b.stick.Plugged = false })
	k.Poke()
	l.next("state", &s)
	if s.Stick.Plugged {
		t.Error("the pulled stick is told as plugged")
	}
	b.locked(func() { b.stick.Plugged = true })
	b.sign(1)
	k.Poke()
	l.next("state", &s)
	l.next("log", &log)
	if log.First || len(log.Rows) != 1 || log.Rows[0].Counter != 3 {
		t.Errorf("log after the pull: %+v", log)
	}
}

func TestStreamForgetsTheFarPast(t *testing.T) {
	b, k := newBench(t)
	for range pastPapers + 5 {
		b.print()
	}
	b.sign(pastEntries + 7)
	l := listen(t, k)
	var s State
	var papers list[Paper]
	var log list[LogEntry]
	l.next("state", &s)
	l.next("papers", &papers)
	l.next("log", &log)
	if len(papers.Rows) != pastPapers || papers.Rows[0].Number != 6 {
		t.Errorf("papers: %d from %d", len(papers.Rows), papers.Rows[0].Number)
	}
	if len(log.Rows) != pastEntries || log.Rows[0].Counter != 8 {
		t.Errorf("log: %d from %d", len(log.Rows), log.Rows[0].Counter)
	}
}

// A watcher who comes while the stick is pulled gets the recent past when it is
// plugged in, not the whole log from its first entry on.
func TestStreamBeginsWithoutStick(t *testing.T) {
	b, k := newBench(t)
	b.sign(pastEntries + 3)
	b.locked(func() { b.stick.Plugged = false })
	l := listen(t, k)
	var s State
	var papers list[Paper]
	var log list[LogEntry]
	l.next("state", &s)
	l.next("papers", &papers)
	b.locked(func() { b.stick.Plugged = true })
	k.Poke()
	l.next("state", &s)
	l.next("log", &log)
	if !log.First || len(log.Rows) != pastEntries || log.Rows[0].Counter != 4 {
		t.Errorf("log after the plug: first %v, %d rows", log.First, len(log.Rows))
	}
}

func TestEmptyDeskStreams(t *testing.T) {
	l := listen(t, New(Deps{}))
	var s State
	l.next("state", &s)
	if s.Box != nil || s.Stick != nil {
		t.Errorf("an empty desk has %+v", s)
	}
}
