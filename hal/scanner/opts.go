package scanner

import "time"

// Suffix is what the scanner sends after each code; the values may be joined.
// Codes with line ends in them need a scanner that sends Tab.
type Suffix byte

// The suffixes. NoSuffix ends a code by a pause, and cannot tell a code that was
// cut from a whole one.
const (
	NoSuffix Suffix = 0
	Enter    Suffix = 1
	Tab      Suffix = 2
)

// Opts say how the scanner is set and how it is told from a keyboard. The zero
// value of a field means its default, except Suffix: say which.
type Opts struct {
	Layout Layout
	Suffix Suffix

	// Burst takes the device for a keyboard that may be a scanner: only runs of
	// at least MinLength characters with less than Gap between key events count.
	// Without it all keys belong to codes.
	Burst     bool
	Gap       time.Duration // default 30 ms; a person is slower
	MinLength int           // default 4 characters
	Idle      time.Duration // pause that ends any code; default 500 ms

	GSKey    uint16 // key code the scanner sends for GS (FNC1), e.g. 66 for F8; 0: none
	GSAs     rune   // character it sends for GS, e.g. '|'; 0: none
	Rollover bool   // the scanner presses a key before it has released the last

	EventSize int // Size64 or Size32; default NativeSize

	// Scanned gets each code, doubtful ones too, from the assembler's goroutine;
	// it must return at once and must not call the Scanner. Nil drops them.
	Scanned func(Code)

	After func(time.Duration) <-chan time.Time // default time.After
}

func (o Opts) withDefaults() Opts {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	set(&o.Gap, 30*time.Millisecond)
	set(&o.Idle, 500*time.Millisecond)
	if o.MinLength <= 0 {
		o.MinLength = 4
	}
	if o.EventSize != Size32 && o.EventSize != Size64 {
		o.EventSize = NativeSize
	}
	if o.Scanned == nil {
		o.Scanned = func(Code) {}
	}
	if o.After == nil {
		o.After = time.After
	}
	return o
}

// longest is the longest pause within a code.
func (o Opts) longest() time.Duration {
	if o.Burst {
		return o.Gap
	}
	return o.Idle
}
