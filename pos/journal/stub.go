package journal

import (
	"context"
	"errors"
	"iter"
)

// errSoon marks what is not written yet.
var errSoon = errors.New("journal: not written yet")

// Journal is an open journal.
type Journal struct{}

// Stats are counters since Open and the present shape.
type Stats struct {
	Records   uint64 // appended since Open
	Syncs     uint64 // fdatasync calls made for commits and rolls since Open
	Bytes     int64  // appended since Open
	Segments  int    // segments in use
	Spares    int    // zero-written segments ahead
	Free      int64  // bytes left on the disk, -1 when unknown
	SpareErr  error  // why the last spare could not be made, nil when all is well
	TornBytes int64  // unacknowledged bytes that Open cleared
}

// Report is the outcome of Verify.
type Report struct{ Damage []*DamageError }

func Open(dir string, o Options) (*Journal, error)         { return nil, errSoon }
func OpenReadOnly(dir string, o Options) (*Journal, error) { return nil, errSoon }
func Verify(dir string, o Options) (Report, error)         { return Report{}, errSoon }

func (j *Journal) Append(entries ...Entry) (last uint64, err error)                 { return 0, errSoon }
func (j *Journal) Sync(upTo uint64) error                                           { return errSoon }
func (j *Journal) Head() uint64                                                     { return 0 }
func (j *Journal) Durable() uint64                                                  { return 0 }
func (j *Journal) HeadHash() [32]byte                                               { return [32]byte{} }
func (j *Journal) Get(seq uint64) (Record, error)                                   { return Record{}, errSoon }
func (j *Journal) Read(from, to uint64) iter.Seq2[Record, error]                    { return nil }
func (j *Journal) Follow(ctx context.Context, from uint64) iter.Seq2[Record, error] { return nil }
func (j *Journal) Stats() Stats                                                     { return Stats{} }
func (j *Journal) Close() error                                                     { return errSoon }
func segmentName(n uint32) string                                                   { return "" }
