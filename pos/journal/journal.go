// Package journal is the append-only, hash-chained record log of the box: the truth from which everything else can be rebuilt.
//
// It follows its own FORMAT.md, edition 1 (segments, frames, order of writes, what is not protected against).
// Payloads are opaque here; by convention they are JSON under a versioned type name.
//
// It does not interpret records, never changes or deletes one, does not compress, encrypt or sign, and does not repair damage:
// a journal that lost something it had promised is opened for reading only.
//
// The journal owns one goroutine, the spare maker, which creates zero-written segments ahead of the writer; Close waits for it.
// All methods of Journal may be called from any goroutine.
package journal

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// Entry is what a caller hands to Append.
type Entry struct {
	// Time is the moment of the event; the zero Time means Options.Now.
	Time time.Time
	// Type names the payload's layout and version, 1 to 255 bytes, e.g. "till.receipt-prepared/1".
	Type string
	// Payload is opaque to the journal; JSON by convention.
	Payload []byte
}

// Record is one entry as it lies in the journal.
type Record struct {
	// Seq numbers the records from 1 without gaps.
	Seq uint64
	// Epoch grows with each opening for writing.
	Epoch uint32
	// Time has nanosecond resolution, in UTC.
	Time    time.Time
	Type    string
	Payload []byte
	// Prev is the Hash of record Seq-1, zero for record 1; Hash is SHA-256 as FORMAT.md defines it.
	Prev, Hash [32]byte
}

// Options of a journal. The zero value is right for the box.
type Options struct {
	// SegmentSize in bytes of segments made from now on, a multiple of 512; default 16 MiB, smallest 1,024.
	// Segments that already exist keep their size.
	SegmentSize int64
	// Spares is the number of zero-written segments kept ahead of the writer; default 2.
	Spares int
	// FS is the disk; default the operating system's.
	FS FS
	// Now stamps entries without a time; default time.Now.
	Now func() time.Time
	// Fatal is told once about a failed write or flush, after which the journal refuses everything: the kernel may have
	// dropped the pages, so only a fresh start can find out what is on disk. Default: print and os.Exit(1).
	Fatal func(error)
	// Progress, if set, is told bytes done and bytes in all during long reads (Verify, the tail check of Open).
	Progress func(done, total int64)
}

const (
	defaultSegmentSize = 16 << 20
	minSegmentSize     = 1024
	maxSegmentSize     = 1 << 30
	defaultSpares      = 2
)

// Errors a caller may want to tell apart. All are wrapped with what was tried.
var (
	// ErrLocked: another process has the journal open for writing.
	ErrLocked = errors.New("journal is in use by another process")
	// ErrClosed: the journal was closed.
	ErrClosed = errors.New("journal is closed")
	// ErrReadOnly: the journal was opened for reading only.
	ErrReadOnly = errors.New("journal is open for reading only")
	// ErrFailed: an earlier write or flush failed; restart the process.
	ErrFailed = errors.New("journal stopped after a failed write; restart the box")
	// ErrNoSpace: the spare segments are used up and no new one could be made. Nothing was written.
	ErrNoSpace = errors.New("journal has no spare segment left and cannot make one: free space on the data partition, then try again")
	// ErrTooLarge: the entry does not fit into one segment or its type is empty or too long. Nothing was written.
	ErrTooLarge = errors.New("journal entry has a bad size")
	// ErrNoJournal: the folder holds no journal.
	ErrNoJournal = errors.New("no journal here")
	// ErrNotFound: no record has this sequence number (yet).
	ErrNotFound = errors.New("no such journal record")
)

// DamageError says that the journal lost or changed something it had promised to keep, and where.
// Remedy: do not write; keep a copy of the directory, serve reads (OpenReadOnly), restore from a replica or backup.
type DamageError struct {
	// Segment is the number in the file name; Offset is in bytes from the start of that file.
	Segment uint32
	Offset  int64
	// Seq is the sequence number expected at that place.
	Seq uint64
	// Reason is a short sentence for the technician.
	Reason string

	final bool // cannot be the work of a power cut
}

// Error implements error.
func (e *DamageError) Error() string {
	return fmt.Sprintf("journal damaged in %s at byte %d (record %d): %s", segmentName(e.Segment), e.Offset, e.Seq, e.Reason)
}

// withDefaults fills the gaps and refuses sizes that cannot work.
func (o Options) withDefaults() (Options, error) {
	if o.SegmentSize == 0 {
		o.SegmentSize = defaultSegmentSize
	}
	if o.SegmentSize < minSegmentSize || o.SegmentSize > maxSegmentSize || o.SegmentSize%512 != 0 {
		return o, fmt.Errorf("journal: segment size %d is not a multiple of 512 between %d and %d", o.SegmentSize, minSegmentSize, maxSegmentSize)
	}
	if o.Spares == 0 {
		o.Spares = defaultSpares
	}
	if o.Spares < 1 || o.Spares > 64 {
		return o, fmt.Errorf("journal: %d spare segments: want 1 to 64", o.Spares)
	}
	if o.FS == nil {
		o.FS = OS{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Fatal == nil {
		o.Fatal = func(err error) {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if o.Progress == nil {
		o.Progress = func(done, total int64) {}
	}
	return o, nil
}
