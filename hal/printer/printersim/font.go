package printersim

import (
	"image"
	"image/draw"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// glyph is a character cell of up to 16 x 24 dots, the leftmost in the top bit.
type glyph [fontAHeight]uint16

// face is one of the printer's built-in fonts: Go Mono, which covers all of
// CP437, set in cells as the printer's own fonts A (12 x 24) and B (9 x 17).
type face struct {
	mu     sync.Mutex // guards what follows
	face   font.Face
	glyphs map[rune]*glyph
	w, h   int
	base   int // dots from the cell's top to the baseline
	ink    uint8
}

var (
	faceA     = sync.OnceValue(func() *face { return newFace(gomono.TTF, 20, fontAWidth, fontAHeight, 18, 0x58) })
	faceABold = sync.OnceValue(func() *face { return newFace(gomonobold.TTF, 20, fontAWidth, fontAHeight, 18, 0x98) })
	faceB     = sync.OnceValue(func() *face { return newFace(gomono.TTF, 15, fontBWidth, fontBHeight, 13, 0x58) })
	faceBBold = sync.OnceValue(func() *face { return newFace(gomonobold.TTF, 15, fontBWidth, fontBHeight, 13, 0x98) })
)

// newFace panics on our own embedded font only.
func newFace(ttf []byte, size float64, w, h, base int, ink uint8) *face {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic(err)
	}
	fc, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic(err)
	}
	return &face{face: fc, glyphs: map[rune]*glyph{}, w: w, h: h, base: base, ink: ink}
}

// glyphBits returns the dots of a character.
func glyphBits(r rune, bold, fontB bool) *glyph {
	switch {
	case bold && fontB:
		return faceBBold().get(r)
	case fontB:
		return faceB().get(r)
	case bold:
		return faceABold().get(r)
	}
	return faceA().get(r)
}

func (f *face) get(r rune) *glyph {
	f.mu.Lock()
	defer f.mu.Unlock()
	g, ok := f.glyphs[r]
	if !ok {
		g = f.drawLocked(r)
		f.glyphs[r] = g
	}
	return g
}

// drawLocked sets one character. The runes come from code pages, so the cache is
// bounded by them.
func (f *face) drawLocked(r rune) *glyph {
	g := &glyph{}
	switch r {
	case '─': // drawn so that neighbours join
		g[f.h/2], g[f.h/2-1] = ^uint16(0), ^uint16(0)
		return g
	case '═':
		g[f.h/2-4], g[f.h/2-3] = ^uint16(0), ^uint16(0)
		g[f.h/2+2], g[f.h/2+3] = ^uint16(0), ^uint16(0)
		return g
	}
	cell := image.NewAlpha(image.Rect(0, 0, f.w, f.h))
	dr, mask, at, _, ok := f.face.Glyph(fixed.P(0, f.base), r)
	if !ok {
		return g
	}
	draw.DrawMask(cell, dr, image.Opaque, image.Point{}, mask, at, draw.Over)
	for y := 0; y < f.h; y++ {
		for x := 0; x < f.w; x++ {
			if cell.AlphaAt(x, y).A >= f.ink {
				g[y] |= 0x8000 >> x
			}
		}
	}
	return g
}
