package journal_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
)

var update = flag.Bool("update", false, "write testdata/damaged anew")

// kinds of damage, each kept as a journal in testdata/damaged with the verdict it must get in verdict.txt: files of an old
// program must be judged by every later one in the same way.
var kinds = map[string]func(d *memdisk.Disk){
	"whole":            func(d *memdisk.Disk) {},
	"flip-in-record":   func(d *memdisk.Disk) { d.Flip(segFile(2), 600, 0x04) },
	"flip-in-last":     func(d *memdisk.Disk) { d.Flip(segFile(4), lastRecord(d, 4)+80, 0x04) },
	"flip-in-header":   func(d *memdisk.Disk) { d.Flip(segFile(3), 40, 0x04) },
	"flip-in-length":   func(d *memdisk.Disk) { d.Flip(segFile(1), 512+5, 0x04) },
	"header-lost":      func(d *memdisk.Disk) { zeroRange(d, 4, 0, 512) },
	"sector-lost":      func(d *memdisk.Disk) { zeroRange(d, 4, 512, 1024) },
	"segment-missing":  func(d *memdisk.Disk) { d.WriteFile(segFile(2), nil) },
	"segment-cut":      func(d *memdisk.Disk) { d.WriteFile(segFile(4), d.ReadFile(segFile(4))[:1024]) },
	"segment-foreign":  func(d *memdisk.Disk) { d.WriteFile(segFile(3), d.ReadFile(segFile(2))) },
	"torn-tail":        tornTail,
	"tail-rolled-back": func(d *memdisk.Disk) { zeroRange(d, 4, lastRecord(d, 4), markOf(d, 4)) },
	"record-exchanged": exchanged,
	"version-of-tomorrow": func(d *memdisk.Disk) {
		b := d.ReadFile(segFile(4))
		b[12] = 2
		sign(b[8:], b[12:512])
		d.WriteFile(segFile(4), b)
	},
}

func segFile(n int) string { return filepath.Join(dir, fmt.Sprintf("%08d.seg", n)) }

func zeroRange(d *memdisk.Disk, n int, from, to int64) {
	b := d.ReadFile(segFile(n))
	clear(b[from:to])
	d.WriteFile(segFile(n), b)
}

// lastRecord and markOf find the last frame of their kind in segment n.
func lastRecord(d *memdisk.Disk, n int) int64 { return lastKind(d, n, 1) }
func markOf(d *memdisk.Disk, n int) int64     { return lastKind(d, n, 2) }

func lastKind(d *memdisk.Disk, n int, kind byte) (off int64) {
	for _, f := range frames(d.ReadFile(segFile(n))) {
		if f.kind == kind {
			off = f.off
		}
	}
	return off
}

// sign puts the checksum of b at to.
func sign(to, b []byte) {
	binary.LittleEndian.PutUint32(to, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

// tornTail: half of an unacknowledged record behind the mark's place.
func tornTail(d *memdisk.Disk) {
	b := d.ReadFile(segFile(4))
	off := markOf(d, 4)
	copy(b[off:], bytes.Repeat([]byte{0x5a}, 200))
	d.WriteFile(segFile(4), b)
}

// exchanged: somebody changed a payload in the last segment and repaired the checksum but not the chain.
func exchanged(d *memdisk.Disk) {
	b := d.ReadFile(segFile(4))
	f := frames(b)[0]
	b[f.off+90] ^= 0x01
	sign(b[f.off:], b[f.off+4:f.end])
	d.WriteFile(segFile(4), b)
}

// TestKeptDamage judges the kept journals.
func TestKeptDamage(t *testing.T) {
	const size = 2048
	names := slices.Sorted(maps.Keys(kinds))
	if *update {
		for _, name := range names {
			d := smallJournal(t, size, 26)
			kinds[name](d)
			keep(t, name, d)
		}
	}
	var got strings.Builder
	for _, name := range names {
		fmt.Fprintf(&got, "%s: %s\n", name, judge(t, load(t, name), size))
	}
	file := "testdata/damaged/verdicts.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

// keep writes the segments of d, without the zeros at their ends: the file names carry the size.
func keep(t *testing.T, name string, d *memdisk.Disk) {
	t.Helper()
	folder := filepath.Join("testdata/damaged", name)
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, n := range segments(d) {
		b := d.ReadFile(n)
		file := fmt.Sprintf("%s.%d", filepath.Base(n), len(b))
		if err := os.WriteFile(filepath.Join(folder, file), bytes.TrimRight(b, "\x00"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// load puts a kept journal on a memory disk.
func load(t *testing.T, name string) *memdisk.Disk {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata/damaged", name, "*.seg.*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no files, %v", name, err)
	}
	d := memdisk.New(0)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var size int
		base, number, _ := strings.Cut(filepath.Base(file), ".seg.")
		if _, err := fmt.Sscan(number, &size); err != nil || size < len(b) {
			t.Fatalf("%s: %v", file, err)
		}
		d.WriteFile(filepath.Join(dir, base+".seg"), append(b, make([]byte, size-len(b))...))
	}
	return d
}

// judge says in one line what all ways of looking find.
func judge(t *testing.T, d *memdisk.Disk, size int64) string {
	t.Helper()
	o := options(d, size)
	r, err := journal.Verify(dir, o)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	ro, err := journal.OpenReadOnly(dir, o)
	if err != nil {
		t.Fatalf("OpenReadOnly: %v", err)
	}
	n := 0
	for _, err := range ro.Read(0, 0) {
		if err != nil {
			break
		}
		n++
	}
	verdict := fmt.Sprintf("%d readable, %d torn bytes", n, r.TornBytes)
	for _, bad := range r.Damage {
		verdict += "; " + bad.Error()
	}
	j, err := journal.Open(dir, o)
	if err != nil {
		return verdict + "; Open refuses"
	}
	j.Close()
	return verdict + "; Open accepts"
}
