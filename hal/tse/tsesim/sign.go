package tsesim

import (
	"context"
	"encoding/binary"
	"syscall"

	"github.com/tresen-pos/tresen/hal/tse"
)

// step is an opened step of a transaction whose data are awaited.
type step struct {
	event   byte
	client  string
	tx      uint64
	kind    string
	data    []byte
	got     uint64 // bytes that arrived
	block   uint64 // where they go
	written map[uint64]bool
}

// openStep does command 90: event, client, transaction, length of data, length and text of the type, 0.
func (s *Stick) openStep(f *fields) ([]byte, uint16) {
	st := &step{event: byte(f.num(1)), client: f.text(), tx: f.num(8), written: map[uint64]bool{}}
	n := f.num(8)
	st.kind = string(f.take(f.num(8)))
	more := f.num(8)
	switch {
	case f.bad || st.event > 2 || more != 0:
		return nil, 0x1005
	case n > 1<<16:
		return nil, 0x1007
	case !s.init:
		return nil, 0x10FF
	case !s.selfTest:
		return nil, 0x1054
	case s.setAt.IsZero():
		return nil, 0x1002
	case !s.ctssOn:
		return nil, 0x1053
	}
	if err := s.fillLocked(); err != nil {
		return nil, 0x1015
	}
	st.data = make([]byte, n)
	st.block = uint64(len(s.tar.bytes))/blockSize + 3
	s.open = st
	return binary.BigEndian.AppendUint64(nil, st.block), 0
}

// writeData takes process data at an offset of the store.
func (s *Stick) writeData(life int, b []byte, block uint64) syscall.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unit == nil || s.life != life {
		return syscall.ENODEV
	}
	st := s.open
	if st == nil || block < st.block {
		return syscall.EPERM
	}
	if f, faulty := s.faultLocked(Data, int(st.event)); faulty {
		_ = s.unplugLocked()
		if s.opt.OnFault != nil {
			s.opt.OnFault(f)
		}
		return syscall.EIO
	}
	for i := 0; i < len(b); i += blockSize {
		at := (block - st.block) * blockSize
		if at < uint64(len(st.data)) && !st.written[block] {
			st.got += uint64(copy(st.data[at:], b[i:i+blockSize]))
			st.written[block] = true
		}
		block++
	}
	return 0
}

// closeStep does command 95: signs what 90 opened.
func (s *Stick) closeStep() ([]byte, uint16) {
	st := s.open
	if st == nil {
		return nil, 0x1004
	}
	if st.got < uint64(len(st.data)) {
		return nil, 0x1006
	}
	s.open = nil
	ctx := context.Background()
	switch st.event {
	case 0:
		r, err := s.unit.Start(ctx, st.client, st.kind, st.data)
		if err != nil {
			return nil, wordFor(err)
		}
		return closed(tse.Finished{Transaction: r.Transaction, Serial: r.Serial, LogTime: r.LogTime, Counter: r.Counter, Signature: r.Signature}), 0
	case 2:
		r, err := s.unit.Finish(ctx, st.client, st.tx, st.kind, st.data)
		if err != nil {
			return nil, wordFor(err)
		}
		return closed(r), 0
	}
	return nil, 0x100D // the software unit signs no updates
}

func closed(r tse.Finished) []byte {
	b := binary.BigEndian.AppendUint64(nil, r.Transaction)
	b = append(b, r.Serial...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.LogTime.Unix()))
	b = binary.BigEndian.AppendUint64(b, r.Counter)
	b = binary.BigEndian.AppendUint64(b, uint64(len(r.Signature)))
	return append(b, r.Signature...)
}
