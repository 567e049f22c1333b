package swissbit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Names in the root of the volume.
const (
	CommName = "TSE_COMM.DAT"
	InfoName = "TSE_INFO.DAT"
)

// BlocksPerTAR is the size of each TSE_TAR.nnn in blocks: 1 GiB.
const BlocksPerTAR = 2097152

// TARName is the file that holds block n of the store.
func TARName(block uint64) string { return fmt.Sprintf("TSE_TAR.%03d", 1+block/BlocksPerTAR) }

// volume is the mounted medium, its two small files open. It belongs to whoever holds the device's turn.
type volume struct {
	dir        string
	comm, info *os.File
	block      []byte // aligned
}

// openVolume opens the files for direct I/O and locks them. Errors: tse.ErrGone, tse.ErrInUse, tse.ErrStorage.
func openVolume(dir string) (*volume, error) {
	v := &volume{dir: dir, block: aligned(BlockSize)}
	var err error
	if v.comm, err = openDirect(filepath.Join(dir, CommName), os.O_RDWR); err != nil {
		return nil, mediumError("open "+CommName, err)
	}
	if err = lock(v.comm); err == nil {
		if v.info, err = openDirect(filepath.Join(dir, InfoName), os.O_RDONLY); err != nil {
			err = mediumError("open "+InfoName, err)
		}
	}
	if err != nil {
		_ = v.comm.Close()
		return nil, err
	}
	return v, nil
}

func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return tse.ErrInUse
	}
	return mediumError("lock "+CommName, err)
}

func (v *volume) close() error {
	return errors.Join(v.comm.Close(), v.info.Close()) // the lock goes with the file
}

// openDirect bypasses the page cache: the stick must see every read and write as it is made.
func openDirect(name string, flag int) (*os.File, error) {
	return os.OpenFile(name, flag|syscall.O_DIRECT|syscall.O_SYNC, 0)
}

// aligned returns a buffer as O_DIRECT wants it: at a page's address.
func aligned(n int) []byte {
	const page = 4096
	b := make([]byte, n+page)
	skip := (page - int(uintptr(unsafe.Pointer(&b[0]))%page)) % page
	return b[skip : skip+n : skip+n]
}

// mediumError tells a medium that is away from one that fails. nil stays nil.
func mediumError(what string, err error) error {
	if err == nil {
		return nil
	}
	for _, gone := range []syscall.Errno{syscall.ENOENT, syscall.ENODEV, syscall.ENXIO, syscall.EIO, syscall.ENOTCONN, syscall.ESHUTDOWN, syscall.ENOMEDIUM} {
		if errors.Is(err, gone) {
			return fmt.Errorf("%s: %w (%w)", what, tse.ErrGone, err)
		}
	}
	return fmt.Errorf("%s: %w: %w", what, tse.ErrStorage, err)
}

// readInfo reads TSE_INFO.DAT.
func (v *volume) readInfo() (Status, error) {
	n, err := readBlock(v.info, v.block)
	if err != nil {
		return Status{}, mediumError("read "+InfoName, err)
	}
	return ParseInfo(v.block[:n])
}

// readBlock makes one read. os.File.ReadAt would go on behind a short one, at an offset that direct I/O refuses.
func readBlock(f *os.File, b []byte) (int, error) {
	for {
		n, err := syscall.Pread(int(f.Fd()), b, 0)
		if !errors.Is(err, syscall.EINTR) {
			return max(n, 0), err
		}
	}
}

func (v *volume) writeComm(block []byte) error {
	copy(v.block, block)
	_, err := v.comm.WriteAt(v.block, 0)
	return mediumError("write "+CommName, err)
}

func (v *volume) readComm() (response, error) {
	n, err := readBlock(v.comm, v.block)
	if err != nil {
		return response{}, mediumError("read "+CommName, err)
	}
	return parseResponse(v.block[:n])
}

// writeData writes process data from a block of the store on, filled up with zeros.
func (v *volume) writeData(block uint64, data []byte) error {
	for len(data) > 0 {
		room := (BlocksPerTAR - block%BlocksPerTAR) * BlockSize
		n := int(min(uint64(len(data)), room))
		buf := aligned((n + BlockSize - 1) / BlockSize * BlockSize)
		copy(buf, data[:n])
		if err := v.tar(block, os.O_RDWR, func(f *os.File, off int64) error {
			_, err := f.WriteAt(buf, off)
			return err
		}); err != nil {
			return err
		}
		data, block = data[n:], block+uint64(len(buf)/BlockSize)
	}
	return nil
}

// readData reads n bytes of the store from a block on; n is a multiple of the block size.
func (v *volume) readData(block uint64, n int) ([]byte, error) {
	buf := aligned(n)
	for got := 0; got < n; {
		room := (BlocksPerTAR - block%BlocksPerTAR) * BlockSize
		piece := buf[got:min(n, got+int(min(room, uint64(n))))]
		if err := v.tar(block, os.O_RDONLY, func(f *os.File, off int64) error {
			m, err := f.ReadAt(piece, off)
			if m < len(piece) && errors.Is(err, io.EOF) {
				return io.ErrUnexpectedEOF
			}
			return err
		}); err != nil {
			return nil, err
		}
		got, block = got+len(piece), block+uint64(len(piece)/BlockSize)
	}
	return buf, nil
}

// tar hands the file that holds a block to fn, with the block's offset in it.
func (v *volume) tar(block uint64, flag int, fn func(*os.File, int64) error) error {
	name := TARName(block)
	f, err := openDirect(filepath.Join(v.dir, name), flag)
	if err != nil {
		return mediumError("open "+name, err)
	}
	err = fn(f, int64(block%BlocksPerTAR)*BlockSize)
	return mediumError("use "+name, errors.Join(err, f.Close()))
}
