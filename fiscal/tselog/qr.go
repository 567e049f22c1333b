package tselog

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// QR is the content of a receipt's V0 QR code (DSFinV-K 2.4, Anhang I).
type QR struct {
	ClientID      string // serial number of the register
	ProcessType   string
	ProcessData   string
	TransactionNo uint64
	Counter       uint64
	Start         time.Time // UTC, milliseconds
	Finish        time.Time // log time of the finish, UTC
	Algorithm     string
	TimeFormat    string
	Signature     []byte
	PublicKey     []byte // raw point or SubjectPublicKeyInfo
}

// ErrQR is the cause of every refusal of ParseQR.
var ErrQR = errors.New("not a V0 QR code of a receipt")

const (
	qrTime   = "2006-01-02T15:04:05.000Z"
	qrFields = 12
	maxQR    = 1 << 14 // bytes; the largest QR symbol holds 7,089 digits
)

// ParseQR reads a QR code. Process data may hold semicolons, so the fields are counted from both ends.
func ParseQR(s string) (QR, error) {
	f := strings.Split(s, ";")
	if len(s) > maxQR || len(f) < qrFields || f[0] != "V0" {
		return QR{}, fmt.Errorf("%w: %d fields beginning with %.10q", ErrQR, len(f), f[0])
	}
	tail := f[len(f)-8:]
	q := QR{
		ClientID: f[1], ProcessType: f[2], ProcessData: strings.Join(f[3:len(f)-8], ";"),
		Algorithm: tail[4], TimeFormat: tail[5],
	}
	var errs [6]error
	q.TransactionNo, errs[0] = decimal(tail[0])
	q.Counter, errs[1] = decimal(tail[1])
	q.Start, errs[2] = time.Parse(qrTime, tail[2])
	q.Finish, errs[3] = time.Parse(qrTime, tail[3])
	q.Signature, errs[4] = base64.StdEncoding.Strict().DecodeString(tail[6])
	q.PublicKey, errs[5] = base64.StdEncoding.Strict().DecodeString(tail[7])
	if err := errors.Join(errs[:]...); err != nil {
		return QR{}, fmt.Errorf("%w: %w", ErrQR, err)
	}
	if q.String() != s {
		return QR{}, fmt.Errorf("%w: not in its normal spelling", ErrQR)
	}
	return q, nil
}

// decimal refuses signs and leading zeros, which ParseUint lets pass.
func decimal(s string) (uint64, error) {
	v, err := strconv.ParseUint(s, 10, 64)
	if err == nil && strconv.FormatUint(v, 10) != s {
		err = fmt.Errorf("number %q", s)
	}
	return v, err
}

// String is the content as printed.
func (q QR) String() string {
	return strings.Join([]string{
		"V0", q.ClientID, q.ProcessType, q.ProcessData,
		strconv.FormatUint(q.TransactionNo, 10), strconv.FormatUint(q.Counter, 10),
		q.Start.UTC().Format(qrTime), q.Finish.UTC().Format(qrTime), q.Algorithm, q.TimeFormat,
		base64.StdEncoding.EncodeToString(q.Signature), base64.StdEncoding.EncodeToString(q.PublicKey),
	}, ";")
}

// FromQR rebuilds the log message of the finish from a receipt's QR code alone and verifies it with the key in the code. It
// proves that the code is whole, not who signed: for that compare Serial with a TSE's certificate. The message is of version 2;
// the ways devices are known to write process data are tried in turn. Errors: ErrQR, ErrKey, ErrAlgorithm, ErrSignature.
func FromQR(qr string) (Message, error) {
	q, err := ParseQR(qr)
	if err != nil {
		return Message{}, err
	}
	key, err := ParsePublicKey(q.PublicKey)
	if err != nil {
		return Message{}, fmt.Errorf("QR code of transaction %d: %w", q.TransactionNo, err)
	}
	base, err := q.message(key)
	if err != nil {
		return Message{}, fmt.Errorf("QR code of transaction %d: %w", q.TransactionNo, err)
	}
	for _, m := range base.variants() {
		m.Signed = m.encodeSigned()
		if err = Verify(m, key); err == nil {
			return m, nil
		}
	}
	return Message{}, fmt.Errorf("QR code of transaction %d: %w", q.TransactionNo, err)
}

func (q QR) message(key *PublicKey) (Message, error) {
	alg, ok := AlgorithmByName(q.Algorithm)
	if !ok {
		return Message{}, alg.refusal()
	}
	t := Time{q.Finish, q.TimeFormat}
	if !t.known() {
		return Message{}, fmt.Errorf("%w: time format %q", ErrQR, q.TimeFormat)
	}
	return Message{
		Version: 2, Kind: Transaction, Operation: OpFinish, ClientID: q.ClientID, ProcessData: []byte(q.ProcessData),
		ProcessType: q.ProcessType, HasProcessType: true, TransactionNo: q.TransactionNo, Serial: key.Serial(),
		Algorithm: alg, Counter: q.Counter, Time: t, Signature: q.Signature,
	}, nil
}

// variants are the encodings seen in public exports: process data whole or in one piece of a constructed string (D-Trust), with
// or without an empty additionalExternalData; and version 3, whose finish differs in version and operation alone.
func (m Message) variants() []Message {
	var list []Message
	for _, version := range []int{2, 3} {
		for _, chunks := range [][]int{nil, {len(m.ProcessData)}} {
			for _, external := range [][]byte{nil, {}} {
				v := m
				v.Version, v.Operation, v.Chunks, v.ExternalData = version, spelled(OpFinish, version), chunks, external
				list = append(list, v)
			}
		}
	}
	return list
}
