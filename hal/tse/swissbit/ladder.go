package swissbit

import (
	"context"
	"errors"
	"fmt"

	"github.com/tresen-pos/tresen/hal/tse"
)

// rung is one step of the recovery ladder. Each is climbed at most once in a call.
type rung int

const (
	none rung = iota
	rungLogin
	rungTime
	rungSelfTest
	rungInterface
	rungReopen
	rungs
)

// rungFor says what to try after an error. The words and their remedies are those of the open Rust program; that it initialises
// a stick by itself we do not follow: that is for a person.
func rungFor(err error) rung {
	var w Word
	if !errors.As(err, &w) {
		if errors.Is(err, tse.ErrGone) || errors.Is(err, errAnswer) {
			return rungReopen
		}
		return none
	}
	switch w {
	case wordUnauthorised, wordLoggedOut:
		return rungLogin
	case wordNoTime:
		return rungTime
	case wordSelfTest, wordNotPassed:
		return rungSelfTest
	case wordCTSSOff:
		return rungInterface
	}
	return none
}

// climb runs call until it does well or the ladder has no rung left for its error. call must return a Word, tse.ErrGone or
// errAnswer only when it is certain that it had no effect. u is the user that may make the call.
func (d *Device) climb(ctx context.Context, u User, call func(context.Context) error) error {
	var used [rungs]bool
	err := d.ready(ctx, &used)
	for {
		if err == nil {
			if err = call(ctx); err == nil {
				return nil
			}
		}
		r := rungFor(err)
		if r == none || used[r] {
			return typed(err)
		}
		used[r] = true
		if fix := d.mend(ctx, r, u); fix != nil {
			return typed(fmt.Errorf("%w, and recovery failed: %w", err, fix))
		}
		err = nil
	}
}

// typed gives an answer without sense a name the caller knows.
func typed(err error) error {
	if errors.Is(err, errAnswer) && !errors.Is(err, tse.ErrGone) {
		return fmt.Errorf("%w: %w", tse.ErrGone, err)
	}
	return err
}

// ready mounts the medium if it was away.
func (d *Device) ready(ctx context.Context, used *[rungs]bool) error {
	if d.port != nil {
		return nil
	}
	used[rungReopen] = true
	return d.mend(ctx, rungReopen, TimeAdmin)
}

func (d *Device) mend(ctx context.Context, r rung, u User) error {
	switch r {
	case rungLogin:
		return d.login(ctx, u)
	case rungTime:
		return d.setTime(ctx)
	case rungSelfTest:
		if err := d.selfTest(ctx); err != nil {
			return err
		}
		return d.setTime(ctx)
	case rungInterface:
		if err := d.login(ctx, Admin); err != nil {
			return err
		}
		_, err := d.port.exchange(ctx, codeEnable, nil)
		return err
	case rungReopen:
		_ = d.unmount() // its files are dead already
		if err := d.mount(); err != nil {
			return err
		}
		return d.prepare(ctx)
	}
	return fmt.Errorf("no rung %d", r)
}

// prepare brings a stick that was powered up to where it takes transactions.
func (d *Device) prepare(ctx context.Context) error {
	s, err := d.port.vol.readInfo()
	if err != nil {
		return err
	}
	if s.Init != Initialised {
		return nil
	}
	if !s.SelfTest {
		if err := d.selfTest(ctx); err != nil {
			return err
		}
	}
	if s.ValidTime && s.SelfTest {
		return nil
	}
	return d.setTime(ctx)
}

func (d *Device) selfTest(ctx context.Context) error {
	_, err := d.port.exchange(ctx, codeSelfTest, lenBytes(nil, d.opt.Client))
	return err
}

// setTime logs in and sets the stick's clock, whole seconds.
func (d *Device) setTime(ctx context.Context) error {
	if err := d.login(ctx, TimeAdmin); err != nil {
		return err
	}
	_, err := d.port.exchange(ctx, codeTime, u64(nil, uint64(d.opt.Now().Unix())))
	return err
}
