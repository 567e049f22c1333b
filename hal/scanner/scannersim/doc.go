// Package scannersim is a keyboard wedge scanner that exists only in memory: it
// turns codes into key presses and writes them as struct input_event, either to
// the kernel (/dev/uinput, where there is one: then a real event device appears)
// or into a named pipe.
//
// It follows linux/input.h and linux/uinput.h (protocol version 5) and the key
// positions of a US or a German PC keyboard, typed independently of the driver
// it tests. Through the pipe it stamps events itself, by a clock of its own that
// runs as fast as it writes; with uinput the kernel stamps them.
//
// It starts no goroutine.
package scannersim
