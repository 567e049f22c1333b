package journal_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
)

// frameAt is a frame as the tests see it: they parse the file on their own.
type frameAt struct {
	off, end int64
	kind     byte
	seq      uint64
}

// frames walks a segment file as FORMAT.md describes it.
func frames(b []byte) (all []frameAt) {
	for off := int64(512); off+72 <= int64(len(b)); {
		length := int64(binary.LittleEndian.Uint32(b[off+4:]))
		if length == 0 {
			break
		}
		f := frameAt{off: off, end: off + (length+7)&^7, kind: b[off+36], seq: binary.LittleEndian.Uint64(b[off+16:])}
		all = append(all, f)
		off = f.end
	}
	return all
}

// firstLost returns the first record that a changed byte at off of a segment takes away; 0 if the byte carries no record:
// the mark, the open frame at the very end, blank space, a spare.
func firstLost(b []byte, off int64) uint64 {
	all := frames(b)
	if len(all) == 0 {
		return 0
	}
	if off < 512 {
		if all[0].kind != 1 {
			return all[0].seq + 1
		}
		return all[0].seq
	}
	for i, f := range all {
		if off >= f.off && off < f.end {
			switch f.kind {
			case 1:
				return f.seq
			case 3:
				return f.seq + 1 // the end frame: what comes behind cannot be reached
			case 4:
				if i+1 < len(all) {
					return f.seq + 1 // the same with an open frame that something follows
				}
			}
		}
	}
	return 0
}

// smallJournal has several segments, one of them in use, and two spares; it was closed properly.
func smallJournal(t testing.TB, size int64, n int) *memdisk.Disk {
	t.Helper()
	d := memdisk.New(0)
	j := mustOpen(t, options(d, size))
	put(t, j, 1, n/2)
	j.Close()
	j = mustOpen(t, options(d, size))
	put(t, j, n/2+1, n)
	if err := j.TopUp(); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return d
}

// segments returns the segment files of d.
func segments(d *memdisk.Disk) (names []string) {
	for _, name := range d.Names() {
		if strings.HasSuffix(name, ".seg") {
			names = append(names, name)
		}
	}
	return names
}

// readable returns how many records Read yields and the damage it ends with.
func readable(t *testing.T, j *journal.Journal) (n int, bad *journal.DamageError) {
	t.Helper()
	for rec, err := range j.Read(0, 0) {
		if errors.As(err, &bad) {
			return n, bad
		}
		if err != nil {
			t.Fatalf("Read: %v", err)
		}
		n++
		if want := entry(n); rec.Seq != uint64(n) || rec.Type != want.Type || string(rec.Payload) != string(want.Payload) {
			t.Fatalf("record %d was changed: %+v", n, rec)
		}
	}
	return n, nil
}

// TestFlipEveryByte changes each byte of a closed journal, one at a time. Either a record is unreachable and Verify, Read and,
// in the last segment, Open say so, or the byte carried nothing and all records are there.
func TestFlipEveryByte(t *testing.T) {
	const size, records = 1024, 12
	base := smallJournal(t, size, records)
	names := segments(base)
	w := campaign(t)
	lost, harmless := 0, 0
	for i, name := range names {
		content := base.ReadFile(name)
		inUse := len(frames(content)) > 0
		last := inUse && (i+1 == len(names) || len(frames(base.ReadFile(names[i+1]))) == 0)
		for off := range int64(len(content)) {
			for k := range soak(1) {
				mask := byte(1) << ((int(off) + k) % 8)
				w.at("%s byte %d mask %02x", name, off, mask)
				d := base.Clone()
				d.Flip(name, off, mask)
				if seq := firstLost(content, off); seq > 0 {
					lost++
					checkDamaged(t, d, size, uint32(i+1), seq, last)
				} else {
					harmless++
					checkHarmless(t, d, size, records)
				}
			}
		}
	}
	if lost == 0 || harmless == 0 {
		t.Errorf("%d flips hit records, %d did not", lost, harmless)
	}
	t.Logf("%d flips hit records, %d did not", lost, harmless)
}

// checkDamaged demands that the loss of record seq and later ones, in segment n, is seen everywhere.
func checkDamaged(t *testing.T, d *memdisk.Disk, size int64, n uint32, seq uint64, last bool) {
	t.Helper()
	o := options(d, size)
	r, err := journal.Verify(dir, o)
	if err != nil || len(r.Damage) == 0 || r.Damage[0].Segment != n {
		t.Fatalf("Verify: %v, report %+v, want damage in segment %d", err, r, n)
	}
	var bad *journal.DamageError
	j, err := journal.Open(dir, o)
	if last != errors.As(err, &bad) {
		t.Fatalf("Open: got %v, damage in the last segment: %v", err, last)
	}
	if last && bad.Segment != n {
		t.Fatalf("Open: got %v, want segment %d", bad, n)
	}
	if err == nil {
		j.Close()
	}
	ro, err := journal.OpenReadOnly(dir, o)
	if err != nil {
		t.Fatalf("OpenReadOnly: %v", err)
	}
	defer ro.Close()
	if last && (ro.Damage() == nil || ro.Damage().Segment != n) {
		t.Fatalf("OpenReadOnly: damage %v, want segment %d", ro.Damage(), n)
	}
	got, found := readable(t, ro)
	if uint64(got) != seq-1 || (!last && found == nil) {
		t.Fatalf("%d records can be read (%v), want %d", got, found, seq-1)
	}
}

// checkHarmless demands that nothing is lost and the journal can be used.
func checkHarmless(t *testing.T, d *memdisk.Disk, size int64, records int) {
	t.Helper()
	o := options(d, size)
	checkClean(t, o, records)
	j := mustOpen(t, o)
	if n := checkAll(t, j); n != records {
		t.Fatalf("%d records, want %d", n, records)
	}
	put(t, j, records+1, records+9)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	checkClean(t, o, records+9)
}

// TestFlipAfterOpen: the same for a journal that was opened and closed and got no record since: its open frame is the promise.
func TestFlipAfterOpen(t *testing.T) {
	const size, records = 2048, 5
	base := smallJournal(t, size, records)
	mustOpen(t, options(base, size)).Close()
	w := campaign(t)
	name := segments(base)[0]
	content := base.ReadFile(name)
	if all := frames(content); all[len(all)-1].kind != 4 {
		t.Fatalf("frames: %+v", all)
	}
	for off := range int64(len(content)) {
		w.at("byte %d", off)
		d := base.Clone()
		d.Flip(name, off, 0x04)
		if seq := firstLost(content, off); seq > 0 {
			checkDamaged(t, d, size, 1, seq, true)
		} else {
			checkHarmless(t, d, size, records)
		}
	}
}

// TestFlipAfterCrash states the one hole: after a power cut that kept the last group of records but not yet the mark behind
// it, a changed byte in that group cannot be told from a torn write. In all other places it is damage.
func TestFlipAfterCrash(t *testing.T) {
	const size = 8192
	for _, markKept := range []bool{true, false} {
		base := memdisk.New(0)
		j := mustOpen(t, options(base, size))
		put(t, j, 1, 8)
		if err := j.TopUp(); err != nil {
			t.Fatal(err)
		}
		image := imageOf(base, markKept)
		j.Close()
		name := segments(image)[0]
		content := image.ReadFile(name)
		for off := range int64(len(content)) {
			seq := firstLost(content, off)
			if seq == 0 {
				continue
			}
			d := image.Clone()
			d.Flip(name, off, 0x10)
			j, err := journal.Open(dir, options(d, size))
			var bad *journal.DamageError
			if hole := seq == 8 && off >= 512 && !markKept; !hole {
				if !errors.As(err, &bad) {
					t.Fatalf("mark kept %v, byte %d: Open: got %v, want damage", markKept, off, err)
				}
				continue
			}
			if err != nil || j.Head() != 7 || j.Stats().TornBytes == 0 {
				t.Fatalf("byte %d: head %d, %v, want the last record taken for torn and counted", off, j.Head(), err)
			}
			j.Close()
		}
	}
}

// imageOf returns the disk as a power cut would leave it if all, or all but the mark at the end, were on the medium.
func imageOf(d *memdisk.Disk, markKept bool) *memdisk.Disk {
	image := memdisk.New(0)
	for _, name := range d.Names() {
		b := d.ReadFile(name)
		if all := frames(b); !markKept && len(all) > 0 && all[len(all)-1].kind == 2 {
			clear(b[all[len(all)-1].off:])
		}
		image.WriteFile(name, b)
	}
	return image
}

// TestTornGroup: within one unsynced group any sector may be missing, also with whole records behind it. That is no damage.
func TestTornGroup(t *testing.T) {
	const size = 8192
	base := memdisk.New(0)
	j := mustOpen(t, options(base, size))
	put(t, j, 1, 3)
	if err := j.TopUp(); err != nil {
		t.Fatal(err)
	}
	var group []journal.Entry
	for i := 4; i <= 16; i++ {
		group = append(group, entry(i))
	}
	if _, err := j.Append(group...); err != nil {
		t.Fatal(err)
	}
	image := imageOf(base, true)
	j.Close()
	name := segments(image)[0]
	content := image.ReadFile(name)
	all := frames(content)
	for sector := all[3].off/512 + 1; sector*512 < all[len(all)-1].end; sector++ {
		torn := append([]byte(nil), content...)
		clear(torn[sector*512 : sector*512+512])
		d := image.Clone()
		d.WriteFile(name, torn)
		j := mustOpen(t, options(d, size))
		n := checkAll(t, j)
		if n < 3 || n >= 16 || j.Stats().TornBytes == 0 {
			t.Errorf("sector %d missing: %d records, %d torn bytes", sector, n, j.Stats().TornBytes)
		}
		put(t, j, n+1, n+2)
		j.Close()
		checkClean(t, options(d, size), n+2)
	}
}

// TestMissingAndForeignFiles: whole files lost, cut, swapped.
func TestMissingAndForeignFiles(t *testing.T) {
	const size, records = 2048, 40
	base := smallJournal(t, size, records)
	seg := func(n int) string { return filepath.Join(dir, fmt.Sprintf("%08d.seg", n)) }
	cases := []struct {
		name    string
		break_  func(d *memdisk.Disk)
		segment uint32
		open    bool // Open notices, not only Verify and Read
	}{
		{"first missing", func(d *memdisk.Disk) { d.WriteFile(seg(1), nil) }, 1, true},
		{"middle missing", func(d *memdisk.Disk) { d.WriteFile(seg(2), nil) }, 2, true},
		{"middle blank", func(d *memdisk.Disk) { d.WriteFile(seg(2), make([]byte, size)) }, 2, false},
		{"middle cut short", func(d *memdisk.Disk) { d.WriteFile(seg(2), d.ReadFile(seg(2))[:1024]) }, 2, false},
		{"middle empty", func(d *memdisk.Disk) { d.WriteFile(seg(2), []byte{}) }, 2, false},
		{"middle replaced by another", func(d *memdisk.Disk) { d.WriteFile(seg(2), d.ReadFile(seg(3))) }, 2, false},
		{"old copy of a middle one", func(d *memdisk.Disk) {
			b := d.ReadFile(seg(2))
			clear(b[1024:])
			d.WriteFile(seg(2), b)
		}, 2, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := base.Clone()
			c.break_(d)
			r, err := journal.Verify(dir, options(d, size))
			if err != nil || len(r.Damage) == 0 || r.Damage[0].Segment != c.segment {
				t.Fatalf("Verify: %v %+v", err, r)
			}
			j, err := journal.Open(dir, options(d, size))
			var bad *journal.DamageError
			if errors.As(err, &bad) != c.open {
				t.Fatalf("Open: %v", err)
			}
			if err == nil {
				j.Close()
			}
			ro, err := journal.OpenReadOnly(dir, options(d, size))
			if err != nil {
				t.Fatalf("OpenReadOnly: %v", err)
			}
			n, found := readable(t, ro)
			if n >= records || (found == nil && ro.Damage() == nil) {
				t.Errorf("%d records readable, damage %v", n, found)
			}
			if found == nil {
				found = ro.Damage()
			}
			if !strings.Contains(found.Error(), fmt.Sprintf("%08d.seg", c.segment)) {
				t.Errorf("message does not name the file: %v", found)
			}
		})
	}
}
