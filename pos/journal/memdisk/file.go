package memdisk

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
)

// Sector is what the disk writes whole or not at all, in bytes.
const Sector = 512

// inode is the content of a file.
type inode struct {
	data      []byte             // as programs see it
	synced    []byte             // as it is on the medium
	pending   map[int64][][]byte // versions of a sector since the last sync, oldest first
	allocated int64
}

func newInode() *inode { return &inode{pending: map[int64][][]byte{}} }

func (n *inode) space() int64 { return max(int64(len(n.data)), n.allocated) }

// sector returns a copy of sector i of b, filled up with zeros.
func sector(b []byte, i int64) []byte {
	s := make([]byte, Sector)
	if from := i * Sector; from < int64(len(b)) {
		copy(s, b[from:])
	}
	return s
}

// write changes what programs see and notes the new versions of the sectors.
func (n *inode) write(b []byte, off int64) {
	if end := off + int64(len(b)); end > int64(len(n.data)) {
		n.data = append(n.data, make([]byte, end-int64(len(n.data)))...)
	}
	copy(n.data[off:], b)
	for i := off / Sector; i*Sector < off+int64(len(b)); i++ {
		n.pending[i] = append(n.pending[i], sector(n.data, i))
	}
}

// sync puts the pending sectors on the medium.
func (n *inode) sync() {
	n.resize(len(n.data))
	for i := range n.pending {
		n.put(i, sector(n.data, i))
	}
	clear(n.pending)
}

// resize gives the medium's content a length.
func (n *inode) resize(size int) {
	if size > len(n.synced) {
		n.synced = append(n.synced, make([]byte, size-len(n.synced))...)
	}
	n.synced = n.synced[:size]
}

func (n *inode) put(i int64, s []byte) {
	if from := i * Sector; from < int64(len(n.synced)) {
		copy(n.synced[from:], s)
	}
}

// crash leaves on the medium a random version of each pending sector, and makes programs see the medium.
func (n *inode) crash(rng *rand.Rand) {
	if len(n.data) != len(n.synced) && rng.IntN(2) == 0 {
		n.resize(len(n.data))
	}
	keys := make([]int64, 0, len(n.pending))
	for i := range n.pending {
		keys = append(keys, i)
	}
	slices.Sort(keys)
	// Mostly all, mostly none and half kept are different worlds; visit all three.
	bias := rng.IntN(3)
	for _, i := range keys {
		versions := append([][]byte{sector(n.synced, i)}, n.pending[i]...)
		n.put(i, choose(rng, versions, bias))
	}
	clear(n.pending)
	n.data = slices.Clone(n.synced)
	n.allocated = int64(len(n.data))
}

// choose picks one of a sector's versions, oldest first, or the beginning of one and the end of the one before.
func choose(rng *rand.Rand, versions [][]byte, bias int) []byte {
	k := rng.IntN(len(versions))
	if rng.IntN(3) > 0 {
		switch bias {
		case 1:
			k = 0
		case 2:
			k = len(versions) - 1
		}
	}
	s := versions[k]
	if k > 0 && rng.IntN(8) == 0 {
		s = slices.Clone(s)
		cut := rng.IntN(Sector)
		copy(s[cut:], versions[k-1][cut:])
	}
	return s
}

func (n *inode) clone() *inode {
	c := &inode{data: slices.Clone(n.data), synced: slices.Clone(n.synced), pending: map[int64][][]byte{}, allocated: n.allocated}
	for i, versions := range n.pending {
		c.pending[i] = slices.Clone(versions) // the versions themselves never change
	}
	return c
}

// file is an open handle.
type file struct {
	d        *Disk
	n        *inode
	name     string
	life     int
	readOnly bool
	closed   bool
}

func (f *file) callLocked(op Op) error {
	if f.closed {
		return os.ErrClosed
	}
	return f.d.callLocked(op, f.life)
}

// ReadAt implements io.ReaderAt.
func (f *file) ReadAt(b []byte, off int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.callLocked(OpRead); err != nil {
		return 0, fmt.Errorf("read %s: %w", f.name, err)
	}
	if off >= int64(len(f.n.data)) {
		return 0, io.EOF
	}
	n := copy(b, f.n.data[off:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt implements io.WriterAt.
func (f *file) WriteAt(b []byte, off int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	err := f.callLocked(OpWrite)
	if err == nil && f.readOnly {
		err = syscall.EBADF
	}
	if err == nil {
		err = f.d.growLocked(f.n, off+int64(len(b)))
	}
	if err != nil {
		n := 0
		if short := f.d.shortLocked(err); short {
			n = len(b) / 2
			f.n.write(b[:n], off)
		}
		return n, fmt.Errorf("write %s: %w", f.name, err)
	}
	f.n.write(b, off)
	return len(b), f.d.cutLocked()
}

// Datasync implements journal.File. If a fault makes it fail, the bytes stay visible and never reach the medium unless they
// are written again, as Linux does it.
func (f *file) Datasync() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.callLocked(OpDatasync); err != nil {
		if f.life == f.d.life && !f.d.off {
			clear(f.n.pending)
		}
		return fmt.Errorf("sync %s: %w", f.name, err)
	}
	if err := f.d.cutLocked(); err != nil {
		return err
	}
	f.n.sync()
	return nil
}

// Allocate implements journal.File.
func (f *file) Allocate(size int64) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	err := f.callLocked(OpAllocate)
	if err == nil {
		err = f.d.growLocked(f.n, size)
	}
	if err != nil {
		return fmt.Errorf("allocate %s: %w", f.name, err)
	}
	f.n.allocated = max(f.n.allocated, size)
	return f.d.cutLocked()
}

// Size implements journal.File.
func (f *file) Size() (int64, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	return int64(len(f.n.data)), f.callLocked(OpSize)
}

// Close implements io.Closer. It makes nothing durable.
func (f *file) Close() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	f.closed = true
	return nil
}
