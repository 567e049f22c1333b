package swissbit

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// User of a PIN or PUK, with the number of the login command.
type User byte

// Users. PUK is no user of the login command; it has its tries all the same.
const (
	Admin     User = 1
	TimeAdmin User = 2
	PUK       User = 0xFF
)

// assumedTries is what a fresh PIN allows. 3 is published for the PUK; for the PINs it is [unverified], and the careful reading.
const assumedTries = 3

var (
	// ErrNoPIN: the call needs a PIN that Opts does not hold.
	ErrNoPIN = errors.New("TSE needs a PIN that is not set on this box")
	// ErrLastTry: we refuse to try a PIN or PUK that could block the stick for good. A person must enter the right one.
	ErrLastTry = errors.New("TSE PIN or PUK was wrong before: not tried again, as one more failure could block the stick")
)

// Tries remembers how many tries a PIN has left, beyond a restart if the owner wants that. The stick tells the number only in the
// answer to a failed try. Note is called before a try as well, with the number it would leave: a power cut must not hide one.
type Tries interface {
	Left(serial string, u User) (left int, known bool)
	Note(serial string, u User, left int) error
}

type memoryTries struct {
	mu   sync.Mutex
	left map[string]int
}

func (m *memoryTries) Left(serial string, u User) (int, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, known := m.left[fmt.Sprint(serial, u)]
	return n, known
}

func (m *memoryTries) Note(serial string, u User, left int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left == nil {
		m.left = map[string]int{}
	}
	m.left[fmt.Sprint(serial, u)] = left
	return nil
}

// login authenticates. A wrong PIN is tried at most twice in all, and never when the stick said that it is the last try.
func (d *Device) login(ctx context.Context, u User) error {
	pin := d.opt.AdminPIN
	if u == TimeAdmin {
		pin = d.opt.TimeAdminPIN
	}
	if pin == "" {
		return ErrNoPIN
	}
	return d.guarded(ctx, u, codeLogin, lenBytes([]byte{byte(u)}, pin))
}

// guarded sends a command that costs a try when its secret is wrong.
func (d *Device) guarded(ctx context.Context, u User, code byte, args []byte) error {
	if _, err := d.port.vol.readInfo(); err != nil {
		return err // away: no try is made, none is counted
	}
	serial := d.serialHex()
	left, known := d.opt.Tries.Left(serial, u)
	if !known {
		left = assumedTries
	}
	if left < 2 {
		return ErrLastTry
	}
	if err := d.opt.Tries.Note(serial, u, left-1); err != nil {
		return fmt.Errorf("remember a try of a PIN: %w", err)
	}
	_, err := d.port.exchange(ctx, code, args)
	after := left - 1
	var w Word
	if err == nil {
		after = assumedTries
	} else if errors.As(err, &w) {
		after = left // refused for another reason than the secret
		if n, failed := w.triesLeft(); failed {
			after = min(n, left-1)
		}
	}
	return errors.Join(err, d.opt.Tries.Note(serial, u, after))
}
