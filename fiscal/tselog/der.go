package tselog

import (
	"errors"
	"fmt"
	"math"
)

// Tags of log messages. Context tags mean different things in different messages, see message.go.
const (
	tagInteger     = 0x02
	tagOctets      = 0x04
	tagOID         = 0x06
	tagUTCTime     = 0x17
	tagGeneralized = 0x18
	tagSequence    = 0x30
	tagContext0    = 0x80
	tagContext1    = 0x81
	tagContext2    = 0x82
	tagContext3    = 0x83
	tagContext4    = 0x84
	tagContext5    = 0x85
	tagContext6    = 0x86
	tagChunks      = 0xa2 // [2] constructed: processData in pieces
	tagEventData   = 0xa3 // [3] constructed: eventData of version 3
	indefinite     = 0x80
)

// errDER is the cause of every refusal of bytes that are not what DER wants.
var errDER = errors.New("not DER")

// reader walks over elements.
type reader struct{ b []byte }

func (r *reader) empty() bool { return len(r.b) == 0 }

// peek returns the next tag, 0 at the end.
func (r *reader) peek() byte {
	if len(r.b) == 0 {
		return 0
	}
	return r.b[0]
}

// take reads an element of the given tag.
func (r *reader) take(tag byte, what string) ([]byte, error) {
	if r.peek() != tag || r.empty() {
		return nil, fmt.Errorf("%w: %s: tag %#02x where %#02x should be", errDER, what, r.peek(), tag)
	}
	n, head, err := length(r.b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if n > len(r.b)-head {
		return nil, fmt.Errorf("%w: %s: %d bytes announced, %d there", errDER, what, n, len(r.b)-head)
	}
	value := r.b[head : head+n]
	r.b = r.b[head+n:]
	return value, nil
}

// optional is take for an element that may be missing; the value is not nil when it is there.
func (r *reader) optional(tag byte, what string) ([]byte, error) {
	if r.peek() != tag || r.empty() {
		return nil, nil
	}
	return r.take(tag, what)
}

// length reads the definite length after a one-byte tag, in its shortest form.
func length(b []byte) (n, head int, err error) {
	if len(b) < 2 {
		return 0, 0, fmt.Errorf("%w: cut in the length", errDER)
	}
	if b[1] < indefinite {
		return int(b[1]), 2, nil
	}
	size := int(b[1] & 0x7f)
	if size == 0 || size > 4 || len(b) < 2+size {
		return 0, 0, fmt.Errorf("%w: length of %d bytes", errDER, size)
	}
	var v uint64
	for _, c := range b[2 : 2+size] {
		v = v<<8 | uint64(c)
	}
	if v < indefinite || v>>(8*(size-1)) == 0 {
		return 0, 0, fmt.Errorf("%w: length %d is not in its shortest form", errDER, v)
	}
	if v > math.MaxInt32 {
		return 0, 0, fmt.Errorf("%w: length %d", errDER, v)
	}
	return int(v), 2 + size, nil
}

// chunks reads an indefinite-length [2] made of OCTET STRINGs and returns the joined pieces and their sizes.
func (r *reader) chunks(what string) (joined []byte, sizes []int, err error) {
	if len(r.b) < 2 || r.b[0] != tagChunks || r.b[1] != indefinite {
		return nil, nil, fmt.Errorf("%w: %s: constructed form with a definite length", errDER, what)
	}
	r.b = r.b[2:]
	joined, sizes = []byte{}, []int{}
	for {
		if len(r.b) >= 2 && r.b[0] == 0 && r.b[1] == 0 {
			r.b = r.b[2:]
			return joined, sizes, nil
		}
		piece, err := r.take(tagOctets, what)
		if err != nil {
			return nil, nil, err
		}
		joined = append(joined, piece...)
		sizes = append(sizes, len(piece))
	}
}

// number reads a non-negative INTEGER of up to 64 bits in its shortest form.
func (r *reader) number(tag byte, what string) (uint64, error) {
	b, err := r.take(tag, what)
	if err != nil {
		return 0, err
	}
	return number(b, what)
}

func number(b []byte, what string) (uint64, error) {
	switch {
	case len(b) == 0:
		return 0, fmt.Errorf("%w: %s: INTEGER without bytes", errDER, what)
	case b[0]&0x80 != 0:
		return 0, fmt.Errorf("%w: %s: negative", errDER, what)
	case len(b) > 1 && b[0] == 0 && b[1]&0x80 == 0:
		return 0, fmt.Errorf("%w: %s: INTEGER is not in its shortest form", errDER, what)
	case len(b) > 9 || len(b) == 9 && b[0] != 0:
		return 0, fmt.Errorf("%w: %s: INTEGER of %d bytes", errDER, what, len(b))
	}
	var v uint64
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v, nil
}

// put appends an element with a definite length.
func put(b []byte, tag byte, value []byte) []byte {
	n := len(value)
	b = append(b, tag)
	if n < indefinite {
		b = append(b, byte(n))
	} else {
		size := 1
		for m := n; m > 0xff; m >>= 8 {
			size++
		}
		b = append(b, indefinite|byte(size))
		for i := size - 1; i >= 0; i-- {
			b = append(b, byte(n>>(8*i)))
		}
	}
	return append(b, value...)
}

func putNumber(b []byte, tag byte, v uint64) []byte {
	bytes := []byte{}
	for shift := 56; shift >= 0; shift -= 8 {
		c := byte(v >> shift)
		if len(bytes) == 0 && c == 0 && shift > 0 {
			continue
		}
		if len(bytes) == 0 && c&0x80 != 0 {
			bytes = append(bytes, 0)
		}
		bytes = append(bytes, c)
	}
	return put(b, tag, bytes)
}

// putChunks writes what chunks reads.
func putChunks(b, joined []byte, sizes []int) []byte {
	b = append(b, tagChunks, indefinite)
	for _, n := range sizes {
		b = put(b, tagOctets, joined[:n])
		joined = joined[n:]
	}
	return append(b, 0, 0)
}
