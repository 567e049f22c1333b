package scanner

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/link"
)

// ioctl requests of linux/input.h, by the generic encoding that x86 and ARM
// share: direction, size, 'E', number.
const (
	eviocGID      = 0x80084502 // _IOR('E', 0x02, struct input_id)
	eviocGName    = 0x81004506 // _IOC(_IOC_READ, 'E', 0x06, 256)
	eviocGKeyBits = 0x80604521 // _IOC(_IOC_READ, 'E', 0x20+EV_KEY, 96)
	eviocGrab     = 0x40044590 // _IOW('E', 0x90, int)
	eviocSClockID = 0x400445a0 // _IOW('E', 0xa0, int)

	clockMonotonic = 1
)

// Open opens an event device, asks who it is, and reads it. grab takes its keys
// away from the console and from every other program; a device in burst mode is
// not grabbed, because a person may be typing on it.
func Open(ctx context.Context, path string, grab bool, opts Opts) (*Scanner, error) {
	l, err := link.File{Path: path}.Open(ctx)
	if err != nil {
		return nil, err
	}
	info, err := introduce(l, path, grab)
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("open scanner %s: %w", path, err)
	}
	return Start(l, info, opts), nil
}

// introduce prepares the device. The kernel ends a grab with the descriptor, so
// a crash of ours gives the keys back.
func introduce(l link.Link, path string, grab bool) (hal.Info, error) {
	var id [4]uint16 // struct input_id: bus, vendor, product, version
	if err := ioctl(l, eviocGID, unsafe.Pointer(&id)); err != nil {
		return hal.Info{}, fmt.Errorf("not an event device: %w", err)
	}
	var keys [0x300 / 64]uint64
	if err := ioctl(l, eviocGKeyBits, unsafe.Pointer(&keys)); err != nil {
		return hal.Info{}, fmt.Errorf("ask for its keys: %w", err)
	}
	if !typing(keys[:]) {
		return hal.Info{}, errors.New("this device has no keys for digits and letters, so it cannot be a scanner")
	}
	var name [256]byte
	_ = ioctl(l, eviocGName, unsafe.Pointer(&name)) // a device without a name works, too
	clock := int32(clockMonotonic)
	if err := ioctl(l, eviocSClockID, unsafe.Pointer(&clock)); err != nil {
		return hal.Info{}, fmt.Errorf("set its clock: %w", err)
	}
	if grab {
		if err := ioctlInt(l, eviocGrab, 1); err != nil {
			return hal.Info{}, fmt.Errorf("take it for ourselves (another program holds it): %w", err)
		}
	}
	return hal.Info{Kind: "scanner", Model: cString(name[:]), Serial: "", Firmware: fmt.Sprintf("%04x", id[3]),
		Maker: ID{id[1], id[2]}.String(), Address: path}, nil
}

func cString(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

func ioctl(l link.Link, request uintptr, arg unsafe.Pointer) error {
	return control(l, func(fd uintptr) syscall.Errno {
		_, _, e := syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(arg))
		return e
	})
}

func ioctlInt(l link.Link, request, arg uintptr) error {
	return control(l, func(fd uintptr) syscall.Errno {
		_, _, e := syscall.Syscall(syscall.SYS_IOCTL, fd, request, arg)
		return e
	})
}

func control(l link.Link, call func(fd uintptr) syscall.Errno) error {
	c, ok := l.(syscall.Conn)
	if !ok {
		return errors.New("link without a file descriptor")
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var e syscall.Errno
	if err := raw.Control(func(fd uintptr) { e = call(fd) }); err != nil {
		return err
	}
	if e != 0 {
		return e
	}
	return nil
}
