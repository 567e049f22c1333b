package zvt

import (
	"strings"
	"time"
)

// Config is the registration's config byte (13.08, ch. 2.1).
type Config byte

// The bits of Config, and the usual choice: everything through the register.
const (
	RegisterPrintsPayments Config = 0x02
	RegisterPrintsAdmin    Config = 0x04
	WantProgress           Config = 0x08
	RegisterStartsPayments Config = 0x10 // no amount entry at the terminal
	RegisterStartsAdmin    Config = 0x20
	ReceiptsAsLines        Config = 0x80 // else the register builds them from 04 0F
	AllThroughRegister     Config = 0xbe
)

// Opts tune a Client; the zero value is a shop's terminal in Germany on TCP.
type Opts struct {
	Password  string  // 6 digits; empty means 000000
	Config    Config  // 0 means AllThroughRegister
	Currency  int     // ISO 4217 number; 0 means 978 (euro)
	Serial    bool    // frames with checksum (9600 8N2 on the line), else bare APDUs on TCP
	LinesOnly bool    // ask for single print lines (06 D1); else text blocks (06 D3) are offered
	Charset   Charset // how the terminal writes; Guess by default

	T1    time.Duration // longest gap between two serial bytes; 0 means 200 ms
	T2    time.Duration // until the other side acknowledges a serial frame; 0 means 5 s
	T3    time.Duration // from command to its acknowledgement; 0 means 5 s
	T4    time.Duration // between two messages of a running command; 0 means 180 s
	Write time.Duration // for one write to the link; 0 means 5 s

	// Resolve: Polls is how often the terminal is asked whether it is idle (0 means
	// 60), Pause the time between (0 means 2 s), Tries how often the link is opened
	// anew (0 means 5), Skew how far the two clocks may differ (0 means 2 min).
	Polls int
	Pause time.Duration
	Tries int
	Skew  time.Duration

	After func(time.Duration) <-chan time.Time // nil means time.After
}

func or[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

func (o *Opts) fill() {
	or(&o.Password, strings.Repeat("0", 6))
	or(&o.Config, AllThroughRegister)
	or(&o.Currency, 978)
	or(&o.T1, 200*time.Millisecond)
	or(&o.T2, 5*time.Second)
	or(&o.T3, 5*time.Second)
	or(&o.T4, 180*time.Second)
	or(&o.Write, 5*time.Second)
	or(&o.Polls, 60)
	or(&o.Pause, 2*time.Second)
	or(&o.Tries, 5)
	or(&o.Skew, 2*time.Minute)
	if o.After == nil {
		o.After = time.After
	}
}
