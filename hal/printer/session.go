package printer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/hal/link"
)

// session is one opened link to the printer with its reader goroutine.
type session struct {
	link    link.Link
	opts    *Opts
	changed func(Status)
	done    chan struct{} // closed by the reader at its end

	wmu sync.Mutex // one writer at a time: two would interleave commands

	mu       sync.Mutex    // guards what follows
	wake     chan struct{} // closed and replaced at each reply: wakes every waiter
	status   Status
	fresh    Status // gathers DLE EOT answers until the fourth
	asked    []byte // n of each DLE EOT not yet answered, oldest first
	polls    int    // complete answers to the four questions
	queued   int    // replies to GS r
	process  [4]byte
	info     []string // GS I texts, at most maxInfo
	heard    int      // replies of any kind
	noise    bool     // something that no printer says
	reports  bool     // it sends automatic status back
	readDone error
}

const maxInfo = 8

// startSession starts the reader; close ends it.
func startSession(l link.Link, opts *Opts, changed func(Status)) *session {
	s := &session{link: l, opts: opts, changed: changed, wake: make(chan struct{}), done: make(chan struct{})}
	go s.read()
	return s
}

// read hands the printer's bytes to the parser until the link ends.
func (s *session) read() {
	defer close(s.done)
	var p replyParser
	buf := make([]byte, 256)
	for {
		n, err := s.link.Read(buf)
		if n > 0 {
			s.take(&p, buf[:n])
		}
		if err != nil {
			s.mu.Lock()
			s.readDone = err
			s.mu.Unlock()
			return
		}
	}
}

// take merges replies into the state and wakes the waiter. The caller's callback
// runs here, outside the lock, when the status has changed.
func (s *session) take(p *replyParser, data []byte) {
	s.mu.Lock()
	before := s.status
	for _, b := range data {
		for _, r := range p.push(b) {
			s.mergeLocked(r)
		}
	}
	after := s.status
	close(s.wake)
	s.wake = make(chan struct{})
	s.mu.Unlock()
	if before != after && after.Known && s.changed != nil {
		s.changed(after)
	}
}

func (s *session) mergeLocked(r reply) {
	switch r.kind {
	case realTimeReply:
		s.answerLocked(r.b[0])
	case asbReply:
		s.status.asb(r.b)
		s.reports = true
	case processReply:
		s.process = r.b
	case queuedReply:
		if !pairs(r.b[0]) {
			s.noise = true
			return
		}
		s.queued++
	case infoReply:
		if len(s.info) < maxInfo {
			s.info = append(s.info, r.text)
		}
	case junkReply:
		s.noise = true
		return
	}
	s.heard++
}

// pairs: the paper sensor bits of GS r 1 come in pairs, 03h near end, 0Ch end.
func pairs(b byte) bool {
	return b == 0x00 || b == 0x03 || b == 0x0c || b == 0x0f
}

// answerLocked gives a real-time reply to the oldest open question. A reply that
// nobody asked for belongs to the link's last user and is dropped.
func (s *session) answerLocked(b byte) {
	if len(s.asked) == 0 {
		return
	}
	n := s.asked[0]
	s.asked = s.asked[1:]
	s.fresh.realTime(n, b)
	if n == 4 {
		s.status, s.fresh = s.fresh, Status{}
		s.polls++
	}
}

// errTimeout says that the printer did not do what was waited for in time.
var errTimeout = errors.New("no answer in time")

// wait blocks until cond (called under the lock) holds, the time is up, ctx ends
// or the link ends.
func (s *session) wait(ctx context.Context, d time.Duration, cond func() bool) error {
	timer := s.opts.After(d)
	for {
		s.mu.Lock()
		ok, ended, wake := cond(), s.readDone, s.wake
		s.mu.Unlock()
		if ok {
			return nil
		}
		if ended != nil {
			return fmt.Errorf("link ended: %w", ended)
		}
		select {
		case <-wake:
		case <-s.done:
		case <-timer:
			return errTimeout
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// write sends all of b in chunks. Each chunk has deadlines of opts.Step; as long
// as the printer takes bytes, or says that it waits for a person, it goes on. n
// is how many bytes the link took.
func (s *session) write(ctx context.Context, b []byte) (n int, err error) {
	s.wmu.Lock()
	defer s.wmu.Unlock()
	stop := context.AfterFunc(ctx, func() { s.link.SetWriteDeadline(time.Unix(1, 0)) })
	defer stop()
	idle := time.Duration(0)
	for n < len(b) {
		if err := s.link.SetWriteDeadline(time.Now().Add(s.opts.Step)); err != nil {
			return n, fmt.Errorf("write at byte %d of %d: %w", n, len(b), err)
		}
		if ctx.Err() != nil { // after the deadline was set: the AfterFunc may have run before
			return n, ctx.Err()
		}
		k, err := s.link.Write(b[n:min(len(b), n+maxChunk)])
		n += k
		switch {
		case err == nil:
			idle = 0
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return n, fmt.Errorf("write at byte %d of %d: %w", n, len(b), err)
		case k > 0 || s.attended():
			idle = 0
		default:
			if idle += s.opts.Step; idle >= s.opts.Stall {
				return n, fmt.Errorf("write at byte %d of %d: %w", n, len(b), errTimeout)
			}
		}
	}
	return n, nil
}

// attended: the printer has said that it waits for paper or for its cover.
func (s *session) attended() bool {
	r := s.snapshot().Reason()
	return r == PaperOut || r == CoverOpen || r == HeadHot
}

func (s *session) snapshot() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// question is DLE EOT 1 to 4 in one write: printer, offline cause, error, paper.
var question = []byte{0x10, 0x04, 1, 0x10, 0x04, 2, 0x10, 0x04, 3, 0x10, 0x04, 4}

// post sends the four questions without waiting, unless earlier ones are open.
func (s *session) post(ctx context.Context) (mark int, err error) {
	s.mu.Lock()
	mark = s.polls
	open := len(s.asked) > 0
	if !open {
		s.asked = slices.Clone([]byte{1, 2, 3, 4})
	}
	s.mu.Unlock()
	if open {
		return mark, nil
	}
	_, err = s.write(ctx, question)
	return mark, err
}

// greet is the first question of a session. The zeros before it complete a
// real-time command that the link's last user left unfinished, without effect.
func (s *session) greet(ctx context.Context) (Status, error) {
	if _, err := s.write(ctx, make([]byte, 10)); err != nil {
		return Status{}, err
	}
	return s.ask(ctx)
}

// renew asks afresh: an answer to an older question must not count. The older
// answers are awaited first, because replies carry no label.
func (s *session) renew(ctx context.Context) (mark int, err error) {
	err = s.wait(ctx, s.opts.Answer, func() bool { return len(s.asked) == 0 })
	if err != nil && !errors.Is(err, errTimeout) {
		return 0, err
	}
	s.forget()
	return s.post(ctx)
}

// forget gives up open questions.
func (s *session) forget() {
	s.mu.Lock()
	s.asked, s.fresh = nil, Status{}
	s.mu.Unlock()
}

// ask returns the printer's status. When it stays silent it may sit inside an
// unfinished raster command: then zeros are fed, which it takes as white dots or
// ignores, and the question is repeated (as receiptio does).
func (s *session) ask(ctx context.Context) (Status, error) {
	mark, err := s.post(ctx)
	if err != nil {
		return Status{}, err
	}
	answered := func() bool { return s.polls > mark }
	err = s.wait(ctx, s.opts.Answer, answered)
	for try := 0; errors.Is(err, errTimeout) && try < s.opts.Probes; try++ {
		if err := s.again(ctx); err != nil {
			return Status{}, err
		}
		err = s.wait(ctx, s.opts.Answer/2, answered)
	}
	return s.snapshot(), err
}

// again forgets open questions, feeds zeros and asks anew.
func (s *session) again(ctx context.Context) error {
	s.forget()
	if _, err := s.write(ctx, make([]byte, 8192)); err != nil {
		return err
	}
	_, err := s.post(ctx)
	return err
}

// finish ends the sending side and waits for the printer's end, so that the tail
// of what was sent is not lost to a reset. Links without a half close are flushed
// by the kernel's driver.
func (s *session) finish(ctx context.Context) error {
	h, ok := s.link.(link.HalfCloser)
	if !ok {
		return nil
	}
	if err := h.CloseWrite(); err != nil {
		return fmt.Errorf("half close: %w", err)
	}
	select {
	case <-s.done:
		return nil
	case <-s.opts.After(s.opts.Answer):
		return errTimeout
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close ends the link and waits for the reader.
func (s *session) close() {
	s.link.Close()
	<-s.done
}
