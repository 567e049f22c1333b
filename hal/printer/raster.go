package printer

import (
	"bytes"
	"image"
	"image/color"
)

// maxStrip is the usual height of one GS v 0 command (Profile.Strip). Printers garble longer images
// (ESC-POS-.NET issue 227, escpos-php issue 222), and a torn job leaves the
// printer waiting for at most one strip.
const maxStrip = 128

// bitmap is one bit per dot, rows padded to bytes, 1 = black.
type bitmap struct {
	w, h, stride int
	bits         []byte
}

func blankBitmap(w, h int) *bitmap {
	stride := (w + 7) / 8
	return &bitmap{w: w, h: h, stride: stride, bits: make([]byte, stride*h)}
}

func (b *bitmap) set(x, y int) { b.bits[y*b.stride+x/8] |= 0x80 >> (x % 8) }

func (b *bitmap) at(x, y int) bool { return b.bits[y*b.stride+x/8]&(0x80>>(x%8)) != 0 }

// newBitmap reduces a picture to black and white on white paper.
func newBitmap(m image.Image, r image.Rectangle) *bitmap {
	b := blankBitmap(r.Dx(), r.Dy())
	o := m.Bounds().Min
	for y := 0; y < b.h; y++ {
		for x := 0; x < b.w; x++ {
			if dark(m.At(o.X+x, o.Y+y)) {
				b.set(x, y)
			}
		}
	}
	return b
}

// dark says whether a colour laid on white paper is darker than half.
func dark(c color.Color) bool {
	r, g, b, a := c.RGBA() // premultiplied, 0 to 65535
	light := (299*r+587*g+114*b)/1000 + (0xffff - a)
	return light < 0x8000
}

// shifted returns the picture moved right by n dots.
func (b *bitmap) shifted(n int) *bitmap {
	s := blankBitmap(b.w+n, b.h)
	for y := 0; y < b.h; y++ {
		for x := 0; x < b.w; x++ {
			if b.at(x, y) {
				s.set(x+n, y)
			}
		}
	}
	return s
}

// realTime reports where data holds the start of a real-time command: DLE EOT,
// DLE ENQ or DLE DC4. Printers act on them even inside image data; one of them
// clears the buffer, one opens the drawer. It returns -1 when there is none.
func realTime(data []byte) int {
	for from := 0; ; {
		i := bytes.IndexByte(data[from:], 0x10)
		if i < 0 || from+i+1 >= len(data) {
			return -1
		}
		switch data[from+i+1] {
		case 0x04, 0x05, 0x14:
			return from + i
		}
		from += i + 1
	}
}

// harmless returns the picture without real-time commands in it: moved by up to
// seven dots if that helps, else with a dot added to each offending byte.
func (b *bitmap) harmless(dotsWidth int) *bitmap {
	if realTime(b.bits) < 0 {
		return b
	}
	for n := 1; n < 8 && b.w+n <= dotsWidth; n++ {
		if s := b.shifted(n); realTime(s.bits) < 0 {
			return s
		}
	}
	for i := realTime(b.bits); i >= 0; i = realTime(b.bits) {
		b.bits[i] |= 0x08
	}
	return b
}

// raster sends a bitmap as strips of GS v 0, which print without a gap. Its
// header cannot hold a real-time command: 10h is followed by 00h there.
func (e *encoder) raster(b *bitmap) {
	b = b.harmless(e.p.DotsWidth)
	for y := 0; y < b.h; y += e.p.Strip {
		rows := min(e.p.Strip, b.h-y)
		head := []byte{0x1d, 0x76, 0x30, 0x00, byte(b.stride), byte(b.stride >> 8), byte(rows), 0}
		e.putBlock(append(head, b.bits[y*b.stride:(y+rows)*b.stride]...))
	}
}
