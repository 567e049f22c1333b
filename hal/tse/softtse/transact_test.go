package softtse

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tresen-pos/tresen/hal/tse"
)

func TestTransact(t *testing.T) {
	u, ctx := openTest(t, t.TempDir(), P256), context.Background()
	if _, err := u.Transact(ctx, client, "Kassenbeleg-V1", nil); !errors.Is(err, tse.ErrClientNotRegistered) {
		t.Errorf("unregistered client: %v", err)
	}
	register(t, u)
	if _, err := u.Transact(ctx, client, "Bestellüng", nil); !errors.Is(err, tse.ErrParameter) {
		t.Errorf("umlaut in type: %v", err)
	}
	before := len(checkLog(t, u))
	f, err := u.Transact(ctx, client, "Kassenbeleg-V1", []byte("data"))
	if err != nil {
		t.Fatal(err)
	}
	list := checkLog(t, u)
	if len(list) != before+2 || list[before].Operation != nameStart || list[before+1].Operation != nameFinish {
		t.Fatalf("left %d messages: %+v", len(list)-before, list[before:])
	}
	if f.Transaction != 1 || f.Counter != list[before+1].Counter || string(f.ProcessData) != "data" || f.StartTime.After(f.LogTime) {
		t.Errorf("answered %+v", f)
	}
	if again, ok, err := u.LastFinish(ctx, f.Transaction); err != nil || !ok || !bytes.Equal(again.Signature, f.Signature) {
		t.Errorf("looked up: %+v %v %v", again, ok, err)
	}
	for range MaxOpen {
		if _, err := u.Start(ctx, client, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := u.Transact(ctx, client, "Kassenbeleg-V1", nil); !errors.Is(err, tse.ErrTooManyTransactions) {
		t.Errorf("with all transactions open: %v", err)
	}
}

// Power is lost while a transaction is written in one step: both messages are there or neither, and nothing stays open.
func TestTransactIsAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	u := openTest(t, dir, P256)
	register(t, u)
	sell(t, u, "before")
	if _, err := u.Transact(context.Background(), client, "Kassenbeleg-V1", []byte("data")); err != nil {
		t.Fatal(err)
	}
	n := len(checkLog(t, u))
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, segmentName(1))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := spans(t, whole)
	last, end := at[len(at)-2], at[len(at)-1]
	seen := map[int]bool{}
	for cut := last; cut <= end; cut++ {
		torn := bytes.Clone(whole)
		clear(torn[cut:])
		if err := os.WriteFile(path, torn, 0o644); err != nil {
			t.Fatal(err)
		}
		u := openTest(t, dir, P256)
		got := len(checkLog(t, u))
		open, err := u.Pending(context.Background())
		if err != nil || len(open) > 0 || got != n && got != n-2 {
			t.Fatalf("cut %d: %d of %d messages, open %v, %v", cut-last, got, n, open, err)
		}
		seen[n-got] = true
		if err := u.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !seen[0] || !seen[2] {
		t.Errorf("the cuts left %v messages out", seen)
	}
}
