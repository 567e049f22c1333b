package printersim

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"time"
)

// Geometry of the mechanism and bounds of a paper, in dots of 1/8 mm.
const (
	cutterDistance = 96      // from the head to the knife: 12 mm
	maxLength      = 24_000  // 3 m; then the paper tears
	maxRaw         = 1 << 20 // bytes of one paper; then it tears, too
	maxPapers      = 500
	maxKept        = 64 << 20 // bytes of all kept papers
)

// segment is a run of bytes interpreted from a known state: a power cycle starts
// a new one on the same paper.
type segment struct {
	start machine
	raw   []byte
}

// Paper is one piece of paper, cut or torn off. It keeps the bytes and draws
// them when asked; its methods may be called from any goroutine.
type Paper struct {
	ID   int // counts from 1, without gaps
	Time time.Time
	Torn bool // not cut by the knife: torn by hand or still in the printer

	width    int
	height   int // as counted live; codes are estimated
	segments []segment
}

// Raw returns the bytes that made the paper.
func (p *Paper) Raw() []byte {
	var b []byte
	for _, s := range p.segments {
		b = append(b, s.raw...)
	}
	return b
}

// Lines returns the printed text, one string per line as decoded by the code
// page the printer was set to, trailing blanks removed. Codes and pictures are
// not in it.
func (p *Paper) Lines() []string {
	t := &textHand{}
	p.replay(t)
	return t.lines
}

// Text returns Lines as one string.
func (p *Paper) Text() string { return strings.Join(p.Lines(), "\n") }

// Codes returns the payloads of codes the printer drew itself. It is for
// information only: a test reads the code from the picture.
func (p *Paper) Codes() []string {
	t := &textHand{}
	p.replay(t)
	return t.codes
}

// Image draws the paper, margins included, one pixel per dot (203 dpi).
func (p *Paper) Image() *image.Paletted {
	size := &measure{}
	p.replay(size)
	c := newCanvas(p.width, size.height, p.Torn)
	p.replay(c)
	return c.finish()
}

// PNG draws the paper and packs it. The error can only be one of memory.
func (p *Paper) PNG() ([]byte, error) {
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&b, p.Image()); err != nil {
		return nil, fmt.Errorf("draw paper %d: %w", p.ID, err)
	}
	return b.Bytes(), nil
}

// replay interprets the bytes again, for another hand.
func (p *Paper) replay(hand paperHand) {
	for _, s := range p.segments {
		m := s.start.resume(hand)
		for raw := s.raw; len(raw) > 0; {
			raw = raw[m.feed(raw):]
		}
		if p.Torn {
			m.flush()
		}
	}
}

func (p *Paper) bytes() int {
	n := 0
	for _, s := range p.segments {
		n += len(s.raw) + len(s.start.data) + 512
	}
	return n
}

// lineHeight is how far a line moves the paper.
func lineHeight(cells []cell, m *modes) int {
	h := m.spacing
	for _, c := range cells {
		h = max(h, c.height())
	}
	return h
}

// textHand collects text and codes of a replay.
type textHand struct {
	lines, codes []string
}

func (t *textHand) line(cells []cell, _ *modes) {
	var b strings.Builder
	for _, c := range cells {
		b.WriteRune(c.r)
	}
	t.lines = append(t.lines, strings.TrimRight(b.String(), " "))
}

func (t *textHand) code(data string, _ *modes)        { t.codes = append(t.codes, data) }
func (*textHand) raster(_, _ int, _ []byte, _ *modes) {}
func (*textHand) feed(int)                            {}
func (*textHand) cut()                                {}
func (*textHand) pulse(byte)                          {}
func (*textHand) reply([]byte)                        {}
func (*textHand) queued(byte)                         {}
func (*textHand) identify(byte)                       {}
func (*textHand) setASB(byte)                         {}

// measure counts the length of a replay in dots.
type measure struct {
	textHand
	height int
}

func (s *measure) line(cells []cell, m *modes)            { s.height += lineHeight(cells, m) }
func (s *measure) raster(_, rows int, _ []byte, _ *modes) { s.height += rows }
func (s *measure) feed(dots int)                          { s.height += dots }
func (s *measure) code(data string, m *modes)             { s.height += codeHeight(data, m) }
