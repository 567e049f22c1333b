//go:build boottest

package boottest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/pos/journal"
)

// TestPowerCut is the promise of the box, made to the very file that goes on the
// card: what was acknowledged is there after the plug was pulled, once; what
// was not acknowledged is there once or not at all; numbers have no gap; the
// shift is still open; the journal's chain is whole.
//
// SOAK=1 pulls the plug twenty times, at moments that vary.
func TestPowerCut(t *testing.T) {
	cuts, moment := 1, func() time.Duration { return 0 }
	if os.Getenv("SOAK") != "" {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		cuts, moment = 20, func() time.Duration { return time.Duration(random.Int64N(int64(100 * time.Millisecond))) }
	}
	c := newCard(t)
	m, took := c.boot(t, "boot-0")
	fmt.Printf("boot_to_http_s %.2f s\n", took.Seconds())
	s := openShop(t, m.Addr)
	for cut := range cuts {
		for i := range 5 {
			s.sell(t, fmt.Sprintf("sale-%d-%d", cut, i))
		}
		s.cutDuringSale(t, fmt.Sprintf("cut-%d", cut), m, moment())
		verifyChain(t, c, s.acknowledged)
		m, took = c.boot(t, fmt.Sprintf("boot-%d", cut+1))
		t.Logf("boot after cut %d: %.2f s", cut, took.Seconds())
		s.till.base = "http://" + m.Addr
		s.checkAfterCut(t)
		s.finish(t)
	}
	s.sell(t, "last")
	s.checkNumbers(t)
	if err := m.Kill(); err != nil {
		t.Fatal(err)
	}
	verifyChain(t, c, s.acknowledged)
}

// verifyChain reads the journal off the card, without the box's help.
func verifyChain(t *testing.T, c *card, receipts []receipt) {
	t.Helper()
	rep, err := journal.Verify(c.perm(t, journalDir), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range rep.Damage {
		t.Error(d)
	}
	if rep.Records < uint64(len(receipts)) {
		t.Errorf("journal has %d records for %d acknowledged receipts", rep.Records, len(receipts))
	}
}
