package printer

import "fmt"

// QRMode says who draws the QR codes.
type QRMode byte

// QRRaster lets the driver draw them (GS v 0): the same on every printer, the
// default. QRNative leaves it to the printer (GS ( k, function 165 to 181).
const (
	QRRaster QRMode = iota
	QRNative
)

// Profile is what differs between printer models. The zero value of a field is
// the common case; New fills Columns, DotsWidth and CodePage by default.
type Profile struct {
	Name         string   // for people, e.g. "80 mm, 42 columns"
	Columns      int      // characters of font A per line: 42 (default), 48 or 32
	DotsWidth    int      // printable dots per row: 512 (default), 576 or 384
	CodePage     CodePage // default CP858 selected by ESC t 19
	QR           QRMode
	Cut          bool // has an automatic cutter
	HasProcessID bool // answers GS ( H: the strongest proof of printing

	Strip int    // rows of picture sent in one command, 8 to 255; 128 (default)
	NoASB bool   // does not report status changes by itself (GS a): it is asked only
	Pins  Drawer // pulses the drawer port has

	// OneWay is for printers or links that never answer. Nothing can be asked
	// or proven then: Printed means only "taken by the printer".
	OneWay bool
}

// Drawer says which pins of the drawer port the printer can pulse.
type Drawer byte

// The drawer ports; the usual one has both.
const (
	BothPins Drawer = iota // connector pin 2 (0) and pin 5 (1)
	OnlyPin2
	NoDrawer
)

// pulses refuses a pin that the port does not have.
func (d Drawer) pulses(pin int) error {
	switch {
	case pin < 0 || pin > 1:
		return fmt.Errorf("drawer pin %d, want 0 or 1", pin)
	case d == NoDrawer:
		return fmt.Errorf("drawer pin %d: this printer has no drawer port", pin)
	case d == OnlyPin2 && pin != 0:
		return fmt.Errorf("drawer pin %d: this printer pulses pin 0 (connector pin 2) only", pin)
	}
	return nil
}

// CodePage is a character table and the number that selects it (ESC t n). The
// number is not uniform among makers, so it is a field of its own.
type CodePage struct {
	Name   string // "CP858", "CP1252", "CP850" or "CP437"
	Select byte   // n of ESC t n
}

// The code pages under their usual Epson numbers.
var (
	CP858  = CodePage{"CP858", 19}
	CP1252 = CodePage{"CP1252", 16}
	CP850  = CodePage{"CP850", 2} // no euro sign: prints EUR
	CP437  = CodePage{"CP437", 0} // no euro sign: prints EUR
)

// Paper80 is the common 80 mm printer: 48 columns on 576 dots.
func Paper80() Profile {
	return Profile{Name: "80 mm, 48 columns", Columns: 48, DotsWidth: 576, CodePage: CP858, Cut: true}
}

// Paper80x42 is the 80 mm printer with 42 columns on 512 dots.
func Paper80x42() Profile {
	return Profile{Name: "80 mm, 42 columns", Columns: 42, DotsWidth: 512, CodePage: CP858, Cut: true}
}

// Paper58 is the common 58 mm printer: 32 columns on 384 dots, no cutter.
func Paper58() Profile {
	return Profile{Name: "58 mm, 32 columns", Columns: 32, DotsWidth: 384, CodePage: CP858}
}

// withDefaults fills the fields whose zero value means "the usual".
func (p Profile) withDefaults() Profile {
	if p.Columns == 0 {
		p.Columns = 42
	}
	if p.DotsWidth == 0 {
		p.DotsWidth = 512
	}
	if p.CodePage.Name == "" {
		p.CodePage = CP858
	}
	if p.Strip == 0 {
		p.Strip = maxStrip
	}
	return p
}

// check refuses a profile that no printer has.
func (p Profile) check() error {
	if p.Columns < 16 || p.Columns > 96 {
		return fmt.Errorf("printer profile %q: %d columns, want 16 to 96", p.Name, p.Columns)
	}
	if p.DotsWidth < 256 || p.DotsWidth > 2040 {
		return fmt.Errorf("printer profile %q: %d dots wide, want 256 to 2040", p.Name, p.DotsWidth)
	}
	if p.Columns*12 > p.DotsWidth+24 && p.Columns*9 > p.DotsWidth {
		return fmt.Errorf("printer profile %q: %d columns do not fit %d dots", p.Name, p.Columns, p.DotsWidth)
	}
	if p.Strip < 8 || p.Strip > 255 {
		return fmt.Errorf("printer profile %q: picture strips of %d rows, want 8 to 255", p.Name, p.Strip)
	}
	if p.QR > QRNative || p.Pins > NoDrawer {
		return fmt.Errorf("printer profile %q: unknown QR mode %d or drawer port %d", p.Name, p.QR, p.Pins)
	}
	if p.OneWay && p.HasProcessID {
		return fmt.Errorf("printer profile %q: a printer that never answers cannot prove printing by GS ( H", p.Name)
	}
	if _, ok := upperHalf(p.CodePage.Name); !ok {
		return fmt.Errorf("printer profile %q: code page %q, want CP858, CP1252, CP850 or CP437", p.Name, p.CodePage.Name)
	}
	return nil
}
