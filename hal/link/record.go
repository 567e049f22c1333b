package link

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// Recording format: one line per call, direction and bytes in hexadecimal,
// "> 1b40" sent to the device, "< 12" received from it, "#" a remark. Each
// opening starts with "# open".

// Record wraps an opener and writes every byte that passes to W, so that a
// conversation in the field becomes a test. A failing W ends the recording
// silently: the device matters more.
type Record struct {
	Opener Opener
	W      io.Writer

	mu sync.Mutex // guards W
}

// String names the link below.
func (r *Record) String() string { return r.Opener.String() }

// Open opens the link below and records it.
func (r *Record) Open(ctx context.Context) (Link, error) {
	l, err := r.Opener.Open(ctx)
	if err != nil {
		return nil, err
	}
	r.put("# open " + r.String())
	return halfCloseable(&recorded{Link: l, r: r}, l), nil
}

func (r *Record) put(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = io.WriteString(r.W, line+"\n")
}

type recorded struct {
	Link
	r *Record
}

func (l *recorded) Read(b []byte) (int, error) {
	n, err := l.Link.Read(b)
	if n > 0 {
		l.r.put("< " + hex.EncodeToString(b[:n]))
	}
	return n, err
}

func (l *recorded) Write(b []byte) (int, error) {
	n, err := l.Link.Write(b)
	if n > 0 {
		l.r.put("> " + hex.EncodeToString(b[:n]))
	}
	return n, err
}

// halfCloseable keeps the ability of the link below to close one side.
func halfCloseable(outer, inner Link) Link {
	if h, ok := inner.(HalfCloser); ok {
		return struct {
			Link
			HalfCloser
		}{outer, h}
	}
	return outer
}

// step is one line of a recording.
type step struct {
	sent bool
	data []byte
}

// maxRecording bounds one line of a recording.
const maxRecording = 1 << 20

// parseRecording reads a recording and joins neighbours of one direction: how
// the bytes were cut into calls is chance.
func parseRecording(r io.Reader) ([]step, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, maxRecording)
	var steps []step
	for no := 1; sc.Scan(); no++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		data, err := hex.DecodeString(strings.TrimSpace(line[1:]))
		if err != nil || line[0] != '<' && line[0] != '>' {
			return nil, fmt.Errorf("recording line %d: want \"> hex\", \"< hex\" or a remark: %.40q", no, line)
		}
		sent := line[0] == '>'
		if n := len(steps); n > 0 && steps[n-1].sent == sent {
			steps[n-1].data = append(steps[n-1].data, data...)
			continue
		}
		steps = append(steps, step{sent, data})
	}
	return steps, sc.Err()
}

// Playback is a device made of a recording: it answers what was recorded when it
// is sent what was recorded, and fails at the first difference. Call Leftover at
// the end of the test.
type Playback struct {
	mu    sync.Mutex // guards what follows
	cond  *sync.Cond // on mu: steps or deadline moved
	steps []step
	err   error
	open  bool
	late  bool // the read deadline has passed
	timer *time.Timer
}

// NewPlayback reads a recording.
func NewPlayback(r io.Reader) (*Playback, error) {
	steps, err := parseRecording(r)
	if err != nil {
		return nil, err
	}
	p := &Playback{steps: steps}
	p.cond = sync.NewCond(&p.mu)
	return p, nil
}

// String names the link.
func (p *Playback) String() string { return "playback" }

// Open opens the playback; it goes on where the last opening stopped.
func (p *Playback) Open(context.Context) (Link, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open, p.late = true, false
	return p, nil
}

// Leftover returns an error if the conversation differed or did not reach the
// recording's end.
func (p *Playback) Leftover() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	if len(p.steps) > 0 {
		return fmt.Errorf("playback: %d steps left, next %s", len(p.steps), p.steps[0])
	}
	return nil
}

func (s step) String() string {
	dir := "<"
	if s.sent {
		dir = ">"
	}
	return dir + " " + hex.EncodeToString(s.data[:min(len(s.data), 32)])
}

// Write compares with what was sent then.
func (p *Playback) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.cond.Broadcast()
	for n := 0; n < len(b); {
		if !p.open {
			return n, os.ErrClosed
		}
		if p.err == nil && (len(p.steps) == 0 || !p.steps[0].sent) {
			p.err = fmt.Errorf("playback: sent %x, want nothing sent here", b[n:])
		}
		if p.err != nil {
			return n, p.err
		}
		want := p.steps[0].data
		k := min(len(want), len(b)-n)
		if !bytes.Equal(b[n:n+k], want[:k]) {
			p.err = fmt.Errorf("playback: sent %x, want %x", b[n:n+k], want[:k])
			return n, p.err
		}
		p.consumeLocked(k)
		n += k
	}
	return len(b), nil
}

// Read returns what was received then, and waits while the recording says that
// something is sent first.
func (p *Playback) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case !p.open:
			return 0, os.ErrClosed
		case p.err != nil:
			return 0, p.err
		case p.late:
			return 0, os.ErrDeadlineExceeded
		case len(p.steps) > 0 && !p.steps[0].sent:
			n := copy(b, p.steps[0].data)
			p.consumeLocked(n)
			p.cond.Broadcast()
			return n, nil
		}
		p.cond.Wait()
	}
}

func (p *Playback) consumeLocked(n int) {
	if p.steps[0].data = p.steps[0].data[n:]; len(p.steps[0].data) == 0 {
		p.steps = p.steps[1:]
	}
}

// SetReadDeadline works as on a real link.
func (p *Playback) SetReadDeadline(t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
	p.late = !t.IsZero() && !time.Now().Before(t)
	if !t.IsZero() && !p.late {
		p.timer = time.AfterFunc(time.Until(t), func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.late = true
			p.cond.Broadcast()
		})
	}
	p.cond.Broadcast()
	return nil
}

// SetWriteDeadline does nothing: a playback takes everything at once.
func (p *Playback) SetWriteDeadline(time.Time) error { return nil }

// Close ends this opening and interrupts a reader.
func (p *Playback) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = false
	if p.timer != nil {
		p.timer.Stop()
	}
	p.cond.Broadcast()
	return nil
}
