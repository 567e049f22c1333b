package probe

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// genuine opens the real netlink socket. Without root and loop devices a run by
// hand may skip, a run for the record (CI set) must not.
func genuine(t testing.TB) *Kernel {
	t.Helper()
	refuse := t.Skipf
	if os.Getenv("CI") != "" {
		refuse = t.Fatalf
	}
	if os.Geteuid() != 0 {
		refuse("REAL KERNEL EVENTS NOT TESTED: root is needed to attach a loop device")
	}
	if _, err := os.Stat("/dev/loop-control"); err != nil {
		refuse("REAL KERNEL EVENTS NOT TESTED: %v", err)
	}
	k, err := OpenKernel("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, k) })
	return k
}

// shut closes k and lets it give its files back, as the watcher's goroutine does.
func shut(t testing.TB, k *Kernel) {
	if err := k.Close(); err != nil {
		t.Error(err)
	}
	for {
		if _, err := k.Next(); errors.Is(err, os.ErrClosed) {
			return
		} else if err != nil {
			t.Error(err)
			return
		}
	}
}

// attachLoop attaches a fresh file to a free loop device and returns its name and
// a function that detaches it.
func attachLoop(t *testing.T) (string, func()) {
	t.Helper()
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer control.Close()
	image := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(image, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	backing, err := os.OpenFile(image, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer backing.Close()
	for range 20 { // another program may take the free one first
		n, err := unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE)
		if err != nil {
			t.Fatal(err)
		}
		name := "loop" + strconv.Itoa(n)
		loop, err := os.OpenFile("/dev/"+name, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		err = unix.IoctlSetInt(int(loop.Fd()), unix.LOOP_SET_FD, int(backing.Fd()))
		if errors.Is(err, unix.EBUSY) {
			loop.Close()
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		detach := func() {
			if err := unix.IoctlSetInt(int(loop.Fd()), unix.LOOP_CLR_FD, 0); err != nil && !errors.Is(err, unix.ENXIO) {
				t.Error(err)
			}
			loop.Close()
		}
		return name, detach
	}
	t.Fatal("no free loop device")
	return "", nil
}

func TestGenuineEvents(t *testing.T) {
	k := genuine(t)
	name, detach := attachLoop(t)
	defer detach()
	for {
		h, err := k.Next()
		if err != nil {
			t.Fatal(err)
		}
		if h.Event.Subsystem == "block" && h.Event.DevName == name {
			if h.Event.Action != "change" || !strings.HasSuffix(h.Event.Path, "/block/"+name) {
				t.Errorf("got %+v", h.Event)
			}
			return
		}
	}
}

// The kernel itself drops messages when the socket is full, and says so.
func TestGenuineOverflow(t *testing.T) {
	k := genuine(t)
	if err := unix.SetsockoptInt(k.socket, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 1); err != nil {
		t.Fatal(err)
	}
	for range 64 {
		if err := os.WriteFile("/sys/block/loop0/uevent", []byte("change"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for {
		h, err := k.Next()
		if err != nil {
			t.Fatal(err)
		}
		if h.Lost {
			return
		}
	}
}

// A mount makes no uevent; the mount table itself says that it changed.
func TestGenuineMount(t *testing.T) {
	k := genuine(t)
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4k"); err != nil {
		t.Fatal(err)
	}
	defer unix.Unmount(dir, 0)
	for {
		h, err := k.Next()
		if err != nil {
			t.Fatal(err)
		}
		if h.Mounts {
			return
		}
	}
}

// A process that sends to the kernel's group is not believed.
func TestForgedEventIsIgnored(t *testing.T) {
	k := genuine(t)
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	forged := strings.ReplaceAll(printerEvent, "lp0", "lp-forged")
	if err := unix.Sendto(fd, []byte(forged), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: 1}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("/sys/block/loop0/uevent", []byte("change"), 0o644); err != nil {
		t.Fatal(err)
	}
	for {
		h, err := k.Next()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(h.Event.Path, "forged") {
			t.Fatal("believed a process")
		}
		if h.Event.DevName == "loop0" {
			return
		}
	}
}

// pair returns a Kernel on one end of a socket pair and a function that sends.
func pair(t *testing.T) (*Kernel, func(string)) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	k, err := newKernel(fds[0], "/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fds[1]) })
	return k, func(msg string) {
		t.Helper()
		if err := unix.Send(fds[1], []byte(msg), 0); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNextPassesOverChatter(t *testing.T) {
	k, send := pair(t)
	defer shut(t, k)
	send(chatter)
	send("garbage")
	send(printerEvent)
	for {
		h, err := k.Next()
		if err != nil {
			t.Fatal(err)
		}
		if h.Mounts {
			continue // another test mounts
		}
		if h.Event.DevName != "usb/lp0" || h.Lost {
			t.Errorf("got %+v", h)
		}
		return
	}
}

func TestOverlongMessageCountsAsLost(t *testing.T) {
	k, send := pair(t)
	defer shut(t, k)
	send("add@/x\x00" + strings.Repeat("A", maxUevent) + "\x00")
	for {
		h, err := k.Next()
		if err != nil {
			t.Fatal(err)
		}
		if h.Lost {
			return
		}
	}
}

func TestCloseEndsNext(t *testing.T) {
	k, _ := pair(t)
	done := make(chan error, 1) // one result
	go func() {
		for {
			if _, err := k.Next(); err != nil {
				done <- err
				return
			}
		}
	}()
	if err := errors.Join(k.Close(), k.Close()); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestNoMountTable(t *testing.T) {
	if _, err := OpenKernel(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
