package probe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Chip is a GPIO controller. Its number in Path depends on kernel and board (the
// header of a Raspberry Pi 5 was gpiochip4, later gpiochip0), its label does not.
type Chip struct {
	Path  string // "/dev/gpiochip0"
	Name  string // "gpiochip0"
	Label string // "pinctrl-rp1"
	Lines int
}

// HeaderLabels are the labels of the chips that drive the 40-pin header of a
// Raspberry Pi 5, 4, and 3 or older.
var HeaderLabels = []string{"pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"}

// chipInfoSize is that of struct gpiochip_info of linux/gpio.h: name[32],
// label[32], u32 lines.
const chipInfoSize = 68

// getChipInfo is GPIO_GET_CHIPINFO_IOCTL, _IOR(0xB4, 0x01, struct gpiochip_info).
const getChipInfo = 0x8044b401

// askChip returns the gpiochip_info of a chip.
type askChip func(path string) ([chipInfoSize]byte, error)

// Chips lists the GPIO chips of the box. A chip that does not answer is left out
// and named in the error; the others are returned beside it.
func Chips(opts Opts) ([]Chip, error) { return chips(opts.withDefaults().Dev, askKernel) }

func chips(dev string, ask askChip) ([]Chip, error) {
	paths, err := filepath.Glob(filepath.Join(dev, "gpiochip[0-9]*"))
	if err != nil {
		return nil, fmt.Errorf("list GPIO chips: %w", err)
	}
	var out []Chip
	var failed []error
	for _, p := range paths {
		info, err := ask(p)
		if err != nil {
			failed = append(failed, fmt.Errorf("ask %s who it is: %w", p, err))
			continue
		}
		out = append(out, parseChip(p, info))
	}
	return out, errors.Join(failed...)
}

func parseChip(path string, info [chipInfoSize]byte) Chip {
	text := func(b []byte) string {
		b, _, _ = bytes.Cut(b, []byte{0})
		return strings.ToValidUTF8(string(b), "")
	}
	return Chip{Path: path, Name: text(info[:32]), Label: text(info[32:64]), Lines: int(binary.NativeEndian.Uint32(info[64:]))}
}

// ErrNoChip: no GPIO chip, or not exactly one, has a wanted label.
var ErrNoChip = errors.New("no such GPIO chip")

// ChipByLabel returns the chip with one of the labels. Two of them are an error:
// the wrong one would drive something else than the drawer.
func ChipByLabel(chips []Chip, labels ...string) (Chip, error) {
	var found, have []string
	at := -1
	for i, c := range chips {
		have = append(have, fmt.Sprintf("%s %q", c.Name, c.Label))
		if slices.Contains(labels, c.Label) {
			at, found = i, append(found, c.Name)
		}
	}
	if len(found) != 1 {
		return Chip{}, fmt.Errorf("%w: want one labelled %q, the box has %s", ErrNoChip, labels, strings.Join(have, ", "))
	}
	return chips[at], nil
}
