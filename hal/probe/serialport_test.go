package probe

import (
	"errors"
	"testing"
)

func TestSerialPortAfterReplug(t *testing.T) {
	s := newSysfs(t)
	s.adapter(hostA, "1-1", "0403:6001:A5XK3RJT", "ttyUSB0")
	s.adapter(hostA, "1-2", "1a86:7523", "ttyUSB1")
	before := s.scan()
	ftdi, ch340 := at(t, before, "1-1").Identity, at(t, before, "1-2").Identity
	s.unplug(hostA, "1-1")
	s.unplug(hostA, "1-2")
	s.adapter(hostA, "1-2", "1a86:7523", "ttyUSB0") // without serial number, same port
	s.adapter(hostB, "3-1", "0403:6001:A5XK3RJT", "ttyUSB2")
	after := s.scan()
	for want, id := range map[string]Identity{"/dev/ttyUSB2": ftdi, "/dev/ttyUSB0": ch340} {
		if got, err := SerialPort(after, id, 0); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", id, got, err, want)
		}
	}
	s.unplug(hostB, "3-1")
	if got, err := SerialPort(s.scan(), ftdi, 0); !errors.Is(err, ErrNoPort) {
		t.Errorf("unplugged: got %q, %v", got, err)
	}
}

func TestSerialPortOfDoubleAdapter(t *testing.T) {
	s := newSysfs(t)
	d := s.usbDev(hostA, "1-1", "0403:6010:FT7ABC", "Dual RS232", 7)
	s.node(s.iface(d, 0, "ff/ff/ff", "ftdi_sio")+"/ttyUSB5/tty/ttyUSB5", "tty", "ttyUSB5")
	s.node(s.iface(d, 1, "ff/ff/ff", "ftdi_sio")+"/ttyUSB4/tty/ttyUSB4", "tty", "ttyUSB4")
	devices := s.scan()
	id := at(t, devices, "1-1").Identity
	for iface, want := range []string{"/dev/ttyUSB5", "/dev/ttyUSB4"} {
		if got, err := SerialPort(devices, id, iface); err != nil || got != want {
			t.Errorf("interface %d: got %q, %v", iface, got, err)
		}
	}
	if got, err := SerialPort(devices, id, 2); !errors.Is(err, ErrNoPort) {
		t.Errorf("third port: got %q, %v", got, err)
	}
}

func TestPrinterIsNoSerialPort(t *testing.T) {
	s := newSysfs(t)
	s.printer(hostA, "1-2", "04b8:0e28:X7FN012345", 4)
	devices := s.scan()
	if got, err := SerialPort(devices, at(t, devices, "1-2").Identity, 0); !errors.Is(err, ErrNoPort) {
		t.Errorf("got %q, %v", got, err)
	}
}
