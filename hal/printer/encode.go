package printer

import (
	"bytes"
	"fmt"
	"image"
	"unicode/utf8"
)

// Bounds of one job. A receipt is some 10 KiB; 1 MiB is four metres of picture.
const (
	maxJob    = 1 << 20
	maxHeight = 2400 // dots of one picture
	maxFeed   = 255  // ESC d takes one byte
)

// ESC/POS commands (Epson command reference, chapter of the same name).
var (
	cmdInit       = []byte{0x1b, 0x40}             // ESC @
	cmdLeaveCJK   = []byte{0x1c, 0x2e}             // FS . : clones start in two-byte mode
	cmdUSA        = []byte{0x1b, 0x52, 0x00}       // ESC R 0: keeps [ \ ] { | } ~
	cmdASB        = []byte{0x1d, 0x61, 0xff}       // GS a: report every status change
	cmdCut        = []byte{0x1d, 0x56, 0x42, 0x03} // GS V 66 3: feed to the knife, cut
	cmdTearFeed   = []byte{0x1b, 0x64, 0x04}       // ESC d 4: past the tear bar
	cmdQueuedMark = []byte{0x1d, 0x72, 0x01}       // GS r 1: answered in turn
)

// encoder builds the bytes of one job and remembers the modes it has set, so
// that only changes are sent.
type encoder struct {
	p     Profile
	cs    charset
	out   []byte
	style Style
	align Align
	block int // longest single command with data, for the resync after a torn job
}

// encodePage turns a page into a job: init and code page first, because a
// printer forgets them when switched off.
func encodePage(p Profile, cs charset, page Page) (*encoder, error) {
	e := &encoder{p: p, cs: cs, out: make([]byte, 0, 4096)}
	e.put(cmdInit, cmdLeaveCJK, cmdUSA, []byte{0x1b, 0x74, p.CodePage.Select})
	if !p.OneWay && !p.NoASB {
		e.put(cmdASB)
	}
	for i, op := range page.Ops {
		if op == nil {
			return nil, fmt.Errorf("op %d is nil", i+1)
		}
		if err := op.encode(e); err != nil {
			return nil, fmt.Errorf("op %d: %w", i+1, err)
		}
		if len(e.out) > maxJob {
			return nil, fmt.Errorf("job longer than %d bytes at op %d", maxJob, i+1)
		}
	}
	return e, nil
}

func (e *encoder) put(parts ...[]byte) {
	for _, b := range parts {
		e.out = append(e.out, b...)
	}
}

// putBlock adds one command with data; a torn job leaves the printer waiting for
// at most the longest of them.
func (e *encoder) putBlock(b []byte) {
	e.block = max(e.block, len(b))
	e.put(b)
}

// setAlign sends ESC a; the printer honours it at the start of a line only.
func (e *encoder) setAlign(a Align) {
	if a != e.align && a <= Right {
		e.put([]byte{0x1b, 0x61, byte(a)})
		e.align = a
	}
}

// setStyle sends what differs: ESC E, ESC -, GS B, GS !.
func (e *encoder) setStyle(s Style) {
	if s.Bold != e.style.Bold {
		e.put([]byte{0x1b, 0x45, bit(s.Bold, 1)})
	}
	if s.Underline != e.style.Underline {
		e.put([]byte{0x1b, 0x2d, bit(s.Underline, 1)})
	}
	if s.Inverse != e.style.Inverse {
		e.put([]byte{0x1d, 0x42, bit(s.Inverse, 1)})
	}
	if s.Wide != e.style.Wide || s.Tall != e.style.Tall {
		e.put([]byte{0x1d, 0x21, bit(s.Wide, 0x10) | bit(s.Tall, 0x01)})
	}
	e.style = s
}

func bit(on bool, b byte) byte {
	if on {
		return b
	}
	return 0
}

func (l Line) encode(e *encoder) error {
	texts := make([][]byte, len(l.Spans))
	for i, s := range l.Spans {
		texts[i] = e.cs.bytes(s.Text)
	}
	over := l.width(texts) - e.p.Columns
	if over > l.growth(texts) {
		return fmt.Errorf("line of %d columns on %d: %.60q", e.p.Columns+over, e.p.Columns, bytes.Join(texts, nil))
	}
	// Substitutes ("EUR") are longer than what the caller laid out: take the room
	// back from runs of blanks. Where there is none the printer wraps the line.
	for ; over > 0 && squeeze(texts); over = l.width(texts) - e.p.Columns {
	}
	e.setAlign(l.Align)
	for i, s := range l.Spans {
		if len(texts[i]) > 0 {
			e.setStyle(s.Style)
			e.put(texts[i])
		}
	}
	// Inverse and double height must not leak into the line feed's gap.
	e.setStyle(Style{})
	e.put([]byte{'\n'})
	return nil
}

// width is the line's length in columns of font A.
func (l Line) width(texts [][]byte) int {
	n := 0
	for i, s := range l.Spans {
		n += len(texts[i])
		if s.Style.Wide {
			n += len(texts[i])
		}
	}
	return n
}

// growth is how many columns substitutes have added.
func (l Line) growth(texts [][]byte) int {
	n := 0
	for i, s := range l.Spans {
		more := max(0, len(texts[i])-utf8.RuneCountInString(s.Text))
		if s.Style.Wide {
			more *= 2
		}
		n += more
	}
	return n
}

// squeeze removes one blank from the longest run of two or more; false when
// there is none.
func squeeze(texts [][]byte) bool {
	span, at, longest := -1, 0, 1
	for i, t := range texts {
		run := 0
		for j, c := range t {
			if c != ' ' {
				run = 0
				continue
			}
			if run++; run > longest {
				span, at, longest = i, j, run
			}
		}
	}
	if span < 0 {
		return false
	}
	texts[span] = append(texts[span][:at:at], texts[span][at+1:]...)
	return true
}

func (r Rule) encode(e *encoder) error {
	c := "─"
	if r.Double {
		c = "═"
	}
	e.setAlign(Left)
	e.put(bytes.Repeat(e.cs.bytes(c), e.p.Columns), []byte{'\n'})
	return nil
}

func (f Feed) encode(e *encoder) error {
	if f.Lines < 1 || f.Lines > maxFeed {
		return fmt.Errorf("feed of %d lines, want 1 to %d", f.Lines, maxFeed)
	}
	e.put([]byte{0x1b, 0x64, byte(f.Lines)})
	return nil
}

func (Cut) encode(e *encoder) error {
	if e.p.Cut {
		e.put(cmdCut)
	} else {
		e.put(cmdTearFeed)
	}
	return nil
}

func (k Kick) encode(e *encoder) error {
	if err := e.p.Pins.pulses(k.Pin); err != nil {
		return err
	}
	e.put(pulse(k.Pin))
	return nil
}

// pulse is ESC p: 50 ms on, 500 ms off. The printer times it, so a crash of ours
// cannot hold the coil; off >= 4 x on keeps the duty under 20 % (Citizen).
func pulse(pin int) []byte { return []byte{0x1b, 0x70, byte(pin), 0x19, 0xfa} }

func (i Image) encode(e *encoder) error {
	if i.Picture == nil {
		return fmt.Errorf("image without a picture")
	}
	size := i.Picture.Bounds().Size()
	if size.X < 1 || size.Y < 1 || size.X > e.p.DotsWidth || size.Y > maxHeight {
		return fmt.Errorf("image of %d x %d dots, want at most %d x %d", size.X, size.Y, e.p.DotsWidth, maxHeight)
	}
	e.setAlign(i.Align)
	e.raster(newBitmap(i.Picture, image.Rect(0, 0, size.X, size.Y)))
	return nil
}
