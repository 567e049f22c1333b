package printer

// replyKind tells a printer's replies apart. They carry no label; their bit
// patterns do (Epson command reference, "Status transmission").
type replyKind byte

const (
	noReply replyKind = iota
	realTimeReply
	asbReply     // automatic status back, four bytes
	processReply // GS ( H: block 37h 22h d1 d2 d3 d4 00h
	infoReply    // GS I and other blocks: header, text, 00h
	queuedReply  // GS r: 0xx0xxxx
	flowReply    // XON, XOFF: no meaning for us
	junkReply    // no reply of any printer
)

// maxBlock bounds a block reply; the longest known is a model name of 32 bytes.
const maxBlock = 80

// reply is one complete reply.
type reply struct {
	kind replyKind
	b    [4]byte // realTime and queued: b[0]; asb, process: all four
	text string  // info: between header and 00h
}

// replyParser cuts the byte stream from the printer into replies. It keeps at
// most maxBlock bytes and accepts any rubbish.
type replyParser struct {
	buf []byte // an unfinished ASB or block
}

// push takes one byte and returns the replies it completes: mostly none or one,
// two when it also shows that the bytes before it were junk.
func (p *replyParser) push(b byte) []reply {
	if len(p.buf) == 0 {
		return p.first(b)
	}
	if isASB(p.buf[0]) {
		return p.inASB(b)
	}
	return p.inBlock(b)
}

func isASB(b byte) bool      { return b&0x93 == 0x10 }
func isRealTime(b byte) bool { return b&0x93 == 0x12 }
func isQueued(b byte) bool   { return b&0x90 == 0x00 }

func (p *replyParser) first(b byte) []reply {
	switch {
	case isRealTime(b):
		return []reply{{kind: realTimeReply, b: [4]byte{b}}}
	case isASB(b), b == 0x37, b == 0x3d, b == 0x5f:
		p.buf = append(p.buf, b)
		return nil
	case b == 0x11, b == 0x13:
		return []reply{{kind: flowReply}}
	case isQueued(b):
		return []reply{{kind: queuedReply, b: [4]byte{b}}}
	}
	return []reply{{kind: junkReply}}
}

// inASB takes the bytes after an ASB's first: all of the form 0xx0xxxx.
func (p *replyParser) inASB(b byte) []reply {
	if !isQueued(b) {
		return p.junk(b)
	}
	p.buf = append(p.buf, b)
	if len(p.buf) < 4 {
		return nil
	}
	r := reply{kind: asbReply, b: [4]byte(p.buf)}
	p.buf = p.buf[:0]
	return []reply{r}
}

// inBlock takes the bytes of a block: printable text, then 00h.
func (p *replyParser) inBlock(b byte) []reply {
	if b != 0 {
		if b < 0x20 || b > 0x7e || len(p.buf) >= maxBlock {
			return p.junk(b)
		}
		p.buf = append(p.buf, b)
		return nil
	}
	r := reply{kind: infoReply, text: string(p.buf[1:])}
	if p.buf[0] == 0x37 && len(p.buf) == 6 && p.buf[1] == 0x22 {
		r = reply{kind: processReply, b: [4]byte(p.buf[2:6])}
	}
	p.buf = p.buf[:0]
	return []reply{r}
}

// junk drops the unfinished reply and looks at b afresh.
func (p *replyParser) junk(b byte) []reply {
	p.buf = p.buf[:0]
	return append([]reply{{kind: junkReply}}, p.first(b)...)
}
