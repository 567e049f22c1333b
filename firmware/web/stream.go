package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/tresen-pos/tresen/pos/till"
)

// keepAlive is how often an idle stream shows that it lives, so that a dead
// link is noticed on both sides.
const keepAlive = 10 * time.Second

// backlog is how many commits a screen may have missed and still go on with a
// patch; a snapshot is cheaper beyond it.
const backlog = 500

// stream is one screen's server-sent events.
type stream struct {
	c    *call
	w    http.ResponseWriter
	out  *http.ResponseController
	runs chan []*till.Commit // 1: the next run waits while one is written
}

func getEvents(c *call, w http.ResponseWriter) error {
	s := &stream{c: c, w: w, out: http.NewResponseController(w), runs: make(chan []*till.Commit, 1)}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	from, err := s.begin()
	if err != nil {
		return err
	}
	go s.follow(from)
	s.serve()
	return nil
}

// begin sends a snapshot or, if the screen missed little, nothing: the patches
// that follow then bring it up to date.
func (s *stream) begin() (from uint64, err error) {
	since, known := sinceOf(s.c.r)
	latest := s.c.Engine.Latest()
	if known && since <= latest && latest-since <= backlog {
		if _, err := fmt.Fprint(s.w, "retry: 500\n\n"); err != nil {
			return 0, errNoStream
		}
		return since + 1, s.status()
	}
	seq, raw, err := s.c.view()
	if err != nil {
		return 0, err
	}
	if err := s.send("snapshot", seq, raw); err != nil {
		return 0, errNoStream
	}
	return seq + 1, s.status()
}

// sinceOf is where the screen stopped: its own word, or the browser's.
func sinceOf(r *http.Request) (uint64, bool) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = r.URL.Query().Get("since")
	}
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil && n > 0
}

// follow hands runs over until the screen is gone.
func (s *stream) follow(from uint64) {
	defer close(s.runs)
	ctx := s.c.r.Context()
	for run, err := range s.c.Engine.Follow(ctx, from) {
		if err != nil {
			return
		}
		select {
		case s.runs <- run:
		case <-ctx.Done():
			return
		}
	}
}

// serve writes until the screen is gone; a failed write ends the request, and
// with it the follower.
func (s *stream) serve() {
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		changed := s.c.server.o.Board.Changed()
		_, jobs := s.c.server.jobs.all()
		var err error
		select {
		case run, ok := <-s.runs:
			if !ok {
				return
			}
			err = s.patch(run)
		case <-changed:
			err = s.status()
		case <-jobs:
			err = s.jobs()
		case <-alive.C:
			_, err = fmt.Fprint(s.w, ": alive\n\n")
		}
		if err != nil || s.out.Flush() != nil {
			return
		}
	}
}

func (s *stream) patch(run []*till.Commit) error {
	t := touchedBy(run)
	if t.empty() {
		return nil
	}
	seq, raw, err := s.c.patch(t)
	if err != nil {
		return err
	}
	return s.send("patch", seq, raw)
}

func (s *stream) status() error {
	raw, err := json.Marshal(s.c.status())
	if err != nil {
		return err
	}
	if err := s.send("status", 0, raw); err != nil {
		return err
	}
	return s.out.Flush()
}

func (s *stream) jobs() error {
	list, _ := s.c.server.jobs.all()
	for _, j := range list {
		raw, err := json.Marshal(j)
		if err != nil {
			return err
		}
		if err := s.send("job", 0, raw); err != nil {
			return err
		}
	}
	return nil
}

// send writes one event; only numbered ones carry an id to resume from.
func (s *stream) send(event string, id uint64, data []byte) error {
	text := "event: " + event + "\n"
	if id > 0 {
		text += fmt.Sprintf("id: %d\n", id)
	}
	_, err := fmt.Fprintf(s.w, "%sdata: %s\n\n", text, data)
	return err
}
