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

	// OneWay is for printers or links that never answer. Nothing can be asked
	// or proven then: Printed means only "taken by the printer".
	OneWay bool
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
	if _, ok := upperHalf(p.CodePage.Name); !ok {
		return fmt.Errorf("printer profile %q: code page %q, want CP858, CP1252, CP850 or CP437", p.Name, p.CodePage.Name)
	}
	return nil
}
