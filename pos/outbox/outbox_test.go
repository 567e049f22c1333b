package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tresen-pos/tresen/pos/outbox"
	"github.com/tresen-pos/tresen/pos/till"
)

var (
	errUnknown = errors.New("the paper jammed somewhere")
	errNotSent = fmt.Errorf("printer is off: %w", outbox.ErrNotSent)
)

// world is a journal of commits and a printer; they outlive the box.
type world struct {
	t       *testing.T
	name    string // of the cursor's file
	commits []*till.Commit
	printer printer
	trouble []string
}

// printer notes what comes out. Commits with op "job" are its jobs.
type printer struct {
	out []string // "3" a first print, "3 copy" one marked as such
	// on decides about a delivery; done says that paper came out all the same.
	on func(seq uint64, again bool) (done bool, err error)
}

func (p *printer) Wants(c *till.Commit) bool { return c.Op == "job" }

func (p *printer) Deliver(ctx context.Context, c *till.Commit, again bool) error {
	done, err := true, error(nil)
	if p.on != nil {
		done, err = p.on(c.Seq, again)
	}
	if done {
		p.out = append(p.out, fmt.Sprint(c.Seq, map[bool]string{true: " copy"}[again]))
	}
	return err
}

// newWorld has commits 1 to len(ops); a 'j' is a job.
func newWorld(t *testing.T, ops string) *world {
	w := &world{t: t, name: filepath.Join(t.TempDir(), "cursor")}
	for i, op := range ops {
		c := &till.Commit{Seq: uint64(i + 1), Op: "other"}
		if op == 'j' {
			c.Op = "job"
		}
		w.commits = append(w.commits, c)
	}
	return w
}

// follow yields what there is in runs of up to three, then waits.
func (w *world) follow(ctx context.Context, from uint64) iter.Seq2[[]*till.Commit, error] {
	return func(yield func([]*till.Commit, error) bool) {
		if from <= uint64(len(w.commits)) {
			for run := range slices.Chunk(w.commits[from-1:], 3) {
				if ctx.Err() != nil || !yield(run, nil) {
					return
				}
			}
		}
		<-ctx.Done()
	}
}

func (w *world) box(once bool) (*outbox.Outbox, *outbox.Cursor) {
	w.t.Helper()
	c, _ := openCursor(w.t, w.name)
	return outbox.New(outbox.Options{Cursor: c, Sink: &w.printer, Follow: w.follow, Once: once, After: time.After,
		Trouble: func(err error) { w.trouble = append(w.trouble, fmt.Sprint(err)) }}), c
}

// run is a life of the box: until all is quiet, or the printer ends it.
func (w *world) run(once bool, life func(stop func())) *outbox.Outbox {
	w.t.Helper()
	x, c := w.box(once)
	ctx, stop := context.WithCancel(w.t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- x.Run(ctx) }()
	if life != nil {
		life(stop)
	}
	synctest.Wait()
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		w.t.Errorf("ended with %v", err)
	}
	if err := c.Close(); err != nil {
		w.t.Error(err)
	}
	return x
}

func (w *world) printed(want ...string) {
	w.t.Helper()
	if !slices.Equal(w.printer.out, want) {
		w.t.Errorf("printed %q, want %q", w.printer.out, want)
	}
}

func TestOnceEach(t *testing.T) {
	for _, once := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, ".jj..j.j....")
			x := w.run(once, nil)
			w.printed("2", "3", "6", "8")
			if x.Done() != 12 {
				t.Errorf("done up to %d", x.Done())
			}
			w.run(once, nil) // a restart prints nothing again
			w.printed("2", "3", "6", "8")
		})
	}
}

// The power cuts the box at a step: everything in memory is gone, the cursor file
// and the paper stay. The steps are those of one job.
func TestCrashAtEachStep(t *testing.T) {
	for _, c := range []struct {
		step  string
		began bool // the cursor says so
		paper bool // came out before the cut
		want  []string
	}{
		{"before the mark", false, false, []string{"1", "2", "3"}},
		{"after the mark", true, false, []string{"1", "2 copy", "3"}},
		{"in the middle of the paper", true, true, []string{"1", "2", "2 copy", "3"}},
	} {
		t.Run(c.step, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, "jjj")
				w.printer.out = []string{"1"}
				cursor, _ := openCursor(t, w.name)
				p := outbox.Position{Done: 1, Began: 1}
				if c.began {
					p.Began = 2
				}
				set(t, cursor, p.Done, p.Began)
				if c.paper {
					w.printer.out = append(w.printer.out, "2")
				}
				w.run(false, nil)
				w.printed(c.want...)
			})
		})
	}
}

// The same with the real box: the power goes in the delivery of each job, with
// or without paper, and its cursor file is taken as it is then.
func TestCrashInDelivery(t *testing.T) {
	for _, once := range []bool{false, true} {
		for victim := uint64(1); victim <= 7; victim++ {
			for _, paper := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, "jj.j..j")
					w.printer.on = func(seq uint64, again bool) (bool, error) {
						if seq != victim || again {
							return true, nil
						}
						write(t, w.name+".cut", read(t, w.name)) // the medium at this moment
						return paper, errUnknown
					}
					if w.commits[victim-1].Op != "job" {
						return
					}
					w.run(once, func(stop func()) { synctest.Wait(); stop() })
					first := slices.Index(w.printer.out, fmt.Sprint(victim, " copy"))
					if first >= 0 {
						w.printer.out = w.printer.out[:first] // came after the cut
					} else if i := slices.IndexFunc(w.printer.out, func(s string) bool { return s > fmt.Sprint(victim, "~") }); i >= 0 {
						w.printer.out = w.printer.out[:i]
					}
					w.printer.on = nil
					w.name += ".cut"
					w.run(once, nil)
					count := map[string]int{}
					for _, s := range w.printer.out {
						count[s]++
					}
					for _, n := range []uint64{1, 2, 4, 7} {
						firsts, copies := count[fmt.Sprint(n)], count[fmt.Sprint(n, " copy")]
						switch {
						case firsts > 1 || copies > 1:
							t.Errorf("cut in %d: %d printed %d times and %d times as a copy", victim, n, firsts, copies)
						case once && n == victim && copies > 0, !once && n == victim && copies != 1, n != victim && (firsts != 1 || copies > 0):
							t.Errorf("once %v, cut in %d, paper %v: %d printed %d times, %d as a copy", once, victim, paper, n, firsts, copies)
						}
					}
				})
			}
		}
	}
}

// As long as surely nothing was sent, the job stays a first print; once
// something may have been, it is a copy for ever.
func TestRetries(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []error
		want    string
	}{
		{"never sent", []error{errNotSent, errNotSent, errNotSent, nil}, "2"},
		{"unknown", []error{errUnknown, nil}, "2 copy"},
		{"unknown, then surely not", []error{errNotSent, errUnknown, errNotSent, nil}, "2 copy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, "jjj")
				answers := c.answers
				began := time.Now()
				w.printer.on = func(seq uint64, again bool) (bool, error) {
					if seq != 2 {
						return true, nil
					}
					err := answers[0]
					answers = answers[1:]
					return err == nil, err
				}
				w.run(false, func(func()) { time.Sleep(time.Minute) }) // of the bubble
				w.printed("1", c.want, "3")
				if took := time.Since(began); took != time.Minute {
					t.Errorf("took %v", took)
				}
				if n := len(w.trouble); n != len(c.answers)+2 || w.trouble[n-1] != "<nil>" || w.trouble[1] != c.answers[0].Error() {
					t.Errorf("troubles %q", w.trouble)
				}
			})
		})
	}
}

// The box stops while a job waits: if nothing was sent it is a first print
// after the start, otherwise a copy.
func TestStopWhileWaiting(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer error
		want   string
	}{{"never sent", errNotSent, "2"}, {"unknown", errUnknown, "2 copy"}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, ".j.j")
				w.printer.on = func(uint64, bool) (bool, error) { return false, c.answer }
				for range 3 {
					x := w.run(false, func(func()) { time.Sleep(2500 * time.Millisecond) }) // of the bubble: some tries
					if x.Done() != 1 {
						t.Errorf("done up to %d while the job waits", x.Done())
					}
				}
				w.printer.on = nil
				w.run(false, nil)
				w.printed(c.want, "4")
			})
		})
	}
}

// The box stops in the middle of a delivery that ends with its context.
func TestStopInDelivery(t *testing.T) {
	for _, c := range []struct {
		answer error
		want   string
	}{{errNotSent, "1"}, {errUnknown, "1 copy"}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, "j")
			stopped := make(chan struct{})
			w.printer.on = func(uint64, bool) (bool, error) {
				<-stopped
				return false, c.answer
			}
			w.run(false, func(stop func()) {
				synctest.Wait()
				stop()
				close(stopped)
			})
			w.printer.on = nil
			w.run(false, nil)
			w.printed(c.want)
		})
	}
}

// A drawer is not opened again, whatever became of it.
func TestOnceIsNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "jj")
		tries := 0
		w.printer.on = func(uint64, bool) (bool, error) {
			tries++
			return false, errNotSent
		}
		w.run(true, func(func()) { time.Sleep(time.Minute) }) // of the bubble
		w.run(true, nil)
		if tries != 2 || len(w.trouble) != 2 {
			t.Errorf("%d tries, troubles %q; want one each", tries, w.trouble)
		}
	})
}

func TestWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, ".j.jj.")
		w.printer.on = func(seq uint64, _ bool) (bool, error) {
			if seq >= 4 {
				return false, errNotSent
			}
			return true, nil
		}
		waiting := func(x *outbox.Outbox, latest uint64) (seqs []uint64) {
			for _, c := range x.Waiting(t.Context(), latest) {
				seqs = append(seqs, c.Seq)
			}
			return seqs
		}
		x, _ := w.box(false)
		if got := waiting(x, 6); !slices.Equal(got, []uint64{2, 4, 5}) {
			t.Errorf("before: %v", got)
		}
		x = w.run(false, nil)
		for latest, want := range map[uint64][]uint64{0: nil, 3: nil, 4: {4}, 6: {4, 5}} {
			if got := waiting(x, latest); !slices.Equal(got, want) {
				t.Errorf("up to %d: got %v, want %v", latest, got, want)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, string(slices.Repeat([]byte("j"), 250)))
		x, _ := w.box(false)
		if got := len(x.Waiting(t.Context(), 250)); got != 100 {
			t.Errorf("%d are waiting, want the first 100", got)
		}
	})
}

// What ends the output: the journal, or a cursor that cannot be stored. Then
// nothing is delivered that could not be accounted for.
func TestRunEnds(t *testing.T) {
	w := newWorld(t, "j")
	broken := errors.New("journal damaged")
	c, _ := openCursor(t, w.name)
	x := outbox.New(outbox.Options{Cursor: c, Sink: &w.printer, After: time.After,
		Follow: func(context.Context, uint64) iter.Seq2[[]*till.Commit, error] {
			return func(yield func([]*till.Commit, error) bool) { yield(nil, broken) }
		}})
	if err := x.Run(t.Context()); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	for _, once := range []bool{false, true} {
		x, c := w.box(once)
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if err := x.Run(t.Context()); err == nil {
			t.Error("went on without a cursor")
		}
	}
	w.printed()
}
