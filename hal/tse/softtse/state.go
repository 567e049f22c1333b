package softtse

import (
	"fmt"
	"slices"

	"github.com/tresen-pos/tresen/hal/tse"
)

// state is everything a unit must know to go on: bounded by MaxClients and MaxOpen, whatever the number of log messages.
// Each segment begins with it, as JSON.
type state struct {
	Counter      uint64            `json:"counter"`      // last signature counter used
	Transactions uint64            `json:"transactions"` // last transaction number used
	Time         int64             `json:"time"`         // log time of the last message, seconds since 1970
	Initialized  bool              `json:"initialized"`
	Clients      []string          `json:"clients"` // in order of registration
	Open         map[uint64]openTx `json:"open"`
}

type openTx struct {
	Client  string `json:"client"`
	Start   int64  `json:"start"`   // seconds since 1970
	Counter uint64 `json:"counter"` // signature counter of the start
}

// apply takes a stored message into the state. It is the only way the state changes, at run time and on replay.
func (s *state) apply(m message) error {
	if m.counter != s.Counter+1 {
		return fmt.Errorf("%w: signature counter %d follows %d", tse.ErrDamaged, m.counter, s.Counter)
	}
	s.Counter, s.Time = m.counter, m.time
	switch m.op {
	case opStart:
		return s.applyStart(m)
	case opFinish:
		if _, ok := s.Open[m.tx]; !ok {
			return fmt.Errorf("%w: finish of transaction %d that is not open", tse.ErrDamaged, m.tx)
		}
		delete(s.Open, m.tx)
	case opInitialize:
		s.Initialized = true
	case opUpdateTime:
	case opRegisterClient:
		client, ok := clientOfRegistration(m.der)
		if !ok {
			return fmt.Errorf("%w: registration %d names no client", tse.ErrDamaged, m.counter)
		}
		s.Clients = append(s.Clients, client)
	default:
		return fmt.Errorf("%w: message %d is of unknown kind %d", tse.ErrDamaged, m.counter, m.op)
	}
	return nil
}

func (s *state) applyStart(m message) error {
	if m.tx != s.Transactions+1 {
		return fmt.Errorf("%w: transaction %d follows %d", tse.ErrDamaged, m.tx, s.Transactions)
	}
	f, ok := transactionFields(m.der)
	if !ok {
		return fmt.Errorf("%w: message %d names no client", tse.ErrDamaged, m.counter)
	}
	s.Transactions = m.tx
	s.Open[m.tx] = openTx{Client: f.client, Start: m.time, Counter: m.counter}
	return nil
}

func (s *state) registered(client string) bool { return slices.Contains(s.Clients, client) }

// openNumbers returns the open transactions in order.
func (s *state) openNumbers() []uint64 {
	nums := make([]uint64, 0, len(s.Open))
	for n := range s.Open {
		nums = append(nums, n)
	}
	slices.Sort(nums)
	return nums
}
