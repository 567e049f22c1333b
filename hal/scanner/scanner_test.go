package scanner_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/scanner"
	"github.com/tresen-pos/tresen/hal/scanner/scannersim"
)

// TestCodes reads codes of all kinds through a real pipe, in every way a scanner
// may be programmed to type.
func TestCodes(t *testing.T) {
	const gs1 = "0104012345678901\x1d10ABC-12\x1d3103001250"
	us, de := scanner.Opts{Suffix: scanner.Enter}, scanner.Opts{Suffix: scanner.Enter, Layout: scanner.German}
	for _, c := range []struct {
		name string
		sim  scannersim.Options
		opts scanner.Opts
		text string
	}{
		{"ean", scannersim.Options{}, us, "4006381333931"},
		{"keypad", scannersim.Options{Keypad: true}, us, "96385074"},
		{"all of ascii, us", scannersim.Options{}, us, ascii},
		{"all of ascii, german", scannersim.Options{German: true}, de, ascii},
		{"umlauts", scannersim.Options{German: true}, de, "ÄÖÜäöüß €²³µ§°´"},
		{"alt code", scannersim.Options{AltCode: true}, us, "Straße 5 €"},
		{"alt code, all of ascii", scannersim.Options{AltCode: true, German: true}, de, ascii},
		{"gs as alt code", scannersim.Options{}, us, gs1},
		{"gs as ctrl", scannersim.Options{GSCtrl: true}, us, gs1},
		{"gs as ctrl, german", scannersim.Options{GSCtrl: true, German: true}, de, gs1},
		{"tab", scannersim.Options{Suffix: scannersim.Tab}, scanner.Opts{Suffix: scanner.Tab}, "https://example.org/?q=1&r=2"},
		{"tab or enter", scannersim.Options{Suffix: scannersim.Tab}, scanner.Opts{Suffix: scanner.Tab | scanner.Enter}, "A-1"},
		{"32-bit events", scannersim.Options{Size: scanner.Size32}, us, "Abc-123"},
		{"burst", scannersim.Options{}, scanner.Opts{Suffix: scanner.Enter, Burst: true}, "Abc-123"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := plug(t, c.sim, c.opts)
			r.scan(c.text)
			r.scan(c.text)
			r.want(clean(c.text), clean(c.text))
			if h := r.dev.Health(); h.Severity != hal.Fine {
				t.Errorf("got health %+v, want fine", h)
			}
		})
	}
}

// TestWrongLayoutShows: the tests above prove nothing if both sides agree anyhow.
func TestWrongLayoutShows(t *testing.T) {
	r := plug(t, scannersim.Options{German: true}, scanner.Opts{Suffix: scanner.Enter})
	r.scan("XYZ-1/2")
	r.want(clean("XZY/1&2"))
}

func TestReplacedGSAndAIM(t *testing.T) {
	r := plug(t, scannersim.Options{}, scanner.Opts{Suffix: scanner.Enter, GSAs: '|'})
	r.scan("]C10104012345678901|10AB")
	r.want(scanner.Code{AIM: "]C1", Text: "0104012345678901\x1d10AB"})
}

func TestNoSuffixEndsByPause(t *testing.T) {
	r := plug(t, scannersim.Options{Suffix: scannersim.None}, scanner.Opts{})
	r.scan("12345670")
	r.tick <- time.Time{} // the pause has passed
	if got := <-r.codes; got != clean("12345670") {
		t.Errorf("got %+v", got)
	}
	r.scan("A")
	r.scan("B") // a second later by the events' own clock
	if got := <-r.codes; got != clean("A") {
		t.Errorf("got %+v", got)
	}
}

// TestPersonAtTheSameDevice: a keyboard and a scanner on one cable. What the
// person types is nobody's code, before, after, or with Enter.
func TestPersonAtTheSameDevice(t *testing.T) {
	r := plug(t, scannersim.Options{}, scanner.Opts{Suffix: scanner.Enter, Burst: true})
	for range 3 {
		if err := r.sim.Type("hello world\n123456\nabc"); err != nil {
			t.Fatal(err)
		}
		r.scan("4006381333931X")
	}
	r.want(clean("4006381333931X"), clean("4006381333931X"), clean("4006381333931X"))
}

// TestPersonInMidCode: keys of a person among the scanner's are never taken for a
// clean code with other characters.
func TestPersonInMidCode(t *testing.T) {
	for _, burst := range []bool{false, true} {
		r := plug(t, scannersim.Options{}, scanner.Opts{Suffix: scanner.Enter, Burst: burst})
		r.sim.Break(scannersim.Faults{Interleave: "xy"})
		r.scan("4006381333931A")
		got := r.fence()
		if len(got) != 1 || got[0].Doubt == scanner.NoDoubt {
			t.Errorf("burst %v: got %+v, want one doubtful code", burst, got)
		}
	}
}

// TestEveryFault: whichever event is lost, a code without doubt is the one that
// was scanned, and the next one is clean again.
func TestEveryFault(t *testing.T) {
	const text = "Ab-12C=aa"
	events := 2 * (len(text) + 2 + 1) // keys, two Shifts, Enter
	faults := map[string]func(n int) scannersim.Faults{
		"dropped":  func(n int) scannersim.Faults { return scannersim.Faults{DropEvent: n} },
		"overflow": func(n int) scannersim.Faults { return scannersim.Faults{Overflow: n} },
		"pause":    func(n int) scannersim.Faults { return scannersim.Faults{PauseAfter: n, Pause: 400 * time.Millisecond} },
		"stall":    func(n int) scannersim.Faults { return scannersim.Faults{PauseAfter: n, Pause: time.Minute} },
	}
	for name, fault := range faults {
		for _, burst := range []bool{false, true} {
			if burst && name == "stall" {
				continue // a minute later nobody can tell a person's key from a scanner's
			}
			r := plug(t, scannersim.Options{}, scanner.Opts{Suffix: scanner.Enter, Burst: burst})
			for n := 1; n <= events; n++ {
				r.sim.Break(fault(n))
				r.scan(text)
				for _, c := range r.fence() {
					if c.Doubt == scanner.NoDoubt && c.Text != text {
						t.Errorf("%s, burst %v, event %d: got %q without a doubt", name, burst, n, c.Text)
					}
				}
			}
		}
	}
}

func TestFragments(t *testing.T) {
	for n := 1; n < 60; n++ {
		r := plug(t, scannersim.Options{}, scanner.Opts{Suffix: scanner.Enter})
		r.sim.Break(scannersim.Faults{Fragment: n})
		r.scan("Abc-123")
		r.want(clean("Abc-123"))
	}
}

// TestCutInMidCode: the rest never comes. The timer delivers what there is as
// doubtful, so that it does not grow onto the next code.
func TestCutInMidCode(t *testing.T) {
	r := plug(t, scannersim.Options{}, scanner.Opts{Suffix: scanner.Enter})
	r.sim.Break(scannersim.Faults{CutAfter: 13})
	r.scan("4006381333931")
	r.tick <- time.Time{}
	if got := <-r.codes; got != (scanner.Code{Text: "4006381", Doubt: scanner.Cut}) {
		t.Errorf("got %+v, want the begun code as cut", got)
	}
	if h := r.dev.Health(); h.Code != "scanner-doubt" || h.Remedy == "" {
		t.Errorf("got health %+v, want a warning with a remedy", h)
	}
}

// TestPulled: the link ends in mid-code.
func TestPulled(t *testing.T) {
	sim, err := scannersim.New(scannersim.Options{Pipe: filepath.Join(t.TempDir(), "event0")})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	f := link.Healthy(link.File{Path: sim.Path()})
	l, err := f.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	f.FailReadAfter(2 * 3 * scanner.Size64) // one key down and up
	codes := make(chan scanner.Code, 10)
	pulled := scanner.Start(l, hal.Info{Kind: "scanner"}, scanner.Opts{Suffix: scanner.Enter, Scanned: func(c scanner.Code) { codes <- c }})
	defer pulled.Close()
	if err := sim.Scan("4006381333931"); err != nil {
		t.Fatal(err)
	}
	<-pulled.Done()
	if c := <-codes; c != (scanner.Code{Text: "4", Doubt: scanner.Cut}) {
		t.Errorf("got %+v, want what had come as cut", c)
	}
	if h := pulled.Health(); h.Code != "scanner-gone" || h.Severity != hal.Fault {
		t.Errorf("got health %+v, want gone", h)
	}
	if err := pulled.Err(); !errors.Is(err, link.ErrInjected) {
		t.Errorf("got %v, want the link's error", err)
	}
}

func TestCloseEndsAWaitingRead(t *testing.T) {
	r := plug(t, scannersim.Options{}, scanner.Opts{})
	for range 2 {
		if err := r.dev.Close(); err != nil {
			t.Fatal(err)
		}
	}
	<-r.dev.Done()
	if err := r.dev.Err(); err != nil {
		t.Errorf("got %v, want no error after Close", err)
	}
}

// TestRandomCodes: any text that the layout has comes through unchanged.
func TestRandomCodes(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	r := plug(t, scannersim.Options{German: true, GSCtrl: true}, scanner.Opts{Suffix: scanner.Enter, Layout: scanner.German})
	letters := []rune(ascii + "äöüß\x1d")
	for range 200 {
		var b strings.Builder
		b.WriteString("x") // not the start of an AIM identifier
		for range 1 + rng.IntN(40) {
			b.WriteRune(letters[rng.IntN(len(letters))])
		}
		r.scan(b.String())
		if got := <-r.codes; got != clean(b.String()) {
			t.Fatalf("got %+v, want %q", got, b.String())
		}
	}
}
