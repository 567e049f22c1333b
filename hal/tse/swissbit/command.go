package swissbit

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Command codes.
const (
	codeLogin      = 0x20 // [2x]
	codeChangePUK  = 0x23
	codeChangePIN  = 0x24
	codeSelfTest   = 0x40 // [2x]
	codeRegister   = 0x41 // [2x]
	codeDeregister = 0x42
	codeClients    = 0x43
	codeEnable     = 0x60 // [2x]
	codeDisable    = 0x61
	codeInitialise = 0x70 // [2x]
	codeTime       = 0x80 // [2x]
	codeFetch      = 0x83 // [2x]
	codeOpenList   = 0x85
	codeCert       = 0x86
	codeOpen       = 0x90 // [1x]
	codeClose      = 0x95 // [2x]
)

// Events of codeOpen.
const (
	eventStart  = 0
	eventUpdate = 1
	eventFinish = 2
)

// Bounds of arguments. A client is listed in 32 bytes.
const (
	maxClient      = 32
	maxProcessType = 100
	maxProcessData = 1 << 16
	clientMarks    = "'()+,-.="
)

func lenBytes(b []byte, s string) []byte { return append(append(b, byte(len(s))), s...) }

func u64(b []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(b, v) }

// openArgs are the arguments of codeOpen.
func openArgs(event byte, client string, tx uint64, dataLen int, processType string) []byte {
	b := lenBytes([]byte{event}, client)
	b = u64(u64(b, tx), uint64(dataLen))
	b = append(u64(b, uint64(len(processType))), processType...)
	return u64(b, 0) // length of additional data: a register must not use it
}

// signed is the answer to codeClose.
type signed struct {
	tx        uint64
	serial    [32]byte
	logTime   time.Time
	counter   uint64
	signature []byte
}

func parseSigned(data []byte) (signed, error) {
	r := reader{b: data}
	s := signed{tx: r.uint(8)}
	copy(s.serial[:], r.take(32))
	s.logTime = time.Unix(int64(r.uint(8)), 0).UTC()
	s.counter = r.uint(8)
	n := r.uint(8)
	if n > BlockSize {
		return signed{}, fmt.Errorf("%w: signature of %d bytes", errAnswer, n)
	}
	s.signature = bytes.Clone(r.take(int(n)))
	if err := r.done("answer to close transaction"); err != nil {
		return signed{}, err
	}
	if n == 0 || s.counter == 0 || s.tx == 0 {
		return signed{}, fmt.Errorf("%w: close transaction: number %d, counter %d, %d bytes of signature", errAnswer, s.tx, s.counter, n)
	}
	return s, nil
}

// parseNumbers reads a page of transaction numbers.
func parseNumbers(data []byte) ([]uint64, error) {
	r := reader{b: data}
	list := make([]uint64, 0, 62)
	for n := r.uint(1); n > 0 && !r.bad; n-- {
		list = append(list, r.uint(8))
	}
	return list, r.done("list of transactions")
}

// parseNames reads a page of client names. One program speaks of 16 to a page, which would not fit the block; the count decides.
func parseNames(data []byte) ([]string, error) {
	r := reader{b: data}
	var list []string
	for n := r.uint(1); n > 0 && !r.bad; n-- {
		name, _, _ := bytes.Cut(r.take(maxClient), []byte{0})
		list = append(list, string(name))
	}
	return list, r.done("list of clients")
}

// parseChunk reads a piece of the certificate file; empty at its end.
func parseChunk(data []byte) ([]byte, error) {
	if len(data) == 0 {
		return nil, nil
	}
	r := reader{b: data}
	piece := r.take(int(r.uint(2)))
	return piece, r.done("piece of the certificates")
}

func checkTransaction(client, processType string, data []byte) error {
	if err := checkClient(client); err != nil {
		return err
	}
	if len(processType) > maxProcessType || len(data) > maxProcessData {
		return fmt.Errorf("%w: process type of %d and process data of %d bytes, at most %d and %d",
			tse.ErrParameter, len(processType), len(data), maxProcessType, maxProcessData)
	}
	return nil
}

// checkClient: TR-03151-1 v1.1.0 allows these characters, as the id becomes part of a file name.
func checkClient(id string) error {
	if id == "" || len(id) > maxClient {
		return fmt.Errorf("%w: a client id has 1 to %d characters", tse.ErrParameter, maxClient)
	}
	for i := range len(id) {
		c := id[i]
		if 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == ' ' || bytes.IndexByte([]byte(clientMarks), c) >= 0 {
			continue
		}
		return fmt.Errorf("%w: a client id takes letters, digits, space and %s", tse.ErrParameter, clientMarks)
	}
	return nil
}
