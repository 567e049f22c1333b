package printersim

import (
	"image"
	"image/color"

	"rsc.io/qr"
)

// Colours of the paper picture: slightly warm thermal paper on a grey desk.
const (
	inkPaper = iota
	inkBlack
	inkDesk
	inkEdge
)

var palette = color.Palette{
	color.RGBA{0xfd, 0xfc, 0xf8, 0xff},
	color.RGBA{0x22, 0x21, 0x24, 0xff},
	color.RGBA{0x00, 0x00, 0x00, 0x00},
	color.RGBA{0xdd, 0xda, 0xd2, 0xff},
}

// topMargin is the white the knife leaves above the first line.
const topMargin = 40

// canvas draws a paper dot by dot.
type canvas struct {
	textHand // takes what leaves no mark
	img      *image.Paletted
	width    int // printable dots
	left     int // margin
	y        int
	torn     bool
}

// newCanvas prepares a paper of the given printable width and height.
func newCanvas(width, height int, torn bool) *canvas {
	margin := 32 // 80 mm paper: 640 dots for 576
	switch {
	case width <= 400:
		margin = 40 // 58 mm paper: 464 dots for 384
	case width <= 520:
		margin = 64
	}
	h := topMargin + min(height, maxLength+maxStep) + 1
	if torn {
		h += topMargin
	}
	img := image.NewPaletted(image.Rect(0, 0, width+2*margin, h), palette)
	return &canvas{img: img, width: width, left: margin, y: topMargin, torn: torn}
}

// maxStep is the farthest a single command moves the paper: GS v 0.
const maxStep = 65535

// finish draws the edges.
func (c *canvas) finish() *image.Paletted {
	b := c.img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		c.img.SetColorIndex(0, y, inkEdge)
		c.img.SetColorIndex(b.Max.X-1, y, inkEdge)
	}
	if c.torn {
		c.zigzag()
	}
	return c.img
}

// zigzag leaves the teeth of the tear bar at the bottom.
func (c *canvas) zigzag() {
	b := c.img.Bounds()
	for x := 0; x < b.Max.X; x++ {
		tooth := x % 12
		if tooth > 6 {
			tooth = 12 - tooth
		}
		for y := b.Max.Y - 1 - tooth; y < b.Max.Y; y++ {
			c.img.SetColorIndex(x, y, inkDesk)
		}
	}
}

func (c *canvas) dot(x, y int) {
	if x >= 0 && x < c.width && y >= 0 && y < c.img.Rect.Max.Y {
		c.img.Pix[y*c.img.Stride+c.left+x] = inkBlack
	}
}

// start is the left edge of something w dots wide under the alignment.
func (c *canvas) start(w int, m *modes) int {
	switch m.align {
	case 1:
		return max(0, (c.width-w)/2)
	case 2:
		return max(0, c.width-w)
	}
	return 0
}

func (c *canvas) line(cells []cell, m *modes) {
	w, base := 0, 0
	for _, cl := range cells {
		w += cl.width()
		base = max(base, cl.height())
	}
	x := c.start(w, m)
	for _, cl := range cells {
		c.glyph(x, c.y+base-cl.height(), cl)
		x += cl.width()
	}
	c.y += lineHeight(cells, m)
}

// glyph draws one character, magnified, emphasised, inverted.
func (c *canvas) glyph(x0, y0 int, cl cell) {
	bits := glyphBits(cl.r, cl.bold, cl.fontB)
	cw, ch := cl.width()/cl.w, cl.height()/cl.h
	for y := 0; y < ch; y++ {
		row := bits[y]
		if cl.underline && y >= ch-2 {
			row = ^uint16(0)
		}
		if cl.inverse {
			row = ^row
		}
		for x := 0; x < cw; x++ {
			if row&(0x8000>>x) != 0 {
				c.block(x0+x*cl.w, y0+y*cl.h, cl.w, cl.h)
			}
		}
	}
}

func (c *canvas) block(x0, y0, w, h int) {
	for y := y0; y < y0+h; y++ {
		for x := x0; x < x0+w; x++ {
			c.dot(x, y)
		}
	}
}

func (c *canvas) raster(stride, rows int, data []byte, m *modes) {
	x0 := c.start(stride*8, m)
	for i, b := range data {
		if stride == 0 || b == 0 {
			continue
		}
		y, x := i/stride, i%stride*8
		for bit := 0; bit < 8; bit++ {
			if b&(0x80>>bit) != 0 {
				c.dot(x0+x+bit, c.y+y)
			}
		}
	}
	c.y += rows
}

func (c *canvas) code(data string, m *modes) {
	code, err := qr.Encode(data, qr.Level(m.qrLevel))
	if err != nil {
		return // too long: real printers print nothing either
	}
	x0 := c.start(code.Size*m.qrModule, m)
	for y := 0; y < code.Size; y++ {
		for x := 0; x < code.Size; x++ {
			if code.Black(x, y) {
				c.block(x0+x*m.qrModule, c.y+y*m.qrModule, m.qrModule, m.qrModule)
			}
		}
	}
	c.y += code.Size * m.qrModule
}

func (c *canvas) feed(dots int) { c.y += dots }

// codeHeight is how far a drawn code moves the paper.
func codeHeight(data string, m *modes) int {
	code, err := qr.Encode(data, qr.Level(m.qrLevel))
	if err != nil {
		return 0
	}
	return code.Size * m.qrModule
}
