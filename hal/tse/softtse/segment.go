package softtse

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"syscall"

	"github.com/tresen-pos/tresen/hal/tse"
)

// startSegment begins segment last+1 with a checkpoint. The segment appears whole (rename) or not at all.
func (m *medium) startSegment(st state) error {
	body, err := encodeState(st)
	if err != nil {
		return fmt.Errorf("encode checkpoint: %w", err)
	}
	rec := sealRecord(body)
	data := make([]byte, (len(rec)/growStep+1)*growStep)
	copy(data, rec)
	if err := m.injected("roll"); err != nil {
		return err
	}
	if err := writeWhole(m.dir, segmentName(m.last+1), data, 0o644); err != nil {
		return err
	}
	f, err := os.OpenFile(m.segmentPath(m.last+1), os.O_RDWR, 0)
	if err != nil {
		return storageError("open "+segmentName(m.last+1), err)
	}
	if m.file != nil {
		_ = m.file.Close() // every record in it was flushed
	}
	m.file, m.end, m.alloc = f, int64(len(rec)), int64(len(data))
	m.last++
	return nil
}

// loadLast replays the last segment and drops a torn end.
func (m *medium) loadLast() (state, error) {
	path := m.segmentPath(m.last)
	data, err := os.ReadFile(path)
	if err != nil {
		return state{}, storageError("read "+segmentName(m.last), err)
	}
	var st state
	lastStart, end, err := walk(data, func(first bool, body []byte) error {
		if first {
			st, err = decodeState(body)
			return err
		}
		return replay(&st, body)
	})
	if err != nil {
		return state{}, fmt.Errorf("%s: %w", segmentName(m.last), err)
	}
	mode := os.O_RDWR
	if m.viewing {
		mode = os.O_RDONLY
	}
	if m.file, err = os.OpenFile(path, mode, 0); err != nil {
		return state{}, storageError("open "+segmentName(m.last), err)
	}
	m.end, m.alloc = int64(end), int64(len(data))
	if m.viewing {
		return st, nil
	}
	return st, m.settleTail(data, lastStart, end)
}

// settleTail makes the last record certain and what follows it zero. The record may have been read from memory that never
// reached the disk, so it is written once more.
func (m *medium) settleTail(data []byte, lastStart, end int) error {
	stop := len(data)
	for stop > end && data[stop-1] == 0 {
		stop--
	}
	clear(data[end:stop])
	if _, err := m.file.WriteAt(data[lastStart:stop], int64(lastStart)); err != nil {
		return storageError("write the tail of "+segmentName(m.last), err)
	}
	return storageError("flush "+segmentName(m.last), syscall.Fdatasync(int(m.file.Fd())))
}

func replay(st *state, body []byte) error {
	msgs, err := decodeMessages(body)
	if err != nil {
		return fmt.Errorf("%w: record after counter %d", tse.ErrDamaged, st.Counter)
	}
	for _, msg := range msgs {
		if err := st.apply(msg); err != nil {
			return err
		}
	}
	return nil
}

// walk hands each record's body to fn; the first must be a checkpoint. It returns where the last good record begins and ends.
// A bad record is a torn end only when no good one follows: records are written one at a time, each flushed before the next.
func walk(data []byte, fn func(first bool, body []byte) error) (lastStart, end int, err error) {
	for end < len(data) {
		body, size, err := openRecord(data[end:])
		if err != nil {
			if end == 0 {
				return 0, 0, fmt.Errorf("%w: no checkpoint at the start", tse.ErrDamaged)
			}
			if at, found := goodRecordAfter(data, end); found {
				return 0, 0, fmt.Errorf("%w: bad record at byte %d, a good one at byte %d", tse.ErrDamaged, end, at)
			}
			break
		}
		if err := fn(end == 0, body); err != nil {
			return 0, 0, err
		}
		lastStart, end = end, end+size
	}
	return lastStart, end, nil
}

func goodRecordAfter(data []byte, bad int) (int, bool) {
	magic := binary.LittleEndian.AppendUint32(nil, recordMagic)
	for at := bad + recordAlign; at < len(data); {
		i := bytes.Index(data[at:], magic)
		if i < 0 {
			return 0, false
		}
		at += i
		if at%recordAlign == 0 {
			if _, _, err := openRecord(data[at:]); err == nil {
				return at, true
			}
		}
		at++
	}
	return 0, false
}

// append writes one record durably. With reserve 0 the call is a finish: it may use space that starts must leave free and never
// begins a segment. An error other than tse.ErrStorageFull and tse.ErrGone before the write leaves m.doubt set.
func (m *medium) append(st state, msgs []message, reserve int64) error {
	rec := sealRecord(encodeMessages(msgs))
	if reserve > 0 && m.end >= m.rollSize {
		if err := m.startSegment(st); err != nil {
			return err
		}
	}
	if err := m.grow(m.end + int64(len(rec)) + reserve); err != nil {
		return err
	}
	m.doubt = &doubt{rec: rec, msgs: msgs}
	return m.settle()
}

// settle writes and flushes the record in doubt.
func (m *medium) settle() error {
	if err := m.injected("write"); err != nil {
		return err
	}
	if _, err := m.file.WriteAt(m.doubt.rec, m.end); err != nil {
		return storageError("write log message", err)
	}
	if err := m.injected("sync"); err != nil {
		return err
	}
	if err := syscall.Fdatasync(int(m.file.Fd())); err != nil {
		return storageError("flush log message", err)
	}
	m.end += int64(len(m.doubt.rec))
	m.doubt = nil
	return nil
}

// grow zero-writes the segment up to at least size. The flush comes with the record that needed the room.
func (m *medium) grow(size int64) error {
	for m.alloc < size {
		if err := m.injected("grow"); err != nil {
			return err
		}
		n, err := m.file.WriteAt(make([]byte, growStep), m.alloc)
		m.alloc += int64(n)
		if err != nil {
			return storageError("make room for log messages", err)
		}
	}
	return nil
}

func (m *medium) injected(what string) error {
	if m.fault == nil {
		return nil
	}
	return storageError(what, m.fault(what))
}
