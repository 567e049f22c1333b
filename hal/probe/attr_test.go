package probe

import (
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tresen-pos/tresen/hal"
)

func TestHasLetters(t *testing.T) {
	tests := []struct {
		name, bitmap string
		want         bool
	}{
		{"keyboard on 64 bits", deskKeys, true},
		{"keyboard on 32 bits", "10000 7 ff9f207a c14057ff febeffdf ffefffff ffffffff fffffffe", true},
		{"power button", powerSwitch, false},
		{"mouse", "ff0000 0 0 0 0", false},
		{"number pad", "e0800 0 0 0 0", false},
		{"long map, beyond what a name may have", strings.Repeat("ffffffffffffffff ", 12) + "fffffffffffffffe", true},
		{"none", "", false},
		{"no number", "keys", false},
	}
	for _, tt := range tests {
		if got := hasLetters(tt.bitmap); got != tt.want {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"TM-T20III", "  A\x00B\n", "\x1b[2J", "\xff\xfe", strings.Repeat("ü", 200), "\u202eabc", strings.Repeat("a", 126) + " b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxName {
			t.Errorf("%q became %q", s, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Errorf("%q kept %q", s, r)
			}
		}
	})
}

// A device may go at any moment of a look; what is left of it hides no other.
func TestHalfGoneDevices(t *testing.T) {
	tests := []struct {
		name string
		harm func(s *sysfs)
		left int // devices listed beside the printer
	}{
		{"folder gone, link left", func(s *sysfs) { s.must(os.RemoveAll(s.path(place(hostA, "1-1")))) }, 0},
		{"attributes gone", func(s *sysfs) { s.must(os.Remove(s.path(place(hostA, "1-1") + "/idVendor"))) }, 0},
		{"attribute is no number", func(s *sysfs) { s.write(place(hostA, "1-1")+"/idProduct", "zzzz\n") }, 0},
		{"root hub gone", func(s *sysfs) { s.must(os.Remove(s.path(hostA + "/usb1/version"))) }, 0},
		{"interfaces gone", func(s *sysfs) { s.must(os.RemoveAll(s.path(place(hostA, "1-1") + "/1-1:1.0"))) }, 1},
		{"device file gone", func(s *sysfs) { s.must(os.RemoveAll(s.path(place(hostA, "1-1") + "/1-1:1.0/usbmisc"))) }, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSysfs(t)
			s.printer(hostA, "1-1", "0416:5011", 1)
			s.printer(hostB, "3-1", "04b8:0e28:X7FN012345", 2)
			tt.harm(s)
			devices := s.scan()
			if len(devices) != 1+tt.left || at(t, devices, "3-1").State != hal.Found {
				t.Errorf("got %v", devices)
			}
			if tt.left > 0 && at(t, devices, "1-1").State != hal.Failed {
				t.Errorf("half a device is %s", at(t, devices, "1-1").State)
			}
		})
	}
}

func TestDeviceFileStaysInDev(t *testing.T) {
	for _, name := range []string{"../etc/passwd", "/etc/passwd", "usb/../../x", ""} {
		s := newSysfs(t)
		d := s.usbDev(hostA, "1-1", "0416:5011", "Printer", 1)
		s.node(s.iface(d, 0, "07/01/02", "usblp")+"/usbmisc/lp0", "usbmisc", name)
		if got := at(t, s.scan(), "1-1"); len(got.Nodes) != 0 {
			t.Errorf("%q: got %+v", name, got.Nodes)
		}
	}
}

// A board without USB is a board without devices, not an error.
func TestNoUSB(t *testing.T) {
	s := newSysfs(t)
	s.must(os.RemoveAll(s.path("bus")))
	if devices := s.scan(); len(devices) != 0 {
		t.Errorf("got %v", devices)
	}
}

func TestNamesInLogs(t *testing.T) {
	tests := []struct {
		id   Identity
		want string
	}{
		{Identity{Vendor: 0x04b8, Product: 0x0e28, Serial: "X7FN1", Port: "a/1"}, "04b8:0e28 serial X7FN1"},
		{Identity{Vendor: 0x0416, Product: 0x5011, Serial: "0000", Port: "a/1"}, "0416:5011 at a/1"},
		{Identity{Address: "10.0.0.5:9100"}, "10.0.0.5:9100"},
	}
	for _, tt := range tests {
		if got := tt.id.String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	d := Device{Identity: tests[1].id, Info: hal.Info{Kind: "printer"}, State: hal.Failed}
	if got := d.String(); got != "printer (0416:5011 at a/1, failed)" {
		t.Errorf("got %q", got)
	}
}
