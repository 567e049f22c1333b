// Package gpt reads the partition table of a card image, so that the builder
// knows where the data partition lies and the boot test where the kernel is.
//
// It follows the UEFI Specification 2.10, chapter 5.3 (GUID Partition Table),
// for 512-byte sectors and the primary header only. It does not read the
// backup header, does not write, and does not interpret type GUIDs or names.
// It starts no goroutines.
package gpt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

const (
	sector     = 512
	headerSize = 92  // UEFI 2.10 table 5-5: the fields in use
	entrySize  = 128 // UEFI 2.10 table 5-6: the size every known tool writes
	maxEntries = 128 // more would be foreign to a card image
)

// ErrNoTable is wrapped by every error about content, as opposed to reading.
var ErrNoTable = errors.New("no usable GUID partition table")

// Partition is one used entry of the table.
type Partition struct {
	Number int   // 1-based position in the table, as in /dev/mmcblk0p4
	Start  int64 // bytes from the start of the image
	Size   int64 // bytes
}

// Read returns the used partitions in table order.
func Read(r io.ReaderAt) ([]Partition, error) {
	header := make([]byte, headerSize)
	if _, err := r.ReadAt(header, sector); err != nil {
		return nil, fmt.Errorf("read partition table header: %w", err)
	}
	if string(header[:8]) != "EFI PART" {
		return nil, fmt.Errorf("%w: signature %q", ErrNoTable, header[:8])
	}
	if err := checkHeaderSum(header); err != nil {
		return nil, err
	}
	lba := binary.LittleEndian.Uint64(header[72:])
	n := binary.LittleEndian.Uint32(header[80:])
	size := binary.LittleEndian.Uint32(header[84:])
	if n > maxEntries || size != entrySize || lba > 1<<20 {
		return nil, fmt.Errorf("%w: %d entries of %d bytes at sector %d", ErrNoTable, n, size, lba)
	}
	table := make([]byte, int(n)*entrySize)
	if _, err := r.ReadAt(table, int64(lba)*sector); err != nil {
		return nil, fmt.Errorf("read partition table: %w", err)
	}
	if got, want := crc32.ChecksumIEEE(table), binary.LittleEndian.Uint32(header[88:]); got != want {
		return nil, fmt.Errorf("%w: table checksum %08x, header says %08x", ErrNoTable, got, want)
	}
	return parse(table)
}

func checkHeaderSum(header []byte) error {
	if n := binary.LittleEndian.Uint32(header[12:]); n != headerSize {
		return fmt.Errorf("%w: header of %d bytes", ErrNoTable, n)
	}
	want := binary.LittleEndian.Uint32(header[16:])
	blank := append([]byte(nil), header...)
	clear(blank[16:20]) // the sum is taken with its own field zeroed
	if got := crc32.ChecksumIEEE(blank); got != want {
		return fmt.Errorf("%w: header checksum %08x, header says %08x", ErrNoTable, got, want)
	}
	return nil
}

func parse(table []byte) ([]Partition, error) {
	const maxSector = 1 << 40 // keeps byte offsets far from overflow
	var parts []Partition
	for i := 0; (i+1)*entrySize <= len(table); i++ {
		entry := table[i*entrySize : (i+1)*entrySize]
		if unused(entry[:16]) {
			continue
		}
		first, last := binary.LittleEndian.Uint64(entry[32:]), binary.LittleEndian.Uint64(entry[40:])
		if last < first || last > maxSector {
			return nil, fmt.Errorf("%w: partition %d spans sectors %d to %d", ErrNoTable, i+1, first, last)
		}
		parts = append(parts, Partition{Number: i + 1, Start: int64(first) * sector, Size: int64(last-first+1) * sector})
	}
	return parts, nil
}

func unused(typeGUID []byte) bool {
	for _, b := range typeGUID {
		if b != 0 {
			return false
		}
	}
	return true
}
