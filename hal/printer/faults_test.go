package printer_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/hal/printer/printersim"
)

// warm prints once, so that the zeros of the first job are out of the way and a
// fault's byte count starts at the next connection.
func warm(t *testing.T, p *printer.Printer) {
	t.Helper()
	out, err := p.Print(context.Background(), receipt("warm"))
	want(t, out, err, printer.Printed, printer.None)
}

func TestNotReadyBeforeTheJob(t *testing.T) {
	for _, c := range []struct {
		name    string
		broken  func(*printersim.Sim, bool)
		outcome printer.Reason
	}{
		{"paper", (*printersim.Sim).PaperOut, printer.PaperOut},
		{"cover", (*printersim.Sim).CoverOpen, printer.CoverOpen},
		{"cutter", (*printersim.Sim).CutterError, printer.CutterError},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachKind(t, patient, func(t *testing.T, sim *printersim.Sim, p *printer.Printer) {
				c.broken(sim, true)
				out, err := p.Print(context.Background(), receipt("1"))
				want(t, out, err, printer.NotSent, c.outcome)
				if h := p.Health(); h.Code != c.outcome.Code() || h.Remedy == "" {
					t.Errorf("got health %+v, want %s", h, c.outcome.Code())
				}
				c.broken(sim, false)
				if got := onPaper(sim, "1"); got != 0 {
					t.Errorf("a job not sent is on paper %d times", got)
				}
				out, err = p.Print(context.Background(), receipt("1"))
				want(t, out, err, printer.Printed, printer.None)
				if h := p.Health(); h.Code != "" {
					t.Errorf("got health %+v, want fine", h)
				}
			})
		})
	}
}

func TestUnreachable(t *testing.T) {
	eachKind(t, patient, func(t *testing.T, sim *printersim.Sim, p *printer.Printer) {
		sim.PowerOff()
		out, err := p.Print(context.Background(), receipt("1"))
		want(t, out, err, printer.NotSent, printer.Unreachable)
		if _, err := p.Status(context.Background()); err == nil {
			t.Error("got a status from a printer without power")
		}
		if h := p.Health(); h.Code != printer.Unreachable.Code() {
			t.Errorf("got health %+v, want unreachable", h)
		}
	})
}

// TestPaperOutInMidJob takes the paper away after each few bytes of a job and
// puts it back when the driver has noticed.
func TestPaperOutInMidJob(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			out := make(chan struct{}, 1000)
			opts := patient
			opts.Changed = func(s printer.Status) {
				if s.PaperOut {
					out <- struct{}{}
				}
			}
			sim, p := rig(t, k.sim, k.profile, opts)
			warm(t, p)
			for n := 24; n < 100; n += 9 {
				id := fmt.Sprint(n)
				sim.PaperOutAfter(n)
				done := make(chan struct{})
				go func() {
					defer close(done)
					got, err := p.Print(context.Background(), receipt(id))
					want(t, got, err, printer.Printed, printer.None)
				}()
				<-out
				if onPaper(sim, id) != 0 && sim.State().Buffered == 0 {
					t.Errorf("paper taken away after byte %d had no effect", n)
				}
				sim.PaperOut(false)
				<-done
				if got := onPaper(sim, id); got != 1 {
					t.Errorf("paper out at %d: on paper %d times, want 1", n, got)
				}
				for len(out) > 0 {
					<-out
				}
			}
		})
	}
}

// TestPaperOutTillTheEnd: nobody puts paper in before the caller gives up.
func TestPaperOutTillTheEnd(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			opts := patient
			opts.Changed = func(s printer.Status) {
				if s.PaperOut {
					cancel()
				}
			}
			sim, p := rig(t, k.sim, k.profile, opts)
			warm(t, p)
			sim.PaperOutAfter(70)
			out, err := p.Print(ctx, receipt("1"))
			want(t, out, err, printer.Unknown, printer.PaperOut)
			out, err = p.Print(context.Background(), receipt("1 copy"))
			want(t, out, err, printer.NotSent, printer.PaperOut)
			sim.PaperOut(false) // the printer finishes what it has by itself
			out, err = p.Print(context.Background(), receipt("1 copy"))
			want(t, out, err, printer.Printed, printer.None)
			if first, second := onPaper(sim, "1"), onPaper(sim, "1 copy"); first > 1 || second != 1 {
				t.Errorf("on paper %d and %d times, want at most 1 and 1", first, second)
			}
		})
	}
}

// truth checks the promise of an outcome against the paper.
func truth(t *testing.T, sim *printersim.Sim, id, where string, out printer.Outcome) {
	t.Helper()
	n := onPaper(sim, id)
	switch {
	case n > 1:
		t.Errorf("%s: on paper %d times", where, n)
	case out == printer.Printed && n != 1:
		t.Errorf("%s: reported printed, is not on paper", where)
	case out == printer.NotSent && n != 0:
		t.Errorf("%s: reported not sent, is on paper", where)
	}
}

// again does what an owner of jobs does: not sent goes again as it is, unknown
// as a copy. Then exactly one is on paper, or the second is marked.
func again(t *testing.T, sim *printersim.Sim, p *printer.Printer, id, where string, out printer.Outcome) {
	t.Helper()
	truth(t, sim, id, where, out)
	second := id
	switch out {
	case printer.Printed:
		return
	case printer.Unknown:
		second = id + " copy"
	}
	got, err := p.Print(context.Background(), receipt(second))
	want(t, got, err, printer.Printed, printer.None)
	truth(t, sim, second, where+", again", got)
}

// TestCutAtEveryByte cuts the connection after each byte of the conversation, as
// a pulled network plug does. Promise: never printed twice without an unknown in
// between, never reported printed when it is not on paper.
func TestCutAtEveryByte(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			sim, p := rig(t, k.sim, k.profile, patient)
			warm(t, p)
			seen := map[printer.Outcome]int{}
			for n := range 200 {
				id := fmt.Sprint(n)
				sim.CutAfter(n)
				out, _ := p.Print(context.Background(), receipt(id))
				seen[out]++
				sim.CutAfter(-1)
				again(t, sim, p, id, fmt.Sprintf("cut after byte %d", n), out)
			}
			if seen[printer.NotSent] == 0 || seen[printer.Unknown] == 0 || seen[printer.Printed] == 0 {
				t.Errorf("got outcomes %v, want some of each: the cuts did not cover the job", seen)
			}
		})
	}
}

// TestPowerOffAtEveryByte switches the printer off instead: its buffer is lost.
func TestPowerOffAtEveryByte(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			sim, p := rig(t, k.sim, k.profile, patient)
			warm(t, p)
			for n := range 150 {
				id := fmt.Sprint(n)
				sim.PowerOffAfter(n)
				out, _ := p.Print(context.Background(), receipt(id))
				sim.Mend() // beyond the end of the job the fault has not happened
				if err := sim.PowerOn(); err != nil {
					t.Fatal(err)
				}
				again(t, sim, p, id, fmt.Sprintf("power off after byte %d", n), out)
			}
		})
	}
}

// TestOwnSideFails breaks the link on the driver's side at each byte.
func TestOwnSideFails(t *testing.T) {
	sim := newSim(t, printersim.Options{})
	f := link.Healthy(link.TCP{Addr: sim.Addr()})
	p := newPrinter(t, f, printer.Paper80x42(), patient)
	warm(t, p)
	for n := range 200 {
		id := fmt.Sprint(n)
		f.FailWriteAfter(n)
		out, _ := p.Print(context.Background(), receipt(id))
		f.FailWriteAfter(-1)
		again(t, sim, p, id, fmt.Sprintf("write fails after byte %d", n), out)
	}
	for n := range 14 {
		id := fmt.Sprint("r", n)
		f.FailReadAfter(n)
		out, _ := p.Print(context.Background(), receipt(id))
		f.FailReadAfter(-1)
		again(t, sim, p, id, fmt.Sprintf("read fails after byte %d", n), out)
	}
}

func TestCutInMidAnswer(t *testing.T) {
	eachKind(t, patient, func(t *testing.T, sim *printersim.Sim, p *printer.Printer) {
		warm(t, p)
		sim.CutInMidAnswer()
		out, err := p.Print(context.Background(), receipt("1"))
		want(t, out, err, printer.NotSent, printer.Unreachable)
		again(t, sim, p, "1", "cut in the answer before the job", out)
	})
}

// TestMuteBeforeTheJob: silent from the start, so nothing is sent.
func TestMuteBeforeTheJob(t *testing.T) {
	eachKind(t, hasty, func(t *testing.T, sim *printersim.Sim, p *printer.Printer) {
		sim.Mute(true)
		out, err := p.Print(context.Background(), receipt("1"))
		want(t, out, err, printer.NotSent, printer.Unanswered)
		if got := onPaper(sim, "1"); got != 0 {
			t.Errorf("on paper %d times, want 0", got)
		}
	})
}

// TestMuteInMidJob: the paper comes out, the proof does not.
func TestMuteInMidJob(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			sim := newSim(t, k.sim)
			f := &onFirstWrite{Opener: link.TCP{Addr: sim.Addr()}, skip: 2, do: func() { sim.Mute(true) }}
			p := newPrinter(t, f, k.profile, hasty)
			out, err := p.Print(context.Background(), receipt("1"))
			want(t, out, err, printer.Unknown, printer.Unanswered)
			truth(t, sim, "1", "mute in mid-job", out)
		})
	}
}

// TestGarbage: replies full of rubbish never prove anything false.
func TestGarbage(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			for seed := range uint64(10) {
				o := k.sim
				o.Seed = seed
				sim := newSim(t, o)
				skip := int(seed%2) * 2 // from the start, or once the job is under way
				f := &onFirstWrite{Opener: link.TCP{Addr: sim.Addr()}, skip: skip, do: func() { sim.Garbage(true) }}
				p := newPrinter(t, f, k.profile, hasty)
				out, _ := p.Print(context.Background(), receipt("1"))
				truth(t, sim, "1", fmt.Sprintf("garbage %d", seed), out)
				p.Close()
				sim.Close()
			}
		})
	}
}

// TestGarbageWithoutPaper: rubbish replies while nothing can print must not look
// like a proof.
func TestGarbageWithoutPaper(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			for seed := range uint64(10) {
				o := k.sim
				o.Seed = seed
				sim := newSim(t, o)
				f := &onFirstWrite{Opener: link.TCP{Addr: sim.Addr()}, skip: 2, do: func() {
					sim.Garbage(true)
					sim.PaperOut(true)
				}}
				ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
				p := newPrinter(t, f, k.profile, hasty)
				out, _ := p.Print(ctx, receipt("1"))
				cancel()
				truth(t, sim, "1", fmt.Sprintf("garbage %d", seed), out)
				p.Close()
				sim.Close()
			}
		})
	}
}

func TestSlowPrinter(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			o := k.sim
			o.Sleep = func(time.Duration) { runtime.Gosched() }
			sim, p := rig(t, o, k.profile, patient)
			sim.Slow(200)
			out, err := p.Print(context.Background(), receipt("1"))
			want(t, out, err, printer.Printed, printer.None)
			truth(t, sim, "1", "slow", out)
		})
	}
}

// TestUnfinishedCommand: another driver died inside a picture; our first job must
// come out whole all the same.
func TestUnfinishedCommand(t *testing.T) {
	sim, p := rig(t, printersim.Options{}, printer.Paper80x42(), patient)
	l, err := link.TCP{Addr: sim.Addr()}.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	// GS v 0 of 64 bytes x 128 rows, and then only some of it.
	if _, err := l.Write(append([]byte{0x1d, 0x76, 0x30, 0, 64, 0, 128, 0}, make([]byte, 100)...)); err != nil {
		t.Fatal(err)
	}
	if err := l.(link.HalfCloser).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	_, _ = l.Read(make([]byte, 1)) // the printer has taken all
	l.Close()
	out, err := p.Print(context.Background(), receipt("1"))
	want(t, out, err, printer.Printed, printer.None)
	truth(t, sim, "1", "after a torn picture", out)
}

// onFirstWrite runs do before a write of the link, after skipping some.
type onFirstWrite struct {
	link.Opener
	skip int
	do   func()
}

func (o *onFirstWrite) Open(ctx context.Context) (link.Link, error) {
	l, err := o.Opener.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &writeHook{l, o}, nil
}

type writeHook struct {
	link.Link
	o *onFirstWrite
}

func (w *writeHook) Write(b []byte) (int, error) {
	if w.o.skip == 0 {
		w.o.do()
	}
	w.o.skip--
	return w.Link.Write(b)
}
