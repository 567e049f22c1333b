package swissbit

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// BlockSize is the unit of all I/O, in bytes.
const BlockSize = 512

// Status bytes of a response block [2x].
const (
	statusBusy  = 0xF3 // read again later
	statusFetch = 0xFD // the response must be fetched with command 0x83
	statusReady = 0xFF
)

// headLen is the length of counter, status and length; wordLen that of the status word at the end.
const (
	headLen = 7
	wordLen = 2
	maxArgs = BlockSize - 2 - 2 // behind the length and the command's two bytes
)

// errAnswer: the bytes of a response contradict each other or the question. Whether the command was done is unknown.
var errAnswer = errors.New("TSE answer makes no sense")

// command builds the block: u16 length of what follows, code, 00, arguments. That the length counts code and 00 is [unverified].
func command(code byte, args []byte) ([]byte, error) {
	if len(args) > maxArgs {
		return nil, fmt.Errorf("command %02x: %d bytes of arguments, at most %d", code, len(args), maxArgs)
	}
	b := make([]byte, 4, BlockSize)
	binary.BigEndian.PutUint16(b, uint16(2+len(args)))
	b[2] = code
	b = append(b, args...)
	return b[:BlockSize], nil
}

// response is a response block.
type response struct {
	counter uint32 // that it differs from response to response is [unverified]
	status  byte
	data    []byte // only when ready; shares the block
	word    Word   // only when ready
}

// parseResponse reads a block. Data and word are checked only when the status says they are there.
func parseResponse(b []byte) (response, error) {
	if len(b) < headLen+wordLen {
		return response{}, fmt.Errorf("%w: %d bytes", errAnswer, len(b))
	}
	r := response{counter: binary.BigEndian.Uint32(b), status: b[4]}
	switch r.status {
	case statusBusy, statusFetch:
		return r, nil
	case statusReady:
	default:
		return r, fmt.Errorf("%w: status %02x", errAnswer, r.status)
	}
	n := int(binary.BigEndian.Uint16(b[5:]))
	if n < wordLen || headLen+n > len(b) {
		return r, fmt.Errorf("%w: length %d in a block of %d", errAnswer, n, len(b))
	}
	end := headLen + n - wordLen
	r.data = b[headLen:end]
	r.word = Word(binary.BigEndian.Uint16(b[end:]))
	return r, nil
}

// reader takes fields off an answer; the first one that is missing sets bad, and all after it are zero.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	head := r.b[:n]
	r.b = r.b[n:]
	return head
}

func (r *reader) uint(n int) (v uint64) {
	for _, c := range r.take(n) {
		v = v<<8 | uint64(c)
	}
	return v
}

// done returns an error when a field was missing. Bytes left over are no error: a later firmware may append fields.
func (r *reader) done(what string) error {
	if r.bad {
		return fmt.Errorf("%w: %s is cut short", errAnswer, what)
	}
	return nil
}
