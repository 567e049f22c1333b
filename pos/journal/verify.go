package journal

import (
	"errors"
	"os"
	"time"
)

// Report is the outcome of Verify.
type Report struct {
	Segments    uint32 // in use
	Spares      uint32
	Records     uint64 // good ones
	Head        uint64 // number of the last good record
	HeadHash    [32]byte
	First, Last time.Time // of the first and last good record
	Epochs      int       // that have a record
	// TornBytes belong to no record: torn by a power cut before they were acknowledged, or changed in unused space.
	TornBytes int64
	// Damage lists the first place in each damaged segment; empty means that all is well.
	Damage []*DamageError
}

// Verify reads every byte of the journal in dir, spares included, without changing anything: checksums, sequence, hash
// chain, segment ends, zeros. Damage is in the report; an error means that the disk could not be read.
// Beside a running writer the last records may look torn.
func Verify(dir string, o Options) (Report, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Report{}, err
	}
	v := verifier{directory: directory{fs: o.FS, path: dir}, progress: o.Progress}
	if err := v.note(v.run()); err != nil {
		return Report{}, err
	}
	return v.report, nil
}

// verifier goes through a journal from the first byte to the last.
type verifier struct {
	directory
	progress    func(done, total int64)
	report      Report
	chain       chain
	known       bool // chain continues the segment before
	epoch       uint32
	done, total int64
}

// note puts damage into the report and passes other errors on.
func (v *verifier) note(err error) error {
	var bad *DamageError
	if errors.As(err, &bad) {
		v.report.Damage = append(v.report.Damage, bad)
		return nil
	}
	return err
}

func (v *verifier) run() error {
	count, err := v.count()
	if err = v.note(err); err != nil {
		return err
	}
	if count == 0 && len(v.report.Damage) == 0 {
		return v.missing()
	}
	if err := v.measure(count); err != nil {
		return err
	}
	t, r, err := findReading(v.directory, newIndex(), count, func(done, total int64) {})
	if err != nil {
		return err
	}
	v.report.Segments, v.report.Spares, v.known = t.segment, count-t.segment, true
	if t.left.dirty > 0 {
		v.report.TornBytes += t.left.dirty - t.off
	}
	for n := uint32(1); n < t.segment; n++ {
		if err := v.note(v.segment(n, 0)); err != nil {
			return err
		}
	}
	if t.segment > 0 {
		if err := v.note(v.segment(t.segment, t.off)); err != nil {
			return err
		}
	}
	for n := t.segment + 1; n <= count; n++ {
		if r.damage != nil && r.damage.Segment == n {
			continue
		}
		if err := v.spare(n); err != nil {
			return err
		}
	}
	if r.damage != nil {
		v.report.Damage = append(v.report.Damage, r.damage)
	}
	v.report.Head, v.report.HeadHash = v.chain.seq, v.chain.hash
	return nil
}

// measure adds up the bytes for the progress display.
func (v *verifier) measure(count uint32) error {
	for n := uint32(1); n <= count; n++ {
		f, size, err := v.open(n, os.O_RDONLY)
		if err != nil {
			return err
		}
		f.Close()
		v.total += size
	}
	return nil
}

// segment checks segment n up to end, or with end 0 up to its end frame and the zeros behind.
func (v *verifier) segment(n uint32, end int64) error {
	known := v.known
	v.known = false // until the end is reached
	f, h, err := v.readHeader(n)
	var bad *DamageError
	if errors.As(err, &bad) && known {
		bad.Seq = v.chain.seq + 1
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if known && (h.first != v.chain.seq+1 || h.prev != v.chain.hash) {
		return &DamageError{Segment: n, Seq: v.chain.seq + 1, Reason: "segment does not continue the one before"}
	}
	v.chain = chain{seq: h.first - 1, hash: h.prev}
	pool := buffers(h.size)
	p := pool.Get().(*[]byte)
	defer pool.Put(p)
	s := scanner{f: f, segment: n, off: headerSize, limit: h.size, buf: *p}
	if end > 0 {
		s.limit = end
	}
	if err := v.frames(&s, end); err != nil {
		return err
	}
	v.known = true
	s.limit = h.size
	v.advance(h.size)
	if end > 0 {
		return nil
	}
	left, err := s.survey(s.off)
	if left.dirty > 0 {
		v.report.TornBytes += left.dirty - s.off
	}
	return err
}

// frames follows the chain to end or, with end 0, to the end frame.
func (v *verifier) frames(s *scanner, end int64) error {
	for end == 0 || s.off < end {
		off := s.off
		f, raw, err := s.next()
		if errors.Is(err, errBlank) {
			err = s.bad("records are missing here")
		}
		if err == nil {
			if reason := v.chain.follow(&f, raw); reason != "" {
				err = &DamageError{Segment: s.segment, Offset: off, Reason: reason}
			} else if f.kind == kindMark {
				err = &DamageError{Segment: s.segment, Offset: off, Reason: "a mark lies where a record was"}
			}
		}
		var bad *DamageError
		if errors.As(err, &bad) {
			bad.Seq = v.chain.seq + 1
		}
		if err != nil {
			return err
		}
		if f.kind == kindEnd {
			return nil
		}
		if f.kind == kindRecord {
			v.tally(&f)
		}
	}
	return nil
}

// tally adds a good record to the report.
func (v *verifier) tally(f *frame) {
	when := time.Unix(0, f.time).UTC()
	if v.report.Records == 0 {
		v.report.First = when
	}
	if v.report.Records == 0 || f.epoch != v.epoch {
		v.report.Epochs++
	}
	v.epoch, v.report.Last = f.epoch, when
	v.report.Records++
}

// spare checks that segment n is blank.
func (v *verifier) spare(n uint32) error {
	f, size, err := v.open(n, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	pool := buffers(size)
	p := pool.Get().(*[]byte)
	defer pool.Put(p)
	s := scanner{f: f, segment: n, limit: size, buf: *p}
	left, err := s.survey(0)
	v.report.TornBytes += left.dirty
	v.advance(size)
	return err
}

func (v *verifier) advance(n int64) {
	v.done += n
	v.progress(v.done, v.total)
}
