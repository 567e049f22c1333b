package journal

// Stats are counters since Open and the present shape.
type Stats struct {
	Records   uint64 // appended since Open
	Bytes     int64  // of their frames
	Syncs     uint64 // fdatasync calls for commits and full segments since Open; making spares is not counted
	Segments  uint32 // in use
	Spares    uint32 // zero-written segments ahead
	Room      int64  // bytes left in the current segment and the spares, about
	Free      int64  // bytes left on the disk, -1 if unknown
	SpareErr  error  // why the last spare could not be made; nil when all is well
	TornBytes int64  // unacknowledged bytes that a power cut left and Open cleared
}

// Stats returns a snapshot.
func (j *Journal) Stats() Stats {
	free, err := j.fs.Free(j.path)
	if err != nil {
		free = -1
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.stats
	s.Segments, s.Spares = j.tail.segment, j.top-j.tail.segment
	s.Room = max(0, j.tail.size-j.tail.off) + int64(s.Spares)*j.o.SegmentSize
	s.Free, s.SpareErr = free, j.maker.err
	return s
}
