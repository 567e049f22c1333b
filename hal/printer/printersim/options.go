package printersim

import "time"

// Options say which printer this is. The zero value is an 80 mm printer of 42
// columns with a cutter that answers status requests but knows neither GS ( H
// nor native QR codes, like many clones.
type Options struct {
	Width     int           // printable dots: 512 (default), 576 or 384
	Columns   int           // characters of font A per line; default Width/12
	NativeQR  bool          // draws QR codes itself
	ProcessID bool          // answers GS ( H
	NoASB     bool          // ignores GS a
	NoCutter  bool          // ignores cuts: the paper goes on until torn
	Pages     map[byte]byte // this maker's number of a code page, and the usual one; others stay
	Buffer    int           // receive buffer in bytes; default 64 KiB

	DrawerOpenLow bool // sensor polarity: pin 3 is low when the drawer is open

	Addr string // listen address; default "127.0.0.1:0"
	Sink string // folder that gets a PNG of each paper; empty: none
	Seed uint64 // for the garbage fault

	Now   func() time.Time    // default time.Now
	Sleep func(time.Duration) // paces slow printing; default time.Sleep
}

func (o Options) withDefaults() Options {
	if o.Width == 0 {
		o.Width = 512
	}
	if o.Columns == 0 {
		o.Columns = o.Width / fontAWidth
	}
	o.Columns = min(o.Columns, o.Width/fontAWidth)
	if o.Buffer == 0 {
		o.Buffer = 64 << 10
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = time.Sleep
	}
	return o
}
