package journal

import "sync"

// stride: one index entry per so many records, 4 bytes each; 10 million records take about 700 kB.
const stride = 64

// index says where to begin reading for a sequence number. It is built as segments are written or first read.
type index struct {
	mu      sync.Mutex
	first   map[uint32]uint64   // first sequence number of a segment
	offsets map[uint32][]uint32 // of records first, first+stride, ...
}

func newIndex() *index {
	return &index{first: map[uint32]uint64{}, offsets: map[uint32][]uint32{}}
}

// begin starts segment n anew.
func (x *index) begin(n uint32, first uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.first[n] = first
	x.offsets[n] = x.offsets[n][:0]
}

// add notes that record seq of segment n begins at off. Numbers must come in order.
func (x *index) add(n uint32, seq uint64, off int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if (seq-x.first[n])%stride == 0 {
		x.offsets[n] = append(x.offsets[n], uint32(off))
	}
}

// set replaces what is known of segment n.
func (x *index) set(n uint32, first uint64, offsets []uint32) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.first[n], x.offsets[n] = first, offsets
}

// firstOf returns the first sequence number of segment n if known.
func (x *index) firstOf(n uint32) (uint64, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	first, ok := x.first[n]
	return first, ok
}

func (x *index) setFirst(n uint32, first uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.first[n] = first
}

// near returns an offset at or before record seq of segment n, false if the segment has not been read yet.
func (x *index) near(n uint32, seq uint64) (int64, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	offsets, first := x.offsets[n], x.first[n]
	if seq == first {
		return headerSize, true
	}
	if len(offsets) == 0 || seq < first {
		return 0, false
	}
	i := min((seq-first)/stride, uint64(len(offsets)-1))
	return int64(offsets[i]), true
}
