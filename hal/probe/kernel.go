package probe

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Kernel hears the kernel about devices and mounts. One goroutine may call Next;
// Close may be called from any and ends it.
type Kernel struct {
	socket  int    // netlink, or a socket of a test
	mounts  int    // mountinfo, polled for exceptional events, which is how it reports a change
	wake    [2]int // pipe; closing its writing end ends Next
	buf     []byte
	closing chan struct{} // size 1: the one token for closing
}

// socketBuffer holds a burst of about a thousand messages: a hub with all its
// devices makes a hundred.
const socketBuffer = 1 << 20

// OpenKernel starts to listen. It needs no rights beyond the socket and no udev.
func OpenKernel(mountinfo string) (*Kernel, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return nil, fmt.Errorf("open socket for kernel events: %w (is CONFIG_NET in the kernel?)", err)
	}
	// Best effort: more than net.core.rmem_max needs a capability, and a lost
	// message leads to a full scan anyway.
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, socketBuffer) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, socketBuffer)
	}
	const kernelGroup = 1 // group 2 is udevd's
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: kernelGroup}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("listen to kernel events: %w", err)
	}
	return newKernel(fd, mountinfo)
}

// newKernel takes over socket.
func newKernel(socket int, mountinfo string) (*Kernel, error) {
	k := &Kernel{socket: socket, buf: make([]byte, maxUevent), closing: make(chan struct{}, 1)}
	k.closing <- struct{}{}
	var err error
	// Not os.Open: the runtime's own epoll would take the change away from ours.
	if k.mounts, err = unix.Open(mountinfo, unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		unix.Close(socket)
		return nil, fmt.Errorf("watch mounts in %s: %w", mountinfo, err)
	}
	if err := unix.Pipe2(k.wake[:], unix.O_CLOEXEC); err != nil {
		unix.Close(socket)
		unix.Close(k.mounts)
		return nil, fmt.Errorf("make wake pipe: %w", err)
	}
	return k, nil
}

// Heard is what Next came back with.
type Heard struct {
	Event  Event // zero unless a device event that matters came
	Mounts bool  // the mount table changed
	Lost   bool  // messages were lost: only a full scan tells what is there
}

// Next waits for something that may change the inventory. It returns
// os.ErrClosed after Close; any other error means the kernel cannot be heard any
// more.
func (k *Kernel) Next() (Heard, error) {
	for {
		ready, err := k.poll()
		if err != nil {
			return Heard{}, err
		}
		h := Heard{Mounts: ready.mounts}
		if ready.socket {
			if h.Event, h.Lost, err = k.receive(); err != nil {
				return Heard{}, err
			}
		}
		if h != (Heard{}) {
			return h, nil
		}
	}
}

type readiness struct{ socket, mounts bool }

func (k *Kernel) poll() (readiness, error) {
	if k.socket < 0 {
		return readiness{}, fmt.Errorf("kernel events: %w", os.ErrClosed)
	}
	fds := []unix.PollFd{
		{Fd: int32(k.wake[0]), Events: unix.POLLIN},
		{Fd: int32(k.socket), Events: unix.POLLIN},
		{Fd: int32(k.mounts), Events: unix.POLLPRI},
	}
	for {
		_, err := unix.Poll(fds, -1)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return readiness{}, fmt.Errorf("wait for kernel events: %w", err)
		}
		break
	}
	if fds[0].Revents != 0 {
		k.release()
		return readiness{}, fmt.Errorf("kernel events: %w", os.ErrClosed)
	}
	return readiness{fds[1].Revents != 0, fds[2].Revents&unix.POLLPRI != 0}, nil
}

// receive takes one message. Messages that do not matter, are no uevents or were
// not sent by the kernel come back as a zero Event.
func (k *Kernel) receive() (e Event, lost bool, err error) {
	n, _, flags, from, err := unix.Recvmsg(k.socket, k.buf, nil, unix.MSG_DONTWAIT)
	switch {
	case errors.Is(err, unix.ENOBUFS):
		return Event{}, true, nil
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return Event{}, false, nil
	case err != nil:
		return Event{}, false, fmt.Errorf("read kernel event: %w", err)
	case n == 0:
		return Event{}, false, fmt.Errorf("read kernel event: the socket has ended")
	}
	// Any process may send to the group; the kernel's port is 0.
	if nl, ok := from.(*unix.SockaddrNetlink); ok && nl.Pid != 0 {
		return Event{}, false, nil
	}
	if flags&unix.MSG_TRUNC != 0 {
		return Event{}, true, nil
	}
	e, err = ParseUevent(k.buf[:n])
	if err != nil || !e.Matters() {
		return Event{}, false, nil
	}
	return e, false, nil
}

// Close makes Next return; the one who waits there gives the socket back, so that
// no number is used again under a waiting poll.
func (k *Kernel) Close() error {
	select {
	case <-k.closing:
		return unix.Close(k.wake[1])
	default:
		return nil
	}
}

func (k *Kernel) release() {
	if k.socket < 0 {
		return
	}
	unix.Close(k.wake[0])
	unix.Close(k.socket)
	unix.Close(k.mounts)
	k.socket = -1
}
