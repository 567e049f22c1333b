package probe

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tresen-pos/tresen/hal"
)

// Duty is something a device does for the shop, e.g. "receipt printer".
type Duty struct {
	Name  string   // unique
	Kinds []Kind   // of devices that can do it
	Known Identity // of the device that does it; zero: none chosen yet
}

// Binding says which device does a duty now.
type Binding struct {
	Duty   string
	Device string // ID; empty: none
	Moved  bool   // recognised only as the last of its model, on another port; a person should confirm
	State  hal.State
	Reason Text
	Remedy Text
}

// Offer is a device that could take a duty nobody does at present.
type Offer struct {
	Duty   string
	Device string // ID
	Sure   bool   // the only device for the only duty, and its kind leaves no doubt
}

// Plan is what Bind found out.
type Plan struct {
	Bindings []Binding // one per duty, in the duties' order
	Offers   []Offer
}

// Bind gives devices the duties they are known for, and offers the others. The
// outcome depends on its arguments alone, not on the order in which things were
// plugged in or in which devices are listed:
//
//   - A device with a serial number of its own is known by model and serial number,
//     on any port.
//   - One without, or with a number that a second device or duty shares, is known by
//     model and port.
//   - If it sits on another port, it is taken (Moved) only where one duty knows the
//     model and one such device is there. Otherwise a person chooses.
//   - A device never gets two duties, and a new one is never taken by itself.
func Bind(duties []Duty, devices []Device) Plan {
	b := binder{duties: duties, devices: slices.Clone(devices), of: make([]int, len(duties)), taken: map[int]string{}}
	slices.SortFunc(b.devices, func(x, y Device) int { return strings.Compare(x.ID, y.ID) })
	for i := range b.of {
		b.of[i] = none
	}
	b.each(b.exact)
	moved := slices.Clone(b.of)
	b.each(b.lastOfModel)
	var p Plan
	for i := range duties {
		p.Bindings = append(p.Bindings, b.binding(i, moved[i] != b.of[i]))
	}
	p.Offers = b.offers()
	return p
}

const none = -1

type binder struct {
	duties  []Duty
	devices []Device
	of      []int          // device of each duty, or none
	taken   map[int]string // duty of a device
}

// each lets find look for the device of every known duty that has none.
func (b *binder) each(find func(Duty) int) {
	for i, d := range b.duties {
		if d.Known == (Identity{}) || b.of[i] != none {
			continue
		}
		if at := find(d); at != none && b.taken[at] == "" {
			b.of[i], b.taken[at] = at, d.Name
		}
	}
}

func (b *binder) exact(d Duty) int {
	bySerial := b.told(d.Known)
	return slices.IndexFunc(b.devices, func(dev Device) bool {
		id := dev.Identity
		switch {
		case d.Known.Address != "" || id.Address != "":
			return id.Address == d.Known.Address
		case id.Model() != d.Known.Model():
			return false
		case bySerial:
			return id.Serial == d.Known.Serial
		}
		return id.Port == d.Known.Port && id.Serial == d.Known.Serial
	})
}

// told reports whether the serial number is good enough to recognise by: only one
// duty and at most one device that is here have it.
func (b *binder) told(id Identity) bool {
	same := func(o Identity) bool { return o.Model() == id.Model() && o.Serial == id.Serial }
	return id.hasSerial() &&
		count(b.duties, func(d Duty) bool { return same(d.Known) }) <= 1 &&
		count(b.devices, func(d Device) bool { return same(d.Identity) }) <= 1
}

// twins finds devices without duty that a duty without serial number may mean.
func (b *binder) twins(d Duty) []int {
	if d.Known == (Identity{}) || d.Known.Address != "" || d.Known.Vendor == 0 || b.told(d.Known) {
		return nil // boards' own parts have no ids, and do not move
	}
	var out []int
	for i, dev := range b.devices {
		if dev.Identity.Model() == d.Known.Model() && dev.Identity.Serial == d.Known.Serial && b.taken[i] == "" {
			out = append(out, i)
		}
	}
	return out
}

func (b *binder) lastOfModel(d Duty) int {
	knowing := count(b.duties, func(o Duty) bool {
		return o.Known.Model() == d.Known.Model() && o.Known.Serial == d.Known.Serial && o.Known.Address == ""
	})
	if t := b.twins(d); len(t) == 1 && knowing == 1 {
		return t[0]
	}
	return none
}

func (b *binder) binding(i int, moved bool) Binding {
	d := b.duties[i]
	out := Binding{Duty: d.Name}
	say := func(s hal.State, w sentence) Binding {
		out.State, out.Reason, out.Remedy = s, w.reason, w.remedy
		return out
	}
	if at := b.of[i]; at != none {
		dev := &b.devices[at]
		out.Device, out.Moved = dev.ID, moved
		if moved && dev.State == hal.Found {
			return say(hal.Found, otherPort)
		}
		return say(dev.State, sentence{dev.Reason, dev.Remedy})
	}
	if d.Known == (Identity{}) {
		return say(hal.Absent, noneChosen)
	}
	if at := b.exact(d); at != none {
		return say(hal.Failed, twoDuties)
	}
	if len(b.twins(d)) > 0 {
		return say(hal.Failed, twinDevices)
	}
	return say(hal.Absent, notPlugged)
}

func (b *binder) offers() []Offer {
	var out []Offer
	for i, d := range b.duties {
		for at, dev := range b.devices {
			if b.of[i] == none && b.taken[at] == "" && dev.State != hal.Absent && slices.Contains(d.Kinds, dev.Kind) {
				out = append(out, Offer{Duty: d.Name, Device: dev.ID, Sure: certain(dev.Kind) && d.Known == (Identity{})})
			}
		}
	}
	for i, o := range out {
		rivals := count(out, func(p Offer) bool { return p.Duty == o.Duty || p.Device == o.Device })
		out[i].Sure = o.Sure && rivals == 1
	}
	return out
}

// certain: behind a serial port may be anything, and a keyboard may be a scanner.
func certain(k Kind) bool { return k == Printer || k == TSE || k == Scanner }

// ErrTaken: the device already has a duty.
var ErrTaken = errors.New("device already has a duty")

// Take returns the duties with dev chosen for one of them, to be kept by the
// caller. It confirms a moved device, too.
func Take(duties []Duty, name string, dev Device) ([]Duty, error) {
	out := slices.Clone(duties)
	at := slices.IndexFunc(out, func(d Duty) bool { return d.Name == name })
	if at < 0 {
		return nil, fmt.Errorf("choose %s for %q: no such duty", dev.Identity, name)
	}
	if !slices.Contains(out[at].Kinds, dev.Kind) {
		return nil, fmt.Errorf("choose %s for %q: a %s cannot do that", dev.Identity, name, dev.Kind)
	}
	for i, d := range out {
		if i != at && d.Known == dev.Identity {
			return nil, fmt.Errorf("choose %s for %q: %w: %q", dev.Identity, name, ErrTaken, d.Name)
		}
	}
	out[at].Known = dev.Identity
	return out, nil
}

func count[T any](list []T, is func(T) bool) int {
	n := 0
	for _, x := range list {
		if is(x) {
			n++
		}
	}
	return n
}
