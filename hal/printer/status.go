package printer

import "github.com/tresen-pos/tresen/hal"

// Status is what the printer last said about itself. The zero value means that
// it has said nothing yet.
type Status struct {
	Known       bool // the printer has answered
	Offline     bool
	CoverOpen   bool
	PaperOut    bool
	PaperLow    bool // near end; printers without the sensor never say so
	CutterError bool
	HeadHot     bool // recovers by itself
	Error       bool // any other error
	DrawerHigh  bool // level of drawer connector pin 3; its meaning is the drawer's
}

// Reason picks what a person should do first; None when the printer can print.
func (s Status) Reason() Reason {
	switch {
	case !s.Known:
		return Unanswered
	case s.CoverOpen:
		return CoverOpen
	case s.PaperOut:
		return PaperOut
	case s.CutterError:
		return CutterError
	case s.Error:
		return PrinterError
	case s.HeadHot:
		return HeadHot
	case s.Offline:
		return Offline
	}
	return None
}

// Health words the status for the box's checks.
func (s Status) Health() hal.Health {
	if r := s.Reason(); r != None {
		return r.Health()
	}
	if s.PaperLow {
		return hal.Health{Severity: hal.Warning, Code: "printer-paper-low",
			Sentence: "The printer's paper is nearly used up.", Remedy: "Have a new roll ready."}
	}
	return None.Health()
}

// realTime merges the reply to DLE EOT n (Epson command reference, tables of
// that command; reference bits are given in hexadecimal).
func (s *Status) realTime(n, b byte) {
	switch n {
	case 1:
		s.DrawerHigh = b&0x04 != 0
		s.Offline = b&0x08 != 0
	case 2:
		s.CoverOpen = b&0x04 != 0
		s.PaperOut = b&0x20 != 0
		s.Error = b&0x40 != 0
	case 3:
		// Bit 04 (recoverable) is undefined on Citizen and Bixolon.
		s.CutterError = b&0x08 != 0
		s.HeadHot = b&0x40 != 0
		s.Error = b&0x20 != 0 || s.Error && !s.CutterError && !s.HeadHot
	case 4:
		s.PaperLow = b&0x0c == 0x0c
		s.PaperOut = s.PaperOut || b&0x60 == 0x60
		s.Known = true
	}
}

// asb replaces the status by the four bytes of automatic status back (GS a).
func (s *Status) asb(b [4]byte) {
	*s = Status{
		Known:       true,
		DrawerHigh:  b[0]&0x04 != 0,
		Offline:     b[0]&0x08 != 0,
		CoverOpen:   b[0]&0x20 != 0,
		CutterError: b[1]&0x08 != 0,
		Error:       b[1]&0x20 != 0,
		HeadHot:     b[1]&0x40 != 0,
		PaperLow:    b[2]&0x03 == 0x03,
		PaperOut:    b[2]&0x0c == 0x0c,
	}
}
