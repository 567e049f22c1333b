package probe

import (
	"reflect"

	"github.com/tresen-pos/tresen/hal"
)

// What happened to a device between two inventories.
type What string

// The happenings.
const (
	Appeared What = "appeared"
	Gone     What = "gone"
	Changed  What = "changed"
)

// Change is one device's difference. A device that is gone is as it was last
// seen, but absent.
type Change struct {
	What   What
	Device Device
}

// Diff tells what happened between two inventories sorted by ID, first what is
// gone. A device that was pulled and plugged again in between is gone and appears:
// every handle to the old one is dead.
func Diff(old, new []Device) []Change {
	var gone, here []Change
	i, j := 0, 0
	for i < len(old) || j < len(new) {
		switch {
		case j == len(new) || i < len(old) && old[i].ID < new[j].ID:
			gone = append(gone, pulled(old[i]))
			i++
		case i == len(old) || new[j].ID < old[i].ID:
			here = append(here, Change{Appeared, new[j]})
			j++
		default:
			if other(old[i], new[j]) {
				gone = append(gone, pulled(old[i]))
				here = append(here, Change{Appeared, new[j]})
			} else if !reflect.DeepEqual(old[i], new[j]) {
				here = append(here, Change{Changed, new[j]})
			}
			i, j = i+1, j+1
		}
	}
	return append(gone, here...)
}

func other(a, b Device) bool { return a.Number != b.Number || a.Identity != b.Identity }

func pulled(d Device) Change {
	d.State, d.Reason, d.Remedy = hal.Absent, unplugged.reason, unplugged.remedy
	return Change{Gone, d}
}
