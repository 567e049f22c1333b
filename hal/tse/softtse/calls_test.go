package softtse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

func TestRefusals(t *testing.T) {
	u, ctx := openTest(t, t.TempDir(), P256), context.Background()
	register(t, u)
	f := sell(t, u, "x")
	for name, c := range map[string]struct {
		call func() error
		want error
	}{
		"start of a stranger":  {func() error { _, err := u.Start(ctx, "OTHER", "", nil); return err }, tse.ErrClientNotRegistered},
		"finish by a stranger": {func() error { _, err := u.Finish(ctx, "OTHER", 1, "", nil); return err }, tse.ErrClientNotRegistered},
		"finish twice":         {func() error { _, err := u.Finish(ctx, client, f.Transaction, "", nil); return err }, tse.ErrTransactionNotFound},
		"finish of nothing":    {func() error { _, err := u.Finish(ctx, client, 99, "", nil); return err }, tse.ErrTransactionNotFound},
		"no client":            {func() error { _, err := u.Start(ctx, "", "", nil); return err }, tse.ErrParameter},
		"long client":          {func() error { return u.RegisterClient(ctx, strings.Repeat("x", MaxClientID+1)) }, tse.ErrParameter},
		"long type":            {func() error { _, err := u.Start(ctx, client, strings.Repeat("x", 101), nil); return err }, tse.ErrParameter},
		"umlaut in type":       {func() error { _, err := u.Start(ctx, client, "Bestellüng", nil); return err }, tse.ErrParameter},
		"much data":            {func() error { _, err := u.Start(ctx, client, "", make([]byte, MaxProcessData+1)); return err }, tse.ErrParameter},
	} {
		if err := c.call(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := u.Start(cancelled, client, "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if n := len(checkLog(t, u)); n != 5 {
		t.Errorf("refused calls left %d messages, want 5", n)
	}
}

// The characters of a client id: letters, digits, space and '()+,-.= ; nothing that is special in a path or a QR code.
func TestClientCharacters(t *testing.T) {
	allowed := "ABCXYZabcxyz0189 '()+,-.="
	for c := range 256 {
		err := checkClientID("K" + string([]byte{byte(c)}))
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if want := letter || strings.IndexByte(allowed, byte(c)) >= 0; (err == nil) != want {
			t.Errorf("character %#02x: %v", c, err)
		}
	}
	if err := checkTransaction(client, "A/b:c?=", nil); err != nil {
		t.Errorf("process type takes all of PrintableString: %v", err)
	}
}

func TestLimits(t *testing.T) {
	u, ctx := openTest(t, t.TempDir(), P256), context.Background()
	for i := range MaxClients {
		if err := u.RegisterClient(ctx, fmt.Sprintf("K%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := u.RegisterClient(ctx, "one more"); !errors.Is(err, tse.ErrTooManyClients) {
		t.Errorf("%v, want ErrTooManyClients", err)
	}
	if err := u.RegisterClient(ctx, "K7"); err != nil {
		t.Errorf("known client: %v", err)
	}
	for range MaxOpen {
		if _, err := u.Start(ctx, "K1", "", nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := u.Start(ctx, "K1", "", nil); !errors.Is(err, tse.ErrTooManyTransactions) {
		t.Errorf("%v, want ErrTooManyTransactions", err)
	}
	if c, err := u.Clients(ctx); err != nil || len(c) != MaxClients || c[1] != "K1" {
		t.Errorf("clients %v, %v", c, err)
	}
	p, err := u.Pending(ctx)
	if err != nil || len(p) != MaxOpen || p[0].Number != 1 || p[MaxOpen-1].Number != MaxOpen {
		t.Errorf("%d pending, %v", len(p), err)
	}
	s, err := u.Status(ctx)
	if err != nil || s.Open != MaxOpen || s.Clients != MaxClients || s.TransactionCounter != MaxOpen {
		t.Errorf("status %+v, %v", s, err)
	}
}

// The clock: unset it stops all writing; its first reading after power-up and each step back are logged.
func TestClock(t *testing.T) {
	now := time.Unix(0, 0)
	opt := Options{Now: func() time.Time { return now }}
	dir, ctx := t.TempDir(), context.Background()
	if _, err := Open(dir, opt); !errors.Is(err, tse.ErrTimeNotSet) {
		t.Fatalf("new unit without a clock: %v, want ErrTimeNotSet", err)
	}
	now = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	u, err := Open(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	register(t, u)
	sell(t, u, "x")
	now = time.Unix(0, 0)
	if _, err := u.Start(ctx, client, "", nil); !errors.Is(err, tse.ErrTimeNotSet) {
		t.Errorf("start without a clock: %v, want ErrTimeNotSet", err)
	}
	now = time.Date(2026, 1, 1, 11, 0, 0, 0, time.UTC)
	sell(t, u, "an hour back")
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if u, err = Open(dir, opt); err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	sell(t, u, "after power-up")
	var got []string
	for _, e := range checkLog(t, u) {
		got = append(got, e.Operation)
	}
	want := "Initialize UpdateTime RegisterClient StartTransaction FinishTransaction UpdateTime StartTransaction FinishTransaction UpdateTime StartTransaction FinishTransaction"
	if strings.Join(got, " ") != want {
		t.Errorf("log\n%s, want\n%s", strings.Join(got, " "), want)
	}
}

func TestInfo(t *testing.T) {
	for _, c := range []Curve{P256, BrainpoolP384r1} {
		i := openTest(t, t.TempDir(), c).Info()
		if !i.Demo || !strings.Contains(i.Description, "without certification") || !strings.HasSuffix(i.Description, "Test") {
			t.Errorf("%s: description %q, demo %v", c, i.Description, i.Demo)
		}
		if i.Algorithm != algorithms[c].name || i.TimeFormat != "unixTime" || len(i.Serial) != 64 || len(i.Certificates) != 2 {
			t.Errorf("%s: %+v", c, i)
		}
		if point, ok := certificatePoint(i.Certificates[0]); !ok || string(point) != string(i.PublicKey) {
			t.Errorf("%s: the first certificate is not the unit's", c)
		}
	}
	if _, err := Open(t.TempDir(), Options{Curve: "P-257", Now: newClock().Now}); !errors.Is(err, tse.ErrParameter) {
		t.Errorf("unknown curve: %v", err)
	}
	if _, err := Open(t.TempDir(), Options{Description: `"`, Now: newClock().Now}); !errors.Is(err, tse.ErrParameter) {
		t.Errorf("quote in the description: %v", err)
	}
}

// Many callers at once: each gets numbers of its own.
func TestConcurrentCallers(t *testing.T) {
	u := openTest(t, t.TempDir(), P256)
	register(t, u)
	const callers, sales = 4, 25
	done := make(chan error, callers) // one answer each
	for range callers {
		go func() {
			var err error
			for range sales {
				var s tse.Started
				if s, err = u.Start(context.Background(), client, "", nil); err != nil {
					break
				}
				if _, err = u.Finish(context.Background(), client, s.Transaction, "", nil); err != nil {
					break
				}
			}
			done <- err
		}()
	}
	for range callers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := len(checkLog(t, u)); n != 3+2*callers*sales {
		t.Errorf("%d messages, want %d", n, 3+2*callers*sales)
	}
}
