package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/pos/till"
)

// keepAlive is how often an idle stream shows that it lives, so that a dead
// link is noticed on both sides.
const keepAlive = 10 * time.Second

// backlog is how many commits a screen may have missed and still go on with a
// patch; a snapshot is cheaper beyond it.
const backlog = 500

// writeWait is how long a screen may take nothing before it is given up.
const writeWait = 30 * time.Second

// stream is one screen's server-sent events.
type stream struct {
	c    *call
	w    http.ResponseWriter
	runs chan []*till.Commit // 1: the next run waits while one is written
	sent []byte              // the last status
}

func getEvents(c *call, w http.ResponseWriter) error {
	ctx, stop := context.WithCancel(c.r.Context())
	c.r = c.r.WithContext(ctx)
	c.hurry(time.Time{})
	s := &stream{c: c, w: w, runs: make(chan []*till.Commit, 1)}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	from, raw, err := s.begin()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	wg.Go(func() { s.follow(from) })
	s.serve(raw, from-1)
	// The connection may serve other requests; its writes have all the time again.
	_ = c.out.SetWriteDeadline(time.Time{})
	return nil
}

// begin makes a snapshot, unless the screen missed little: the patches that
// follow then bring it up to date.
func (s *stream) begin() (from uint64, snapshot []byte, err error) {
	since, known := sinceOf(s.c.r)
	latest := s.c.Engine.Latest()
	if known && since <= latest && latest-since <= backlog {
		return since + 1, nil, nil
	}
	seq, raw, err := s.c.view()
	return seq + 1, raw, err
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

// serve writes until the screen is gone or its session is; a failed write ends
// the request, and with it the follower. What wakes it is fetched before what
// it then sends, so that no change falls between.
func (s *stream) serve(snapshot []byte, seq uint64) {
	changed := s.c.server.o.Board.Changed()
	_, jobs := s.c.server.jobs.all()
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for err := s.greet(snapshot, seq); err == nil; {
		select {
		case run, ok := <-s.runs:
			if !ok {
				return
			}
			err = s.patch(run)
		case <-changed:
			changed = s.c.server.o.Board.Changed()
			err = s.status()
		case <-jobs:
			var list []Job
			list, jobs = s.c.server.jobs.all()
			err = s.jobs(list)
		case <-alive.C:
			err = s.alive()
		}
	}
}

// greet sends what every stream begins with.
func (s *stream) greet(snapshot []byte, seq uint64) error {
	if snapshot == nil {
		return errors.Join(s.write("retry: 500\n\n"), s.status())
	}
	return errors.Join(s.send("snapshot", seq, snapshot), s.status())
}

func (s *stream) patch(run []*till.Commit) error {
	t := touchedBy(run)
	if t.people && !s.allowed() {
		return errNoSession
	}
	if t.empty() {
		return nil
	}
	seq := run[len(run)-1].Seq
	raw, err := s.c.patch(t, seq)
	if err != nil {
		return err
	}
	return s.send("patch", seq, raw)
}

// errNoSession ends a stream whose session has ended.
var errNoSession = errors.New("the session has ended")

func (s *stream) allowed() bool {
	_, ok := s.c.server.session(s.c)
	return ok
}

// alive shows that the link lives, and looks at what changes without a word:
// the age of the session, and how much paper waits.
func (s *stream) alive() error {
	if !s.allowed() {
		return errNoSession
	}
	return errors.Join(s.write(": alive\n\n"), s.status())
}

// status sends the status if it is not what was sent last.
func (s *stream) status() error {
	raw, err := json.Marshal(s.c.status())
	if err != nil || bytes.Equal(raw, s.sent) {
		return err
	}
	s.sent = raw
	return s.send("status", 0, raw)
}

func (s *stream) jobs(list []Job) error {
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
	return s.write(text + "data: " + string(data) + "\n\n")
}

func (s *stream) write(text string) error {
	// Not every connection knows deadlines; then a slow one stays.
	_ = s.c.out.SetWriteDeadline(time.Now().Add(writeWait))
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	return s.c.out.Flush()
}
