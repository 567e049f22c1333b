package swissbit

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Wait between two looks at a busy stick: the open programs wait 150 ms; we begin shorter, as most answers come sooner.
const (
	firstWait = time.Millisecond
	lastWait  = 150 * time.Millisecond
)

// port is the command file with what must be remembered about it. It belongs to whoever holds the device's turn.
type port struct {
	vol     *volume
	sleep   func(context.Context, time.Duration) error
	fresh   bool   // last holds a counter
	last    uint32 // counter of the last response taken
	pending bool   // a command was written whose response was not taken
}

// exchange sends a command and waits for its answer. The returned data are the caller's. Errors: a Word when the stick refuses;
// errAnswer; tse.ErrGone, tse.ErrStorage; the context's. Only a Word says for certain what became of the command.
func (p *port) exchange(ctx context.Context, code byte, args []byte) ([]byte, error) {
	block, err := command(code, args)
	if err != nil {
		return nil, err
	}
	if err := p.settle(ctx); err != nil {
		return nil, fmt.Errorf("command %02x: wait for an earlier one: %w", code, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.pending = true
	if err := p.vol.writeComm(block); err != nil {
		return nil, fmt.Errorf("command %02x: %w", code, err)
	}
	r, err := p.await(ctx, true)
	if err != nil {
		return nil, fmt.Errorf("command %02x: %w", code, err)
	}
	if r.word != ok {
		return nil, fmt.Errorf("command %02x: %w", code, r.word)
	}
	return append([]byte(nil), r.data...), nil
}

// settle waits until nothing is under way: a command written over one that runs would mix the two. What is ready then, if anything,
// is the answer to a call that was given up, whatever its counter. The first time settle also learns the response counter; what
// the file holds then belongs to nobody and may be anything but busy.
func (p *port) settle(ctx context.Context) error {
	if p.fresh && !p.pending {
		return nil
	}
	r, err := p.await(ctx, false)
	if err != nil && (p.pending || !errors.Is(err, errAnswer)) {
		return err
	}
	p.last, p.fresh, p.pending = r.counter, err == nil, false
	return nil
}

// await reads until a response is ready. With newer set, one with the counter of the last response is that response still.
func (p *port) await(ctx context.Context, newer bool) (response, error) {
	fetched := false
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		if err := ctx.Err(); err != nil {
			return response{}, err
		}
		r, err := p.vol.readComm()
		if err != nil {
			return r, err
		}
		stale := newer && p.fresh && r.counter == p.last
		switch {
		case r.status == statusFetch:
			if err := p.fetch(); err != nil {
				return r, err
			}
			if !fetched {
				fetched = true
				continue // what was fetched is there at once, as a rule
			}
		case r.status == statusReady && !stale:
			p.last, p.fresh, p.pending = r.counter, true, false
			return r, nil
		}
		if err := p.sleep(ctx, wait); err != nil {
			return r, err
		}
	}
}

// fetch asks for a response that waits inside the stick.
func (p *port) fetch() error {
	block, err := command(codeFetch, nil)
	if err != nil {
		return err
	}
	return p.vol.writeComm(block)
}
