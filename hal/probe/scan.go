package probe

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tresen-pos/tresen/hal"
)

// Opts says where to look. The zero value looks at the running box.
type Opts struct {
	Sysfs     string // default "/sys"
	Mountinfo string // default "/proc/self/mountinfo"
	Dev       string // folder of the GPIO chips, default "/dev"
	// List returns the names in the root folder of a volume; default: of its mount
	// point, given up when ctx ends.
	List func(ctx context.Context, mountPoint string) ([]string, error)
	// RawUSB: printers are driven without the kernel's usblp (build tag gousb), so
	// one without a device file is in order.
	RawUSB bool
	// OnBoard lists hubs soldered to the board; default: those of the Raspberry Pi.
	OnBoard []BoardHub
}

// BoardHub is a hub that is part of the board: a device behind it is plugged
// straight into the box.
type BoardHub struct {
	Vendor, Product uint16
	Ports           string // where it sits below its root hub: "1", "1.1"
}

// raspberryHubs are the hubs on Raspberry Pi boards [mem, not tried on hardware]:
// LAN9514 (2B, 3B), the two stages of LAN7515 (3B+), VL805 (4). The 5 has none.
var raspberryHubs = []BoardHub{{0x0424, 0x9514, "1"}, {0x0424, 0x2514, "1"}, {0x0424, 0x2514, "1.1"}, {0x2109, 0x3431, "1"}}

func (o Opts) withDefaults() Opts {
	if o.Sysfs == "" {
		o.Sysfs = "/sys"
	}
	if o.Mountinfo == "" {
		o.Mountinfo = "/proc/self/mountinfo"
	}
	if o.Dev == "" {
		o.Dev = "/dev"
	}
	if o.List == nil {
		o.List = new(lister).list
	}
	if o.OnBoard == nil {
		o.OnBoard = raspberryHubs
	}
	return o
}

// Scan lists what is plugged in now, sorted by ID. Devices that vanish while it
// reads are left out. ctx bounds the look into volumes, which may hang with
// their stick; such a stick is listed as failed.
func Scan(ctx context.Context, opts Opts) ([]Device, error) {
	o := opts.withDefaults()
	root, err := filepath.EvalSymlinks(o.Sysfs)
	if err != nil {
		return nil, fmt.Errorf("find sysfs: %w", err)
	}
	t := tree{root}
	devices, err := t.usb()
	if err != nil {
		return nil, err
	}
	table, err := os.ReadFile(o.Mountinfo)
	if err != nil {
		return nil, fmt.Errorf("read mounts: %w", err)
	}
	mounts, err := ParseMounts(string(table))
	if err != nil {
		return nil, err
	}
	behind := hubsOf(devices, o.OnBoard)
	devices = append(devices, t.onBoard()...)
	for i := range devices {
		d := &devices[i]
		d.Hubs = behind(d)
		d.Volumes = volumesOf(d.Nodes, mounts)
		o.classify(ctx, d)
	}
	slices.SortFunc(devices, func(a, b Device) int { return strings.Compare(a.ID, b.ID) })
	return devices, nil
}

// hubsOf returns a count of the hubs above a device that are not on the board.
func hubsOf(devices []Device, board []BoardHub) func(*Device) int {
	external := map[string]bool{} // ports of hubs
	for _, d := range devices {
		_, ports, _ := strings.Cut(d.Identity.Port, "/")
		soldered := slices.Contains(board, BoardHub{d.Identity.Vendor, d.Identity.Product, ports})
		if d.Kind == Hub && !soldered {
			external[d.Identity.Port] = true
		}
	}
	return func(d *Device) int {
		n := 0
		for port := d.Identity.Port; ; {
			i := strings.LastIndexByte(port, '.')
			if i <= strings.LastIndexByte(port, '/') {
				return n
			}
			if port = port[:i]; external[port] {
				n++
			}
		}
	}
}

// volumesOf finds where the block devices are mounted. A device mounted twice is
// listed where its whole file system is.
func volumesOf(nodes []Node, mounts []Mount) []Volume {
	var out []Volume
	for _, n := range nodes {
		i := slices.IndexFunc(mounts, func(m Mount) bool { return n.Subsystem == "block" && m.Number == n.Number && m.Root == "/" })
		if i < 0 {
			continue
		}
		m := mounts[i]
		out = append(out, Volume{Node: n.Path, MountPoint: m.Point, FSType: m.FSType, ReadOnly: m.Ro})
	}
	return out
}

// classify decides what the device is to the box and how it stands.
func (o Opts) classify(ctx context.Context, d *Device) {
	d.State = hal.Found
	switch {
	case d.Kind == Hub:
	case len(d.Interfaces) == 0 && strings.HasPrefix(d.ID, "usb "):
		d.Kind = Other
		d.fail(notConfigured)
	case isPrinter(d):
		d.Kind = Printer
		o.judgePrinter(d)
	case d.Node("block") != "" || d.hasClass(classStorage):
		d.Kind = Storage
		o.judgeStorage(ctx, d)
	case d.Node("tty") != "":
		d.Kind = Serial
	case d.hasClass(classHID):
		d.Kind = hidKind(d)
	default:
		d.Kind = Other
	}
	d.Info.Kind = string(d.Kind)
	d.lookAtHubs()
}

// USB class codes of usb.org.
const (
	classHID     = 0x03
	classPrinter = 0x07
	classStorage = 0x08
	classVendor  = 0xff
)

func (d *Device) hasClass(class uint8) bool {
	return slices.ContainsFunc(d.Interfaces, func(i Interface) bool { return i.Class == class })
}

// printerMakers make receipt printers only, or under this vendor id only: a
// vendor-class device of theirs is a printer in "vendor" mode (Epson UB-U05).
var printerMakers = []uint16{0x04b8, 0x0519, 0x1504, 0x1d90}

func isPrinter(d *Device) bool {
	if d.hasClass(classPrinter) {
		return true
	}
	return d.Node("tty") == "" && d.hasClass(classVendor) && slices.Contains(printerMakers, d.Identity.Vendor)
}

func (o Opts) judgePrinter(d *Device) {
	switch {
	case o.RawUSB || lpNode(d) != "":
	case d.hasClass(classPrinter):
		d.fail(printerWithoutDriver)
	default:
		d.fail(printerVendorMode)
	}
}

func lpNode(d *Device) string {
	for _, n := range d.Nodes {
		if n.Subsystem == "usbmisc" && strings.HasPrefix(n.Path, "/dev/usb/lp") {
			return n.Path
		}
	}
	return ""
}

func hidKind(d *Device) Kind {
	model := strings.ToLower(d.Info.Model)
	for _, word := range []string{"scan", "barcode", "bar code", "imager"} {
		if strings.Contains(model, word) {
			return Scanner
		}
	}
	switch {
	case slices.ContainsFunc(d.Nodes, func(n Node) bool { return n.Scanner }):
		return Scanner
	case slices.ContainsFunc(d.Nodes, func(n Node) bool { return n.Keys }):
		return Keyboard
	}
	return Other
}

func (d *Device) lookAtHubs() {
	if d.Kind != TSE || d.Hubs == 0 {
		return
	}
	d.Findings = append(d.Findings, Finding{Code: "tse-behind-hub", Severity: hal.Warning,
		Sentence: tseBehindHub.reason, Remedy: tseBehindHub.remedy})
}

func (d *Device) fail(s sentence) {
	d.State, d.Reason, d.Remedy = hal.Failed, s.reason, s.remedy
}
