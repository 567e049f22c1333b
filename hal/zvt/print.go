package zvt

// Kind is whose receipt a line belongs to (tag 1F07).
type Kind byte

// The receipt kinds; zero is not told.
const (
	MerchantReceipt Kind = 1
	CustomerReceipt Kind = 2
	AdminReceipt    Kind = 3
)

// Line is one line of a receipt that the terminal wants printed.
type Line struct {
	Text          string
	Centred       bool
	Wide, High    bool // double width, double height
	Indent        int  // columns, 0 to 15
	Feed          int  // lines to feed in place of a text
	Kind          Kind
	Last          bool // the receipt ends with this line: cut here
	MustPrint     bool // tag 1F37: the law or the scheme wants paper
	WantSignature bool // tag 1F37: has a field for the signature
}

// Attribute bits of print lines (13.08, ch. 3.5).
const (
	attrLast    = 0x80
	attrCentred = 0x40
	attrWide    = 0x20
	attrHigh    = 0x10
	attrIndent  = 0x0f
	attrFeed    = 0xff
)

// style applies an attribute to a line. 80 alone ends nothing: only with another
// bit set is it the last line (13.08, ch. 3.5).
func (l *Line) style(attr byte) {
	l.Last = attr&attrLast != 0 && attr != attrLast
	l.Centred, l.Wide, l.High = attr&attrCentred != 0, attr&attrWide != 0, attr&attrHigh != 0
	l.Indent = int(attr & attrIndent)
}

// DecodeLines reads the lines of a print line (06 D1) or a text block (06 D3).
func DecodeLines(m Message, cs Charset) []Line {
	if m.Code == CodePrintLine {
		return printLine(m, cs)
	}
	return textBlock(m.objects(), cs)
}

func printLine(m Message, cs Charset) []Line {
	if len(m.Lead) == 0 {
		return nil
	}
	l := Line{Kind: kindOf(m.objects())}
	attr, text := m.Lead[0], m.Lead[1:]
	if attr == attrFeed {
		if len(text) > 0 {
			l.Feed = int(text[0])
		}
		return []Line{l}
	}
	l.style(attr)
	l.Text = cs.Decode(text)
	return []Line{l}
}

func kindOf(objects []Object) Kind {
	if d, ok := Find(objects, 0x1f07); ok && len(d) == 1 {
		return Kind(d[0])
	}
	return 0
}

// textBlock reads tag 25: an attribute (09) holds for the lines (07) after it. An
// attribute FF feeds nothing here but ends the receipt (Feig sends it so).
func textBlock(objects []Object, cs Charset) []Line {
	base := Line{Kind: kindOf(objects)}
	if d, ok := Find(objects, 0x1f37); ok && len(d) > 0 {
		base.MustPrint, base.WantSignature = d[0]&0x80 != 0, d[0]&0x02 != 0
	}
	if d, ok := Find(objects, 0x14); ok && len(d) == 1 {
		cs = announced(d[0], cs)
	}
	data, _ := Find(objects, 0x25)
	inner, _ := ParseTLV(data) // a whole APDU is here; a broken container keeps its beginning
	var lines []Line
	attr := byte(0)
	for _, o := range inner {
		switch {
		case o.Tag == 0x09 && len(o.Data) == 1:
			if attr = o.Data[0]; attr == attrFeed {
				lines = endReceipt(lines, base)
				attr = 0
			}
		case o.Tag == 0x07:
			l := base
			l.style(attr)
			l.Text = cs.Decode(o.Data)
			lines = append(lines, l)
		}
	}
	return lastOnce(lines)
}

func endReceipt(lines []Line, base Line) []Line {
	if len(lines) == 0 {
		lines = append(lines, base)
	}
	lines[len(lines)-1].Last = true
	return lines
}

// lastOnce keeps one Last per run of lines under one attribute: the last one ends
// the receipt, its neighbours before it do not.
func lastOnce(lines []Line) []Line {
	for i := range len(lines) - 1 {
		if lines[i].Last && lines[i+1].Last {
			lines[i].Last = false
		}
	}
	return lines
}

// announced maps tag 14 to a charset (13.08, ch. 9): 00 ASCII, 01 to 10 ISO
// 8859-n, FE UTF-8, FF CP437. A setting of the technician wins: terminals that
// announce one thing and send another exist.
func announced(code byte, set Charset) Charset {
	switch {
	case set != Guess:
		return set
	case code == 0xfe:
		return UTF8
	case code == 0x01, code == 0x0f:
		return Latin1
	}
	return set
}
