package box

import (
	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/slip"
)

// page turns a laid out slip into a printer's page.
func page(id string, lines []slip.Line) printer.Page {
	p := printer.Page{ID: id}
	for _, l := range lines {
		p.Ops = append(p.Ops, op(l))
	}
	return p
}

func op(l slip.Line) printer.Op {
	switch {
	case l.Rule:
		return printer.Rule{}
	case l.QR != nil:
		return printer.QR{Data: l.QR.Data, Level: printer.M}
	case l.Cut:
		return printer.Cut{}
	case l.Feed > 0:
		return printer.Feed{Lines: l.Feed}
	}
	style := printer.Style{Bold: l.Bold, Inverse: l.Invert, Wide: l.Wide, Tall: l.Tall}
	return printer.Line{Align: align(l.Align), Spans: []printer.Span{{Text: l.Text, Style: style}}}
}

func align(a slip.Align) printer.Align {
	switch a {
	case slip.Center:
		return printer.Center
	case slip.Right:
		return printer.Right
	}
	return printer.Left
}

// profile is what the driver must know of a printer in the master data.
func profile(p catalog.Printer) printer.Profile {
	f := printer.Profile{Name: p.Name, Columns: p.Columns, DotsWidth: dots(p.Columns),
		CodePage: codePage(p), Cut: p.Cut, HasProcessID: p.Proof == "processId", OneWay: p.Proof == "none"}
	if p.QR == "native" {
		f.QR = printer.QRNative
	}
	return f
}

func dots(columns int) int {
	switch columns {
	case 32:
		return 384
	case 48:
		return 576
	}
	return 512
}

func codePage(p catalog.Printer) printer.CodePage {
	c := map[string]printer.CodePage{"cp858": printer.CP858, "cp1252": printer.CP1252,
		"cp850": printer.CP850, "cp437": printer.CP437}[p.CodePage]
	if p.PageNo >= 0 {
		c.Select = byte(p.PageNo)
	}
	return c
}
