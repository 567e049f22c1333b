package softtse

import (
	"fmt"

	"github.com/tresen-pos/tresen/hal/tse"
)

// batch collects the log messages of one call: they are stored as one record, all or none.
type batch struct {
	id      *identity
	msgs    []message
	counter uint64 // last one given out
	time    int64  // log time of the messages that follow
}

// batchLocked begins a call that writes. It reads the clock; when this is the first reading since power-up, or the clock went
// back, the batch begins with UpdateTime, as a unit whose time is set by its host must log it. Log times never go back otherwise.
func (t *TSE) batchLocked() (*batch, error) {
	now := t.opt.Now().Unix()
	if now < minTime {
		return nil, tse.ErrTimeNotSet
	}
	b := &batch{id: t.id, counter: t.st.Counter, time: now}
	before := t.st.Time
	if !t.st.Initialized {
		before = now
		if _, err := b.add(message{op: opInitialize}, initialize(t.id.description)); err != nil {
			return nil, err
		}
	}
	if t.timeSet && now >= t.st.Time {
		return b, nil
	}
	_, err := b.add(message{op: opUpdateTime}, updateTime(before, now))
	return b, err
}

// add signs a message with the next signature counter and returns the signature.
func (b *batch) add(m message, certified []byte) ([]byte, error) {
	m.counter, m.time = b.counter+1, b.time
	der, sig, err := b.id.signMessage(certified, m.counter, m.time)
	if err != nil {
		return nil, fmt.Errorf("sign log message %d: %w", m.counter, err)
	}
	m.der = der
	b.msgs = append(b.msgs, m)
	b.counter++
	return sig, nil
}

// commitLocked stores a batch and takes it into the state.
func (t *TSE) commitLocked(b *batch, reserve int64) error {
	if err := t.med.append(t.st, b.msgs, reserve); err != nil {
		return err
	}
	return t.takeLocked(b.msgs)
}

// settleLocked finishes a write that an earlier call left in doubt: the message is stored now or the unit stays out of order.
func (t *TSE) settleLocked() error {
	d := t.med.doubt
	if d == nil {
		return nil
	}
	if err := t.med.settle(); err != nil {
		return err
	}
	return t.takeLocked(d.msgs)
}

func (t *TSE) takeLocked(msgs []message) error {
	for _, m := range msgs {
		if err := t.st.apply(m); err != nil {
			return err
		}
	}
	t.timeSet = true
	return nil
}

// initialize and updateTime are the system operation data of TR-03151 v1.0.1.
func initialize(description string) []byte {
	return systemCertified(nameInitialize, appendTLV(nil, tagContext1, []byte(description)))
}

func updateTime(before, after int64) []byte {
	data := appendInteger(nil, tagContext1, uint64(before))
	return systemCertified(nameUpdateTime, appendInteger(data, tagContext2, uint64(after)))
}
