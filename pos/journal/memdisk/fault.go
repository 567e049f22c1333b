package memdisk

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// Op is a set of kinds of calls.
type Op uint32

// Kinds of calls.
const (
	OpOpen Op = 1 << iota
	OpRead
	OpWrite
	OpDatasync
	OpAllocate
	OpSize
	OpRename
	OpRemove
	OpMkdir
	OpList
	OpSyncDir
	OpLock

	// OpChange are the calls that change the disk.
	OpChange = OpWrite | OpDatasync | OpAllocate | OpRename | OpRemove | OpSyncDir
	// OpAny are all calls.
	OpAny = OpLock<<1 - 1
)

// Fault is an answer to one call.
type Fault struct {
	// Ops are the kinds of calls that count; Nth is which of them, from 1, since Arm.
	Ops Op
	Nth int
	// Err is returned instead of doing the call, syscall.EIO or ENOSPC for example.
	Err error
	// Short lets a write put down the first half before Err.
	Short bool
	// Sticky lets every later call of Ops fail as well.
	Sticky bool
	// Cut switches the power off in the middle of the call, so that Crash decides how much of it happened. Err is not used.
	Cut bool
}

// armed is a fault and how many calls it has seen.
type armed struct {
	Fault
	seen  int
	fired bool
}

// faultError carries the fault to the place that acts on it.
type faultError struct{ f *armed }

func (e faultError) Error() string { return fmt.Sprintf("memdisk fault: %v", e.f.Err) }
func (e faultError) Unwrap() error { return e.f.Err }

// Arm adds a fault. The counting of its calls starts now.
func (d *Disk) Arm(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, &armed{Fault: f})
}

// Disarm forgets all faults and reports whether any had come to pass.
func (d *Disk) Disarm() (fired bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.faults {
		fired = fired || f.fired
	}
	d.faults = nil
	return fired
}

// Count returns how many calls of ops were made since New.
func (d *Disk) Count(ops Op) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for op, c := range d.counts {
		if op&ops != 0 {
			n += c
		}
	}
	return n
}

// callLocked counts a call and returns the error it must answer with.
func (d *Disk) callLocked(op Op, life int) error {
	if d.off || life != d.life {
		return ErrPowerCut
	}
	d.counts[op]++
	for _, f := range d.faults {
		if f.Ops&op == 0 {
			continue
		}
		f.seen++
		if f.seen != f.Nth && !(f.Sticky && f.seen > f.Nth) {
			continue
		}
		f.fired = true
		if !f.Cut {
			return faultError{f}
		}
		d.off = true
		if op&(OpWrite|OpRename|OpRemove|OpAllocate|OpDatasync|OpSyncDir) == 0 {
			return ErrPowerCut // there is nothing to do half
		}
	}
	return nil
}

// cutLocked is asked at the end of a changing call whether the power went off in it.
func (d *Disk) cutLocked() error {
	if d.off {
		return ErrPowerCut
	}
	return nil
}

func (d *Disk) shortLocked(err error) bool {
	var f faultError
	return errors.As(err, &f) && f.f.Short
}

// CutPower makes every call fail until Crash.
func (d *Disk) CutPower() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = true
}

// Crash cuts the power, lets seed decide what of the unsynced changes is on the medium, and switches on again. Handles and
// locks from before are dead, faults are forgotten.
func (d *Disk) Crash(seed uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	rng := rand.New(rand.NewPCG(seed, 0x7265_7365_6e21))
	for _, name := range slices.Sorted(maps.Keys(d.changedLocked())) {
		if rng.IntN(2) == 0 {
			continue
		}
		delete(d.durable, name)
		if n := d.names[name]; n != nil {
			d.durable[name] = n
		}
	}
	d.names = maps.Clone(d.durable)
	// Two names of one inode can only be the two ends of a rename that is half on the medium.
	done := map[*inode]bool{}
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		if n := d.names[name]; !done[n] {
			done[n] = true
			n.crash(rng)
		} else {
			c := n.clone()
			d.names[name], d.durable[name] = c, c
		}
	}
	d.life++
	d.off = false
	d.faults = nil
	clear(d.locks)
}

// Clone returns an independent copy with the same unsynced changes and no faults or locks: crash the copy and the original
// goes on.
func (d *Disk) Clone() *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := New(d.capacity)
	c.off = d.off
	copies := map[*inode]*inode{}
	take := func(n *inode) *inode {
		if copies[n] == nil {
			copies[n] = n.clone()
		}
		return copies[n]
	}
	for name, n := range d.names {
		c.names[name] = take(n)
	}
	for name, n := range d.durable {
		c.durable[name] = take(n)
	}
	return c
}

// Flip changes one byte of a file by xor with mask, as worn flash does: on the medium and in what programs see.
func (d *Disk) Flip(name string, off int64, mask byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.names[name]
	n.data[off] ^= mask
	if off < int64(len(n.synced)) {
		n.synced[off] ^= mask
	}
}

// ReadFile returns what programs see of a file, nil if there is none.
func (d *Disk) ReadFile(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := d.names[name]; n != nil {
		return slices.Clone(n.data)
	}
	return nil
}

// WriteFile puts a durable file on the disk, whatever its capacity; nil removes it.
func (d *Disk) WriteFile(name string, b []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.names, name)
	delete(d.durable, name)
	if b == nil {
		return
	}
	n := newInode()
	n.data, n.synced = slices.Clone(b), slices.Clone(b)
	d.names[name], d.durable[name] = n, n
}

// Names returns all file names, sorted.
func (d *Disk) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.names))
}
