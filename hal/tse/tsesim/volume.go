package tsesim

import (
	"context"
	"fmt"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Files of the volume. The store has two: the second shows that its number matters.
const (
	commName = "TSE_COMM.DAT"
	infoName = "TSE_INFO.DAT"
	tarFiles = 2
)

// root is the volume's root folder.
type root struct {
	fs.Inode
	stick *Stick
}

func names() []string {
	list := []string{commName, infoName}
	for i := range tarFiles {
		list = append(list, tarName(i))
	}
	return list
}

func tarName(i int) string { return fmt.Sprintf("TSE_TAR.%03d", i+1) }

func (r *root) life() (life int, in bool) {
	r.stick.mu.Lock()
	defer r.stick.mu.Unlock()
	return r.stick.life, r.stick.unit != nil
}

// Lookup finds a file while the stick is in.
func (r *root) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	_, in := r.life()
	for i, n := range names() {
		if n == name && in {
			f := &file{stick: r.stick, name: name, tar: i - 2}
			out.Mode, out.Size = syscall.S_IFREG|0o644, f.size()
			return r.NewInode(ctx, f, fs.StableAttr{Mode: syscall.S_IFREG, Ino: uint64(10 + i)}), 0
		}
	}
	return nil, syscall.ENOENT
}

// Readdir lists the files.
func (r *root) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	if _, in := r.life(); !in {
		return nil, syscall.EIO
	}
	var list []fuse.DirEntry
	for i, n := range names() {
		list = append(list, fuse.DirEntry{Name: n, Mode: syscall.S_IFREG, Ino: uint64(10 + i)})
	}
	return fs.NewListDirStream(list), 0
}

// file is one of them.
type file struct {
	fs.Inode
	stick *Stick
	name  string
	tar   int // number of the store's file; below 0 for the other two
}

// opened belongs to one life of the stick: plugged in again, the file must be opened again.
type opened struct{ life int }

func (f *file) size() uint64 {
	if f.tar >= 0 {
		return blocksPerTAR * blockSize
	}
	return blockSize
}

// Getattr returns the size.
func (f *file) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Mode, out.Size = syscall.S_IFREG|0o644, f.size()
	return 0
}

// Open refuses the page cache: a stick's answers would never be seen through it.
func (f *file) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	f.stick.mu.Lock()
	defer f.stick.mu.Unlock()
	if f.stick.unit == nil {
		return nil, 0, syscall.ENODEV
	}
	if flags&syscall.O_DIRECT == 0 {
		return nil, 0, syscall.EINVAL
	}
	return &opened{f.stick.life}, fuse.FOPEN_DIRECT_IO, 0
}

// Read reads whole blocks.
func (f *file) Read(_ context.Context, h fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	o, isOpen := h.(*opened)
	if !isOpen || len(dest)%blockSize != 0 || off%blockSize != 0 {
		return nil, syscall.EINVAL
	}
	b, errno := f.read(o.life, len(dest), off)
	return fuse.ReadResultData(b), errno
}

func (f *file) read(life, n int, off int64) ([]byte, syscall.Errno) {
	switch {
	case f.tar >= 0:
		return f.stick.readStore(life, n, uint64(f.tar)*blocksPerTAR+uint64(off)/blockSize)
	case off != 0:
		return nil, 0
	case f.name == infoName:
		return f.stick.readInfo(life)
	}
	for {
		b, hang, errno := f.stick.readComm(life)
		if hang == nil {
			return b, errno
		}
		<-hang // closed by Release, Unplug or Close
	}
}

// Write writes whole blocks.
func (f *file) Write(_ context.Context, h fs.FileHandle, b []byte, off int64) (uint32, syscall.Errno) {
	o, isOpen := h.(*opened)
	if !isOpen || len(b)%blockSize != 0 || off%blockSize != 0 {
		return 0, syscall.EINVAL
	}
	var errno syscall.Errno
	switch {
	case f.tar >= 0:
		errno = f.stick.writeData(o.life, b, uint64(f.tar)*blocksPerTAR+uint64(off)/blockSize)
	case f.name == commName && off == 0 && len(b) == blockSize:
		errno = f.stick.writeComm(o.life, b)
	default:
		errno = syscall.EACCES
	}
	if errno != 0 {
		return 0, errno
	}
	return uint32(len(b)), 0
}

// Fsync has nothing to do: O_SYNC asks for it with each write.
func (f *file) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno { return 0 }
