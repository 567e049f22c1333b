package gpt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"reflect"
	"testing"
)

// disk writes a minimal table: partitions 1 and 4 used.
func disk(change func(header, table []byte)) []byte {
	img := make([]byte, 34*sector)
	header, table := img[sector:sector+headerSize], img[2*sector:]
	copy(header, "EFI PART")
	le := binary.LittleEndian
	le.PutUint32(header[12:], headerSize)
	le.PutUint64(header[72:], 2)
	le.PutUint32(header[80:], maxEntries)
	le.PutUint32(header[84:], entrySize)
	for i, span := range map[int][2]uint64{0: {8192, 212991}, 3: {2260992, 4194270}} {
		e := table[i*entrySize:]
		e[0] = 0xEE
		le.PutUint64(e[32:], span[0])
		le.PutUint64(e[40:], span[1])
	}
	if change != nil {
		change(header, table)
	}
	le.PutUint32(header[88:], crc32.ChecksumIEEE(table))
	le.PutUint32(header[16:], 0)
	le.PutUint32(header[16:], crc32.ChecksumIEEE(header))
	return img
}

func TestRead(t *testing.T) {
	got, err := Read(bytes.NewReader(disk(nil)))
	want := []Partition{{1, 4 << 20, 100 << 20}, {4, 1104 << 20, (4194270 - 2260992 + 1) * sector}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Read = %v, %v; want %v", got, err, want)
	}
}

func TestReadRefuses(t *testing.T) {
	le := binary.LittleEndian
	cases := map[string][]byte{
		"no signature":    disk(func(h, _ []byte) { h[0] = 'X' }),
		"header size":     disk(func(h, _ []byte) { le.PutUint32(h[12:], 4096) }),
		"too many":        disk(func(h, _ []byte) { le.PutUint32(h[80:], 1<<31) }),
		"entry size":      disk(func(h, _ []byte) { le.PutUint32(h[84:], 1) }),
		"far table":       disk(func(h, _ []byte) { le.PutUint64(h[72:], 1<<62) }),
		"ends before":     disk(func(_, tab []byte) { le.PutUint64(tab[40:], 1) }),
		"beyond any card": disk(func(_, tab []byte) { le.PutUint64(tab[40:], 1<<63) }),
	}
	flip := disk(nil)
	flip[sector+40] ^= 1
	cases["header sum"] = flip
	flip = disk(nil)
	flip[2*sector+entrySize+3] ^= 1
	cases["table sum"] = flip
	for name, img := range cases {
		if got, err := Read(bytes.NewReader(img)); !errors.Is(err, ErrNoTable) {
			t.Errorf("%s: got %v, %v; want ErrNoTable", name, got, err)
		}
	}
}

func TestReadShortFile(t *testing.T) {
	img := disk(nil)
	for _, n := range []int{0, 511, sector + 10, 5 * sector} {
		if _, err := Read(bytes.NewReader(img[:n])); err == nil {
			t.Errorf("read a table from %d bytes", n)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(disk(nil))
	f.Add(disk(func(h, _ []byte) { binary.LittleEndian.PutUint32(h[80:], 1) }))
	f.Add([]byte("EFI PART"))
	f.Fuzz(func(t *testing.T, img []byte) {
		parts, err := Read(bytes.NewReader(img))
		if err != nil && parts != nil {
			t.Error("partitions and an error")
		}
		for _, p := range parts {
			if p.Start < 0 || p.Size <= 0 || p.Start+p.Size < p.Start {
				t.Errorf("impossible partition %+v", p)
			}
		}
	})
}
