package printer_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/hal/printer/printersim"
)

var update = flag.Bool("update", false, "rewrite the golden pictures in testdata")

// tseCode is the V0 QR code of BSI's and DFKA's published example receipt.
const tseCode = "V0;955002-00;Kassenbeleg-V1;Beleg^0.00_2.55_0.00_0.00_0.00^2.55:Bar;18;112;" +
	"2019-07-10T18:41:04.000Z;2019-07-10T18:41:04.000Z;ecdsa-plain-SHA256;unixTime;" +
	"MEQCIAy4P9k+7x9saDO0uRZ4El8QwN+qTgYiv1DIaJIMWRiuAiAt+saFDGjK2Yi5Cxgy7PprXQ5O0seRgx4ltdpW9REvwA==;" +
	"BHhWOeisRpPBTGQ1W4VUH95TXx2GARf8e2NYZXJoInjtGqnxJ8sZ3CQpYgjI+LYEmW5A37sLWHsyU7nSJUBemyU="

// sample is a whole receipt, laid out for the given columns.
func sample(columns int) printer.Page {
	row := func(l, r string) printer.Op {
		return printer.Text(l+strings.Repeat(" ", columns-len([]rune(l))-len([]rune(r)))+r, printer.Style{})
	}
	mid := func(s string, st printer.Style) printer.Op {
		return printer.Line{Align: printer.Center, Spans: []printer.Span{{Text: s, Style: st}}}
	}
	mark := mid(" DEMO - OHNE ZERTIFIKAT ", printer.Style{Inverse: true, Bold: true})
	sum := columns / 2
	total := fmt.Sprintf("%-*s%*s", sum-9, "SUMME", 9, "12,80 €")
	return printer.Page{ID: "1042", Ops: []printer.Op{
		mark,
		printer.Feed{Lines: 1},
		mid("Café Tresen", printer.Style{Wide: true, Tall: true, Bold: true}),
		mid("Große Bäckerstraße 7", printer.Style{}),
		mid("20095 Hamburg", printer.Style{}),
		mid("USt-IdNr. DE 123 456 789", printer.Style{}),
		printer.Feed{Lines: 1},
		row("Beleg 1042", "21.11.2026 14:05"),
		row("Kasse 1", "Es bediente Sie Jörg"),
		printer.Rule{},
		row("Melange", "3,20 A"),
		row("  2 x 2,90 Käsekuchen", "5,80 B"),
		row("Süßer Öko-Ölschinken", "3,80 B"),
		printer.Rule{Double: true},
		printer.Text(total, printer.Style{Wide: true, Tall: true, Bold: true}),
		row("Bar", "20,00 €"),
		row("Rückgeld", "7,20 €"),
		printer.Rule{},
		row("A 19 %  Netto 2,69", "USt 0,51"),
		row("B  7 %  Netto 8,97", "USt 0,63"),
		printer.Rule{},
		printer.Text("TSE 955002-00  Transaktion 18", printer.Style{}),
		printer.Text("Signaturzähler 112", printer.Style{Underline: true}),
		printer.QR{Data: tseCode, Level: printer.L},
		mid("Vielen Dank für Ihren Besuch!", printer.Style{}),
		printer.Feed{Lines: 1},
		mark,
		printer.Cut{},
	}}
}

var papers = []struct {
	name    string
	sim     printersim.Options
	profile printer.Profile
}{
	{"42 columns", printersim.Options{Width: 512}, printer.Paper80x42()},
	{"48 columns", printersim.Options{Width: 576}, printer.Paper80()},
	{"32 columns", printersim.Options{Width: 384, NoCutter: true}, printer.Paper58()},
}

// printed prints a page and returns its paper.
func printed(t *testing.T, so printersim.Options, pr printer.Profile, page printer.Page) *printersim.Paper {
	t.Helper()
	sim, p := rig(t, so, pr, patient)
	out, err := p.Print(context.Background(), page)
	want(t, out, err, printer.Printed, printer.None)
	if so.NoCutter {
		sim.Tear()
	}
	all := sim.Papers()
	if len(all) != 1 {
		t.Fatalf("got %d papers, want 1", len(all))
	}
	return all[0]
}

// TestGoldenReceipts compares the drawn paper dot by dot. Look at the pictures
// after -update: they are what a customer gets.
func TestGoldenReceipts(t *testing.T) {
	for _, c := range papers {
		t.Run(c.name, func(t *testing.T) {
			got := printed(t, c.sim, c.profile, sample(c.profile.Columns)).Image()
			file := filepath.Join("testdata", fmt.Sprintf("receipt-%d.png", c.profile.Columns))
			if *update {
				writePNG(t, file, got, png.BestCompression)
			}
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			golden, err := png.Decode(f)
			if err != nil {
				t.Fatal(err)
			}
			if n := differ(got, golden); n != 0 {
				t.Errorf("%d dots differ from %s; if it is right run go test -update", n, file)
			}
		})
	}
}

func writePNG(t *testing.T, file string, m image.Image, level png.CompressionLevel) {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: level}).Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func differ(a, b image.Image) int {
	if a.Bounds() != b.Bounds() {
		return a.Bounds().Dx() * a.Bounds().Dy()
	}
	n := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if color.RGBAModel.Convert(a.At(x, y)) != color.RGBAModel.Convert(b.At(x, y)) {
				n++
			}
		}
	}
	return n
}

// scan reads a QR code from a picture with a library we did not write.
func scan(t *testing.T, m image.Image) string {
	t.Helper()
	bmp, err := gozxing.NewBinaryBitmapFromImage(m)
	if err != nil {
		t.Fatal(err)
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	res, err := qrcode.NewQRCodeReader().Decode(bmp, hints)
	if err != nil {
		t.Fatalf("QR code not readable: %v", err)
	}
	return res.GetText()
}

// TestQRIsReadableAndLargeEnough: on every paper, native and raster, for short
// and long data.
func TestQRIsReadableAndLargeEnough(t *testing.T) {
	data := map[string]string{"short": "R1", "tse": tseCode, "long": strings.Repeat("Tresen 0123456789 äöü ", 30)}
	for _, c := range papers {
		for _, mode := range []printer.QRMode{printer.QRRaster, printer.QRNative} {
			for name, d := range data {
				t.Run(fmt.Sprint(c.name, " ", mode, " ", name), func(t *testing.T) {
					o, pr := c.sim, c.profile
					o.NativeQR, pr.QR = mode == printer.QRNative, mode
					page := printer.Page{ID: "qr", Ops: []printer.Op{
						printer.Text("above", printer.Style{}), printer.QR{Data: d, Level: printer.M},
						printer.Text("below", printer.Style{}), printer.Cut{}}}
					m := printed(t, o, pr, page).Image()
					if got := scan(t, m); got != d {
						t.Errorf("got %q, want %q", got, d)
					}
					checkSize(t, m)
				})
			}
		}
	}
}

// checkSize measures the code in the picture of a page that has text only left
// of it: from its leftmost to its rightmost black dot in the rows between.
func checkSize(t *testing.T, m *image.Paletted) {
	t.Helper()
	black := func(x, y int) bool { return m.ColorIndexAt(x, y) == 1 }
	b := m.Bounds()
	left, right, top, bottom := b.Max.X, 0, 0, 0
	for y := 40 + 30; y < b.Max.Y && (top == 0 || y-bottom < 8); y++ {
		for x := 1; x < b.Max.X-1; x++ {
			if black(x, y) {
				left, right, bottom = min(left, x), max(right, x), y
				if top == 0 {
					top = y
				}
			}
		}
	}
	w, h := right-left+1, bottom-top+1
	if w != h || w < 200 {
		t.Fatalf("QR code is %d x %d dots, want square and at least 200 (25 mm at 203 dpi)", w, h)
	}
	module := 0
	for black(left+module, top+module) { // the finder's border is one module
		module++
	}
	if above := top - (40 + 24); above < 4*module {
		t.Errorf("quiet zone above is %d dots, want at least 4 modules of %d", above, module)
	}
	if left-32 < 4*module || b.Max.X-right < 4*module {
		t.Errorf("quiet zone beside the code is too small")
	}
	for y := bottom + 1; y <= bottom+4*module-4; y++ { // text cells begin with white rows
		for x := left; x <= right; x++ {
			if black(x, y) {
				t.Fatalf("quiet zone below holds a dot at row %d", y-bottom)
			}
		}
	}
}

// TestQRByZbar reads the golden receipt with the zbar program, if installed.
func TestQRByZbar(t *testing.T) {
	prog, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("zbarimg is not installed (Debian: zbar-tools); gozxing has read the same code above")
	}
	for _, c := range papers {
		file := filepath.Join(t.TempDir(), "receipt.png")
		m := printed(t, c.sim, c.profile, sample(c.profile.Columns)).Image()
		opaque := image.NewRGBA(m.Bounds())
		draw.Draw(opaque, opaque.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(opaque, opaque.Bounds(), m, image.Point{}, draw.Over)
		writePNG(t, file, opaque, png.BestSpeed)
		out, err := exec.Command(prog, "-q", "--raw", file).Output()
		if err != nil || strings.TrimSpace(string(out)) != tseCode {
			t.Errorf("%s: zbarimg read %q, %v", c.name, out, err)
		}
	}
}

// TestUmlautsAndEuro prints in each code page and reads the paper. The simulator
// decodes by its own tables, so a wrong number or table shows.
func TestUmlautsAndEuro(t *testing.T) {
	for _, c := range []struct {
		page printer.CodePage
		want string
	}{
		{printer.CP858, "äöüÄÖÜß éèç 9,50 € - ─"},
		{printer.CP1252, "äöüÄÖÜß éèç 9,50 € — -"},
		{printer.CP850, "äöüÄÖÜß éèç 9,50 EUR - ─"},
		{printer.CP437, "äöüÄÖÜß éèç 9,50 EUR - ─"},
	} {
		t.Run(c.page.Name, func(t *testing.T) {
			pr := printer.Paper80x42()
			pr.CodePage = c.page
			const text = "äöüÄÖÜß éèç 9,50 € — ─"
			p := printed(t, printersim.Options{}, pr, printer.Page{Ops: []printer.Op{
				printer.Text(text, printer.Style{}), printer.Cut{}}})
			if got := p.Text(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := pr.Printable(text); got != c.want {
				t.Errorf("Printable says %q, want %q", got, c.want)
			}
		})
	}
}

// TestWrongCodePageShows: the number of another maker's table must be visible on
// paper, else the tests above prove nothing.
func TestWrongCodePageShows(t *testing.T) {
	pr := printer.Paper80x42()
	pr.CodePage = printer.CodePage{Name: "CP1252", Select: 19}
	p := printed(t, printersim.Options{}, pr, printer.Page{Ops: []printer.Op{
		printer.Text("äöü €", printer.Style{}), printer.Cut{}}})
	if got := p.Text(); got == "äöü €" {
		t.Error("a wrong code page number went unnoticed")
	}
}

// TestEuroKeepsColumns: "EUR" is two longer than the sign, and the amount column
// must stay where it was.
func TestEuroKeepsColumns(t *testing.T) {
	pr := printer.Paper80x42()
	pr.CodePage = printer.CP437
	p := printed(t, printersim.Options{}, pr, printer.Page{Ops: []printer.Op{
		printer.Text(line("Kaffee 2 €", "12,80 €"), printer.Style{}), printer.Cut{}}})
	if got, want := p.Text(), "Kaffee 2 EUR"+strings.Repeat(" ", 21)+"12,80 EUR"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPictureHoldsNoRealTimeCommand prints every two-byte pattern that a printer
// would obey inside a picture: the drawer must stay shut, the status untouched.
func TestPictureHoldsNoRealTimeCommand(t *testing.T) {
	sim, p := rig(t, printersim.Options{}, printer.Paper80x42(), patient)
	m := image.NewGray(image.Rect(0, 0, 512, 16))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	for i, b := range []byte{0x10, 0x14, 0x01, 0x00, 0x01, 0x10, 0x04, 0x01, 0x10, 0x05, 0x02} {
		for bit := range 8 {
			if b&(0x80>>bit) != 0 {
				for y := range 16 {
					m.SetGray(i*8+bit, y, color.Gray{})
				}
			}
		}
	}
	out, err := p.Print(context.Background(), printer.Page{Ops: []printer.Op{printer.Image{Picture: m}, printer.Cut{}}})
	want(t, out, err, printer.Printed, printer.None)
	if d := sim.Drawer(); d.Kicks != 0 {
		t.Errorf("the picture opened the drawer: %+v", d)
	}
	dots := 0
	for _, c := range sim.Papers()[0].Image().Pix {
		if c == 1 {
			dots++
		}
	}
	if want := 16 * (1 + 2 + 1 + 0 + 1 + 1 + 1 + 1 + 1 + 2 + 1); dots < want {
		t.Errorf("got %d dots, want the picture's %d", dots, want)
	}
}
