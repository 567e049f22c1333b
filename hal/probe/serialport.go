package probe

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNoPort: the serial port is not there, or not told from another.
var ErrNoPort = errors.New("no such serial port")

// SerialPort returns the device file of the serial port known as id, e.g.
// "/dev/ttyUSB1" for an adapter that was ttyUSB0 before it was pulled. Of an
// adapter with several ports, iface is the number of the USB interface; an adapter
// with one port has it whatever iface says. The rules are those of Bind.
func SerialPort(devices []Device, id Identity, iface int) (string, error) {
	plan := Bind([]Duty{{Name: "port", Known: id}}, devices)
	b := plan.Bindings[0]
	if b.Device == "" {
		return "", fmt.Errorf("find serial port %s: %w: %s %s", id, ErrNoPort, b.Reason.EN, b.Remedy.EN)
	}
	var ports []Node
	for _, d := range devices {
		for _, n := range d.Nodes {
			if d.ID == b.Device && n.Subsystem == "tty" && strings.HasPrefix(n.Path, "/dev/tty") {
				ports = append(ports, n)
			}
		}
	}
	for _, p := range ports {
		if p.Interface == iface || len(ports) == 1 {
			return p.Path, nil
		}
	}
	return "", fmt.Errorf("find serial port %s: %w: the device has %d ports, none on interface %d", id, ErrNoPort, len(ports), iface)
}
