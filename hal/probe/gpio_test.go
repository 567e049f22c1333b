package probe

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// board is a fake /dev whose chips answer as linux/gpio.h says.
func board(t *testing.T, labels map[string]string) (string, askChip) {
	dir := t.TempDir()
	for name := range labels {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, func(path string) (info [chipInfoSize]byte, err error) {
		label := labels[filepath.Base(path)]
		if label == "" {
			return info, unix.EBUSY
		}
		copy(info[:], filepath.Base(path))
		copy(info[32:64], label)
		binary.NativeEndian.PutUint32(info[64:], 54)
		return info, nil
	}
}

func TestChipByLabel(t *testing.T) {
	tests := []struct {
		name   string
		labels map[string]string
		want   string // "" for an error
	}{
		{"Pi 5, old kernel", map[string]string{"gpiochip0": "gpio-brcmstb@107d508500", "gpiochip4": "pinctrl-rp1"}, "gpiochip4"},
		{"Pi 5, new kernel", map[string]string{"gpiochip0": "pinctrl-rp1", "gpiochip10": "gpio-brcmstb@107d508500"}, "gpiochip0"},
		{"Pi 4", map[string]string{"gpiochip0": "pinctrl-bcm2711", "gpiochip1": "raspberrypi-exp-gpio"}, "gpiochip0"},
		{"two of a label", map[string]string{"gpiochip0": "pinctrl-rp1", "gpiochip1": "pinctrl-rp1"}, ""},
		{"none", map[string]string{"gpiochip0": "gpio-pca953x"}, ""},
		{"no chip at all", nil, ""},
	}
	for _, tt := range tests {
		dev, ask := board(t, tt.labels)
		all, err := chips(dev, ask)
		if err != nil || len(all) != len(tt.labels) {
			t.Fatalf("%s: %+v, %v", tt.name, all, err)
		}
		c, err := ChipByLabel(all, HeaderLabels...)
		if tt.want == "" {
			if !errors.Is(err, ErrNoChip) {
				t.Errorf("%s: got %+v, %v", tt.name, c, err)
			}
			continue
		}
		if err != nil || c.Name != tt.want || c.Lines != 54 || c.Path != filepath.Join(dev, tt.want) {
			t.Errorf("%s: got %+v, %v", tt.name, c, err)
		}
	}
}

func TestDumbChipHidesNoOther(t *testing.T) {
	dev, ask := board(t, map[string]string{"gpiochip0": "", "gpiochip1": "pinctrl-rp1"})
	all, err := chips(dev, ask)
	if !errors.Is(err, unix.EBUSY) || !strings.Contains(err.Error(), "gpiochip0") || len(all) != 1 || all[0].Label != "pinctrl-rp1" {
		t.Errorf("got %+v, %v", all, err)
	}
}

func TestChipLabelWithoutEnd(t *testing.T) {
	var info [chipInfoSize]byte
	for i := range info[:64] {
		info[i] = 'x'
	}
	info[40] = 0xff
	if c := parseChip("p", info); len(c.Name) != 32 || len(c.Label) != 31 {
		t.Errorf("got %+v", c)
	}
}

// The real ioctl, on a file that is no chip: the kernel refuses it by its number.
func TestAskWhatIsNoChip(t *testing.T) {
	if unix.GPIO_GET_CHIPINFO_IOCTL != getChipInfo {
		t.Errorf("ioctl %#x, want %#x", getChipInfo, unix.GPIO_GET_CHIPINFO_IOCTL)
	}
	if _, err := askKernel("/dev/null"); !errors.Is(err, unix.ENOTTY) {
		t.Errorf("got %v", err)
	}
	if _, err := askKernel(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
