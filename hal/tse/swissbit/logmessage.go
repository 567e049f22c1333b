package swissbit

import (
	"bytes"
	"fmt"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Tags of a transaction's log message, TR-03151 v1.0.1 and TR-03151-1 v1.1.0.
const (
	tagInteger     = 0x02
	tagOctets      = 0x04
	tagSequence    = 0x30
	tagClient      = 0x81
	tagData        = 0x82
	tagDataPieces  = 0xA2 // process data fed in pieces, of indefinite length
	tagProcessType = 0x83
	tagNumber      = 0x85
)

// Plain ECDSA of TR-03111: 0.4.0.127.0.7.1.1.4.1.x
var (
	oidPlain    = []byte{0x06, 0x0A, 0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01}
	plainHashes = map[byte]string{3: "ecdsa-plain-SHA256", 4: "ecdsa-plain-SHA384", 5: "ecdsa-plain-SHA512"}
)

// parseLog reads what a receipt needs from a finish message with unixTime. It does not verify the signature.
// Errors: tse.ErrDamaged.
func parseLog(der []byte) (tse.Finished, error) {
	r := reader{b: der}
	tag, body := r.tlv()
	if r.bad || tag != tagSequence {
		return tse.Finished{}, fmt.Errorf("%w: not a log message", tse.ErrDamaged)
	}
	r = reader{b: body}
	var f tse.Finished
	integers := 0
	for len(r.b) > 0 && !r.bad {
		tag, v := r.tlv()
		switch tag {
		case tagClient:
			f.ClientID = string(v)
		case tagData, tagDataPieces:
			f.ProcessData = bytes.Clone(v)
		case tagProcessType:
			f.ProcessType = string(v)
		case tagNumber:
			f.Transaction = integer(v)
		case tagSequence:
			f.Algorithm = algorithm(v)
		case tagOctets: // first the serial, last the signature
			if f.Serial == nil {
				f.Serial = bytes.Clone(v)
			} else {
				f.Signature = bytes.Clone(v)
			}
		case tagInteger: // version, counter, time
			switch integers++; integers {
			case 2:
				f.Counter = integer(v)
			case 3:
				f.LogTime = time.Unix(int64(integer(v)), 0).UTC()
			}
		}
	}
	if r.bad || integers != 3 || f.Signature == nil || f.Transaction == 0 || len(f.Serial) != 32 {
		return tse.Finished{}, fmt.Errorf("%w: log message is incomplete", tse.ErrDamaged)
	}
	return f, nil
}

// tlv takes one element; of one with indefinite length the contents of its pieces.
func (r *reader) tlv() (tag byte, value []byte) {
	tag = byte(r.uint(1))
	n := int(r.uint(1))
	switch {
	case n < 0x80:
	case n == 0x80 && tag == tagDataPieces:
		return tag, r.pieces()
	case n == 0x81 || n == 0x82 || n == 0x83:
		n = int(r.uint(n - 0x80))
	default:
		r.bad = true
	}
	return tag, r.take(n)
}

func (r *reader) pieces() (all []byte) {
	for !r.bad {
		tag, v := r.tlv()
		if tag == 0 && len(v) == 0 {
			break
		}
		if tag != tagOctets {
			r.bad = true
		}
		all = append(all, v...)
	}
	return all
}

func integer(v []byte) (n uint64) {
	if len(v) > 9 || len(v) == 9 && v[0] != 0 {
		return 0
	}
	for _, c := range v {
		n = n<<8 | uint64(c)
	}
	return n
}

func algorithm(v []byte) string {
	if len(v) != len(oidPlain)+1 || !bytes.Equal(v[:len(oidPlain)], oidPlain) {
		return ""
	}
	return plainHashes[v[len(oidPlain)]]
}
