package probe

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
)

// tree reads a sysfs mounted at root. A device may be pulled at any moment of a
// reading: what cannot be read any more is left out, the kernel's event about it
// leads to the next reading.
type tree struct{ root string }

// Bounds of a reading. Sysfs nests a partition of a USB stick 7 folders below its
// interface.
const (
	maxAttr    = 4096
	maxName    = 126 // characters of a USB string
	maxDepth   = 10
	maxFolders = 4096
)

// usb lists the devices on all USB buses without the controllers' root hubs.
func (t tree) usb() ([]Device, error) {
	dir := filepath.Join(t.root, "bus/usb/devices")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // a kernel without USB is not an error
	}
	if err != nil {
		return nil, fmt.Errorf("list USB devices: %w", err)
	}
	var out []Device
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, "usb") || strings.Contains(name, ":") {
			continue // root hub or interface
		}
		path, err := filepath.EvalSymlinks(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		if d, ok := t.device(name, path); ok {
			out = append(out, d)
		}
	}
	return out, nil
}

// device reads one; not ok means it has gone or is not a USB device.
func (t tree) device(name, path string) (Device, bool) {
	vendor, err1 := strconv.ParseUint(attr(path, "idVendor"), 16, 16)
	product, err2 := strconv.ParseUint(attr(path, "idProduct"), 16, 16)
	port, ok := portPath(name, path)
	if err1 != nil || err2 != nil || !ok {
		return Device{}, false
	}
	d := Device{ID: "usb " + port, Name: name, Identity: Identity{Vendor: uint16(vendor), Product: uint16(product),
		Serial: attr(path, "serial"), Port: port}}
	d.Number, _ = strconv.Atoi(attr(path, "devnum"))
	d.Info.Maker, d.Info.Model = attr(path, "manufacturer"), attr(path, "product")
	d.Info.Serial, d.Info.Address = d.Identity.Serial, "usb "+name
	if attr(path, "bDeviceClass") == "09" {
		d.Kind = Hub
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return Device{}, false
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), name+":") {
			d.addInterface(filepath.Join(path, e.Name()))
		}
	}
	return d, true
}

func (d *Device) addInterface(path string) {
	n := hexAttr(path, "bInterfaceNumber")
	d.Interfaces = append(d.Interfaces, Interface{Number: n, Class: uint8(hexAttr(path, "bInterfaceClass")),
		Subclass: uint8(hexAttr(path, "bInterfaceSubClass")), Protocol: uint8(hexAttr(path, "bInterfaceProtocol")),
		Driver: linkBase(path, "driver")})
	d.Nodes = append(d.Nodes, nodesBelow(path, n)...)
}

// portPath names the socket a device is plugged into. Bus numbers depend on the
// order in which controllers were found, so the controller's own name and the
// generation of its root hub stand in their place.
func portPath(name, path string) (string, bool) {
	_, ports, ok := strings.Cut(name, "-")
	if !ok || ports == "" {
		return "", false
	}
	rootHub := path
	for range strings.Count(ports, ".") + 1 {
		rootHub = filepath.Dir(rootHub)
	}
	version, _, _ := strings.Cut(attr(rootHub, "version"), ".")
	if version == "" {
		return "", false
	}
	return filepath.Base(filepath.Dir(rootHub)) + "-" + version + "/" + ports, true
}

// nodesBelow finds the device files the kernel made for the part at path.
func nodesBelow(path string, iface int) []Node {
	var out []Node
	folders := 0
	base := strings.Count(path, "/")
	// The walk does not follow links, so it stays in the device's own folder;
	// errors are parts that have gone meanwhile.
	_ = filepath.WalkDir(path, func(p string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return nil
		}
		if folders++; folders > maxFolders || strings.Count(p, "/")-base > maxDepth {
			return fs.SkipDir
		}
		if n, ok := readNode(p); ok {
			n.Interface = iface
			out = append(out, n)
		}
		return nil
	})
	return out
}

// readNode returns the device file of a class device's folder, if it is one.
func readNode(path string) (Node, bool) {
	name := ""
	for line := range strings.Lines(rawAttr(path, "uevent")) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "DEVNAME="); ok {
			name = v
		}
	}
	number := attr(path, "dev")
	if !filepath.IsLocal(name) || !isNumberPair(number) {
		return Node{}, false
	}
	n := Node{Path: "/dev/" + name, Subsystem: linkBase(path, "subsystem"), Number: number}
	if n.Subsystem == "block" {
		n.Sectors, _ = strconv.ParseUint(attr(path, "size"), 10, 64)
	}
	if n.Subsystem == "input" {
		n.Keys = hasLetters(rawAttr(filepath.Dir(path), "capabilities/key")) // longer than a name
	}
	if n.Subsystem == "hidraw" {
		// Usage page 8C, "Bar Code Scanner", of the HID usage tables opens the descriptor.
		n.Scanner = strings.HasPrefix(rawAttr(filepath.Dir(filepath.Dir(path)), "report_descriptor"), "\x05\x8c")
	}
	return n, true
}

// hasLetters reads a key bitmap, the most significant word first: letters are
// keys 16 (Q) to 50 (M) of linux/input-event-codes.h, so all in the last word of
// a 64-bit kernel; on a 32-bit one (8 digits a word) Q to D (16 to 31) are.
func hasLetters(bitmap string) bool {
	words := strings.Fields(bitmap)
	if len(words) == 0 {
		return false
	}
	low, err := strconv.ParseUint(words[len(words)-1], 16, 64)
	const qToP = uint64(0x3ff) << 16
	return err == nil && low&qToP == qToP
}

func hexAttr(path, name string) int {
	n, err := strconv.ParseUint(attr(path, name), 16, 8)
	if err != nil {
		return 0
	}
	return int(n)
}

// attr reads an attribute as one printable line. Devices choose their strings
// themselves, so they are cleaned and cut.
func attr(path, name string) string { return clean(rawAttr(path, name)) }

// clean keeps what can be printed, at most 126 characters.
func clean(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
	n := 0
	for i := range s {
		if n++; n > maxName {
			return s[:i]
		}
	}
	return s
}

func rawAttr(path, name string) string {
	f, err := os.Open(filepath.Join(path, name))
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxAttr))
	if err != nil {
		return ""
	}
	return string(b)
}

func linkBase(path, name string) string {
	to, err := os.Readlink(filepath.Join(path, name))
	if err != nil {
		return ""
	}
	return filepath.Base(to)
}
