package probe

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// Event is one message of the kernel about a device.
type Event struct {
	Action    string // "add", "remove", "change", "bind", "unbind", "move", "online", "offline"
	Path      string // below /sys, e.g. "/devices/.../usb1/1-1"
	Subsystem string // "usb", "block", "tty", ...
	DevType   string // of usb and block: "usb_device", "usb_interface", "disk", "partition"
	DevName   string // below /dev, if it has a file
}

// maxUevent bounds a message: the kernel's buffer holds 2048 bytes of
// environment, the header an action and a path (kobject_uevent.c, UEVENT_BUFFER_SIZE).
const maxUevent = 8192

// errUevent: the message is not one of the kernel's.
var errUevent = errors.New("not a kernel uevent")

// ParseUevent reads a message of NETLINK_KOBJECT_UEVENT: "action@path" and then
// "KEY=value" strings, each ended by a zero byte. Messages that udevd sends to its
// own listeners ("libudev" at the front) are refused.
func ParseUevent(msg []byte) (Event, error) {
	if len(msg) == 0 || len(msg) > maxUevent || msg[len(msg)-1] != 0 {
		return Event{}, fmt.Errorf("%w: %d bytes, or no zero at the end", errUevent, len(msg))
	}
	head, rest, _ := bytes.Cut(msg, []byte{0})
	action, path, ok := strings.Cut(string(head), "@")
	if !ok || action == "" || !strings.HasPrefix(path, "/") {
		return Event{}, fmt.Errorf("%w: head %.80q", errUevent, head)
	}
	e := Event{Action: action, Path: path}
	for field := range bytes.SplitSeq(rest, []byte{0}) {
		key, value, _ := strings.Cut(string(field), "=")
		switch key {
		case "SUBSYSTEM":
			e.Subsystem = value
		case "DEVTYPE":
			e.DevType = value
		case "DEVNAME":
			e.DevName = value
		}
	}
	return e, nil
}

// Matters reports whether the event can change the inventory. Queues, power
// supplies and cgroups chatter as well.
func (e Event) Matters() bool {
	switch e.Subsystem {
	case "usb", "usbmisc", "tty", "block", "input", "hidraw", "gpio", "mmc":
		return true
	}
	return false
}
