package probe

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/hal"
)

func TestPrinterWithItsDeviceFile(t *testing.T) {
	s := newSysfs(t)
	s.printer(hostA, "1-2", "04b8:0e28:X7FN012345", 4)
	d := at(t, s.scan(), "1-2")
	want := Identity{Vendor: 0x04b8, Product: 0x0e28, Serial: "X7FN012345", Port: "xhci-hcd.0-2/2"}
	if d.Identity != want {
		t.Errorf("identity %+v, want %+v", d.Identity, want)
	}
	if d.Kind != Printer || d.State != hal.Found || d.Node("usbmisc") != "/dev/usb/lp4" || d.Number != 4 {
		t.Errorf("got %+v", d)
	}
	if len(d.Interfaces) != 1 || d.Interfaces[0] != (Interface{Class: 7, Subclass: 1, Protocol: 2, Driver: "usblp"}) {
		t.Errorf("interfaces %+v", d.Interfaces)
	}
	if got := d.Info.String(); got != "printer Maker TM-T20III X7FN012345 at usb 1-2" {
		t.Errorf("name %q", got)
	}
}

func TestKinds(t *testing.T) {
	swissbit := []string{"TSE_COMM.DAT", "TSE_INFO.DAT", "TSE_TAR.001"}
	tests := []struct {
		name   string
		plug   func(s *sysfs)
		kind   Kind
		family string
		state  hal.State
	}{
		{"serial adapter", func(s *sysfs) { s.adapter(hostA, "1-1", "0403:6001:A5XK3RJT", "ttyUSB0") }, Serial, "", hal.Found},
		{"hub", func(s *sysfs) { s.hub(hostA, "1-1", "05e3:0608") }, Hub, "", hal.Found},
		{"Swissbit TSE", func(s *sysfs) { s.stick(hostA, "1-1", "12d1:1436", "rw,noatime", swissbit) }, TSE, Swissbit, hal.Found},
		{"lower-case names", func(s *sysfs) { s.stick(hostA, "1-1", "12d1:1436", "rw", []string{"tse_comm.dat", "tse_info.dat"}) }, TSE, Swissbit, hal.Found},
		{"one file is not enough", func(s *sysfs) { s.stick(hostA, "1-1", "12d1:1436", "rw", swissbit[:1]) }, Storage, "", hal.Found},
		{"cryptovision TSE", func(s *sysfs) { s.stick(hostA, "1-1", "058f:6366", "rw", []string{"TSE-IO.bin"}) }, TSE, Cryptovision, hal.Found},
		{"TSE mounted read-only", func(s *sysfs) { s.stick(hostA, "1-1", "058f:6366", "ro", []string{"TSE-IO.bin"}) }, TSE, Cryptovision, hal.Failed},
		{"empty stick", func(s *sysfs) { s.stick(hostA, "1-1", "0951:1666", "rw", []string{}) }, Storage, "", hal.Found},
		{"stick not mounted", func(s *sysfs) { s.stick(hostA, "1-1", "0951:1666", "", nil) }, Storage, "", hal.Found},
		{"keyboard", func(s *sysfs) { s.keyboard(hostA, "1-1", "046d:c31c", "USB Keyboard", deskKeys, 1) }, Keyboard, "", hal.Found},
		{"scanner by name", func(s *sysfs) { s.keyboard(hostA, "1-1", "0c2e:0b61", "Voyager Barcode Reader", deskKeys, 1) }, Scanner, "", hal.Found},
		{"scanner by usage page", func(s *sysfs) { s.keyboard(hostA, "1-1", "05e0:1300", "Symbol", "", 0x8c) }, Scanner, "", hal.Found},
		{"power switch", func(s *sysfs) { s.keyboard(hostA, "1-1", "0001:0002", "Button", powerSwitch, 1) }, Other, "", hal.Found},
		{"printer without driver", func(s *sysfs) { s.iface(s.usbDev(hostA, "1-1", "0519:0003", "TSP143", 3), 0, "07/01/02", "") }, Printer, "", hal.Failed},
		{"printer in vendor mode", func(s *sysfs) { s.iface(s.usbDev(hostA, "1-1", "04b8:0202", "UB-U05", 3), 0, "ff/00/00", "") }, Printer, "", hal.Failed},
		{"not configured", func(s *sysfs) { s.usbDev(hostA, "1-1", "04b8:0202", "TM-T88", 3) }, Other, "", hal.Failed},
		{"storage without disk", func(s *sysfs) { s.iface(s.usbDev(hostA, "1-1", "0951:1666", "Stick", 3), 0, "08/06/50", "") }, Storage, "", hal.Failed},
		{"camera", func(s *sysfs) { s.iface(s.usbDev(hostA, "1-1", "046d:0825", "Webcam", 3), 0, "0e/01/00", "") }, Other, "", hal.Found},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSysfs(t)
			tt.plug(s)
			d := at(t, s.scan(), "1-1")
			if d.Kind != tt.kind || d.Family != tt.family || d.State != tt.state {
				t.Errorf("got %s %q %s, want %s %q %s", d.Kind, d.Family, d.State, tt.kind, tt.family, tt.state)
			}
			if d.State != hal.Found && (d.Reason.DE == "" || d.Reason.EN == "" || d.Remedy.DE == "" || d.Remedy.EN == "") {
				t.Errorf("%s without reason and remedy in both languages: %+v %+v", d.State, d.Reason, d.Remedy)
			}
		})
	}
}

func TestReaderWithoutCardIsAbsent(t *testing.T) {
	s := newSysfs(t)
	s.stick(hostA, "1-1", "058f:6366", "", nil)
	disk := place(hostA, "1-1") + "/1-1:1.0/host0/target0:0:0/0:0:0:0/block/sda"
	s.must(os.RemoveAll(s.path(disk + "/sda1")))
	s.write(disk+"/size", "0\n")
	if d := at(t, s.scan(), "1-1"); d.State != hal.Absent || d.Remedy.DE != "Karte einstecken." {
		t.Errorf("got %s %+v", d.State, d.Remedy)
	}
}

func TestRawUSBNeedsNoDeviceFile(t *testing.T) {
	s := newSysfs(t)
	s.iface(s.usbDev(hostA, "1-1", "0519:0003", "TSP143", 3), 0, "07/01/02", "")
	o := s.opts()
	o.RawUSB = true
	devices, err := Scan(t.Context(), o)
	if err != nil || at(t, devices, "1-1").State != hal.Found {
		t.Errorf("got %v, %v", devices, err)
	}
}

func TestHubBeforeTSE(t *testing.T) {
	tests := []struct {
		name string
		hubs map[string]string
		at   string
		want int
	}{
		{"straight in", nil, "1-1", 0},
		{"Pi 4 on-board hub", map[string]string{"1-1": "2109:3431"}, "1-1.3", 0},
		{"Pi 3B+ both stages", map[string]string{"1-1": "0424:2514", "1-1.1": "0424:2514"}, "1-1.1.2", 0},
		{"desk hub", map[string]string{"1-1": "05e3:0608"}, "1-1.4", 1},
		{"desk hub behind on-board hub", map[string]string{"1-1": "2109:3431", "1-1.2": "05e3:0608"}, "1-1.2.1", 1},
		{"two hubs", map[string]string{"1-3": "05e3:0608", "1-3.10": "05e3:0608"}, "1-3.10.1", 2},
		{"the board's chip in a desk hub", map[string]string{"1-2": "0424:2514"}, "1-2.1", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSysfs(t)
			for at, ids := range tt.hubs {
				s.hub(hostA, at, ids)
			}
			s.stick(hostA, tt.at, "12d1:1436", "rw", []string{"TSE-IO.bin"})
			d := at(t, s.scan(), tt.at)
			if d.Hubs != tt.want {
				t.Errorf("%d hubs, want %d", d.Hubs, tt.want)
			}
			warned := len(d.Findings) == 1 && d.Findings[0].Code == "tse-behind-hub" && d.Findings[0].Severity == hal.Warning
			if warned != (tt.want > 0) {
				t.Errorf("findings %+v", d.Findings)
			}
			if warned && !strings.Contains(d.Findings[0].Remedy.DE, "direkt") {
				t.Errorf("remedy %+v", d.Findings[0].Remedy)
			}
		})
	}
}

// The bus number is the kernel's; the same socket keeps its name when the
// controllers are found in another order.
func TestPortOutlivesBusNumber(t *testing.T) {
	port := func(bus int, name string) string {
		s := newSysfs(t)
		s.rootHub(hostA, bus)
		s.hub(hostA, strings.TrimSuffix(name, ".4"), "05e3:0608")
		s.printer(hostA, name, "0416:5011", 1)
		return at(t, s.scan(), name).Identity.Port
	}
	if a, b := port(5, "5-1.4"), port(7, "7-1.4"); a != b || a != "xhci-hcd.0-2/1.4" {
		t.Errorf("ports %q and %q", a, b)
	}
}

func TestSerialNumberOfStrangersIsCleaned(t *testing.T) {
	s := newSysfs(t)
	s.printer(hostA, "1-1", "0416:5011:\x00A\x1b[31m\xffB\u202e  ", 1)
	s.printer(hostA, "1-2", "0416:5011:"+strings.Repeat("ü", 2000), 2)
	devices := s.scan()
	if got := at(t, devices, "1-1").Identity.Serial; got != "A[31mB" {
		t.Errorf("serial %q", got)
	}
	if got := len(at(t, devices, "1-2").Identity.Serial); got != 2*maxName {
		t.Errorf("serial has %d bytes", got)
	}
}

func TestHangingVolumeFails(t *testing.T) {
	s := newSysfs(t)
	s.stick(hostA, "1-1", "12d1:1436", "rw", []string{"TSE-IO.bin"})
	o := s.opts()
	o.List = func(context.Context, string) ([]string, error) { return nil, errHangs }
	devices, err := Scan(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if d := at(t, devices, "1-1"); d.State != hal.Failed || d.Reason != volumeHangs.reason {
		t.Errorf("got %s %+v", d.State, d.Reason)
	}
}

// A volume whose look has not come back gets no second goroutine.
func TestOneLookPerVolume(t *testing.T) {
	l := new(lister)
	if !l.begin("/stick") {
		t.Fatal("first look refused")
	}
	if _, err := l.list(t.Context(), "/stick"); !errors.Is(err, errHangs) {
		t.Errorf("second look: %v", err)
	}
	l.end("/stick")
	if _, err := l.list(t.Context(), filepath.Join(t.TempDir(), "gone")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("look after the first came back: %v", err)
	}
}

func TestLookIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l := new(lister)
	// Both may be ready; over many looks the cancelled one is seen or the names come.
	for range 100 {
		if names, err := l.list(ctx, t.TempDir()); err != nil && !errors.Is(err, errHangs) || len(names) > 0 {
			t.Fatalf("got %v, %v", names, err)
		}
	}
}

func TestOnBoardPorts(t *testing.T) {
	s := newSysfs(t)
	uart := "devices/platform/soc/fe201000.serial/fe201000.serial:0/fe201000.serial:0.0"
	s.node(uart+"/tty/ttyAMA0", "tty", "ttyAMA0")
	s.write(uart+"/tty/ttyAMA0/type", "32\n")
	s.link(uart+"/tty/ttyAMA0/device", uart)
	s.node("devices/platform/serial8250/tty/ttyS0", "tty", "ttyS0")
	s.write("devices/platform/serial8250/tty/ttyS0/type", "0\n")
	s.link("devices/platform/serial8250/tty/ttyS0/device", "devices/platform/serial8250")
	s.node("devices/virtual/tty/tty1", "tty", "tty1")
	s.adapter(hostA, "1-1", "0403:6001:A5XK3RJT", "ttyUSB0")
	s.link(place(hostA, "1-1")+"/1-1:1.0/ttyUSB0/tty/ttyUSB0/device", place(hostA, "1-1")+"/1-1:1.0/ttyUSB0")
	card := "devices/platform/soc/fe340000.mmc/mmc_host/mmc0/mmc0:0001"
	number := s.node(card+"/block/mmcblk0", "block", "mmcblk0")
	s.write(card+"/block/mmcblk0/size", "15728640\n")
	s.write(card+"/serial", "0x1234abcd\n")
	s.link(card+"/block/mmcblk0/device", card)
	s.must(os.WriteFile(filepath.Join(s.dir, "TSE-IO.bin"), nil, 0o644))
	s.mounts("40 27 " + number + " / " + s.dir + " rw - vfat /dev/mmcblk0 rw\n")

	devices := s.scan()
	if len(devices) != 3 {
		t.Fatalf("got %d devices, want UART, card and adapter: %v", len(devices), devices)
	}
	if d := at(t, devices, "ttyAMA0"); d.Kind != Serial || d.Identity.Port != "platform/soc/fe201000.serial" || d.State != hal.Found {
		t.Errorf("got %+v", d)
	}
	if d := at(t, devices, "mmcblk0"); d.Kind != TSE || d.Family != Cryptovision || d.Identity.Serial != "0x1234abcd" {
		t.Errorf("got %+v", d)
	}
}

func TestScanOfThisMachine(t *testing.T) {
	devices, err := Scan(t.Context(), Opts{})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, d := range devices {
		if d.ID == "" || d.Kind == "" || ids[d.ID] {
			t.Errorf("device without own id or kind: %+v", d)
		}
		ids[d.ID] = true
	}
}

func TestScanErrors(t *testing.T) {
	s := newSysfs(t)
	s.mounts("nonsense\n")
	if _, err := Scan(t.Context(), s.opts()); err == nil || !strings.Contains(err.Error(), "mountinfo line 1") {
		t.Errorf("got %v", err)
	}
	o := s.opts()
	o.Sysfs += "/nowhere"
	if _, err := Scan(t.Context(), o); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
