package printer

import (
	"fmt"

	"rsc.io/qr"
)

// Measures of a QR code on paper at 203 dpi, 8 dots per millimetre.
const (
	minCodeDots = 200 // 25 mm
	quietZone   = 4   // modules of white on each side, ISO/IEC 18004
	maxModule   = 16  // limit of GS ( k function 167
)

// maxQR bounds the data: version 40 at level L holds 2,953 bytes.
const maxQR = 2953

func (q QR) encode(e *encoder) error {
	if len(q.Data) == 0 || len(q.Data) > maxQR || q.Level > H {
		return fmt.Errorf("qr code of %d bytes at level %d, want 1 to %d bytes", len(q.Data), q.Level, maxQR)
	}
	code, err := qr.Encode(q.Data, qr.Level(q.Level))
	if err != nil {
		return fmt.Errorf("qr code of %d bytes: %w", len(q.Data), err)
	}
	dots := moduleDots(code.Size, e.p.DotsWidth)
	if dots < 2 {
		return fmt.Errorf("qr code of %d modules does not fit %d dots", code.Size, e.p.DotsWidth)
	}
	e.setAlign(Center)
	if e.p.QR == QRNative && e.nativeQR(q, dots) {
		return nil
	}
	e.raster(drawQR(code, dots))
	return nil
}

// moduleDots is the size of one module: the smallest that makes the code 25 mm
// wide, or the largest that fits the paper with its quiet zone.
func moduleDots(modules, dotsWidth int) int {
	want := min((minCodeDots+modules-1)/modules, maxModule)
	return min(want, dotsWidth/(modules+2*quietZone))
}

// drawQR draws the code with its quiet zone on all sides.
func drawQR(code *qr.Code, dots int) *bitmap {
	side := (code.Size + 2*quietZone) * dots
	b := blankBitmap(side, side)
	for y := range code.Size {
		top := (y + quietZone) * dots
		for x := range code.Size {
			if code.Black(x, y) {
				for i := range dots {
					b.set((x+quietZone)*dots+i, top)
				}
			}
		}
		row := b.bits[top*b.stride : (top+1)*b.stride]
		for i := 1; i < dots; i++ {
			copy(b.bits[(top+i)*b.stride:], row)
		}
	}
	return b
}

// nativeQR leaves the drawing to the printer: GS ( k functions 165 (model 2),
// 167 (module size), 169 (level), 180 (store), 181 (print). It declines data
// that would hold a real-time command.
func (e *encoder) nativeQR(q QR, dots int) bool {
	n := len(q.Data) + 3
	store := append([]byte{0x1d, 0x28, 0x6b, byte(n), byte(n >> 8), 0x31, 0x50, 0x30}, q.Data...)
	if realTime(store) >= 0 {
		return false
	}
	// Quiet zone above and below in text lines; one is at least 24 dots high.
	feed := []byte{0x1b, 0x64, byte((quietZone*dots + 23) / 24)}
	e.put(feed,
		[]byte{0x1d, 0x28, 0x6b, 0x04, 0x00, 0x31, 0x41, 0x32, 0x00},
		[]byte{0x1d, 0x28, 0x6b, 0x03, 0x00, 0x31, 0x43, byte(dots)},
		[]byte{0x1d, 0x28, 0x6b, 0x03, 0x00, 0x31, 0x45, 0x30 + byte(q.Level)})
	e.putBlock(store)
	e.put([]byte{0x1d, 0x28, 0x6b, 0x03, 0x00, 0x31, 0x51, 0x30}, feed)
	return true
}
