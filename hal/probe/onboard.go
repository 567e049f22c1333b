package probe

import (
	"os"
	"path/filepath"
	"strings"
)

// onBoard lists serial ports and storage that are not on USB: the UART on the
// header, an SD or microSD TSE in a card slot. They have no USB ids; their port
// is the place in the kernel's device tree, which the wiring decides.
func (t tree) onBoard() []Device {
	var out []Device
	for _, class := range []string{"tty", "block"} {
		entries, err := os.ReadDir(filepath.Join(t.root, "class", class))
		if err != nil {
			continue // a kernel without the class
		}
		for _, e := range entries {
			if d, ok := t.boardDevice(class, e.Name()); ok {
				out = append(out, d)
			}
		}
	}
	return out
}

func (t tree) boardDevice(class, name string) (Device, bool) {
	path, err := filepath.EvalSymlinks(filepath.Join(t.root, "class", class, name))
	if err != nil {
		return Device{}, false
	}
	parent, err := filepath.EvalSymlinks(filepath.Join(path, "device"))
	if err != nil || onUSB(path) {
		return Device{}, false // virtual (pty, loop), or listed with its USB device
	}
	if class == "tty" && attr(path, "type") == "0" {
		return Device{}, false // a driver's placeholder without a chip behind it
	}
	port, err := filepath.Rel(filepath.Join(t.root, "devices"), parent)
	if err != nil || !filepath.IsLocal(port) {
		return Device{}, false
	}
	if class == "tty" {
		port = uartPlace(port)
	}
	d := Device{ID: class + " " + port, Name: name, Identity: Identity{Serial: attr(parent, "serial"), Port: port},
		Nodes: nodesBelow(path, 0)}
	d.Info.Model, d.Info.Serial, d.Info.Address = attr(parent, "name"), d.Identity.Serial, class+" "+name
	return d, len(d.Nodes) > 0
}

// uartPlace cuts the levels that newer kernels insert below a UART
// ("fe201000.serial/fe201000.serial:0/fe201000.serial:0.0").
func uartPlace(port string) string {
	place, _, _ := strings.Cut(port, ":0/")
	if place != port {
		return filepath.Dir(place)
	}
	return port
}

// onUSB reports whether a device hangs from a USB bus: a folder "usb1" is above it.
func onUSB(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if n, ok := strings.CutPrefix(part, "usb"); ok && n != "" && strings.Trim(n, "0123456789") == "" {
			return true
		}
	}
	return false
}
