package probe

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/hal"
)

// dev is a device at a port; serial may be empty.
func dev(kind Kind, product uint16, serial, port string) Device {
	return Device{ID: "usb " + port, Kind: kind, State: hal.Found, Identity: Identity{Vendor: 0x0416, Product: product, Serial: serial, Port: port}}
}

func known(name string, d Device) Duty {
	return Duty{Name: name, Kinds: []Kind{d.Kind}, Known: d.Identity}
}

func TestBind(t *testing.T) {
	p := func(serial, port string) Device { return dev(Printer, 1, serial, port) }
	bar, kitchen := known("bar", p("", "a/1")), known("kitchen", p("", "a/2"))
	epson := known("bar", p("X7FN1", "a/1"))
	open := Duty{Name: "bar", Kinds: []Kind{Printer}}
	net := Duty{Name: "bar", Kinds: []Kind{Printer}, Known: Identity{Address: "10.0.0.5:9100"}}
	tests := []struct {
		name    string
		duties  []Duty
		devices []Device
		want    string // "duty=port state", then offers "duty?port", "!" if sure
	}{
		{"serial number, same port", []Duty{epson}, []Device{p("X7FN1", "a/1")}, "bar=a/1 found"},
		{"serial number, any port", []Duty{epson}, []Device{p("X7FN1", "b/3.1")}, "bar=b/3.1 found"},
		{"other serial number is another device", []Duty{epson}, []Device{p("X7FN2", "a/1")}, "bar= absent; bar?a/1"},
		{"absent", []Duty{epson}, nil, "bar= absent"},
		{"twins by port", []Duty{bar, kitchen}, []Device{p("", "a/2"), p("", "a/1")}, "bar=a/1 found, kitchen=a/2 found"},
		{"one twin, at its port", []Duty{bar, kitchen}, []Device{p("", "a/2")}, "bar= absent, kitchen=a/2 found"},
		{"one twin, elsewhere: which?", []Duty{bar, kitchen}, []Device{p("", "a/3")}, "bar= failed, kitchen= failed; bar?a/3, kitchen?a/3"},
		{"one twin moved while the other stays", []Duty{bar, kitchen}, []Device{p("", "a/1"), p("", "a/3")}, "bar=a/1 found, kitchen= failed; kitchen?a/3"},
		{"only one of its model, moved", []Duty{bar}, []Device{p("", "a/3")}, "bar=a/3 found moved"},
		{"its own and a stranger", []Duty{bar}, []Device{p("", "a/3"), p("", "a/1")}, "bar=a/1 found"},
		{"two strangers", []Duty{bar}, []Device{p("", "a/3"), p("", "a/4")}, "bar= failed; bar?a/3, bar?a/4"},
		{"same number in every unit", []Duty{known("bar", p("5555555", "a/1"))}, []Device{p("5555555", "a/1"), p("5555555", "a/2")}, "bar=a/1 found"},
		{"shared number, two duties", []Duty{known("bar", p("A1B2", "a/1")), known("kitchen", p("A1B2", "a/2"))}, []Device{p("A1B2", "a/2")}, "bar= absent, kitchen=a/2 found"},
		{"shared number, twin appears", []Duty{known("bar", p("A1B2", "a/1"))}, []Device{p("A1B2", "a/3"), p("A1B2", "a/4")}, "bar= failed; bar?a/3, bar?a/4"},
		{"new one is offered", []Duty{open}, []Device{p("X7FN1", "a/1")}, "bar= absent; bar?a/1!"},
		{"two new ones", []Duty{open}, []Device{p("X7FN1", "a/1"), p("X7FN2", "a/2")}, "bar= absent; bar?a/1, bar?a/2"},
		{"two open duties", []Duty{open, {Name: "kitchen", Kinds: []Kind{Printer}}}, []Device{p("X7FN1", "a/1")}, "bar= absent, kitchen= absent; bar?a/1, kitchen?a/1"},
		{"serial adapter is never sure", []Duty{{Name: "terminal", Kinds: []Kind{Serial}}}, []Device{dev(Serial, 1, "A5X", "a/1")}, "terminal= absent; terminal?a/1"},
		{"keyboard is never sure", []Duty{{Name: "scanner", Kinds: []Kind{Scanner, Keyboard}}}, []Device{dev(Keyboard, 1, "", "a/1")}, "scanner= absent; scanner?a/1"},
		{"wrong kind", []Duty{open}, []Device{dev(TSE, 1, "X7FN1", "a/1")}, "bar= absent"},
		{"one device, two duties", []Duty{epson, known("kitchen", p("X7FN1", "a/1"))}, []Device{p("X7FN1", "a/1")}, "bar=a/1 found, kitchen= failed"},
		{"network printer", []Duty{net}, []Device{{ID: "tcp 10.0.0.5:9100", Kind: Printer, State: hal.Found, Identity: Identity{Address: "10.0.0.5:9100"}}}, "bar=10.0.0.5:9100 found"},
		{"other address", []Duty{net}, []Device{{ID: "tcp 10.0.0.6:9100", Kind: Printer, State: hal.Found, Identity: Identity{Address: "10.0.0.6:9100"}}}, "bar= absent; bar?10.0.0.6:9100"},
		{"board's own ports do not move", []Duty{{Name: "terminal", Kinds: []Kind{Serial}, Known: Identity{Port: "soc/1.serial"}}},
			[]Device{{ID: "tty soc/2.serial", Kind: Serial, State: hal.Found, Identity: Identity{Port: "soc/2.serial"}}}, "terminal= absent; terminal?soc/2.serial"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := Bind(tt.duties, tt.devices)
			if got := told(plan); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			slices.Reverse(tt.devices)
			if got := Bind(tt.duties, tt.devices); !reflect.DeepEqual(got, plan) {
				t.Errorf("another order of devices: %s", told(got))
			}
			for _, b := range plan.Bindings {
				if (b.State != hal.Found || b.Moved) && (b.Reason.DE == "" || b.Reason.EN == "" || b.Remedy.DE == "" || b.Remedy.EN == "") {
					t.Errorf("%s is %s without a word about it", b.Duty, b.State)
				}
			}
		})
	}
}

// told writes a plan as the table does.
func told(p Plan) string {
	place := func(id string) string { _, after, _ := strings.Cut(id, " "); return after }
	var duties, offers []string
	for _, b := range p.Bindings {
		s := fmt.Sprintf("%s=%s %s", b.Duty, place(b.Device), b.State)
		if b.Moved {
			s += " moved"
		}
		duties = append(duties, s)
	}
	for _, o := range p.Offers {
		s := o.Duty + "?" + place(o.Device)
		if o.Sure {
			s += "!"
		}
		offers = append(offers, s)
	}
	out := strings.Join(duties, ", ")
	if len(offers) > 0 {
		out += "; " + strings.Join(offers, ", ")
	}
	return out
}

func TestFillerSerialNumbers(t *testing.T) {
	for _, s := range []string{"", "0", "00000000", "ffffffff", "0001", "1234567890AB"[:9], "0123456789ABCDEF"} {
		if (Identity{Serial: s}).hasSerial() {
			t.Errorf("%q taken for a serial number", s)
		}
	}
	for _, s := range []string{"X7FN012345", "A5XK3RJT", "0x1234abcd", "10"} {
		if !(Identity{Serial: s}).hasSerial() {
			t.Errorf("%q not taken for a serial number", s)
		}
	}
}

func TestTake(t *testing.T) {
	p := dev(Printer, 1, "X7FN1", "a/1")
	duties := []Duty{{Name: "bar", Kinds: []Kind{Printer}}, {Name: "kitchen", Kinds: []Kind{Printer}}}
	chosen, err := Take(duties, "bar", p)
	if err != nil || chosen[0].Known != p.Identity || duties[0].Known != (Identity{}) {
		t.Fatalf("got %+v, %v; before %+v", chosen, err, duties)
	}
	if _, err := Take(chosen, "kitchen", p); !errors.Is(err, ErrTaken) {
		t.Errorf("second duty: %v", err)
	}
	if _, err := Take(chosen, "cellar", p); err == nil {
		t.Error("unknown duty accepted")
	}
	if _, err := Take(chosen, "kitchen", dev(TSE, 1, "", "a/2")); err == nil {
		t.Error("TSE accepted as printer")
	}
}

// Whatever is plugged and pulled in whatever order, whoever follows the changes
// ends with the bindings of one who looks only at the end; and at no moment does a
// device do two duties, or a duty get a device that is not its own.
func TestAnyOrderEndsTheSame(t *testing.T) {
	duties := []Duty{
		known("bar", dev(Printer, 1, "", "a/1")), known("kitchen", dev(Printer, 1, "", "a/2")),
		known("receipt", dev(Printer, 2, "X7FN1", "a/3")), known("tse", dev(TSE, 3, "S9", "b/1")),
	}
	things := []Device{ // port "" means any
		dev(Printer, 1, "", "a/1"), dev(Printer, 1, "", "a/2"), dev(Printer, 2, "X7FN1", ""), dev(TSE, 3, "S9", ""),
		dev(Printer, 2, "X7FN2", ""), dev(Storage, 4, "", ""), dev(TSE, 3, "S8", ""), dev(Serial, 5, "0001", ""),
	}
	owner := map[string]int{"bar": 0, "kitchen": 1, "receipt": 2, "tse": 3}
	ports := []string{"a/1", "a/2", "a/3", "a/4", "b/1", "b/2.1", "b/2.2", "b/3"}
	seeds := uint64(25)
	if os.Getenv("SOAK") != "" {
		seeds = 5000
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 1))
		at := map[string]int{} // port to thing
		followed := map[string]Device{}
		var last []Device
		for step := range 60 {
			plugOrPull(r, things, ports, at)
			now := inventory(things, at, step)
			for _, c := range Diff(last, now) {
				if c.What == Gone {
					delete(followed, c.Device.ID)
				} else {
					followed[c.Device.ID] = c.Device
				}
			}
			last = now
			plan := Bind(duties, slices.Collect(maps.Values(followed))) // map order: any
			if want := Bind(duties, now); !reflect.DeepEqual(plan, want) {
				t.Fatalf("seed %d step %d: followed %s, looked %s", seed, step, told(plan), told(want))
			}
			for _, b := range plan.Bindings {
				want := ""
				for port, thing := range at {
					if thing == owner[b.Duty] {
						want = "usb " + port
					}
				}
				if b.Device != want || b.Moved {
					t.Fatalf("seed %d step %d: %s is done by %q, want %q", seed, step, b.Duty, b.Device, want)
				}
			}
		}
	}
}

// plugOrPull moves one thing.
func plugOrPull(r *rand.Rand, things []Device, ports []string, at map[string]int) {
	thing := r.IntN(len(things))
	for port, x := range at {
		if x == thing {
			delete(at, port)
			return
		}
	}
	port := things[thing].Identity.Port
	if port == "" {
		port = ports[r.IntN(len(ports))]
	}
	if _, full := at[port]; !full {
		at[port] = thing
	}
}

func inventory(things []Device, at map[string]int, step int) []Device {
	var out []Device
	for port, thing := range at {
		d := things[thing]
		d.ID, d.Identity.Port = "usb "+port, port
		d.Info.Model = strings.Repeat("x", step%2) // something changes all the time
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b Device) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func TestDiff(t *testing.T) {
	a, b, c := dev(Printer, 1, "A7", "a/1"), dev(Printer, 2, "B7", "a/2"), dev(TSE, 3, "C7", "a/3")
	again, swapped, worse := a, b, c
	again.Number++
	swapped.Identity.Serial = "B8"
	worse.State = hal.Failed
	tests := []struct {
		name     string
		old, new []Device
		want     string
	}{
		{"nothing", []Device{a, b, c}, []Device{a, b, c}, ""},
		{"first look", nil, []Device{a, b}, "appeared a/1 found, appeared a/2 found"},
		{"all gone", []Device{a, b}, nil, "gone a/1 absent, gone a/2 absent"},
		{"one between", []Device{a, c}, []Device{a, b, c}, "appeared a/2 found"},
		{"pulled and plugged between two looks", []Device{a, b}, []Device{again, b}, "gone a/1 absent, appeared a/1 found"},
		{"another in its place", []Device{a, b}, []Device{a, swapped}, "gone a/2 absent, appeared a/2 found"},
		{"state", []Device{a, c}, []Device{a, worse}, "changed a/3 failed"},
		{"moved", []Device{a}, []Device{c}, "gone a/1 absent, appeared a/3 found"},
	}
	for _, tt := range tests {
		var got []string
		for _, c := range Diff(tt.old, tt.new) {
			got = append(got, fmt.Sprintf("%s %s %s", c.What, c.Device.Identity.Port, c.Device.State))
			if c.What == Gone && (c.Device.Reason.DE == "" || c.Device.Remedy.EN == "") {
				t.Errorf("%s: gone without a word", tt.name)
			}
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, s, tt.want)
		}
	}
}
