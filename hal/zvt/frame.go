package zvt

// Serial frames (PA00P016_04): DLE STX APDU DLE ETX CRClo CRChi. Each 10h of the
// APDU is doubled; the doubles count neither for the CRC nor for the length. The
// CRC bytes are not escaped, so a frame's end is found by state only.
const (
	ack = 0x06
	nak = 0x15
	dle = 0x10
	stx = 0x02
	etx = 0x03
)

// crcStep is one byte of the reflected CRC-16 with polynomial 1021h (8408h
// reversed), start 0, no final inversion: CRC-16/KERMIT. The text of the
// specification calls it XModem; captured frames contain this one.
func crcStep(crc uint16, b byte) uint16 {
	crc ^= uint16(b)
	for range 8 {
		if crc&1 != 0 {
			crc = crc>>1 ^ 0x8408
		} else {
			crc >>= 1
		}
	}
	return crc
}

// CRC is the checksum over an APDU's bytes and the closing ETX.
func CRC(apdu []byte) uint16 {
	var crc uint16
	for _, b := range apdu {
		crc = crcStep(crc, b)
	}
	return crcStep(crc, etx)
}

// AppendFrame appends the serial frame around an APDU's bytes.
func AppendFrame(b, apdu []byte) []byte {
	b = append(b, dle, stx)
	for _, c := range apdu {
		if c == dle {
			b = append(b, dle)
		}
		b = append(b, c)
	}
	crc := CRC(apdu)
	return append(b, dle, etx, byte(crc), byte(crc>>8))
}

// Event is what a Deframer found.
type Event int

// Nothing is complete yet; Frame: an APDU's bytes with a good checksum; Bad: a
// frame that must be answered with NAK; GotAck and GotNak: the other side's
// answer to our frame.
const (
	Nothing Event = iota
	Frame
	Bad
	GotAck
	GotNak
)

// Deframer takes serial frames apart byte by byte. The zero value is ready; bytes
// outside of frames that mean nothing are dropped. It holds at most one APDU.
type Deframer struct {
	state deframeState
	apdu  []byte
	crc   uint16
}

type deframeState int

const (
	idle deframeState = iota
	idleDLE
	inside
	insideDLE
	crcLow
	crcHigh
)

// maxFrame is the longest APDU: control field, long length, data.
const maxFrame = 5 + maxData

// Reset drops an unfinished frame, after T1 (200 ms between two bytes). It
// reports whether there was one, which wants a NAK.
func (d *Deframer) Reset() bool {
	was := d.state > idleDLE
	d.state, d.apdu = idle, nil
	return was
}

// Push takes one byte. With Frame come the APDU's bytes, which are the caller's.
func (d *Deframer) Push(b byte) (Event, []byte) {
	switch d.state {
	case idle, idleDLE:
		return d.outside(b), nil
	case inside:
		if b == dle {
			d.state = insideDLE
			return Nothing, nil
		}
		return d.take(b), nil
	case insideDLE:
		return d.escaped(b), nil
	case crcLow:
		d.crc, d.state = uint16(b), crcHigh
		return Nothing, nil
	}
	return d.finish(b)
}

func (d *Deframer) outside(b byte) Event {
	was := d.state
	d.state = idle
	switch {
	case was == idleDLE && b == stx:
		d.state = inside
	case b == dle:
		d.state = idleDLE
	case b == ack:
		return GotAck
	case b == nak:
		return GotNak
	}
	return Nothing
}

func (d *Deframer) take(b byte) Event {
	if len(d.apdu) == maxFrame {
		d.Reset()
		return Bad
	}
	d.apdu, d.state = append(d.apdu, b), inside
	return Nothing
}

// escaped handles the byte after a DLE inside a frame. A DLE STX here is a new
// frame: the end of the last one was lost.
func (d *Deframer) escaped(b byte) Event {
	switch b {
	case dle:
		return d.take(b)
	case etx:
		d.state = crcLow
		return Nothing
	case stx:
		d.apdu, d.state = nil, inside
		return Nothing
	}
	d.Reset()
	return Bad
}

func (d *Deframer) finish(b byte) (Event, []byte) {
	apdu, crc := d.apdu, d.crc|uint16(b)<<8
	d.state, d.apdu = idle, nil
	if crc != CRC(apdu) {
		return Bad, nil
	}
	return Frame, apdu
}
