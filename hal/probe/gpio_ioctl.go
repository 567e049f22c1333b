package probe

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// askKernel asks through the character device. The chip is not changed, and no
// line of it is taken.
func askKernel(path string) ([chipInfoSize]byte, error) {
	var info [chipInfoSize]byte
	f, err := os.Open(path)
	if err != nil {
		return info, err
	}
	defer f.Close()
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), getChipInfo, uintptr(unsafe.Pointer(&info))); errno != 0 {
		return info, errno
	}
	return info, nil
}
