package e2e

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/printer/printersim"
	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// roll is all paper that came out of a simulated printer; the simulator itself
// keeps the latest only.
type roll struct {
	sim *printersim.Sim

	mu     sync.Mutex // guards papers
	papers map[int][]string
}

// collect watches the printer until it is closed.
func collect(sim *printersim.Sim) *roll {
	r := &roll{sim: sim, papers: map[int][]string{}}
	papers, _ := sim.Watch()
	go func() {
		for range papers {
			r.take()
		}
	}()
	return r
}

// take copies what the simulator holds; a watcher may miss papers, the list
// does not within its bound.
func (r *roll) take() {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.sim.Papers()
	for i := len(list) - 1; i >= 0; i-- {
		if _, ok := r.papers[list[i].ID]; ok {
			return
		}
		r.papers[list[i].ID] = list[i].Lines()
	}
}

func (r *roll) lines() [][]string {
	r.take()
	r.mu.Lock()
	defer r.mu.Unlock()
	var out [][]string
	for id := 1; r.papers[id] != nil; id++ {
		out = append(out, r.papers[id])
	}
	return out
}

// drained waits until no paper job waits any more.
func drained(t *testing.T, boss *rig.Till, r *roll) {
	t.Helper()
	_, err := boss.Must(rig.Do("report", nil))
	fatal(t, err)
	for range 6000 {
		r.take()
		for _, p := range r.lines() {
			if strings.Contains(strings.Join(p, "\n"), "ZWISCHENBERICHT") || strings.Contains(strings.Join(p, "\n"), "X-Bericht") {
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the report never came out of the printer")
}

// sheets counts what came out.
type sheets struct{ firsts, copies int }

var receiptLine = regexp.MustCompile(`^(?:Beleg|Stornobeleg)\s+(?:Nr\.\s*)?(\d+)\b`)

// onPaper checks promise 4. A piece of paper can hold the torn beginning of a
// receipt and, behind it, the copy.
func onPaper(t *testing.T, books *rig.Books, papers [][]string) sheets {
	t.Helper()
	first, copies := map[uint64]int{}, map[uint64]int{}
	for _, p := range papers {
		copied := false
		for i, line := range p {
			if strings.Contains(line, "KOPIE") {
				copied = true
			}
			m := receiptLine.FindStringSubmatch(strings.TrimSpace(line))
			if m == nil || i+1 < len(p) && !strings.HasPrefix(p[i+1], "Datum") {
				continue // a report lists receipts, too
			}
			n, err := strconv.ParseUint(m[1], 10, 64)
			fatal(t, err)
			if copied {
				copies[n]++
			} else {
				first[n]++
			}
		}
	}
	var out sheets
	for n, r := range books.Receipts {
		out.firsts += first[n]
		out.copies += copies[n]
		if !r.Printed() {
			continue
		}
		if first[n] > 1 {
			t.Errorf("receipt %d was printed %d times without a copy mark", n, first[n])
		}
		if first[n]+copies[n] == 0 {
			t.Errorf("receipt %d is not on paper", n)
		}
	}
	return out
}
