package scannersim

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
	"unsafe"
)

// ioctl requests of linux/uinput.h.
const (
	uiDevCreate  = 0x5501     // _IO('U', 1)
	uiDevSetup   = 0x405c5503 // _IOW('U', 3, struct uinput_setup)
	uiSetEvBit   = 0x40045564 // _IOW('U', 100, int)
	uiSetKeyBit  = 0x40045565 // _IOW('U', 101, int)
	uiGetSysname = 0x8040552c // _IOC(_IOC_READ, 'U', 44, 64)
)

// VendorProduct is what the simulated scanner says it is.
const VendorProduct = "1209:7e5e"

// HasUinput says whether the kernel takes simulated devices here.
func HasUinput() bool {
	f, err := os.OpenFile("/dev/uinput", os.O_WRONLY, 0)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// plugUinput makes a kernel device and waits for its event node. It was not tried
// on a kernel with uinput yet.
func (s *Sim) plugUinput() error {
	f, err := os.OpenFile("/dev/uinput", os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("simulated scanner: %w", err)
	}
	s.out, s.node, s.o.Size = f, true, int(unsafe.Sizeof(syscall.Timeval{}))+8
	if err := s.create(f.Fd()); err != nil {
		f.Close()
		return fmt.Errorf("simulated scanner: %w", err)
	}
	var name [64]byte
	if err := ioctlAt(f.Fd(), uiGetSysname, unsafe.Pointer(&name)); err != nil {
		f.Close()
		return fmt.Errorf("simulated scanner: ask its name: %w", err)
	}
	end, _, _ := bytes.Cut(name[:], []byte{0})
	for range 100 { // devtmpfs makes the node a moment later
		found, _ := filepath.Glob("/sys/class/input/" + string(end) + "/event*")
		if len(found) > 0 {
			s.path = "/dev/input/" + filepath.Base(found[0])
			if _, err := os.Stat(s.path); err == nil {
				return nil
			}
		}
		s.o.Sleep(10 * time.Millisecond)
	}
	f.Close()
	return fmt.Errorf("simulated scanner: no event node for %s", end)
}

func (s *Sim) create(fd uintptr) error {
	if err := ioctl(fd, uiSetEvBit, 1); err != nil {
		return err
	}
	for key := uintptr(1); key < 128; key++ {
		if err := ioctl(fd, uiSetKeyBit, key); err != nil {
			return err
		}
	}
	setup := make([]byte, 0, 92) // struct uinput_setup: input_id, name[80], ff_effects_max
	for _, v := range []uint16{3, 0x1209, 0x7e5e, 0x0100} {
		setup = binary.LittleEndian.AppendUint16(setup, v)
	}
	setup = append(append(setup, "Tresen simulated scanner"...), make([]byte, 92-8-24)...)
	if err := ioctlAt(fd, uiDevSetup, unsafe.Pointer(&setup[0])); err != nil {
		return err
	}
	return ioctl(fd, uiDevCreate, 0)
}

func ioctl(fd, request, arg uintptr) error {
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, fd, request, arg); e != 0 {
		return e
	}
	return nil
}

func ioctlAt(fd, request uintptr, arg unsafe.Pointer) error {
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(arg)); e != 0 {
		return e
	}
	return nil
}
