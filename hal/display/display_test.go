package display_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/display"
	"github.com/tresen-pos/tresen/hal/display/displaysim"
	"github.com/tresen-pos/tresen/hal/link"
)

var _ hal.Device = (*display.Display)(nil)

var ctx = context.Background()

var sets = []struct {
	name string
	sim  displaysim.Set
	set  display.CommandSet
}{{"epson", displaysim.Epson, display.Epson()}, {"cd5220", displaysim.CD5220, display.CD5220()}}

var pages = []display.CodePage{display.CP437, display.CP850, display.CP858, display.CP1252}

func rig(t *testing.T, sim displaysim.Set, o display.Opts) (*displaysim.Sim, *display.Display, *link.Faulty) {
	t.Helper()
	s, err := displaysim.New(sim)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	f := link.Healthy(link.TCP{Addr: s.Addr()})
	d, err := display.New(f, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return s, d, f
}

func show(t *testing.T, d *display.Display, p display.Page) {
	t.Helper()
	if err := d.Show(ctx, p); err != nil {
		t.Fatal(err)
	}
}

// wait waits for the display to show two lines; they are padded here.
func wait(s *displaysim.Sim, upper, lower string) {
	s.AwaitLines([2]string{pad(upper), pad(lower)})
}

func pad(s string) string { return s + strings.Repeat(" ", 20-len([]rune(s))) }

func TestPages(t *testing.T) {
	for _, c := range sets {
		for _, page := range pages {
			t.Run(c.name+" "+page.Name, func(t *testing.T) {
				s, d, _ := rig(t, c.sim, display.Opts{Commands: c.set, CodePage: page})
				euro := "€"
				if page == display.CP437 || page == display.CP850 {
					euro = "EUR"
				}
				amount := func(left, sum string) string {
					right := sum + " " + euro
					return left + strings.Repeat(" ", 20-len([]rune(left))-len([]rune(right))) + right
				}
				show(t, d, display.Greeting("Willkommen", "Café Größenwahn"))
				wait(s, "     Willkommen", "  Café Größenwahn")
				show(t, d, display.Item("Süßer Öko-Ölschinken am Stück", "2 x 2,90", "5,80 €"))
				wait(s, "Süßer Öko-Ölschinken", amount("2 x 2,90", "5,80"))
				show(t, d, display.Total("Summe", "1.012,80 €"))
				wait(s, "", amount("Summe", "1.012,80"))
				show(t, d, display.Change("Gegeben", "20,00 €", "Zurück", "7,20 €"))
				wait(s, amount("Gegeben", "20,00"), amount("Zurück", "7,20"))
				show(t, d, display.Page{})
				wait(s, "", "")
				if h := d.Health(); h.Severity != hal.Fine {
					t.Errorf("got health %+v, want fine", h)
				}
			})
		}
	}
}

// TestWrongSetShows: an Epson display that gets the other set's bytes must show
// something else, or the test above proves nothing. (The other way round it looks
// right by accident: full lines wrap into place.)
func TestWrongSetShows(t *testing.T) {
	s, d, _ := rig(t, displaysim.Epson, display.Opts{Commands: display.CD5220()})
	show(t, d, display.Greeting("Willkommen", ""))
	s.Await(2 + 3 + 2*(3+20+1))
	if got := s.Lines()[0]; got == pad("     Willkommen") {
		t.Errorf("understood the other set: %q", got)
	}
}

func TestLongTextAndControlCharacters(t *testing.T) {
	s, d, _ := rig(t, displaysim.CD5220, display.Opts{Commands: display.CD5220()})
	show(t, d, display.Page{Rows: [2]display.Row{{Left: "a\x1b@\x0cb\nc\x7f日", Right: "x"}, {Left: strings.Repeat("w", 50), Right: "12345678901234567890"}}})
	wait(s, "a@bc?              x", "12345678901234567890")
	if err := d.Show(ctx, display.Total("Summe", strings.Repeat("9", 21))); err == nil {
		t.Error("an amount too long for the line was shown")
	}
	if got := s.Lines()[0]; got != "a@bc?              x" {
		t.Errorf("a refused page changed the display: %q", got)
	}
}

// TestCutAnywhere cuts the link after every byte of a page: the next Show is
// whole, whatever was left behind.
func TestCutAnywhere(t *testing.T) {
	for _, c := range sets {
		for n := 0; n < 60; n++ {
			s, d, f := rig(t, c.sim, display.Opts{Commands: c.set})
			show(t, d, display.Greeting("Willkommen", ""))
			wait(s, "     Willkommen", "")
			if n%2 == 0 {
				s.CutAfter(n) // from the far side: nobody may notice at once
				_ = d.Show(ctx, display.Total("Summe", "1,00"))
			} else {
				f.FailWriteAfter(n) // from ours: Show repeats itself
				show(t, d, display.Total("Summe", "1,00"))
			}
			s.CutAfter(-1)
			for range 3 { // a write into a dying link succeeds at most once or twice
				_ = d.Refresh(ctx)
			}
			wait(s, "", "Summe           1,00")
		}
	}
}

func TestNoiseIsGoneWithTheNextPage(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for _, c := range sets {
		s, d, _ := rig(t, c.sim, display.Opts{Commands: c.set})
		for i := range 200 {
			s.Noise(byte(1 + rng.IntN(255)))
			before := s.Bytes()
			show(t, d, display.Greeting("x", "y"))
			s.Await(before + 40)
			if err := d.Refresh(ctx); err != nil {
				t.Fatal(err)
			}
			p := fmt.Sprintf("Nr %d ä", i)
			show(t, d, display.Item(p, "", ""))
			wait(s, p, "")
		}
	}
}

func TestPowerCycle(t *testing.T) {
	s, d, _ := rig(t, displaysim.Epson, display.Opts{})
	show(t, d, display.Total("Summe", "3,20 €"))
	wait(s, "", "Summe         3,20 €")
	s.PowerOff()
	err := d.Refresh(ctx)
	if err == nil {
		t.Fatal("a display that is off was refreshed")
	}
	if h := d.Health(); h.Severity != hal.Warning || h.Remedy == "" {
		t.Errorf("got health %+v, want a warning with a remedy", h)
	}
	if err := s.PowerOn(); err != nil {
		t.Fatal(err)
	}
	if err := d.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	wait(s, "", "Summe         3,20 €")
}

// stuffed is a link whose far side takes nothing, without any buffer.
type stuffed struct{}

func (stuffed) String() string { return "stuffed" }

func (stuffed) Open(context.Context) (link.Link, error) {
	near, _ := net.Pipe()
	return near, nil
}

// TestTakesNothing: a display that takes nothing must not hold the caller.
func TestTakesNothing(t *testing.T) {
	d, err := display.New(stuffed{}, display.Opts{Step: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Show(ctx, display.Page{}); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v, want a deadline", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := d.Show(gone, display.Page{}); err == nil {
		t.Error("a cancelled call succeeded")
	}
}

// TestMute: what was sent meanwhile is shown when the display takes bytes again.
func TestMute(t *testing.T) {
	s, d, _ := rig(t, displaysim.Epson, display.Opts{})
	show(t, d, display.Greeting("x", ""))
	wait(s, "         x", "")
	s.Mute(true)
	show(t, d, display.Total("Summe", "1,00"))
	show(t, d, display.Total("Summe", "2,00"))
	s.Mute(false)
	wait(s, "", "Summe           2,00")
}

func TestCloseAndBadOptions(t *testing.T) {
	_, d, _ := rig(t, displaysim.Epson, display.Opts{})
	show(t, d, display.Page{})
	for range 2 {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := d.Show(ctx, display.Page{}); err == nil {
		t.Error("a closed display was used")
	}
	for _, o := range []display.Opts{{CodePage: display.CodePage{Name: "EBCDIC"}}, {Commands: display.CommandSet{Name: "empty"}}} {
		if _, err := display.New(link.TCP{}, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

// TestBytesAgainstIconv: what goes over the wire for each page is what the iconv
// program makes of the same text.
func TestBytesAgainstIconv(t *testing.T) {
	const text = "äöüÄÖÜß éèà ²½°§"
	for _, page := range pages {
		cmd := exec.Command("iconv", "-f", "UTF-8", "-t", page.Name+"//TRANSLIT")
		chars := text
		if page == display.CP437 || page == display.CP1252 {
			chars = strings.ReplaceAll(text, "§", map[bool]string{true: "", false: "§"}[page == display.CP437])
		}
		if page == display.CP858 || page == display.CP1252 {
			chars += "€"
		}
		cmd.Stdin = strings.NewReader(chars)
		want, err := cmd.Output()
		if err != nil {
			t.Fatalf("iconv (Debian: libc-bin) for %s: %v", page.Name, err)
		}
		rec := &strings.Builder{}
		s, err := displaysim.New(displaysim.Epson)
		if err != nil {
			t.Fatal(err)
		}
		d, err := display.New(&link.Record{Opener: link.TCP{Addr: s.Addr()}, W: rec}, display.Opts{CodePage: page})
		if err != nil {
			t.Fatal(err)
		}
		show(t, d, display.Page{Rows: [2]display.Row{{Left: chars}}})
		d.Close()
		s.Close()
		if hex := fmt.Sprintf("1f240101%x", want); !strings.Contains(rec.String(), hex) {
			t.Errorf("%s: want %s on the wire, got %s", page.Name, hex, rec)
		}
	}
}
