package printer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal"
	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/hal/printer/printersim"
)

var _ hal.Device = (*printer.Printer)(nil)

// kinds are the printers every fault is tried on: the strong proof, the marker
// of clones, and a clone that does not report by itself either.
var kinds = []struct {
	name    string
	sim     printersim.Options
	profile printer.Profile
}{
	{"process id", printersim.Options{ProcessID: true}, withProcessID(printer.Paper80x42())},
	{"marker", printersim.Options{}, printer.Paper80x42()},
	{"no asb", printersim.Options{NoASB: true}, printer.Paper80x42()},
}

func withProcessID(p printer.Profile) printer.Profile { p.HasProcessID = true; return p }

// patient never gives up by itself within a test; hasty gives up soon.
var (
	patient = printer.Opts{Answer: time.Minute, Poll: 5 * time.Millisecond, Step: time.Second, Stall: time.Hour}
	hasty   = printer.Opts{Answer: 20 * time.Millisecond, Probes: 2, Poll: 5 * time.Millisecond,
		Step: 10 * time.Millisecond, Stall: 40 * time.Millisecond}
)

func newSim(t *testing.T, o printersim.Options) *printersim.Sim {
	t.Helper()
	sim, err := printersim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	return sim
}

func newPrinter(t *testing.T, o link.Opener, pr printer.Profile, opts printer.Opts) *printer.Printer {
	t.Helper()
	p, err := printer.New(o, pr, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func rig(t *testing.T, so printersim.Options, pr printer.Profile, opts printer.Opts) (*printersim.Sim, *printer.Printer) {
	t.Helper()
	sim := newSim(t, so)
	return sim, newPrinter(t, link.TCP{Addr: sim.Addr()}, pr, opts)
}

// receipt is a small job whose last printed line names it.
func receipt(id string) printer.Page {
	return printer.Page{ID: id, Ops: []printer.Op{
		printer.Text("Receipt", printer.Style{Bold: true}),
		printer.Text(line("Melange", "3,20 €"), printer.Style{}),
		printer.Text("END "+id, printer.Style{}),
		printer.Cut{},
	}}
}

func line(left, right string) string {
	return left + strings.Repeat(" ", 42-len([]rune(left))-len([]rune(right))) + right
}

// onPaper counts how often a receipt's last line was printed.
func onPaper(sim *printersim.Sim, id string) int {
	n := 0
	for _, p := range append(sim.Papers(), sim.Current()) {
		for _, l := range p.Lines() {
			if l == "END "+id {
				n++
			}
		}
	}
	return n
}

func want(t *testing.T, got printer.Outcome, err error, outcome printer.Outcome, reason printer.Reason) {
	t.Helper()
	if got != outcome {
		t.Errorf("got %v (%v), want %v", got, err, outcome)
	}
	if reason == printer.None {
		if err != nil {
			t.Errorf("got %v, want no error", err)
		}
		return
	}
	var pe *printer.Error
	if !errors.As(err, &pe) || pe.Reason != reason {
		t.Errorf("got %v, want reason %v", err, reason)
	} else if pe.Reason.Sentence() == "" || pe.Reason.Remedy() == "" {
		t.Errorf("reason %v has no words for the cashier", pe.Reason)
	}
}

func eachKind(t *testing.T, opts printer.Opts, run func(t *testing.T, sim *printersim.Sim, p *printer.Printer)) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			sim, p := rig(t, k.sim, k.profile, opts)
			run(t, sim, p)
		})
	}
}

func TestPrintsEachReceiptOnce(t *testing.T) {
	eachKind(t, patient, func(t *testing.T, sim *printersim.Sim, p *printer.Printer) {
		for i := range 20 {
			id := fmt.Sprint(i)
			out, err := p.Print(context.Background(), receipt(id))
			want(t, out, err, printer.Printed, printer.None)
			if got := onPaper(sim, id); got != 1 {
				t.Fatalf("receipt %s is on paper %d times, want 1", id, got)
			}
		}
		if got := len(sim.Papers()); got != 20 {
			t.Errorf("got %d papers, want 20", got)
		}
	})
}

func TestKeepsTheLinkOpen(t *testing.T) {
	opts := patient
	opts.KeepOpen = true
	changes := make(chan printer.Status, 100)
	opts.Changed = func(s printer.Status) { changes <- s }
	sim, p := rig(t, printersim.Options{ProcessID: true}, withProcessID(printer.Paper80x42()), opts)
	out, err := p.Print(context.Background(), receipt("1"))
	want(t, out, err, printer.Printed, printer.None)
	sim.PaperOut(true) // while idle: the printer reports it by itself
	for s := range changes {
		if s.PaperOut {
			break
		}
	}
	if h := p.Health(); h.Code != printer.PaperOut.Code() {
		t.Errorf("got health %+v, want paper out", h)
	}
	sim.PaperOut(false)
	sim.PowerOff() // the kept link is dead now; the driver must open another
	if err := sim.PowerOn(); err != nil {
		t.Fatal(err)
	}
	out, err = p.Print(context.Background(), receipt("2"))
	want(t, out, err, printer.Printed, printer.None)
	if got := onPaper(sim, "2"); got != 1 {
		t.Errorf("receipt 2 is on paper %d times, want 1", got)
	}
}

func TestOneWay(t *testing.T) {
	pr := printer.Paper58()
	pr.OneWay = true
	sim, p := rig(t, printersim.Options{Width: 384, NoCutter: true}, pr, patient)
	sim.Mute(true)
	out, err := p.Print(context.Background(), printer.Page{ID: "1", Ops: []printer.Op{printer.Text("END 1", printer.Style{})}})
	want(t, out, err, printer.Printed, printer.None)
	if got := onPaper(sim, "1"); got != 1 {
		t.Errorf("receipt is on paper %d times, want 1", got)
	}
}

func TestSeveralCallersTakeTurns(t *testing.T) {
	sim, p := rig(t, kinds[0].sim, kinds[0].profile, patient)
	done := make(chan error, 8)
	for g := range cap(done) {
		go func() {
			_, err := p.Print(context.Background(), receipt(fmt.Sprint(g)))
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for _, paper := range sim.Papers() {
		if got := len(paper.Lines()); got != 3 {
			t.Errorf("a paper has %d lines, want 3: %q", got, paper.Text())
		}
	}
}

func TestRefusedPages(t *testing.T) {
	sim, p := rig(t, printersim.Options{}, printer.Paper80x42(), patient)
	for name, op := range map[string]printer.Op{
		"line too long": printer.Text(strings.Repeat("x", 43), printer.Style{}),
		"wide too long": printer.Text(strings.Repeat("x", 22), printer.Style{Wide: true}),
		"nil op":        nil,
		"empty qr":      printer.QR{},
		"huge qr":       printer.QR{Data: strings.Repeat("x", 2954)},
		"dense qr":      printer.QR{Data: strings.Repeat("x", 2000), Level: printer.H},
		"no picture":    printer.Image{},
		"feed 0":        printer.Feed{},
		"pin 2":         printer.Kick{Pin: 2},
	} {
		out, err := p.Print(context.Background(), printer.Page{ID: name, Ops: []printer.Op{op}})
		want(t, out, err, printer.NotSent, printer.Refused)
	}
	if got := sim.State().Bytes; got != 0 {
		t.Errorf("%d bytes reached the printer, want 0", got)
	}
	for _, pr := range []printer.Profile{{Columns: 5}, {DotsWidth: 100}, {CodePage: printer.CodePage{Name: "EBCDIC"}}} {
		if _, err := printer.New(link.TCP{}, pr, printer.Opts{}); err == nil {
			t.Errorf("profile %+v was accepted", pr)
		}
	}
}

func TestCloseInterrupts(t *testing.T) {
	seen := make(chan printer.Status, 100)
	opts := patient
	opts.Changed = func(s printer.Status) { seen <- s }
	sim, p := rig(t, kinds[0].sim, kinds[0].profile, opts)
	sim.PaperOutAfter(8300) // within the first job, behind its zeros
	done := make(chan printer.Outcome, 1)
	go func() {
		out, _ := p.Print(context.Background(), receipt("1"))
		done <- out
	}()
	for s := range seen {
		if s.PaperOut {
			break
		}
	}
	p.Close()
	if out := <-done; out != printer.Unknown {
		t.Errorf("got %v, want unknown", out)
	}
	out, err := p.Print(context.Background(), receipt("2"))
	if out != printer.NotSent || err == nil {
		t.Errorf("after Close got %v, %v, want not sent", out, err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}
