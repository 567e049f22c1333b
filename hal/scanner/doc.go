// Package scanner reads barcode scanners that type like a keyboard, from the
// kernel's event devices, without X and without a console.
//
// It follows Linux' Documentation/input/event-codes.rst and linux/input.h (the
// layout of struct input_event on 64-bit and on 32-bit ARM, protocol version
// 1.0.1) and the German (DIN 2137 T1) and US key positions. One- and
// two-dimensional codes come out as text; GS (1Dh), the GS1 separator, is kept
// where the scanner sends it as Ctrl+], Alt+029 or a replacement character.
//
// It does not look for a scanner by itself, does not reopen one that was pulled,
// does not interpret GS1 fields and does not read HID-POS or serial scanners.
// What the stream shows to be damaged is delivered with a doubt, never as a good
// code. A Scanner owns two goroutines, reader and assembler; Close waits for
// both.
package scanner
