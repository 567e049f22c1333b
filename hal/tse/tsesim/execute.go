package tsesim

import (
	"context"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Commands the stick knows.
const (
	codeLogin      = 0x20
	codeChangePUK  = 0x23
	codeChangePIN  = 0x24
	codeSelfTest   = 0x40
	codeRegister   = 0x41
	codeDeregister = 0x42
	codeClients    = 0x43
	codeEnable     = 0x60
	codeDisable    = 0x61
	codeInitialise = 0x70
	codeTime       = 0x80
	codeOpenList   = 0x85
	codeCert       = 0x86
	codeOpen       = 0x90
	codeClose      = 0x95
)

// firstClient may run the self-test before any client is registered.
const firstClient = "SwissbitSwissbit"

var errorWords = []struct {
	err  error
	word uint16
}{
	{tse.ErrTransactionNotFound, 0x1008}, {tse.ErrTooManyTransactions, 0x1009}, {tse.ErrTooManyClients, 0x1010},
	{tse.ErrClientNotRegistered, 0x1011}, {tse.ErrStorageFull, 0x1017}, {tse.ErrParameter, 0x1007}, {tse.ErrTimeNotSet, 0x1002},
}

func wordFor(err error) uint16 {
	if err == nil {
		return 0
	}
	for _, e := range errorWords {
		if errors.Is(err, e.err) {
			return e.word
		}
	}
	return 0x1015
}

// fields takes arguments off a command.
type fields struct {
	b   []byte
	bad bool
}

func (f *fields) take(n uint64) []byte {
	if n > uint64(len(f.b)) {
		f.b, f.bad = nil, true
		return nil
	}
	v := f.b[:n]
	f.b = f.b[n:]
	return v
}

func (f *fields) num(n uint64) (v uint64) {
	for _, c := range f.take(n) {
		v = v<<8 | uint64(c)
	}
	return v
}

func (f *fields) text() string { return string(f.take(f.num(1))) }

// executeLocked does a command and returns the answer's data and word.
func (s *Stick) executeLocked(code byte, args []byte) ([]byte, uint16) {
	f := &fields{b: args}
	switch code {
	case codeLogin:
		return nil, s.login(f)
	case codeSelfTest:
		return nil, s.runSelfTest(f)
	case codeRegister:
		return nil, s.register(f)
	case codeClients:
		return s.listClients(f)
	case codeEnable, codeDisable:
		return nil, s.switchCTSS(code == codeEnable)
	case codeInitialise:
		return nil, s.initialise()
	case codeChangePUK:
		return nil, s.change(puk, f, 6, 1)
	case codeChangePIN:
		user := byte(f.num(1))
		return nil, s.change(user, f, 5, user<<1)
	case codeTime:
		return nil, s.setTime(f)
	case codeOpenList:
		return s.listOpen(f)
	case codeCert:
		return s.certificate(f)
	case codeOpen:
		return s.openStep(f)
	case codeClose:
		return s.closeStep()
	case codeDeregister:
		return nil, 0x100D
	}
	return nil, 0x1005
}

// Users as the login command numbers them; the PUK is none of them.
const (
	admin     = 1
	timeAdmin = 2
	puk       = 0xFF
)

func (s *Stick) login(f *fields) uint16 {
	user, pin := byte(f.num(1)), f.text()
	if f.bad || user != admin && user != timeAdmin {
		return 0x1007
	}
	if w := s.try(user, pin); w != 0 {
		return w
	}
	s.user = user
	return 0
}

// try compares a secret and counts.
func (s *Stick) try(user byte, secret string) uint16 {
	switch {
	case s.tries[user] == 0:
		return 0x1201
	case secret != s.pins[user]:
		s.tries[user]--
		return 0x1100 + uint16(s.tries[user])
	}
	s.tries[user] = 3
	return 0
}

// change sets a new secret of n characters; bit tells it in TSE_INFO.
func (s *Stick) change(user byte, f *fields, n int, bit byte) uint16 {
	old, new := f.text(), f.text()
	if _, known := s.pins[user]; f.bad || !known || len(new) != n {
		return 0x1007
	}
	if user != puk && s.changed&1 == 0 {
		return 0x1050
	}
	if w := s.try(user, old); w != 0 {
		return w
	}
	s.pins[user] = new
	s.changed |= bit
	return 0
}

func (s *Stick) initialise() uint16 {
	switch {
	case s.init:
		return 0x10FD
	case s.user != admin:
		return 0x100F
	case s.changed != 7:
		return 0x1051
	case !s.ctssOn:
		return 0x1053
	}
	s.init = true
	return 0
}

// Tries returns how many tries a user's PIN has left: 1 admin, 2 time admin.
func (s *Stick) Tries(user byte) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries[user]
}

func (s *Stick) runSelfTest(f *fields) uint16 {
	client := f.text()
	names, err := s.unit.Clients(context.Background())
	if f.bad || err != nil {
		return 0x1007
	}
	for _, n := range append(names, firstClient) {
		if n == client {
			s.selfTest = true
			return 0
		}
	}
	return 0x1011
}

func (s *Stick) setTime(f *fields) uint16 {
	sec := f.num(8)
	switch {
	case f.bad:
		return 0x1005
	case s.user == 0:
		return 0x100F
	case !s.selfTest:
		return 0x1054
	}
	s.set, s.setAt = time.Unix(int64(sec), 0), s.opt.Now()
	return 0
}

func (s *Stick) register(f *fields) uint16 {
	client := f.text()
	switch {
	case f.bad:
		return 0x1005
	case s.user != 1:
		return 0x100F
	case s.setAt.IsZero():
		return 0x1002
	}
	return wordFor(s.unit.RegisterClient(context.Background(), client))
}

func (s *Stick) switchCTSS(on bool) uint16 {
	if s.user != 1 {
		return 0x100F
	}
	s.ctssOn = on
	return 0
}

// namesPerPage: the 16 that one program speaks of would not fit a block.
const namesPerPage = 15

func (s *Stick) listClients(f *fields) ([]byte, uint16) {
	skip := f.num(4)
	names, err := s.unit.Clients(context.Background())
	if f.bad || err != nil {
		return nil, 0x1005
	}
	names = names[min(skip, uint64(len(names))):]
	names = names[:min(len(names), namesPerPage)]
	b := []byte{byte(len(names))}
	for _, n := range names {
		var field [32]byte
		copy(field[:], n)
		b = append(b, field[:]...)
	}
	return b, 0
}

func (s *Stick) listOpen(f *fields) ([]byte, uint16) {
	skip, client := f.num(4), f.text()
	list, err := s.unit.Pending(context.Background())
	if f.bad || err != nil {
		return nil, 0x1005
	}
	b := []byte{0}
	for _, t := range list {
		if t.ClientID != client {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if b[0] == 62 {
			break
		}
		b[0]++
		b = binary.BigEndian.AppendUint64(b, t.Number)
	}
	return b, 0
}

func (s *Stick) certificate(f *fields) ([]byte, uint16) {
	at := f.num(4)
	var text []byte
	for _, c := range s.unit.Info().Certificates {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c})...)
	}
	if f.bad || at >= uint64(len(text)) {
		return nil, 0x1007
	}
	text = text[at:min(uint64(len(text)), at+maxAnswer-2)]
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(text))), text...), 0
}
