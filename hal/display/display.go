package display

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/link"
)

// Opts say which display it is. The zero value: Epson commands, CP858.
type Opts struct {
	Commands CommandSet
	CodePage CodePage
	Step     time.Duration // deadline of one write; default 1 s
}

// Display is one customer display. Its methods may be called from several
// goroutines; calls take turns.
type Display struct {
	opener link.Opener
	set    CommandSet
	page   CodePage
	table  *charmap.Charmap
	step   time.Duration
	life   context.Context
	stop   context.CancelFunc
	turn   chan struct{} // size 1: holds a token while nobody uses the link

	// Guarded by turn.
	live *session
	last []byte // both lines as last asked for, nil before the first

	mu   sync.Mutex // guards what follows
	used bool
	fail error
}

// New returns a driver for the display behind open. It does not touch the link:
// the till starts without its display, too.
func New(open link.Opener, o Opts) (*Display, error) {
	if o.Commands.Name == "" && len(o.Commands.Init) == 0 {
		o.Commands = Epson()
	}
	if o.CodePage.Name == "" {
		o.CodePage = CP858
	}
	if o.Step <= 0 {
		o.Step = time.Second
	}
	table, ok := tables[o.CodePage.Name]
	if !ok {
		return nil, fmt.Errorf("display code page %q, want CP437, CP850, CP858 or CP1252", o.CodePage.Name)
	}
	if err := o.Commands.check(); err != nil {
		return nil, err
	}
	d := &Display{opener: open, set: o.Commands, page: o.CodePage, table: table, step: o.Step, turn: make(chan struct{}, 1)}
	d.life, d.stop = context.WithCancel(context.Background())
	d.turn <- struct{}{}
	return d, nil
}

// Show replaces what the display shows. A link that broke is opened once anew;
// showing twice does no harm. The error says that the customer may see something
// old; the sale goes on.
func (d *Display) Show(ctx context.Context, p Page) error {
	lines, err := p.lay(d.table)
	if err != nil {
		return fmt.Errorf("show on display: %w", err)
	}
	return d.put(ctx, d.set.show(d.page, lines))
}

// Refresh shows the last page again, from the start: for a display that was
// plugged in again. Before the first Show it clears the display.
func (d *Display) Refresh(ctx context.Context) error { return d.put(ctx, nil) }

// put shows lines, or the last ones again over a fresh link if nil.
func (d *Display) put(ctx context.Context, lines []byte) error {
	select {
	case <-d.turn:
	case <-ctx.Done():
		return fmt.Errorf("show on display: %w", ctx.Err())
	}
	defer func() { d.turn <- struct{}{} }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.life, cancel)()
	if lines == nil {
		d.drop()
	} else {
		d.last = lines
	}
	err := d.write(ctx)
	if err != nil && ctx.Err() == nil {
		err = d.write(ctx) // the display was switched off and on meanwhile
	}
	d.mu.Lock()
	d.used, d.fail = true, err
	d.mu.Unlock()
	if err != nil {
		return fmt.Errorf("show on display at %s: %w", d.opener, err)
	}
	return nil
}

var errClosed = errors.New("driver closed")

// write sends the last lines, over a new link if there is none that lives.
func (d *Display) write(ctx context.Context) error {
	if d.life.Err() != nil {
		return errClosed
	}
	out := d.last
	if d.live == nil || d.live.ended() {
		d.drop()
		l, err := d.opener.Open(ctx)
		if err != nil {
			return err
		}
		d.live = newSession(l)
		out = append(slices.Clone(d.set.Init), out...)
	}
	if err := d.live.write(ctx, out, d.step); err != nil {
		d.drop()
		return err
	}
	return nil
}

func (d *Display) drop() {
	if d.live != nil {
		d.live.close()
		d.live = nil
	}
}

// Health is the outcome of the last Show; it never blocks on the display.
func (d *Display) Health() hal.Health {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.fail != nil:
		return hal.Health{Severity: hal.Warning, Code: "display-unreachable",
			Sentence: "The customer display does not take anything.", Remedy: "Check its cable and power; selling goes on without it."}
	case !d.used:
		return hal.Health{Severity: hal.Fine, Sentence: "The customer display has not been used yet."}
	}
	return hal.Health{Severity: hal.Fine, Sentence: "The customer display is ready."}
}

// Close interrupts a running Show and closes the link. What the display shows
// stays there.
func (d *Display) Close() error {
	d.stop()
	<-d.turn
	d.drop()
	d.turn <- struct{}{}
	return nil
}

// session is an open link with the goroutine that waits for its end.
type session struct {
	link link.Link
	done chan struct{}
}

func newSession(l link.Link) *session {
	s := &session{link: l, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		_, _ = io.Copy(io.Discard, l) // displays say nothing; the end is what counts
	}()
	return s
}

func (s *session) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

func (s *session) write(ctx context.Context, b []byte, step time.Duration) error {
	if err := s.link.SetWriteDeadline(time.Now().Add(step)); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = s.link.SetWriteDeadline(time.Unix(1, 0)) })()
	_, err := s.link.Write(b)
	return err
}

func (s *session) close() {
	s.link.Close()
	<-s.done
}
