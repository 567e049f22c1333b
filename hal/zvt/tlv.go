package zvt

import (
	"encoding/binary"
	"fmt"
)

// Object is one data object of a TLV container (13.08, ch. 9): BER-like tags, the
// length in one byte, 81 nn, or 82 hi lo.
type Object struct {
	Tag  uint32 // as written, e.g. 0x07, 0x1f12
	Data []byte
	// Form is how many bytes the length takes on the wire: 1, 2 or 3; 0 means the
	// shortest. Peers write longer ones than needed.
	Form int
}

// Format shows tag and length; the data may be card data.
func (o Object) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "tag %x (%d bytes)", o.Tag, len(o.Data)) }

// maxTag bounds a tag to what a uint32 holds.
const maxTag = 4

// ParseTLV reads all objects of a container's content. Data alias b.
func ParseTLV(b []byte) ([]Object, error) {
	var out []Object
	for len(b) > 0 {
		o, rest, err := parseObject(b)
		if err != nil {
			return out, err
		}
		out, b = append(out, o), rest
	}
	return out, nil
}

func parseObject(b []byte) (Object, []byte, error) {
	var o Object
	n := 1
	o.Tag = uint32(b[0])
	for more := b[0]&0x1f == 0x1f; more; n++ {
		if n == maxTag {
			return o, nil, fmt.Errorf("TLV tag %x…: %w", o.Tag, ErrMalformed)
		}
		if n == len(b) {
			return o, nil, fmt.Errorf("TLV tag %x…: %w", o.Tag, ErrShort)
		}
		o.Tag, more = o.Tag<<8|uint32(b[n]), b[n]&0x80 != 0
	}
	size, form, err := parseLength(b[n:])
	if err != nil {
		return o, nil, fmt.Errorf("TLV tag %x: %w", o.Tag, err)
	}
	b = b[n+form:]
	if len(b) < size {
		return o, nil, fmt.Errorf("TLV tag %x: %d of %d bytes: %w", o.Tag, len(b), size, ErrShort)
	}
	o.Form, o.Data = form, b[:size]
	return o, b[size:], nil
}

// parseLength returns the length and how many bytes it took. 80 is invalid, 83
// and above are reserved.
func parseLength(b []byte) (size, form int, err error) {
	switch {
	case len(b) == 0:
		return 0, 0, ErrShort
	case b[0] < 0x80:
		return int(b[0]), 1, nil
	case b[0] != 0x81 && b[0] != 0x82:
		return 0, 0, ErrMalformed
	case len(b) < int(b[0]-0x80)+1:
		return 0, 0, ErrShort
	case b[0] == 0x81:
		return int(b[1]), 2, nil
	}
	return int(binary.BigEndian.Uint16(b[1:])), 3, nil
}

// AppendTLV appends the objects' bytes.
func AppendTLV(b []byte, objects ...Object) ([]byte, error) {
	for _, o := range objects {
		var err error
		if b, err = appendLength(appendTag(b, o.Tag), len(o.Data), o.Form); err != nil {
			return b, fmt.Errorf("encode %v: %w", o, err)
		}
		b = append(b, o.Data...)
	}
	return b, nil
}

func appendTag(b []byte, tag uint32) []byte {
	for shift := 24; shift > 0; shift -= 8 {
		if tag>>shift != 0 {
			b = append(b, byte(tag>>shift))
		}
	}
	return append(b, byte(tag))
}

// appendLength writes the length in at least form bytes.
func appendLength(b []byte, n, form int) ([]byte, error) {
	switch {
	case n > maxData || form > 3:
		return b, ErrTooLong
	case n > 0xff || form == 3:
		return append(b, 0x82, byte(n>>8), byte(n)), nil
	case n > 0x7f || form == 2:
		return append(b, 0x81, byte(n)), nil
	}
	return append(b, byte(n)), nil
}

// Find returns the data of the first object with the tag, searching the given
// level only, and whether there is one.
func Find(objects []Object, tag uint32) ([]byte, bool) {
	for _, o := range objects {
		if o.Tag == tag {
			return o.Data, true
		}
	}
	return nil, false
}

// constructed reports that an object's data are objects again: bit 6 of its first
// byte (13.08, ch. 9).
func (o Object) constructed() bool {
	first := o.Tag
	for first > 0xff {
		first >>= 8
	}
	return first&0x20 != 0
}
