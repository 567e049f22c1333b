package probe

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// As this kernel sent them when a loop device was attached, and as a USB printer
// makes them (usb and usbmisc, Documentation/ABI and kobject_uevent.c).
const (
	loopEvent = "change@/devices/virtual/block/loop0\x00ACTION=change\x00DEVPATH=/devices/virtual/block/loop0\x00SUBSYSTEM=block\x00" +
		"MAJOR=7\x00MINOR=0\x00DEVNAME=loop0\x00DEVTYPE=disk\x00DISKSEQ=11\x00SEQNUM=816\x00"
	printerEvent = "add@/devices/platform/axi/xhci-hcd.0/usb1/1-1/1-1:1.0/usbmisc/lp0\x00ACTION=add\x00" +
		"DEVPATH=/devices/platform/axi/xhci-hcd.0/usb1/1-1/1-1:1.0/usbmisc/lp0\x00SUBSYSTEM=usbmisc\x00MAJOR=180\x00MINOR=0\x00DEVNAME=usb/lp0\x00SEQNUM=2112\x00"
	chatter = "change@/devices/virtual/bdi/7:0\x00ACTION=change\x00DEVPATH=/devices/virtual/bdi/7:0\x00SUBSYSTEM=bdi\x00SEQNUM=9\x00"
)

func TestParseUevent(t *testing.T) {
	tests := []struct {
		msg     string
		want    Event
		matters bool
	}{
		{loopEvent, Event{"change", "/devices/virtual/block/loop0", "block", "disk", "loop0"}, true},
		{printerEvent, Event{"add", "/devices/platform/axi/xhci-hcd.0/usb1/1-1/1-1:1.0/usbmisc/lp0", "usbmisc", "", "usb/lp0"}, true},
		{chatter, Event{"change", "/devices/virtual/bdi/7:0", "bdi", "", ""}, false},
		{"remove@/x\x00", Event{Action: "remove", Path: "/x"}, false},
	}
	for _, tt := range tests {
		got, err := ParseUevent([]byte(tt.msg))
		if err != nil || got != tt.want || got.Matters() != tt.matters {
			t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
		}
	}
	for _, bad := range []string{"", "\x00", "add@/x", "add/x\x00", "@/x\x00", "add@x\x00", "libudev\x00\xfe\xed\xca\xfe\x00",
		"add@/x\x00" + strings.Repeat("A", maxUevent) + "\x00"} {
		if got, err := ParseUevent([]byte(bad)); !errors.Is(err, errUevent) {
			t.Errorf("%.20q: got %+v, %v", bad, got, err)
		}
	}
}

func FuzzUevent(f *testing.F) {
	for _, s := range []string{loopEvent, printerEvent, chatter, "libudev\x00\xfe\xed\xca\xfe", "add@/\x00=\x00SUBSYSTEM\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, msg []byte) {
		e, err := ParseUevent(msg)
		if err != nil {
			if e != (Event{}) {
				t.Errorf("event %+v beside error %v", e, err)
			}
			return
		}
		// What was read says the same when written and read again.
		again := fmt.Sprintf("%s@%s\x00SUBSYSTEM=%s\x00DEVTYPE=%s\x00DEVNAME=%s\x00", e.Action, e.Path, e.Subsystem, e.DevType, e.DevName)
		if len(again) > maxUevent {
			return
		}
		if got, err := ParseUevent([]byte(again)); err != nil || got != e {
			t.Errorf("read %+v, again %+v, %v", e, got, err)
		}
	})
}
