package book_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// filesOf lists what a book consists of, without its lock.
func filesOf(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Size() > 0 && e.Name() != "LOCK" {
			names = append(names, e.Name())
		}
	}
	return names
}

// change edits a file of the book.
func change(t *testing.T, name string, f func([]byte) []byte) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, f(raw), 0o600); err != nil {
		t.Fatal(err)
	}
}

// survive opens a damaged book the way the box does, starting again after an
// error, and demands that what it shows in the end is right, and that it never
// showed anything wrong before. It returns how often the book was moved aside.
func survive(dir string, j *journal.Journal, want shown) (moved int, err error) {
	for range 3 {
		b, err := book.Open(dir, book.Options{Journal: j, Aside: func(string, string) { moved++ }})
		if err != nil {
			return moved, err
		}
		err = b.Catch(context.Background(), engine.Decode, nil)
		var got shown
		if err == nil {
			got, err = show(b)
		}
		if err != nil {
			_ = b.Close() // the box ends; the next start finds out
			continue
		}
		if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
			return moved, fmt.Errorf("it shows\n%s\nwant\n%s", g, w)
		}
		return moved, b.Close()
	}
	return moved, errors.New("three starts, and the book still fails")
}

// TestMain is also the box that a damaged book may kill: a child that works
// through a folder of books, one after the other.
func TestMain(m *testing.M) {
	if dir := os.Getenv("TRESEN_DAMAGED_BOOKS"); dir != "" {
		if err := child(dir); err != nil {
			fmt.Println(err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(dir string) error {
	j, err := journal.OpenReadOnly(filepath.Join(dir, "journal"), journal.Options{})
	if err != nil {
		return err
	}
	defer j.Close()
	raw, err := os.ReadFile(filepath.Join(dir, "want"))
	if err != nil {
		return err
	}
	var want shown
	if err := json.Unmarshal(raw, &want); err != nil {
		return err
	}
	cases, err := filepath.Glob(filepath.Join(dir, "case-*"))
	if err != nil {
		return err
	}
	for _, c := range cases {
		done := filepath.Join(c, "done")
		if _, err := os.Stat(done); err == nil {
			continue
		}
		what, err := os.ReadFile(filepath.Join(c, "what"))
		if err != nil {
			return err
		}
		moved, err := survive(filepath.Join(c, "book"), j, want)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if err := os.WriteFile(done, []byte{byte('0' + moved)}, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// survivors lets children work on the books until all are done. A child that
// Badger kills is started again, as the box is.
func survivors(t *testing.T, dir string, cases int) (moved, deaths int) {
	t.Helper()
	for {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "TRESEN_DAMAGED_BOOKS="+dir)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err == nil {
			break
		}
		if !errors.As(err, &exit) || exit.ExitCode() == 3 || deaths > 3*cases {
			t.Fatalf("%v: %s", err, out)
		}
		deaths++
	}
	marks, err := filepath.Glob(filepath.Join(dir, "case-*", "done"))
	if err != nil || len(marks) != cases {
		t.Fatalf("%d of %d books were opened: %v", len(marks), cases, err)
	}
	for _, m := range marks {
		raw, err := os.ReadFile(m)
		if err != nil {
			t.Fatal(err)
		}
		moved += int(raw[0] - '0')
	}
	return moved, deaths
}

// The kinds of damage each file is given.
var damages = map[string]func(*rand.Rand, []byte) []byte{
	"flipped": func(rng *rand.Rand, b []byte) []byte {
		b[rng.IntN(len(b))] ^= byte(1 + rng.IntN(255))
		return b
	},
	"flipped at the front": func(rng *rand.Rand, b []byte) []byte {
		b[rng.IntN(min(len(b), 4096))] ^= byte(1 + rng.IntN(255))
		return b
	},
	"zeroed sector": func(rng *rand.Rand, b []byte) []byte {
		from := rng.IntN(len(b)) &^ 511
		clear(b[from:min(from+512, len(b))])
		return b
	},
	"truncated": func(rng *rand.Rand, b []byte) []byte { return b[:rng.IntN(len(b))] },
	"emptied":   func(*rand.Rand, []byte) []byte { return nil },
	"garbage": func(rng *rand.Rand, b []byte) []byte {
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return b
	},
}

// TestDamagedFiles: whatever happens to a file, the book heals itself after a
// few starts at most and never shows a wrong row: Badger may silently drop its
// latest commits, but then it is behind the journal and catches up.
func TestDamagedFiles(t *testing.T) {
	root := t.TempDir()
	w := newWriter(t, newJournal(t, filepath.Join(root, "journal")))
	w.do(till.Input{At: tilltest.Opening, Do: till.Import{Rows: tilltest.Rows()}})
	day := tilltest.NewDay(rand.New(rand.NewPCG(21, 7)).IntN)
	w.day(day, 150)
	w.closeDay()
	w.day(day, 100)
	closed, killed := filepath.Join(t.TempDir(), "book"), ""
	b := open(t, closed, w.journal)
	for i := range w.commits {
		if err := b.Apply(w.commits[i : i+1]); err != nil {
			t.Fatal(err)
		}
	}
	want, err := show(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "want"), []byte(encode(t, want)), 0o600); err != nil {
		t.Fatal(err)
	}
	killed = copyDir(t, closed)
	closeBook(t, b)
	cases := 0
	add := func(from, what string, f func(dir string)) {
		dir := filepath.Join(root, fmt.Sprintf("case-%05d", cases))
		cases++
		if err := os.CopyFS(filepath.Join(dir, "book"), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "what"), []byte(what), 0o600); err != nil {
			t.Fatal(err)
		}
		f(filepath.Join(dir, "book"))
	}
	for _, from := range []string{closed, killed} {
		for _, name := range filesOf(t, from) {
			for _, kind := range slices.Sorted(maps.Keys(damages)) {
				for seed := range uint64(soak(1)) {
					what := fmt.Sprintf("killed %v, %s %s, seed %d", from == killed, name, kind, seed)
					add(from, what, func(dir string) {
						rng := rand.New(rand.NewPCG(seed, uint64(len(what))))
						change(t, filepath.Join(dir, name), func(b []byte) []byte { return damages[kind](rng, b) })
					})
				}
			}
			add(from, name+" is missing", func(dir string) {
				if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
	moved, deaths := survivors(t, root, cases)
	t.Logf("%d damages, %d books moved aside, %d panics of Badger", cases, moved, deaths)
	if moved == 0 {
		t.Error("no book was moved aside")
	}
}

// A start that was cut twice is not tried a third time.
func TestCutWhileOpening(t *testing.T) {
	w := randomShop(t, 25, 30)
	dir := filepath.Join(t.TempDir(), "book")
	b := open(t, dir, w.journal)
	catch(t, b)
	closeBook(t, b)
	for tries, again := range []string{"", "x"} {
		if err := os.WriteFile(filepath.Join(dir, "opening.txt"), []byte(again), 0o600); err != nil {
			t.Fatal(err)
		}
		b := open(t, dir, w.journal)
		if b.Applied() != w.state.Seq {
			t.Errorf("after %d tries the book is at %d", tries, b.Applied())
		}
		closeBook(t, b)
	}
	if err := os.WriteFile(filepath.Join(dir, "opening.txt"), []byte("xx"), 0o600); err != nil {
		t.Fatal(err)
	}
	aside(t, dir, w, "could not be opened")
}

// A book that failed in the middle of the day is not opened again.
func TestCondemned(t *testing.T) {
	w := randomShop(t, 23, 100)
	dir := filepath.Join(t.TempDir(), "book")
	b := open(t, dir, w.journal)
	catch(t, b)
	wrong := *w.commits[len(w.commits)-1]
	wrong.Seq++
	wrong.Events = w.commits[0].Events[:0:0]
	for _, c := range w.commits {
		if len(c.Events) > 0 && c.Events[0].ShiftClosed != nil {
			wrong.Events = c.Events[:1] // of a shift that is not open
		}
	}
	if err := b.Apply(w.commits[:0]); err != nil {
		t.Errorf("nothing to apply: %v", err)
	}
	wrong.Events = append(wrong.Events, w.commits[0].Events[0])
	if len(wrong.Events) < 2 {
		t.Fatal("no shift was closed in this shop")
	}
	if err := b.Apply([]*till.Commit{&wrong}); err == nil {
		t.Fatal("a commit that contradicts the state was booked")
	}
	closeBook(t, b)
	aside(t, dir, w, "failed before")
}

// Why a book was moved aside is a sentence, not a dump.
func TestReasonIsShort(t *testing.T) {
	w := randomShop(t, 24, 30)
	dir := filepath.Join(t.TempDir(), "book")
	b := open(t, dir, w.journal)
	catch(t, b)
	closeBook(t, b)
	change(t, filepath.Join(dir, "MANIFEST"), func(b []byte) []byte { return []byte("nonsense") })
	var why string
	b, err := book.Open(dir, book.Options{Journal: w.journal, Aside: func(_, y string) { why = y }})
	if err != nil {
		t.Fatal(err)
	}
	closeBook(t, b)
	if len(why) == 0 || len(why) > 300 || strings.Contains(why, "\n") {
		t.Errorf("got %q", why)
	}
}
