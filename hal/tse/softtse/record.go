package softtse

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
)

// A record is the unit of writing: it is wholly there or it is not. Layout, little endian, at multiples of 8 bytes:
//
//	0  u32 magic | 4 u32 length of body | 8 u32 CRC-32C of bytes 4..8 and the body | 12 body | zero padding to 8
//
// body[0] tells what it is: bodyLog carries one or more log messages, bodyState the state at the start of a segment.
const (
	recordMagic = 0x31525354 // "TSR1"
	recordHead  = 12
	recordAlign = 8
	maxBody     = 1 << 20
	bodyLog     = 1
	bodyState   = 2
	messageHead = 4 + 1 + 4*8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errNoRecord: the bytes are not a whole, valid record.
var errNoRecord = errors.New("no valid record")

// op is what a log message is about, so that replay need not parse DER.
type op uint8

const (
	opStart op = iota + 1
	opFinish
	opInitialize
	opUpdateTime
	opRegisterClient
)

// message is one log message as stored.
type message struct {
	op        op
	counter   uint64
	time      int64  // seconds since 1970, UTC
	tx        uint64 // 0 for system messages
	startTime int64  // log time of the start, for opFinish
	der       []byte
}

func sealRecord(body []byte) []byte {
	size := (recordHead + len(body) + recordAlign - 1) / recordAlign * recordAlign
	rec := make([]byte, size)
	binary.LittleEndian.PutUint32(rec[0:], recordMagic)
	binary.LittleEndian.PutUint32(rec[4:], uint32(len(body)))
	copy(rec[recordHead:], body)
	binary.LittleEndian.PutUint32(rec[8:], recordSum(rec[4:8], body))
	return rec
}

func recordSum(length, body []byte) uint32 {
	return crc32.Update(crc32.Checksum(length, castagnoli), castagnoli, body)
}

// openRecord returns the body of the record at the start of b and the bytes the record takes, padding included.
func openRecord(b []byte) (body []byte, size int, err error) {
	if len(b) < recordHead || binary.LittleEndian.Uint32(b) != recordMagic {
		return nil, 0, errNoRecord
	}
	n := binary.LittleEndian.Uint32(b[4:])
	if n == 0 || n > maxBody || int(n) > len(b)-recordHead {
		return nil, 0, errNoRecord
	}
	body = b[recordHead : recordHead+int(n)]
	if recordSum(b[4:8], body) != binary.LittleEndian.Uint32(b[8:]) {
		return nil, 0, errNoRecord
	}
	size = (recordHead + int(n) + recordAlign - 1) / recordAlign * recordAlign
	if size > len(b) {
		return nil, 0, errNoRecord
	}
	for _, pad := range b[recordHead+int(n) : size] {
		if pad != 0 {
			return nil, 0, errNoRecord
		}
	}
	return body, size, nil
}

func encodeMessages(msgs []message) []byte {
	body := []byte{bodyLog}
	for _, m := range msgs {
		body = binary.LittleEndian.AppendUint32(body, uint32(len(m.der)))
		body = append(body, byte(m.op))
		body = binary.LittleEndian.AppendUint64(body, m.counter)
		body = binary.LittleEndian.AppendUint64(body, uint64(m.time))
		body = binary.LittleEndian.AppendUint64(body, m.tx)
		body = binary.LittleEndian.AppendUint64(body, uint64(m.startTime))
		body = append(body, m.der...)
	}
	return body
}

// decodeMessages splits a bodyLog; the messages share body's memory.
func decodeMessages(body []byte) ([]message, error) {
	if len(body) == 0 || body[0] != bodyLog {
		return nil, errNoRecord
	}
	var msgs []message
	for b := body[1:]; len(b) > 0; {
		if len(b) < messageHead {
			return nil, errNoRecord
		}
		n := binary.LittleEndian.Uint32(b)
		if uint64(n) > uint64(len(b)-messageHead) {
			return nil, errNoRecord
		}
		msgs = append(msgs, message{
			op:        op(b[4]),
			counter:   binary.LittleEndian.Uint64(b[5:]),
			time:      int64(binary.LittleEndian.Uint64(b[13:])),
			tx:        binary.LittleEndian.Uint64(b[21:]),
			startTime: int64(binary.LittleEndian.Uint64(b[29:])),
			der:       b[messageHead : messageHead+int(n)],
		})
		b = b[messageHead+int(n):]
	}
	return msgs, nil
}

func encodeState(st state) ([]byte, error) {
	data, err := json.Marshal(st)
	if err != nil {
		return nil, err
	}
	return append([]byte{bodyState}, data...), nil
}

func decodeState(body []byte) (state, error) {
	if len(body) == 0 || body[0] != bodyState {
		return state{}, errNoRecord
	}
	st := state{}
	if err := json.Unmarshal(body[1:], &st); err != nil {
		return state{}, errNoRecord
	}
	if st.Open == nil {
		st.Open = map[uint64]openTx{}
	}
	return st, nil
}
