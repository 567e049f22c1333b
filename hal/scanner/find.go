package scanner

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// ID is a USB or Bluetooth vendor and product number.
type ID struct{ Vendor, Product uint16 }

// String is the usual spelling, e.g. "05e0:1200".
func (i ID) String() string { return fmt.Sprintf("%04x:%04x", i.Vendor, i.Product) }

// ParseID reads the usual spelling.
func ParseID(s string) (ID, error) {
	v, p, ok := strings.Cut(s, ":")
	vendor, err1 := strconv.ParseUint(v, 16, 16)
	product, err2 := strconv.ParseUint(p, 16, 16)
	if !ok || err1 != nil || err2 != nil {
		return ID{}, fmt.Errorf("device number %q: want vendor:product in hexadecimal, e.g. 05e0:1200", s)
	}
	return ID{uint16(vendor), uint16(product)}, nil
}

// Candidate is an event device with a keyboard's keys: a keyboard or a scanner,
// the kernel cannot tell.
type Candidate struct {
	ID     ID
	Name   string
	Serial string // often empty
	Port   string // where it is plugged in, e.g. "usb-0000:01:00.0-1.2/input0"
	Path   string // e.g. "/dev/input/event3"; changes when it is plugged in again
}

// Find lists the candidates from sysfs ("/sys") with their device files below dev
// ("/dev"), in the kernel's order. A machine without any is no error.
func Find(sysfs, dev string) ([]Candidate, error) {
	dirs, err := filepath.Glob(filepath.Join(sysfs, "class/input/event*"))
	if err != nil {
		return nil, fmt.Errorf("find scanners in %s: %w", sysfs, err)
	}
	sort.Slice(dirs, func(i, j int) bool { return number(dirs[i]) < number(dirs[j]) })
	var found []Candidate
	for _, dir := range dirs {
		c, ok := candidate(filepath.Join(dir, "device"))
		if ok {
			c.Path = filepath.Join(dev, "input", filepath.Base(dir))
			found = append(found, c)
		}
	}
	return found, nil
}

func number(dir string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(filepath.Base(dir), "event"))
	return n
}

// candidate reads one device's attributes; what vanishes meanwhile is not one.
func candidate(dir string) (Candidate, bool) {
	text := func(name string) string {
		b, _ := os.ReadFile(filepath.Join(dir, name))
		return strings.TrimSpace(string(b))
	}
	id, err := ParseID(text("id/vendor") + ":" + text("id/product"))
	keys := parseBits(text("capabilities/key"), strconv.IntSize)
	return Candidate{ID: id, Name: text("name"), Serial: text("uniq"), Port: text("phys")}, err == nil && typing(keys)
}

// Pick is a candidate and how to read it.
type Pick struct {
	Candidate
	Known bool // bound by its numbers: read it alone, and grab it
}

// Choose sets the known scanners apart; the others are to be watched for bursts,
// and left to the console.
func Choose(found []Candidate, known []ID) []Pick {
	picks := make([]Pick, len(found))
	for i, c := range found {
		picks[i].Candidate = c
		for _, id := range known {
			picks[i].Known = picks[i].Known || id == c.ID
		}
	}
	return picks
}

// bits is a set of key codes, e.g. a device's capabilities.
type bits []uint64

func (b bits) has(n int) bool { return n/64 < len(b) && b[n/64]&(1<<(n%64)) != 0 }

// parseBits reads a capability bitmap of sysfs: words of the kernel's unsigned
// long (wordSize bits) in hexadecimal, highest first. Rubbish is an empty set.
func parseBits(text string, wordSize int) bits {
	words := strings.Fields(text)
	set := make(bits, 0x300/64)
	for i, w := range words {
		v, err := strconv.ParseUint(w, 16, wordSize)
		if err != nil {
			return nil
		}
		at := (len(words) - 1 - i) * wordSize
		if at/64 < len(set) {
			set[at/64] |= v << (at % 64)
		}
	}
	return set
}

// typing: it has the digits, the letters and Enter, as a wedge scanner must.
func typing(keys bits) bool {
	for _, span := range [][2]int{{2, 11}, {16, 25}, {30, 38}, {44, 50}, {keyEnter, keyEnter}} {
		for n := span[0]; n <= span[1]; n++ {
			if !keys.has(n) {
				return false
			}
		}
	}
	return true
}
