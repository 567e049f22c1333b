package swissbit

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

const (
	window    = 1 << 20  // bytes read at once
	maxLook   = 64 << 20 // bytes searched for what is only nice to know
	maxLog    = 1 << 18  // bytes of one log message
	tarEnd    = 2 * BlockSize
	tarMagic  = "ustar"
	atMagic   = 257
	nameStart = "Start"
	nameEnd   = "Finish"
)

// entry is a transaction's log message in the store, by its file name (TR-03153-1 v1.1.1):
// Unixt_TIME_Sig-N_Log-Tra_No-T_{Start|Update|Finish}_Client-ID.log
type entry struct {
	block   uint64 // of the header
	size    int64
	time    time.Time
	counter uint64
	tx      uint64
	kind    string
	client  string
}

func parseName(name string) (e entry, ok bool) {
	head, rest, ok1 := strings.Cut(name, "_Log-Tra_No-")
	stamp, sig, ok2 := strings.Cut(strings.TrimPrefix(head, "Unixt_"), "_Sig-")
	number, rest, ok3 := strings.Cut(rest, "_")
	kind, client, ok4 := strings.Cut(rest, "_Client-")
	client, ok5 := strings.CutSuffix(client, ".log")
	sec, e1 := strconv.ParseInt(stamp, 10, 64)
	counter, e2 := strconv.ParseUint(sig, 10, 64)
	tx, e3 := strconv.ParseUint(number, 10, 64)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || errors.Join(e1, e2, e3) != nil {
		return entry{}, false
	}
	return entry{time: time.Unix(sec, 0).UTC(), counter: counter, tx: tx, kind: kind, client: client}, true
}

// parseHeader tells whether a block is the TAR header of a transaction's log message.
func parseHeader(block []byte) (entry, bool) {
	if len(block) < BlockSize || string(block[atMagic:atMagic+len(tarMagic)]) != tarMagic {
		return entry{}, false
	}
	h, err := tar.NewReader(bytes.NewReader(append(bytes.Clone(block), make([]byte, BlockSize)...))).Next()
	if err != nil || h.Size < 0 || h.Size > maxLog {
		return entry{}, false
	}
	e, ok := parseName(h.Name)
	e.size = h.Size
	return e, ok
}

// newest hands the transactions' log messages to fn, newest first, until fn wants no more or limit bytes were looked at.
func (d *Device) newest(ctx context.Context, limit uint64, fn func(entry) (more bool, err error)) error {
	s, err := d.port.vol.readInfo()
	if err != nil {
		return err
	}
	end := (s.TARSize + BlockSize - 1) / BlockSize
	for looked := uint64(0); end > 0 && looked < limit; looked += window {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(end, window/BlockSize)
		data, err := d.port.vol.readData(end-n, int(n)*BlockSize)
		if err != nil {
			return err
		}
		for i := int(n) - 1; i >= 0; i-- {
			e, ok := parseHeader(data[i*BlockSize : (i+1)*BlockSize])
			if !ok {
				continue
			}
			e.block = end - n + uint64(i)
			if more, err := fn(e); err != nil || !more {
				return err
			}
		}
		end -= n
	}
	return nil
}

// fillStarts looks up when transactions began.
func (d *Device) fillStarts(ctx context.Context, list []tse.Transaction) error {
	missing := len(list)
	if missing == 0 {
		return nil
	}
	return d.newest(ctx, maxLook, func(e entry) (bool, error) {
		for i := range list {
			if e.kind == nameStart && e.tx == list[i].Number && list[i].StartCounter == 0 {
				list[i].StartTime, list[i].StartCounter = e.time, e.counter
				missing--
			}
		}
		return missing > 0, nil
	})
}

// startOf returns when a transaction began; zero when the store does not show it.
func (d *Device) startOf(ctx context.Context, tx uint64) (at time.Time, err error) {
	if at, ok := d.starts[tx]; ok {
		return at, nil
	}
	err = d.newest(ctx, maxLook, func(e entry) (bool, error) {
		if e.kind == nameStart && e.tx == tx {
			at = e.time
		}
		return at.IsZero() && (e.kind != nameStart || e.tx > tx), nil
	})
	return at, err
}

// Last returns the highest transaction number given so far, 0 when there was none.
func (d *Device) Last(ctx context.Context) (uint64, error) {
	return answered(ctx, d, d.opt.Slow, "read the last transaction number", func(ctx context.Context) (last uint64, err error) {
		err = d.newest(ctx, 1<<62, func(e entry) (bool, error) {
			if e.kind == nameStart {
				last = e.tx
			}
			return last == 0, nil
		})
		return last, err
	})
}

// LastFinish looks up a finished transaction in the store, newest first, so that a register that crashed can adopt it. false: it
// is open or was never started. Errors: as Status; tse.ErrDamaged when its log message cannot be read.
func (d *Device) LastFinish(ctx context.Context, tx uint64) (tse.Finished, bool, error) {
	f, err := answered(ctx, d, d.opt.Slow, fmt.Sprintf("look up transaction %d", tx), func(ctx context.Context) (tse.Finished, error) {
		return d.lastFinish(ctx, tx)
	})
	return f, err == nil && f.Transaction != 0, err
}

func (d *Device) lastFinish(ctx context.Context, tx uint64) (f tse.Finished, err error) {
	err = d.newest(ctx, 1<<62, func(e entry) (bool, error) {
		if e.tx == tx && e.kind == nameEnd {
			f, err = d.readFinish(e)
			return true, err
		}
		if e.kind != nameStart || e.tx > tx {
			return true, nil
		}
		if e.tx == tx && f.Transaction == tx {
			f.StartTime = e.time
		}
		return false, nil // its start, or one before it: the finish can only be newer
	})
	return f, err
}

func (d *Device) readFinish(e entry) (tse.Finished, error) {
	n := int(e.size+BlockSize-1) / BlockSize * BlockSize
	data, err := d.port.vol.readData(e.block+1, n)
	if err != nil {
		return tse.Finished{}, err
	}
	f, err := parseLog(data[:e.size])
	if err != nil {
		return tse.Finished{}, err
	}
	if f.Transaction != e.tx || !bytes.Equal(f.Serial, d.serial[:]) {
		return tse.Finished{}, fmt.Errorf("%w: log message of transaction %d is filed under %d", tse.ErrDamaged, f.Transaction, e.tx)
	}
	i := d.Info()
	f.TimeFormat, f.PublicKey = i.TimeFormat, bytes.Clone(i.PublicKey)
	return f, nil
}

// Export writes the store as it was at the call, with the end that some sticks leave to the host. Transactions go on meanwhile: a
// turn is taken for each piece. Errors: as Status, and those of w.
func (d *Device) Export(ctx context.Context, w io.Writer) error {
	s, err := d.Status(ctx)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	tail := make([]byte, tarEnd) // last bytes written
	for at := uint64(0); at < s.TARSize; at += window {
		n := min(s.TARSize-at, window)
		data, err := answered(ctx, d, d.opt.Slow, "export", func(context.Context) ([]byte, error) {
			return d.port.vol.readData(at/BlockSize, int(n+BlockSize-1)/BlockSize*BlockSize)
		})
		if err != nil {
			return err
		}
		if _, err := w.Write(data[:n]); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		tail = append(tail, data[:n]...)
		tail = bytes.Clone(tail[len(tail)-tarEnd:])
	}
	if s.TARSize >= tarEnd && bytes.Equal(tail, make([]byte, tarEnd)) {
		return nil
	}
	if _, err := w.Write(make([]byte, tarEnd)); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// loadCertificates keeps the chain for Info. A stick that refuses to show it is used without.
func (d *Device) loadCertificates(ctx context.Context) error {
	text, err := d.readCertificates(ctx)
	if errors.As(err, new(Word)) {
		return nil
	}
	if err != nil {
		return typed(err)
	}
	var certs [][]byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		certs = append(certs, block.Bytes)
	}
	d.mu.Lock()
	d.info.Certificates = certs
	d.mu.Unlock()
	return nil
}
