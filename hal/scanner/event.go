package scanner

import (
	"encoding/binary"
	"strconv"
	"time"
)

// Event types, codes and values (linux/input-event-codes.h).
const (
	evSyn = 0
	evKey = 1

	synReport  = 0
	synDropped = 3 // the kernel's buffer ran over: what follows is not complete

	released = 0
	pressed  = 1 // 2 is auto-repeat
)

// Sizes of struct input_event: two time fields of the kernel's unsigned long,
// then type, code and value. A 32-bit ARM kernel keeps 32-bit fields even where
// the C library has a 64-bit time.
const (
	Size64 = 24
	Size32 = 16
)

// NativeSize is the size on the machine this program is built for.
const NativeSize = Size32 + (strconv.IntSize-32)/32*(Size64-Size32)

// Event is one struct input_event.
type Event struct {
	Sec, Usec  int64 // of the clock the device was set to
	Type, Code uint16
	Value      int32
}

// at returns the event's time; only differences mean something.
func (e Event) at() time.Time { return time.Unix(e.Sec, e.Usec*1000) }

// eventParser cuts a byte stream into events. Event devices hand out whole events
// only, pipes do not; it keeps at most one unfinished event.
type eventParser struct {
	size int // Size64 or Size32
	buf  []byte
}

// push takes bytes and calls take for each event they complete.
func (p *eventParser) push(b []byte, take func(Event)) {
	p.buf = append(p.buf, b...)
	for len(p.buf) >= p.size {
		take(parseEvent(p.buf[:p.size]))
		p.buf = p.buf[p.size:]
	}
	p.buf = append([]byte(nil), p.buf...) // let the taken bytes go
}

// parseEvent reads one event; its length tells the layout. All our boards are
// little-endian.
func parseEvent(b []byte) Event {
	le, e, tail := binary.LittleEndian, Event{}, b[len(b)-8:]
	if len(b) == Size64 {
		e.Sec, e.Usec = int64(le.Uint64(b)), int64(le.Uint64(b[8:]))
	} else {
		e.Sec, e.Usec = int64(le.Uint32(b)), int64(le.Uint32(b[4:]))
	}
	e.Type, e.Code, e.Value = le.Uint16(tail), le.Uint16(tail[2:]), int32(le.Uint32(tail[4:]))
	return e
}
