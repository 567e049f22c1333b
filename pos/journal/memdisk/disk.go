// Package memdisk is a disk in memory that forgets what was not synced, for crash tests of whatever writes through journal.FS.
//
// It keeps for each file what was written and what was synced, and the same for each directory entry. Crash throws the power
// switch: of the sectors (512 bytes) written since the last sync each one keeps a version chosen at random, some are cut
// within; of the names changed since the last SyncDir each one is old or new. Everything follows from a seed. Faults answers
// the n-th call with an error, a short write or a power cut; Flip changes one byte on the medium.
//
// It models an honest disk: what Datasync promised stays. It has no permissions, no symbolic links, no holes, and a directory
// made by MkdirAll is durable at once, as that interface demands. It follows no specification but journal.FS. It starts no goroutine;
// all methods may be called from any.
package memdisk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"github.com/tresen-pos/tresen/pos/journal"
)

// ErrPowerCut is what every call returns between a power cut and Crash, and every old handle after it.
var ErrPowerCut = errors.New("memdisk: the power is off")

// Disk is one disk. It implements journal.FS.
type Disk struct {
	mu       sync.Mutex
	capacity int64
	names    map[string]*inode // as programs see them
	durable  map[string]*inode // as they are after a crash
	locks    map[string]bool
	life     int // counts crashes: handles of an earlier life are dead
	off      bool
	faults   []*armed
	counts   map[Op]int
}

// New returns an empty disk that takes capacity bytes, 0 for no bound.
func New(capacity int64) *Disk {
	return &Disk{capacity: capacity, names: map[string]*inode{}, durable: map[string]*inode{}, locks: map[string]bool{}, counts: map[Op]int{}}
}

// SetCapacity changes the bound; a disk that is fuller already stays so.
func (d *Disk) SetCapacity(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.capacity = bytes
}

// Used returns the bytes taken by all files.
func (d *Disk) Used() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.usedLocked()
}

func (d *Disk) usedLocked() (used int64) {
	for _, n := range d.names {
		used += n.space()
	}
	return used
}

// OpenFile implements journal.FS.
func (d *Disk) OpenFile(name string, flag int) (journal.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.callLocked(OpOpen, d.life); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	n := d.names[name]
	if n == nil && flag&os.O_CREATE == 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if n == nil {
		n = newInode()
		d.names[name] = n
	} else if flag&os.O_TRUNC != 0 {
		// A new inode under the old name is what a crash may or may not bring back.
		n = newInode()
		d.names[name] = n
	}
	return &file{d: d, n: n, name: name, life: d.life, readOnly: flag&os.O_RDWR == 0}, nil
}

// Rename implements journal.FS.
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.callLocked(OpRename, d.life); err != nil {
		return fmt.Errorf("rename %s: %w", from, err)
	}
	n := d.names[from]
	if n == nil {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	delete(d.names, from)
	d.names[to] = n
	return d.cutLocked()
}

// Remove implements journal.FS.
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.callLocked(OpRemove, d.life); err != nil {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	if d.names[name] == nil {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	delete(d.names, name)
	return d.cutLocked()
}

// MkdirAll implements journal.FS. Directories need no making here.
func (d *Disk) MkdirAll(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.callLocked(OpMkdir, d.life)
}

// List implements journal.FS.
func (d *Disk) List(dir string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.callLocked(OpList, d.life); err != nil {
		return nil, fmt.Errorf("list %s: %w", dir, err)
	}
	var names []string
	for name := range d.names {
		if filepath.Dir(name) == filepath.Clean(dir) {
			names = append(names, filepath.Base(name))
		}
	}
	slices.Sort(names)
	return names, nil
}

// SyncDir implements journal.FS.
func (d *Disk) SyncDir(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.callLocked(OpSyncDir, d.life); err != nil {
		return fmt.Errorf("sync folder %s: %w", dir, err)
	}
	if err := d.cutLocked(); err != nil {
		return err
	}
	for name := range d.changedLocked() {
		if filepath.Dir(name) != filepath.Clean(dir) {
			continue
		}
		delete(d.durable, name)
		if n := d.names[name]; n != nil {
			d.durable[name] = n
		}
	}
	return nil
}

// changedLocked returns the names that differ between what is seen and what is durable.
func (d *Disk) changedLocked() map[string]bool {
	changed := map[string]bool{}
	for name, n := range d.names {
		if d.durable[name] != n {
			changed[name] = true
		}
	}
	for name := range d.durable {
		if d.names[name] == nil {
			changed[name] = true
		}
	}
	return changed
}

// Lock implements journal.FS.
func (d *Disk) Lock(name string) (io.Closer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.callLocked(OpLock, d.life); err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	if d.locks[name] {
		return nil, fmt.Errorf("lock %s: %w", name, journal.ErrLocked)
	}
	d.locks[name] = true
	return &held{d: d, name: name, life: d.life}, nil
}

// held is a lock; it is gone after a crash.
type held struct {
	d    *Disk
	name string
	life int
}

// Close releases the lock.
func (h *held) Close() error {
	h.d.mu.Lock()
	defer h.d.mu.Unlock()
	if h.life == h.d.life {
		delete(h.d.locks, h.name)
	}
	return nil
}

// Free implements journal.FS.
func (d *Disk) Free(dir string) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.capacity == 0 {
		return 1 << 40, nil
	}
	return max(0, d.capacity-d.usedLocked()), nil
}

// growLocked refuses with ENOSPC if n cannot take size bytes.
func (d *Disk) growLocked(n *inode, size int64) error {
	if more := size - n.space(); more > 0 && d.capacity > 0 && d.usedLocked()+more > d.capacity {
		return syscall.ENOSPC
	}
	return nil
}
