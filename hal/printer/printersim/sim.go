package printersim

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Sim is one simulated printer. Its methods may be called from any goroutine.
type Sim struct {
	opts Options
	addr string
	wg   sync.WaitGroup

	mu      sync.Mutex // guards what follows
	cond    *sync.Cond // on mu: room in the input buffer, or something ended
	closed  bool
	on      bool // powered
	ln      net.Listener
	conn    *client // the one served, nil when none
	machine *machine
	input   []byte // received, not yet processed: RAM, lost with the power
	store   []byte // where input lives
	scan    realTimeScan
	asb     byte

	faults  faults
	rate    int // bytes per second; 0 = as fast as it comes
	rng     *rand.Rand
	trigger []trigger
	count   uint64 // bytes processed

	drawer Drawer

	cur      *Paper // the paper under the head
	papers   []*Paper
	kept     int // bytes in papers
	nextID   int
	sunk     []*Paper // waiting to be written to the sink
	watchers map[chan *Paper]bool
}

// trigger runs a fault when a number of processed bytes is reached.
type trigger struct {
	at  uint64
	run func()
}

// New starts a printer that is switched on, has paper and waits for its first
// connection. Close it when done.
func New(o Options) (*Sim, error) {
	o = o.withDefaults()
	s := &Sim{opts: o, rng: rand.New(rand.NewPCG(o.Seed, 1)), watchers: map[chan *Paper]bool{}}
	s.cond = sync.NewCond(&s.mu)
	s.faults.cutAfter = -1
	s.store = make([]byte, o.Buffer)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.machine = newMachine(liveHand{s}, o)
	s.freshPaperLocked(nil)
	s.addr = o.Addr
	if err := s.powerOnLocked(); err != nil {
		return nil, err
	}
	s.wg.Add(1)
	go s.pace()
	return s, nil
}

// Addr is the TCP address to print to; it stays the same over power cycles.
func (s *Sim) Addr() string { return s.addr }

// Close ends the printer and waits for its goroutines. Papers stay readable.
func (s *Sim) Close() error {
	s.mu.Lock()
	s.closed = true
	s.powerOffLocked()
	for ch := range s.watchers {
		delete(s.watchers, ch)
		close(ch)
	}
	s.mu.Unlock()
	s.wg.Wait()
	return nil
}

func (s *Sim) powerOnLocked() error {
	if s.on || s.closed {
		return nil
	}
	ln, err := net.Listen("tcp", s.addr)
	if err != nil {
		return fmt.Errorf("simulated printer: %w", err)
	}
	s.ln, s.on = ln, true
	s.addr = ln.Addr().String()
	s.wg.Add(1)
	go s.accept(ln)
	return nil
}

// powerOffLocked cuts everything; what was received and not printed is lost.
func (s *Sim) powerOffLocked() {
	if !s.on {
		s.cond.Broadcast()
		return
	}
	s.on = false
	s.ln.Close()
	if s.conn != nil {
		s.conn.cut()
	}
	s.input, s.asb, s.scan = nil, 0, realTimeScan{}
	s.machine = newMachine(liveHand{s}, s.opts)
	s.segmentLocked()
	s.cond.Broadcast()
}

// readyLocked: the mechanism moves.
func (s *Sim) readyLocked() bool {
	f := s.faults
	return s.on && !f.paperOut && !f.coverOpen && !f.cutter
}

// processLocked feeds the interpreter as long as there is input and paper.
// limit bounds the bytes taken, for slow printing.
func (s *Sim) processLocked(limit int) {
	for len(s.input) > 0 && limit > 0 && s.readyLocked() {
		part := s.input[:min(len(s.input), limit)]
		if len(s.trigger) > 0 {
			if s.count >= s.trigger[0].at {
				run := s.trigger[0].run
				s.trigger = s.trigger[1:]
				run()
				continue
			}
			part = part[:min(uint64(len(part)), s.trigger[0].at-s.count)]
		}
		n := s.machine.feed(part)
		s.count += uint64(n)
		limit -= n
		s.recordLocked(part[:n])
		s.input = s.input[n:]
	}
	s.input = s.store[:copy(s.store, s.input)]
	s.cond.Broadcast()
}

// recordLocked adds processed bytes to the paper and ends it at a cut, or when
// it has become too long or too large.
func (s *Sim) recordLocked(b []byte) {
	seg := &s.cur.segments[len(s.cur.segments)-1]
	seg.raw = append(seg.raw, b...)
	switch {
	case s.machine.stop:
		s.finishLocked(s.cur.height > maxLength)
	case s.machine.idle() && s.cur.bytes() > maxRaw:
		s.finishLocked(true)
	case s.cur.bytes() > 2*maxRaw: // inside a command that never ends
		seg.raw = seg.raw[:maxRaw]
	}
}

// segmentLocked starts a new run of bytes on the same paper.
func (s *Sim) segmentLocked() {
	seg := segment{start: s.machine.snapshot()}
	if n := len(s.cur.segments); n > 0 && len(s.cur.segments[n-1].raw) == 0 {
		s.cur.segments[n-1] = seg
		return
	}
	if len(s.cur.segments) < 1000 { // power cycles on one paper
		s.cur.segments = append(s.cur.segments, seg)
	}
}

// freshPaperLocked puts a new paper under the head. last gives its size as a
// guess for the next, so that a busy printer does not grow buffers in steps.
func (s *Sim) freshPaperLocked(last *Paper) {
	s.nextID++
	s.cur = &Paper{ID: s.nextID, width: s.opts.Width}
	s.segmentLocked()
	if last != nil {
		seg := &s.cur.segments[0]
		seg.raw = make([]byte, 0, min(last.bytes(), 32<<10))
	}
}

// finishLocked takes the paper off. Old ones fall off the desk.
func (s *Sim) finishLocked(torn bool) {
	p := s.cur
	p.Time, p.Torn = s.opts.Now(), torn
	s.papers = append(s.papers, p)
	s.kept += p.bytes()
	drop := 0
	for s.kept > maxKept && drop < len(s.papers)-1 || len(s.papers)-drop > maxPapers {
		s.kept -= s.papers[drop].bytes()
		drop++
	}
	clear(s.papers[:drop]) // the array lives on until the next growth
	s.papers = s.papers[drop:]
	if s.opts.Sink != "" && len(s.sunk) < maxPapers {
		s.sunk = append(s.sunk, p)
	}
	for ch := range s.watchers {
		select {
		case ch <- p:
		default: // a slow watcher looks at Papers again; the ids have no gaps
		}
	}
	s.freshPaperLocked(p)
}

// sink writes finished papers to the sink folder, outside the lock. A failing
// disk is the desk's trouble, not the printer's.
func (s *Sim) sink() {
	if s.opts.Sink == "" {
		return
	}
	s.mu.Lock()
	papers := s.sunk
	s.sunk = nil
	s.mu.Unlock()
	for _, p := range papers {
		if png, err := p.PNG(); err == nil {
			name := filepath.Join(s.opts.Sink, fmt.Sprintf("paper-%06d.png", p.ID))
			_ = os.WriteFile(name, png, 0o644)
		}
	}
}

// Papers returns the finished papers, oldest first; at most the last 500.
func (s *Sim) Papers() []*Paper {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Paper(nil), s.papers...)
}

// Current returns what is still in the printer, as it would look torn off now.
func (s *Sim) Current() *Paper {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := *s.cur
	p.Time, p.Torn = s.opts.Now(), true
	p.segments = make([]segment, len(s.cur.segments))
	for i, seg := range s.cur.segments {
		seg.raw = append([]byte(nil), seg.raw...)
		p.segments[i] = seg
	}
	return &p
}

// Tear tears the paper off by hand, as one does at a printer without a knife.
func (s *Sim) Tear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finishLocked(true)
}

// Watch returns a channel of finished papers. It holds 64; a watcher that falls
// behind misses some and finds them in Papers by their gapless ids. cancel ends
// and closes it.
func (s *Sim) Watch() (papers <-chan *Paper, cancel func()) {
	ch := make(chan *Paper, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		close(ch)
		return ch, func() {}
	}
	s.watchers[ch] = true
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.watchers[ch] {
			delete(s.watchers, ch)
			close(ch)
		}
	}
}

// pace feeds a slow printer: twenty steps a second.
func (s *Sim) pace() {
	defer s.wg.Done()
	const step = 50 * time.Millisecond
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.closed {
		if s.rate == 0 || len(s.input) == 0 || !s.readyLocked() {
			s.cond.Wait()
			continue
		}
		limit := max(1, s.rate/20)
		s.mu.Unlock()
		s.opts.Sleep(step)
		s.mu.Lock()
		if s.rate > 0 {
			s.processLocked(limit)
		}
	}
}
