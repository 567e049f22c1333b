package e2e

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/printer/printersim"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// TestKill promises, with the box killed at random moments under load from four
// tills:
//  1. every command that was answered is in the journal exactly once, with the
//     receipt number it was answered with;
//  2. receipt numbers have no gap and no double, the hash chain is whole;
//  3. the signing unit's log and the journal agree signature by signature;
//  4. every receipt is on paper once, or more than once with all but the first
//     marked as a copy.
func TestKill(t *testing.T) {
	kills := 25
	if testing.Short() {
		t.Skip("kills the box for a minute: make test")
	}
	if os.Getenv("SOAK") != "" {
		kills = 300
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("%d kills, seed %d", kills, seed)
	rnd := rand.New(rand.NewPCG(seed, 1))

	dir := t.TempDir()
	program, err := rig.Build(dir)
	fatal(t, err)
	sim, err := printersim.New(printersim.Options{ProcessID: true})
	fatal(t, err)
	defer sim.Close()
	roll := collect(sim)
	box, err := rig.NewBox(program, filepath.Join(dir, "box"), sim.Addr())
	fatal(t, err)
	defer func() { _ = box.Kill() }()
	_, err = box.Start()
	fatal(t, err)

	tills := make([]*shopper, 4)
	boss := rig.NewTill(box.Addr, "boss")
	fatal(t, boss.Login("marlene", "1111"))
	_, err = boss.Must(rig.Do("openShift", rig.Args{"float": 20000}))
	fatal(t, err)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for i := range tills {
		tills[i] = &shopper{till: rig.NewTill(box.Addr, fmt.Sprintf("till-%d", i)), rnd: rand.New(rand.NewPCG(seed, uint64(i+2)))}
		fatal(t, tills[i].till.Login("jonas", "2222"))
		wg.Go(func() { tills[i].err = tills[i].shop(stop) })
	}
	for range kills {
		time.Sleep(time.Duration(20+rnd.IntN(250)) * time.Millisecond) // the random moment
		fatal(t, box.Kill())
		_, err := box.Start()
		fatal(t, err)
	}
	close(stop)
	wg.Wait()
	for _, s := range tills {
		fatal(t, s.err)
	}
	drained(t, boss, roll)
	fatal(t, box.Stop())

	books, err := rig.ReadBooks(box.Path("journal"))
	fatal(t, err)
	fatal(t, books.Whole())
	fatal(t, books.Units(box.Path("tse")))
	answered := answeredOnce(t, books, tills)
	papers := onPaper(t, books, roll.lines())
	checkedItself(t, box)
	t.Logf("%d kills, %d commands answered, %d receipts, %d papers, %d copies",
		kills, answered, len(books.Receipts), papers.firsts+papers.copies, papers.copies)
	if len(books.Receipts) < kills {
		t.Errorf("only %d receipts: the load was too small to mean anything", len(books.Receipts))
	}
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// shopper sells at one till and remembers what it was answered.
type shopper struct {
	till     *rig.Till
	rnd      *rand.Rand
	answered map[uint64]rig.Result
	err      error
	order    int
}

// shop sells until stop, then finishes what it began.
func (s *shopper) shop(stop <-chan struct{}) error {
	s.answered = map[uint64]rig.Result{}
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		if err := s.insist(s.till.Number(s.sale()...)); err != nil {
			return err
		}
	}
}

// insist sends a batch until it is answered, as a till's queue does.
func (s *shopper) insist(batch []rig.Command) error {
	for range 3000 {
		res, err := s.till.Send(batch)
		if err == nil {
			return s.note(res)
		}
		var refused *rig.Error
		if errors.As(err, &refused) && refused.Status < 500 {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return errors.New("the box does not come back")
}

func (s *shopper) note(res []rig.Result) error {
	for _, r := range res {
		if r.Error != nil {
			return fmt.Errorf("command %d: %w", r.N, r.Error)
		}
		s.answered[r.N] = r
	}
	return nil
}

var goods = []struct {
	id    string
	price int64
}{{"espresso", 220}, {"cappuccino", 360}, {"kaesekuchen", 420}, {"croissant", 240}, {"pasta", 1150}, {"wasser", 260}}

// sale is a batch: some goods, then paid, cancelled or left to be paid later.
func (s *shopper) sale() []rig.Command {
	s.order++
	order := fmt.Sprintf("%s-%d", s.till.Client, s.order)
	var batch []rig.Command
	var total int64
	for i := range 1 + s.rnd.IntN(3) {
		g := goods[s.rnd.IntN(len(goods))]
		qty := int64(1 + s.rnd.IntN(3))
		total += qty * g.price
		batch = append(batch, rig.Do("addLine", rig.Args{"order": order, "line": fmt.Sprintf("l%d", i), "article": g.id, "qty": qty * 1000}))
	}
	switch s.rnd.IntN(10) {
	case 0:
		return append(batch, rig.Do("cancelOrder", rig.Args{"order": order, "reason": "walked away"}))
	case 1:
		half := total / 2
		return append(batch, rig.Do("pay", rig.Args{"order": order, "tender": "girocard", "total": total, "amount": half}),
			rig.Do("pay", rig.Args{"order": order, "tender": "cash", "total": total, "given": total - half + 100}))
	}
	return append(batch, rig.Do("pay", rig.Args{"order": order, "tender": "cash", "total": total, "given": total}))
}

// answeredOnce checks promise 1.
func answeredOnce(t *testing.T, books *rig.Books, tills []*shopper) int {
	t.Helper()
	type key struct {
		client string
		n      uint64
	}
	seen := map[key]*till.Commit{}
	for _, c := range books.Commits {
		if c.Client == "" {
			continue
		}
		k := key{c.Client, c.N}
		if seen[k] != nil {
			t.Errorf("%s's command %d is in the journal twice, at %d and %d", c.Client, c.N, seen[k].Seq, c.Seq)
		}
		seen[k] = c
	}
	count := 0
	for _, s := range tills {
		for n, r := range s.answered {
			count++
			c := seen[key{s.till.Client, n}]
			if c == nil {
				t.Errorf("%s's command %d was answered and is not in the journal", s.till.Client, n)
				continue
			}
			if c.Seq != r.Seq {
				t.Errorf("%s's command %d was answered as %d and stands at %d", s.till.Client, n, r.Seq, c.Seq)
			}
			if got := receiptOf(c); got != r.Receipt {
				t.Errorf("%s's command %d was answered with receipt %d and made %d", s.till.Client, n, r.Receipt, got)
			}
		}
	}
	return count
}

func receiptOf(c *till.Commit) uint64 {
	for _, e := range c.Events {
		if e.ReceiptPrepared != nil {
			return e.ReceiptPrepared.Number
		}
	}
	return 0
}
