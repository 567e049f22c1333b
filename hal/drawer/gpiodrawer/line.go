package gpiodrawer

import (
	"errors"
	"fmt"
	"strings"

	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3/gpioioctl"
)

// ErrNoLine: the board has no such chip or line.
var ErrNoLine = errors.New("no such GPIO line")

// headers are the labels of the chips behind the 40-pin header: Pi 5, Pi 4,
// Pi 3 and Zero 2 W.
var headers = []string{"pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"}

// Find returns a line by the chip's label, or with an empty label one of the
// header's chip, and by the line's name. It is closed by whoever found it.
func Find(label, name string) (*gpioioctl.GPIOLine, error) {
	// periph says nothing of missing hardware but in this state, and goes on.
	if _, err := driverreg.Init(); err != nil {
		return nil, fmt.Errorf("look for GPIO chips: %w", err)
	}
	labels := headers
	if label != "" {
		labels = []string{label}
	}
	for _, chip := range gpioioctl.Chips {
		for _, l := range labels {
			if chip.Label() != l {
				continue
			}
			if line := chip.ByName(name); line != nil {
				return line, nil
			}
			return nil, fmt.Errorf("%w: %s has no line %q; choose GPIO9 to GPIO27", ErrNoLine, l, name)
		}
	}
	return nil, fmt.Errorf("%w: no chip %s here (found %s); is this the right board?", ErrNoLine, strings.Join(labels, ", "), chips())
}

func chips() string {
	var found []string
	for _, c := range gpioioctl.Chips {
		found = append(found, c.Label())
	}
	if len(found) == 0 {
		return "none"
	}
	return strings.Join(found, ", ")
}

// Config is a line that can be set up as an input; a periph gpio.PinIn is one.
type Config interface {
	In(pull gpio.Pull, edge gpio.Edge) error
}

// AsContact sets a line up as the drawer's contact: it closes to ground, so it
// is pulled up, and both edges wake the watcher.
func AsContact(line Config) error {
	if err := line.In(gpio.PullUp, gpio.BothEdges); err != nil {
		return fmt.Errorf("set up the drawer's contact: %w", err)
	}
	return nil
}
