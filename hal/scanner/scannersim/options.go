package scannersim

import "time"

// Options say how the scanner is programmed. The zero value is a US scanner that
// sends Enter, writing 64-bit events.
type Options struct {
	German  bool
	Suffix  Suffix
	Keypad  bool // digits on the keypad
	AltCode bool // every character as Alt and its number on the keypad
	GSCtrl  bool // GS as Ctrl and the key of "]" on a US keyboard; else as Alt+029
	Size    int  // bytes of struct input_event: 24 (default) or 16; uinput uses the machine's

	Step  time.Duration // between a scanner's key events; default 4 ms
	Human time.Duration // between a person's key events; default 90 ms

	Pipe  string              // path of the pipe to make; empty: uinput
	Sleep func(time.Duration) // paces uinput; default time.Sleep
}

// Suffix is the key after each code.
type Suffix byte

// The suffixes.
const (
	Enter Suffix = iota
	Tab
	None
)

// Faults damage what is sent next; the zero value does no harm.
type Faults struct {
	Fragment   int    // write in pieces of so many bytes; pipe only
	DropEvent  int    // swallow the n-th key event, counted from 1
	Overflow   int    // in place of the n-th key event and the two after it: SYN_DROPPED, as the kernel does
	CutAfter   int    // stop for good after n key events
	Interleave string // what a person types on the same device meanwhile
	PauseAfter int    // pause after n key events
	Pause      time.Duration
}
