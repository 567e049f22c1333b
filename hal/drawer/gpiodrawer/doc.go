// Package gpiodrawer opens a cash drawer through a GPIO line of the board and
// watches its contact, by periph.io's character device driver.
//
// Lines are asked for by the chip's label and the line's name ("pinctrl-rp1",
// "GPIO17"), never by number: the numbers differ between boards and kernels.
// The makers' limits hold: a pulse of 50 to 200 ms, duty at most 20 %. The
// kernel lets go of the line when the program dies, whatever way; the coil then
// falls only if the gate of its transistor has a pull-down, which the wiring
// must have (not tried on hardware). Use GPIO 9 to 27, whose pulls are down
// from power-on [mem].
//
// The contact is debounced, and its level is looked at besides its edges, which
// get lost. Watch runs in its caller's goroutine; nothing here starts one.
package gpiodrawer
