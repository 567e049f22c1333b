package web

import (
	"context"
	"strings"
	"time"

	"github.com/tresen-pos/tresen/hal/probe"
)

// Inventory is what is plugged into the box; *probe.Watcher is one.
type Inventory interface {
	Snapshot() probe.Snapshot
	// Next waits for an inventory newer than after.
	Next(ctx context.Context, after uint64) (probe.Snapshot, error)
}

// PluggedIn lists what is plugged in. Seq is for the next question.
type PluggedIn struct {
	Seq     uint64    `json:"seq"`
	Rows    []Plugged `json:"rows"`
	Warning string    `json:"warning,omitempty"` // why the list may be out of date
}

// Plugged is one device. State is found, absent or failed.
type Plugged struct {
	ID       string          `json:"id"`
	Kind     string          `json:"kind"`
	Name     string          `json:"name"`
	Model    string          `json:"model,omitempty"` // "04b8:0e28"
	Serial   string          `json:"serial,omitempty"`
	Port     string          `json:"port,omitempty"`
	Files    []string        `json:"files"`
	State    string          `json:"state"`
	Reason   string          `json:"reason,omitempty"`
	Remedy   string          `json:"remedy,omitempty"`
	Findings []DeviceFinding `json:"findings"`
}

// DeviceFinding is something about a device a person should know.
type DeviceFinding struct {
	Code     string `json:"code"`
	Sentence string `json:"sentence"`
	Remedy   string `json:"remedy"`
}

// devicesWait is how long a page waits for news; shorter than what proxies
// cut off.
const devicesWait = 20 * time.Second

// getDevices answers at once, or with ?after=SEQ when something has changed.
func getDevices(c *call) (any, error) {
	after, err := c.number("after")
	if err != nil {
		return nil, err
	}
	if c.Devices == nil {
		return PluggedIn{Rows: []Plugged{}, Warning: translated(c.lang, "devices.deaf", nil, "The box cannot tell what is plugged in.")}, nil
	}
	s := c.Devices.Snapshot()
	if after > 0 && s.Seq == after {
		ctx, cancel := context.WithTimeout(c.r.Context(), devicesWait)
		defer cancel()
		if next, err := c.Devices.Next(ctx, after); err == nil {
			s = next
		}
	}
	return c.plugged(s), nil
}

func (c *call) plugged(s probe.Snapshot) PluggedIn {
	out := PluggedIn{Seq: s.Seq, Rows: make([]Plugged, len(s.Devices))}
	if s.Err != nil {
		out.Warning = translated(c.lang, "devices.deaf", nil, "The box cannot tell what is plugged in.") + " " + s.Err.Error()
	}
	say := func(t probe.Text) string {
		if c.lang == "de" {
			return t.DE
		}
		return t.EN
	}
	for i := range s.Devices {
		d := &s.Devices[i]
		p := Plugged{ID: d.ID, Kind: string(d.Kind), Name: deviceName(d), Model: usbModel(d.Identity), Serial: d.Identity.Serial, Port: d.Identity.Port,
			Files: []string{}, State: d.State.String(), Reason: say(d.Reason), Remedy: say(d.Remedy), Findings: []DeviceFinding{}}
		for _, n := range d.Nodes {
			p.Files = append(p.Files, n.Path)
		}
		for _, f := range d.Findings {
			p.Findings = append(p.Findings, DeviceFinding{f.Code, say(f.Sentence), say(f.Remedy)})
		}
		out.Rows[i] = p
	}
	return out
}

// deviceName is what the device calls itself, else its file.
func deviceName(d *probe.Device) string {
	if name := strings.TrimSpace(d.Info.Maker + " " + d.Info.Model); name != "" {
		return name
	}
	if len(d.Nodes) > 0 {
		return d.Nodes[0].Path
	}
	return d.ID
}

// usbModel is empty for what is not on USB.
func usbModel(id probe.Identity) string {
	if id.Vendor == 0 && id.Product == 0 {
		return ""
	}
	return id.Model()
}
