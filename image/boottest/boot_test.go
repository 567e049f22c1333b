//go:build boottest

package boottest

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/tresen-pos/tresen/pos/journal"
)

// TestPowerCutAfterSale is the promise of the box, made to the very file that
// goes on the card: what was acknowledged is there after the plug was pulled,
// once; what was not acknowledged is there once or not at all; numbers have no
// gap; the shift is still open; the journal's chain is whole.
func TestPowerCutAfterSale(t *testing.T) {
	c := newCard(t)
	m, took := c.boot(t, "first")
	fmt.Printf("boot_to_http_s %.2f s\n", took.Seconds())

	s := openShop(t, m.Addr)
	for i := range 5 {
		s.sell(t, fmt.Sprintf("before-%d", i))
	}
	// The last one is on its way when the plug is pulled.
	pending := s.till.sale("pending", s.tender, s.article)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		s.till.do(t.Context(), http.MethodPost, "/api/v1/commands", map[string]any{"client": s.till.client, "commands": pending})
	}()
	if err := m.Kill(); err != nil {
		t.Fatal(err)
	}
	<-sent
	verifyChain(t, c, s.acknowledged)

	m, took = c.boot(t, "second")
	t.Logf("second boot: %.2f s", took.Seconds())
	s.till.base = "http://" + m.Addr
	s.checkAfterCut(t)
	s.finish(t, pending)
	s.sell(t, "after")
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
