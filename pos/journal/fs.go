package journal

import "io"

// FS is the little of a file system that the journal needs. OS is the real one; package memdisk has one that forgets.
type FS interface {
	Files
	Dirs
	Volume
}

// Files opens and names files.
type Files interface {
	// OpenFile takes os.O_RDONLY, os.O_RDWR or os.O_RDWR|os.O_CREATE|os.O_TRUNC.
	OpenFile(name string, flag int) (File, error)
	Rename(from, to string) error
	Remove(name string) error
}

// Dirs makes, lists and flushes directories.
type Dirs interface {
	// MkdirAll makes dir and its parents durable.
	MkdirAll(dir string) error
	// List returns the base names in dir, in any order.
	List(dir string) ([]string, error)
	// SyncDir makes the names in dir durable.
	SyncDir(dir string) error
}

// Volume is what belongs to the whole disk.
type Volume interface {
	// Lock takes the exclusive lock of a file that it creates if missing; ErrLocked if somebody else has it.
	Lock(name string) (io.Closer, error)
	// Free returns the bytes an ordinary file may still take on the disk of dir.
	Free(dir string) (int64, error)
}

// File is an open file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Extent
}

// Extent is the space of a file and its durability.
type Extent interface {
	// Allocate reserves size bytes; a file system that cannot do it returns nil, because the zeros are written anyway.
	Allocate(size int64) error
	// Datasync returns when the file's bytes and its size are on the medium (fdatasync).
	Datasync() error
	Size() (int64, error)
}
