package swissbit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Lengths of secrets, in characters.
const (
	PINLen = 5
	PUKLen = 6
)

// Secrets of a stick.
type Secrets struct{ PUK, AdminPIN, TimeAdminPIN string }

// FirstSecrets are those of a stick as it comes from the maker, by its serial: decimal digits of
// SHA-256("SwissbitSwissbit" || serial) [2x]. A wrong PUK may be tried three times in all, so whoever uses this tries it once.
func FirstSecrets(serial [32]byte) Secrets {
	h := sha256.Sum256(append([]byte("SwissbitSwissbit"), serial[:]...))
	digits := func(at, n int, mod uint64) string {
		return fmt.Sprintf("%0*d", n, binary.BigEndian.Uint64(h[at:])%mod)
	}
	return Secrets{digits(0, PUKLen, 1e6), digits(8, PINLen, 1e5), digits(16, PINLen, 1e5)}
}

// ChangePUK sets a new PUK. The caller has the new one on paper before. Errors: as Login; the try counts like one of a PIN.
func (d *Device) ChangePUK(ctx context.Context, old, new string) error {
	return d.change(ctx, PUK, codeChangePUK, nil, old, new, PUKLen)
}

// ChangePIN sets a user's new PIN. It does not change Opts: open the stick anew with the new one.
func (d *Device) ChangePIN(ctx context.Context, u User, old, new string) error {
	return d.change(ctx, u, codeChangePIN, []byte{byte(u)}, old, new, PINLen)
}

func (d *Device) change(ctx context.Context, u User, code byte, args []byte, old, new string, n int) error {
	if len(old) != n || len(new) != n {
		return fmt.Errorf("change secret: %w: it has %d characters", tse.ErrParameter, n)
	}
	err := d.do(ctx, d.opt.Timeout, func(ctx context.Context) error {
		var used [rungs]bool
		if err := d.ready(ctx, &used); err != nil {
			return err
		}
		return d.guarded(ctx, u, code, lenBytes(lenBytes(args, old), new))
	})
	if err != nil {
		return fmt.Errorf("change secret: %w", typed(err))
	}
	return nil
}

// Initialise makes a new stick ready for its one and only use; it cannot be undone. The clock is set and Opts.Client registered
// and tested on the way, in the order of the open programs. Secrets must have been changed before. It is for a person to call.
func (d *Device) Initialise(ctx context.Context) error {
	err := d.do(ctx, d.opt.Slow, func(ctx context.Context) error {
		var used [rungs]bool
		if err := d.ready(ctx, &used); err != nil {
			return err
		}
		return d.initialise(ctx)
	})
	if err != nil {
		return fmt.Errorf("initialise TSE: %w", typed(err))
	}
	return nil
}

func (d *Device) initialise(ctx context.Context) error {
	steps := []func() error{
		func() error { return d.send(ctx, codeSelfTest, lenBytes(nil, FirstClient)) },
		func() error { return d.setTime(ctx) },
		func() error { return d.login(ctx, Admin) }, // [unverified]: the open programs stay with the time admin
		func() error { return d.send(ctx, codeRegister, lenBytes(nil, d.opt.Client)) },
		func() error { return d.selfTest(ctx) },
		func() error { return d.send(ctx, codeEnable, nil) },
		func() error { return d.send(ctx, codeInitialise, nil) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (d *Device) send(ctx context.Context, code byte, args []byte) error {
	_, err := d.port.exchange(ctx, code, args)
	return err
}
