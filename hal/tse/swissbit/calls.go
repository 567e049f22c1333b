package swissbit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// maxPages bounds lists whose end the stick has to say.
const maxPages = 512

// Status reads TSE_INFO.DAT. Errors: tse.ErrGone, tse.ErrStorage, tse.ErrDamaged, tse.ErrOtherUnit, tse.ErrClosed, the context's.
func (d *Device) Status(ctx context.Context) (s Status, err error) {
	return answered(ctx, d, d.opt.Timeout, "read status", func(ctx context.Context) (Status, error) { return d.port.vol.readInfo() })
}

// answered makes a call that changes nothing and needs no user.
func answered[T any](ctx context.Context, d *Device, limit time.Duration, what string, fn func(context.Context) (T, error)) (T, error) {
	var got T // written by the goroutine; read only when that one has ended in time
	err := d.do(ctx, limit, func(ctx context.Context) error {
		return d.climb(ctx, TimeAdmin, func(ctx context.Context) (err error) {
			got, err = fn(ctx)
			return err
		})
	})
	if err != nil {
		var none T
		return none, fmt.Errorf("%s: %w", what, err)
	}
	return got, nil
}

// SelfTest runs the stick's self-test and sets its clock after it. Errors: as Status, a Word.
func (d *Device) SelfTest(ctx context.Context) error {
	_, err := answered(ctx, d, d.opt.Slow, "self-test", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, errors.Join(d.selfTest(ctx), d.setTime(ctx))
	})
	return err
}

// SetTime sets the stick's clock to Opts.Now. The stick says in Status.NextTimeSync when it wants that again.
func (d *Device) SetTime(ctx context.Context) error {
	_, err := answered(ctx, d, d.opt.Timeout, "set time", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, d.setTime(ctx)
	})
	return err
}

// Login tries a PIN of Opts. Errors: as Status, ErrNoPIN, ErrLastTry, a Word.
func (d *Device) Login(ctx context.Context, u User) error {
	err := d.do(ctx, d.opt.Timeout, func(ctx context.Context) error {
		var used [rungs]bool
		if err := d.ready(ctx, &used); err != nil {
			return err
		}
		if _, err := d.port.vol.readInfo(); errors.Is(err, tse.ErrGone) { // pulled since the last call
			if err := d.mend(ctx, rungReopen, u); err != nil {
				return err
			}
		}
		return d.login(ctx, u) // never climbed: each try counts
	})
	if err != nil {
		return fmt.Errorf("log in: %w", typed(err))
	}
	return nil
}

// Disable switches the signing interface (CTSS) off; the next transaction switches it on again. It is not the end of the unit.
func (d *Device) Disable(ctx context.Context) error {
	return d.administer(ctx, "disable", codeDisable, nil)
}

// DeregisterClient makes a client unknown.
func (d *Device) DeregisterClient(ctx context.Context, id string) error {
	if err := checkClient(id); err != nil {
		return err
	}
	return d.administer(ctx, "deregister client "+id, codeDeregister, lenBytes(nil, id))
}

// RegisterClient makes a client known; one that is known already is left as it is. Errors: as Status, tse.ErrTooManyClients.
func (d *Device) RegisterClient(ctx context.Context, id string) error {
	if err := checkClient(id); err != nil {
		return err
	}
	names, err := d.Clients(ctx)
	if err != nil {
		return fmt.Errorf("register client %s: %w", id, err)
	}
	for _, n := range names {
		if n == id {
			return nil
		}
	}
	return d.administer(ctx, "register client "+id, codeRegister, lenBytes(nil, id))
}

func (d *Device) administer(ctx context.Context, what string, code byte, args []byte) error {
	err := d.do(ctx, d.opt.Timeout, func(ctx context.Context) error {
		return d.climb(ctx, Admin, func(ctx context.Context) error {
			_, err := d.port.exchange(ctx, code, args)
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Clients lists the registered clients.
func (d *Device) Clients(ctx context.Context) ([]string, error) {
	return answered(ctx, d, d.opt.Timeout, "list clients", d.clients)
}

func (d *Device) clients(ctx context.Context) ([]string, error) {
	return pages(func(skip int) ([]string, error) {
		data, err := d.port.exchange(ctx, codeClients, []byte{byte(skip >> 24), byte(skip >> 16), byte(skip >> 8), byte(skip)})
		if err != nil {
			return nil, err
		}
		return parseNames(data)
	})
}

// pages gathers a list. That its end is an empty page, or "bad parameter" as for certificates, is [unverified].
func pages[T any](page func(skip int) ([]T, error)) (all []T, err error) {
	for range maxPages {
		more, err := page(len(all))
		if errors.Is(err, wordParameter) && len(all) > 0 {
			return all, nil
		}
		if err != nil || len(more) == 0 {
			return all, err
		}
		all = append(all, more...)
	}
	return nil, fmt.Errorf("%w: a list without end", errAnswer)
}

// Pending lists the open transactions of all clients. StartTime and StartCounter are zero when the start is too far back in the
// store. Errors: as Status.
func (d *Device) Pending(ctx context.Context) ([]tse.Transaction, error) {
	return answered(ctx, d, d.opt.Slow, "list open transactions", func(ctx context.Context) ([]tse.Transaction, error) {
		names, err := d.clients(ctx)
		if err != nil {
			return nil, err
		}
		var list []tse.Transaction
		for _, n := range names {
			numbers, err := d.openOf(ctx, n)
			if err != nil {
				return nil, err
			}
			for _, tx := range numbers {
				list = append(list, tse.Transaction{Number: tx, ClientID: n})
			}
		}
		return list, d.fillStarts(ctx, list)
	})
}

func (d *Device) openOf(ctx context.Context, client string) ([]uint64, error) {
	return pages(func(skip int) ([]uint64, error) {
		data, err := d.port.exchange(ctx, codeOpenList, lenBytes([]byte{byte(skip >> 24), byte(skip >> 16), byte(skip >> 8), byte(skip)}, client))
		if err != nil {
			return nil, err
		}
		return parseNumbers(data)
	})
}

// Certificates returns the unit's certificate chain as the stick stores it: PEM.
func (d *Device) Certificates(ctx context.Context) ([]byte, error) {
	return answered(ctx, d, d.opt.Slow, "read certificates", d.readCertificates)
}

func (d *Device) readCertificates(ctx context.Context) ([]byte, error) {
	pem, err := pages(func(skip int) ([]byte, error) {
		data, err := d.port.exchange(ctx, codeCert, []byte{byte(skip >> 24), byte(skip >> 16), byte(skip >> 8), byte(skip)})
		if err != nil {
			return nil, err
		}
		return parseChunk(data)
	})
	return bytes.Clone(pem), err
}
