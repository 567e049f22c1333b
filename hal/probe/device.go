package probe

import (
	"fmt"
	"strings"

	"github.com/tresen-pos/tresen/hal"
)

// Kind is what a device can be to the box.
type Kind string

// The kinds. A scanner that types looks exactly like a keyboard, so only those
// that say what they are get Scanner; Keyboard may be either.
const (
	Printer  Kind = "printer"
	Serial   Kind = "serial"
	TSE      Kind = "tse"
	Scanner  Kind = "scanner"
	Keyboard Kind = "keyboard"
	Storage  Kind = "storage"
	Hub      Kind = "hub"
	Other    Kind = "other"
)

// Families of TSE sticks, told apart by the files in their volume.
const (
	Swissbit     = "swissbit"     // TSE_COMM.DAT and TSE_INFO.DAT
	Cryptovision = "cryptovision" // TSE-IO.bin
)

// Text is one sentence in both languages of the box.
type Text struct{ DE, EN string }

// Identity is what a device is recognised by when it comes back: vendor, product
// and serial number, or without a usable serial number vendor, product and port.
type Identity struct {
	Vendor, Product uint16
	Serial          string // as the device spells it; empty if it has none
	Port            string // controller, its USB generation and the ports down to the device, e.g. "xhci-hcd.0-2/1.4"
	Address         string // of a network device, "host:port"; the rest is empty then
}

// Model is the part two devices of one make share, e.g. "04b8:0e28".
func (i Identity) Model() string { return fmt.Sprintf("%04x:%04x", i.Vendor, i.Product) }

// String names the identity for logs.
func (i Identity) String() string {
	switch {
	case i.Address != "":
		return i.Address
	case i.hasSerial():
		return i.Model() + " serial " + i.Serial
	}
	return i.Model() + " at " + i.Port
}

// hasSerial reports whether the serial number tells devices apart. Clones ship
// with one and the same filler in every unit.
func (i Identity) hasSerial() bool {
	s := strings.ToUpper(i.Serial)
	switch {
	case s == "", strings.Trim(s, s[:1]) == "":
		return false // "0", "00000000", "FFFF"
	case s == "0001", strings.HasPrefix("0123456789ABCDEF", s), strings.HasPrefix("123456789ABCDEF", s):
		return false
	}
	return true
}

// Interface is one function of a USB device.
type Interface struct {
	Number                    int
	Class, Subclass, Protocol uint8  // codes of usb.org
	Driver                    string // kernel driver; empty if none took it
}

// Node is a device file.
type Node struct {
	Path      string // "/dev/usb/lp0"
	Subsystem string // the kernel's, e.g. "usbmisc", "tty", "block", "input", "hidraw"
	Interface int    // number of the USB interface it belongs to; 0 without USB
	Number    string // "major:minor"
	Sectors   uint64 // of a block device, 512 bytes each; 0: no medium
	Keys      bool   // an input device with letter keys
	Scanner   bool   // a hidraw device that says it is a bar code scanner
}

// Volume is a mounted block device.
type Volume struct {
	Node       string // "/dev/sda1"
	MountPoint string
	FSType     string
	ReadOnly   bool
}

// Finding is something about a device a person should know.
type Finding struct {
	Code     string // stable, e.g. "tse-behind-hub"
	Severity hal.Severity
	Sentence Text
	Remedy   Text
}

// Device is one thing that is plugged in, or was.
type Device struct {
	ID         string // unique among the devices present, e.g. "usb xhci-hcd.0-2/1.4"
	Kind       Kind
	Family     string // of a TSE
	Identity   Identity
	Info       hal.Info
	Name       string // the kernel's, e.g. "1-1.4"; changes from boot to boot
	Number     int    // the kernel's device number; a new one means plugged anew
	Hubs       int    // hubs between the box and the device, those on the board not counted
	Interfaces []Interface
	Nodes      []Node
	Volumes    []Volume
	State      hal.State
	Reason     Text // why it is not simply found
	Remedy     Text // what to do
	Findings   []Finding
}

// Node returns the first device file of a subsystem, "" if there is none.
func (d *Device) Node(subsystem string) string {
	for _, n := range d.Nodes {
		if n.Subsystem == subsystem {
			return n.Path
		}
	}
	return ""
}

// String names the device in one line for a technician.
func (d *Device) String() string {
	return fmt.Sprintf("%s (%s, %s)", d.Info, d.Identity, d.State)
}
