// Package probe is the inventory of what is plugged into the box, and hears when
// that changes: the USB tree with what hangs from each device, serial ports, GPIO
// chips, mounted volumes, network printers, and the rules by which a device that
// was known before returns to its duty.
//
// It follows the kernel's stable interfaces: sysfs (Documentation/ABI/testing/sysfs-bus-usb),
// proc_pid_mountinfo(5), netlink(7) NETLINK_KOBJECT_UEVENT, the GPIO character
// device (linux/gpio.h), the USB class codes of usb.org, and for hints DNS-SD with
// mDNS (RFC 6762, 6763). It needs no udev and does not poll. It opens no device
// for work, mounts nothing, and decides nothing a person must decide: a new device
// is offered, not taken. Linux only.
//
// Scan, Bind, Diff and the parsers start no goroutine. A Watcher owns two, one
// that hears the kernel and one that scans; Close ends and awaits both. Looking
// into a volume that hangs leaves one goroutine per mount point behind until the
// kernel lets go of it.
package probe
