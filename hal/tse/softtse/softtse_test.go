package softtse

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// testClock starts at a fixed time and goes on one second per reading.
type testClock struct{ now time.Time }

func newClock() *testClock { return &testClock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *testClock) Now() time.Time {
	c.now = c.now.Add(time.Second)
	return c.now
}

func openTest(t *testing.T, dir string, curve Curve) *TSE {
	t.Helper()
	u, err := Open(dir, Options{Curve: curve, Now: newClock().Now, Description: "Test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.Close() })
	return u
}

const client = "KASSE-001"

func sell(t *testing.T, u *TSE, data string) tse.Finished {
	t.Helper()
	ctx := context.Background()
	s, err := u.Start(ctx, client, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := u.Finish(ctx, client, s.Transaction, "Kassenbeleg-V1", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func register(t *testing.T, u *TSE) {
	t.Helper()
	if err := u.RegisterClient(context.Background(), client); err != nil {
		t.Fatal(err)
	}
}

func TestOneSaleAndReopen(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	u := openTest(t, dir, P256)
	register(t, u)
	f := sell(t, u, "Beleg^1.00_0.00_0.00_0.00_0.00^1.00:Bar")
	if f.Transaction != 1 || f.Counter != 5 { // Initialize, UpdateTime, RegisterClient, Start, Finish
		t.Errorf("transaction %d counter %d, want 1 and 5", f.Transaction, f.Counter)
	}
	verifyP256(t, u, f.Counter)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	u = openTest(t, dir, P256)
	got, ok, err := u.LastFinish(ctx, 1)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if string(got.Signature) != string(f.Signature) || got.StartTime != f.StartTime || got.ClientID != client {
		t.Errorf("adopted %+v, want %+v", got, f)
	}
	if s := sell(t, u, "x"); s.Transaction != 2 {
		t.Errorf("transaction %d, want 2", s.Transaction)
	}
}

// verifyP256 checks message counter with the standard library.
func verifyP256(t *testing.T, u *TSE, counter uint64) {
	t.Helper()
	list, err := u.Entries(context.Background(), counter, 1)
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	body, _, _ := readTLV(list[0].DER, tagSequence)
	signed, sig := body[:len(body)-66], body[len(body)-64:]
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), u.Info().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(signed)
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	if !ecdsa.Verify(pub, h[:], r, s) {
		t.Errorf("signature of message %d is wrong", counter)
	}
}

func TestPulledAndBack(t *testing.T) {
	dir, ctx := filepath.Join(t.TempDir(), "stick"), context.Background()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	u := openTest(t, dir, P256)
	register(t, u)
	s, err := u.Start(ctx, client, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Finish(ctx, client, s.Transaction, "", nil); !errors.Is(err, tse.ErrGone) {
		t.Errorf("finish without medium: %v, want ErrGone", err)
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Finish(ctx, client, s.Transaction, "", nil); err != nil {
		t.Errorf("finish after return: %v", err)
	}
}
