package zvtsim_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/tresen-pos/tresen/hal/zvt"
	"github.com/tresen-pos/tresen/hal/zvt/zvtsim"
)

// till is as much of a cash register as the promise needs: it books what it was
// told, asks when in doubt, and lists what stays unclear.
type till struct {
	c       *zvt.Client
	last    zvt.Reference
	booked  map[int64]int64 // receipt to cents
	unclear []int64         // cents
	asked   int
	proven  int
}

func (b *till) pay(t *testing.T, amount int64, tip bool) {
	t.Helper()
	q := pay(amount)
	q.Last, q.TipAsked = b.last, tip
	kept := map[int64]bool{}
	hooks := zvt.Hooks{Keep: func(s zvt.Status) error { kept[s.Receipt] = true; return nil }}
	r := b.c.Transact(bg, q, hooks)
	if r.Outcome == zvt.Unclear {
		b.asked++
		if r = b.c.Resolve(bg, q, hooks); r.Outcome != zvt.Unclear {
			b.proven++
		}
	}
	switch r.Outcome {
	case zvt.Approved:
		if r.Status.Amount <= 0 || !kept[r.Status.Receipt] || b.booked[r.Status.Receipt] != 0 {
			t.Errorf("approved %v, kept %v, booked before %d", r.Status, kept, b.booked[r.Status.Receipt])
		}
		b.booked[r.Status.Receipt] = r.Status.Amount
		b.last = r.Status.Reference
	case zvt.Unclear:
		if r.Err == nil {
			t.Error("unclear without a reason")
		}
		b.unclear = append(b.unclear, amount)
		b.refresh() // a person settles it and looks at the terminal's last receipt
	}
}

// refresh learns the terminal's newest booking.
func (b *till) refresh() {
	if rep, err := b.c.Repeat(bg, false, zvt.Hooks{}); err == nil && len(rep.Statuses) > 0 {
		b.last = rep.Statuses[0].Reference
	}
}

// compare holds what was charged against what was booked: each charge is booked
// once with its amount or an Unclear names its amount; nothing else is booked.
func (b *till) compare(t *testing.T, sim *zvtsim.Terminal, payments int) {
	t.Helper()
	open := append([]int64(nil), b.unclear...)
	charged := map[int]bool{}
	for _, c := range sim.Charged() {
		if charged[c.Request] {
			t.Errorf("request %d was charged twice", c.Request)
		}
		charged[c.Request] = true
		if got, ok := b.booked[c.Receipt]; ok {
			if got != c.Amount {
				t.Errorf("receipt %d: booked %d, charged %d", c.Receipt, got, c.Amount)
			}
			delete(b.booked, c.Receipt)
			continue
		}
		if !take(&open, c.Amount-c.Tip) {
			t.Errorf("receipt %d: %d cents charged, neither booked nor unclear", c.Receipt, c.Amount)
		}
	}
	for receipt, amount := range b.booked {
		t.Errorf("receipt %d: %d cents booked and not charged", receipt, amount)
	}
	if sim.Requests() > payments {
		t.Errorf("the terminal got %d requests for %d payments", sim.Requests(), payments)
	}
}

func take(open *[]int64, amount int64) bool {
	for i, a := range *open {
		if a == amount {
			*open = append((*open)[:i], (*open)[i+1:]...)
			return true
		}
	}
	return false
}

func payments() int {
	if os.Getenv("SOAK") != "" {
		return 1000
	}
	return 120
}

const steps = 26 // one more than the longest payment with its registration has

// TestFaultAtEveryStep: seeded payments, each with one fault at one step, over
// both readings of the specification.
func TestFaultAtEveryStep(t *testing.T) {
	for _, so := range []zvtsim.Options{{BusyPolls: 2}, {KeepUnacked: true}, {Stubborn: true, BusyPolls: 3}, {KeepUnacked: true, Stubborn: true, BusyPolls: 1}} {
		t.Run(fmt.Sprintf("keep=%v,stubborn=%v", so.KeepUnacked, so.Stubborn), func(t *testing.T) {
			so.FirstReceipt = 9980 // the numbers run over on the way
			sim, c := start(t, so, zvt.Opts{})
			campaign(t, sim, c, payments()/4, sim.Drain)
		})
	}
}

// campaign pays n times with faults and compares the books.
func campaign(t *testing.T, sim *zvtsim.Terminal, c *zvt.Client, n int, drain func()) {
	t.Helper()
	b := &till{c: c, booked: map[int64]int64{}}
	b.pay(t, 100, false) // a first booking to compare with
	rnd := rand.New(rand.NewPCG(3, uint64(n)))
	hit := map[zvtsim.Kind]int{}
	for i := range n {
		kind := zvtsim.Kinds[rnd.IntN(len(zvtsim.Kinds))]
		sim.Present(card(rnd))
		faults := []zvtsim.Fault{{Kind: kind, Step: 1 + i%steps, Bytes: rnd.IntN(8)}}
		if rnd.IntN(3) == 0 { // and another while the till is asking
			faults = append(faults, zvtsim.Fault{Kind: zvtsim.Kinds[rnd.IntN(len(zvtsim.Kinds))], Step: 1 + rnd.IntN(12), Bytes: rnd.IntN(8)})
		}
		sim.Arm(faults...)
		amount := []int64{250, 990, 990, 1999}[rnd.IntN(4)] // equal amounts must not confuse
		b.pay(t, amount, rnd.IntN(3) == 0)
		if len(sim.Disarm()) < len(faults) {
			hit[kind]++
		}
	}
	drain()
	b.compare(t, sim, n+1)
	t.Logf("%d payments, faults %v: %d unclear, %d of them proven by asking, %d left to a person", n, hit, b.asked, b.proven, len(b.unclear))
	if b.asked == 0 || b.proven == 0 || len(hit) < 3 {
		t.Error("the faults did not hurt: the test proves nothing")
	}
}

func card(rnd *rand.Rand) zvtsim.Card {
	switch rnd.IntN(8) {
	case 0:
		return zvtsim.Card{Decline: 0x05}
	case 1:
		return zvtsim.Card{Tip: 50}
	case 2:
		return zvtsim.Card{WrongPIN: 2, SlowHost: 2}
	}
	return zvtsim.Card{}
}
