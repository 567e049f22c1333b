package probe

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sysfs is a generated /sys with folders and links where the kernel puts them.
type sysfs struct {
	t    testing.TB
	dir  string // holds sys, mountinfo and volumes
	minr int
}

const (
	hostA = "devices/platform/axi/xhci-hcd.0" // as on a Raspberry Pi 5
	hostB = "devices/platform/axi/xhci-hcd.1"
)

func newSysfs(t testing.TB) *sysfs {
	s := &sysfs{t: t, dir: t.TempDir()}
	s.mkdir("bus/usb/devices")
	s.mkdir("class/tty")
	s.mkdir("class/block")
	s.rootHub(hostA, 1)
	s.rootHub(hostB, 3)
	s.mounts("22 27 0:21 / /proc rw,relatime - proc proc rw\n")
	return s
}

func (s *sysfs) opts() Opts {
	return Opts{Sysfs: filepath.Join(s.dir, "sys"), Mountinfo: filepath.Join(s.dir, "mountinfo"), Dev: filepath.Join(s.dir, "dev")}
}

func (s *sysfs) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *sysfs) path(p string) string { return filepath.Join(s.dir, "sys", p) }

func (s *sysfs) mkdir(p string) { s.t.Helper(); s.must(os.MkdirAll(s.path(p), 0o755)) }

func (s *sysfs) write(p, text string) {
	s.t.Helper()
	s.mkdir(filepath.Dir(p))
	s.must(os.WriteFile(s.path(p), []byte(text), 0o644))
}

// link makes a relative link as sysfs has them.
func (s *sysfs) link(at, to string) {
	s.t.Helper()
	s.mkdir(filepath.Dir(at))
	rel, err := filepath.Rel(filepath.Dir(s.path(at)), s.path(to))
	s.must(err)
	s.must(os.Symlink(rel, s.path(at)))
}

func (s *sysfs) mounts(table string) {
	s.t.Helper()
	s.must(os.WriteFile(filepath.Join(s.dir, "mountinfo"), []byte(table), 0o644))
}

func (s *sysfs) rootHub(host string, bus int) {
	p := fmt.Sprintf("%s/usb%d", host, bus)
	s.write(p+"/version", " 2.00\n")
	s.write(p+"/idVendor", "1d6b\n")
	s.write(p+"/idProduct", "0002\n")
	s.write(p+"/bDeviceClass", "09\n")
	s.link(fmt.Sprintf("bus/usb/devices/usb%d", bus), p)
}

// place is the folder of a device named "1-1.4" below its host.
func place(host, name string) string {
	bus, ports, _ := strings.Cut(name, "-")
	p := host + "/usb" + bus
	at := bus + "-"
	for i, n := range strings.Split(ports, ".") {
		if i > 0 {
			at += "."
		}
		at += n
		p += "/" + at
	}
	return p
}

// usbDev plugs a device in. ids is "vvvv:pppp" or "vvvv:pppp:serial".
func (s *sysfs) usbDev(host, name, ids, product string, number int) string {
	s.t.Helper()
	f := strings.SplitN(ids, ":", 3)
	p := place(host, name)
	s.write(p+"/idVendor", f[0]+"\n")
	s.write(p+"/idProduct", f[1]+"\n")
	if len(f) == 3 {
		s.write(p+"/serial", f[2]+"\n")
	}
	s.write(p+"/product", product+"\n")
	s.write(p+"/manufacturer", "Maker\n")
	s.write(p+"/bDeviceClass", "00\n")
	s.write(p+"/devnum", fmt.Sprintln(number))
	s.link("bus/usb/devices/"+name, p)
	return p
}

// iface adds an interface; class is "07/01/02". driver may be empty.
func (s *sysfs) iface(dev string, n int, class, driver string) string {
	s.t.Helper()
	name := fmt.Sprintf("%s:1.%d", filepath.Base(dev), n)
	p := dev + "/" + name
	c := strings.Split(class, "/")
	s.write(p+"/bInterfaceNumber", fmt.Sprintf("%02x\n", n))
	s.write(p+"/bInterfaceClass", c[0]+"\n")
	s.write(p+"/bInterfaceSubClass", c[1]+"\n")
	s.write(p+"/bInterfaceProtocol", c[2]+"\n")
	s.link(p+"/subsystem", "bus/usb")
	if driver != "" {
		s.link(p+"/driver", "bus/usb/drivers/"+driver)
	}
	s.link("bus/usb/devices/"+name, p)
	return p
}

// node adds a class device with a device file and returns its number.
func (s *sysfs) node(at, subsystem, devname string) string {
	s.t.Helper()
	s.minr++
	number := fmt.Sprintf("180:%d", s.minr)
	s.write(at+"/dev", number+"\n")
	s.write(at+"/uevent", fmt.Sprintf("MAJOR=180\nMINOR=%d\nDEVNAME=%s\n", s.minr, devname))
	s.link(at+"/subsystem", "class/"+subsystem)
	s.link("class/"+subsystem+"/"+filepath.Base(at), at)
	return number
}

func (s *sysfs) unplug(host, name string) {
	s.t.Helper()
	s.must(os.RemoveAll(s.path(place(host, name))))
	s.dropDeadLinks("class/*/*")
	links, err := filepath.Glob(s.path("bus/usb/devices/" + name + "*"))
	s.must(err)
	for _, l := range links {
		if b := filepath.Base(l); b == name || strings.HasPrefix(b, name+":") || strings.HasPrefix(b, name+".") {
			s.must(os.Remove(l))
		}
	}
}

func (s *sysfs) dropDeadLinks(pattern string) {
	s.t.Helper()
	links, err := filepath.Glob(s.path(pattern))
	s.must(err)
	for _, l := range links {
		if _, err := os.Stat(l); err != nil {
			s.must(os.Remove(l))
		}
	}
}

func (s *sysfs) printer(host, name, ids string, number int) {
	d := s.usbDev(host, name, ids, "TM-T20III", number)
	s.node(s.iface(d, 0, "07/01/02", "usblp")+fmt.Sprintf("/usbmisc/lp%d", number), "usbmisc", fmt.Sprintf("usb/lp%d", number))
}

func (s *sysfs) adapter(host, name, ids string, tty string) {
	d := s.usbDev(host, name, ids, "FT232R USB UART", 7)
	s.node(s.iface(d, 0, "ff/ff/ff", "ftdi_sio")+"/"+tty+"/tty/"+tty, "tty", tty)
}

func (s *sysfs) hub(host, name, ids string) {
	d := s.usbDev(host, name, ids, "USB2.0 Hub", 2)
	s.write(d+"/bDeviceClass", "09\n")
	s.iface(d, 0, "09/00/00", "hub")
}

// stick adds mass storage; files are what its volume shows, nil: not mounted.
func (s *sysfs) stick(host, name, ids, options string, files []string) {
	s.t.Helper()
	d := s.usbDev(host, name, ids, "USB Stick", 5)
	disk := s.iface(d, 0, "08/06/50", "usb-storage") + "/host0/target0:0:0/0:0:0:0/block/sda"
	s.node(disk, "block", "sda")
	s.write(disk+"/size", "15728640\n")
	number := s.node(disk+"/sda1", "block", "sda1")
	s.write(disk+"/sda1/size", "15726592\n")
	if files == nil {
		return
	}
	point := filepath.Join(s.dir, "TSE volume")
	s.must(os.MkdirAll(point, 0o755))
	for _, f := range files {
		s.must(os.WriteFile(filepath.Join(point, f), nil, 0o644))
	}
	s.mounts(fmt.Sprintf("40 27 %s / %s %s shared:7 - vfat /dev/sda1 rw\n", number, strings.ReplaceAll(point, " ", `\040`), options))
}

const (
	deskKeys    = "10000 7 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
	powerSwitch = "10000000000000 0"
)

// keyboard adds a HID device with keys; usagePage opens its report descriptor.
func (s *sysfs) keyboard(host, name, ids, product, keys string, usagePage byte) {
	d := s.usbDev(host, name, ids, product, 9)
	hid := s.iface(d, 0, "03/01/01", "usbhid") + "/0003:0C2E:0B61.0001"
	s.write(hid+"/report_descriptor", string([]byte{5, usagePage, 9, 6}))
	s.write(hid+"/input/input5/capabilities/key", keys+"\n")
	s.node(hid+"/input/input5/event3", "input", "input/event3")
	s.node(hid+"/hidraw/hidraw0", "hidraw", "hidraw0")
}

func (s *sysfs) scan() []Device {
	s.t.Helper()
	devices, err := Scan(s.t.Context(), s.opts())
	s.must(err)
	return devices
}

// at returns the device with a kernel name.
func at(t *testing.T, devices []Device, name string) Device {
	t.Helper()
	for _, d := range devices {
		if d.Name == name {
			return d
		}
	}
	t.Fatalf("no device %s among %v", name, devices)
	return Device{}
}
