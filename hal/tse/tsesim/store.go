package tsesim

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"syscall"
	"time"

	"github.com/tresen-pos/tresen/hal/tse/softtse"
)

// store is the export TAR as the stick keeps it: without the zero blocks at its end.
type store struct {
	bytes []byte
	next  uint64 // signature counter of the first log message that is not in it
}

const perFill = 10000 // log messages read at once

// fillLocked adds the log messages that came since.
func (s *Stick) fillLocked() error {
	ctx := context.Background()
	st, err := s.unit.Status(ctx)
	if err != nil {
		return err
	}
	if s.tar.next == 0 {
		var b bytes.Buffer
		if err := s.unit.Export(ctx, &b); err != nil {
			return err
		}
		s.tar = store{bytes: b.Bytes()[:b.Len()-2*blockSize], next: st.SignatureCounter + 1}
		return nil
	}
	if st.SignatureCounter < s.tar.next {
		return nil
	}
	entries, err := s.unit.Entries(ctx, s.tar.next, perFill)
	if err != nil {
		return err
	}
	b := bytes.NewBuffer(s.tar.bytes)
	for _, e := range entries {
		w := tar.NewWriter(b)
		h := &tar.Header{Typeflag: tar.TypeReg, Name: e.Name, Size: int64(len(e.DER)), Mode: 0o644, ModTime: time.Unix(e.LogTime.Unix(), 0), Format: tar.FormatUSTAR}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		if _, err := w.Write(e.DER); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
		s.tar.next = e.Counter + 1
	}
	s.tar.bytes = b.Bytes()
	return nil
}

// readStore reads from a block on; behind the end there are zeros.
func (s *Stick) readStore(life, n int, block uint64) ([]byte, syscall.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unit == nil || s.life != life {
		return nil, syscall.ENODEV
	}
	if err := s.fillLocked(); err != nil {
		return nil, syscall.EIO
	}
	b := make([]byte, n)
	if at := block * blockSize; at < uint64(len(s.tar.bytes)) {
		copy(b, s.tar.bytes[at:])
	}
	return b, 0
}

// readInfo is TSE_INFO.DAT.
func (s *Stick) readInfo(life int) ([]byte, syscall.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unit == nil || s.life != life {
		return nil, syscall.ENODEV
	}
	st, err := s.unit.Status(context.Background())
	if err == nil {
		err = s.fillLocked()
	}
	if err != nil {
		return nil, syscall.EIO
	}
	b := make([]byte, blockSize)
	u32 := func(at, v int) { binary.BigEndian.PutUint32(b[at:], uint32(v)) }
	u32(0x18, 8<<20)
	if !s.setAt.IsZero() {
		b[0x1C] |= 1
	}
	if s.selfTest {
		b[0x1C] |= 2
	}
	if s.init {
		b[0x1D] = 1
	}
	b[0x20] = s.changed
	if s.open != nil {
		b[0x1E] = 1
	}
	u32(0x24, 24*3600)
	u32(0x30, int(st.SignatureCounter))
	u32(0x34, 20_000_000)
	u32(0x38, st.Clients)
	u32(0x3C, softtse.MaxClients)
	u32(0x40, int(s.opt.Now().AddDate(5, 0, 0).Unix()))
	binary.BigEndian.PutUint64(b[0x48:], uint64(len(s.tar.bytes)))
	u32(0x54, 0x00010000)
	i := s.unit.Info()
	b[0x6A] = byte(copy(b[0x6B:0xD0], i.PublicKey))
	u32(0xD0, 1800)
	if serial, err := hex.DecodeString(i.Serial); err == nil {
		copy(b[0x100:], serial)
	}
	copy(b[0x120:0x1FF], i.Description)
	return b, 0
}
