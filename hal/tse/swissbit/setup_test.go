package swissbit_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/hal/tse/softtse"
	"github.com/tresen-pos/tresen/hal/tse/swissbit"
	"github.com/tresen-pos/tresen/hal/tse/tsesim"
)

// Computed from the published rule by another program: sha256("SwissbitSwissbit" + 32 bytes of zero).
func TestFirstSecrets(t *testing.T) {
	if s := swissbit.FirstSecrets([32]byte{}); s != (swissbit.Secrets{PUK: "967099", AdminPIN: "82333", TimeAdminPIN: "92575"}) {
		t.Errorf("%+v", s)
	}
}

func TestFirstSetUp(t *testing.T) {
	r := mount(t, tsesim.Options{Curve: softtse.P256, Fresh: true})
	ctx := context.Background()
	r.opt.Client, r.opt.AdminPIN, r.opt.TimeAdminPIN = client, "24680", "13579"
	r.openDevice()
	var w swissbit.Word
	if _, err := r.dev.Start(ctx, client, "", nil); !errors.As(err, &w) || w != 0x10FF {
		t.Errorf("not initialised, and not to be by itself: %v", err)
	}
	if s, err := r.dev.Status(ctx); err != nil || s.Init != swissbit.Uninitialised || s.PUKChanged {
		t.Errorf("status %+v, %v", s, err)
	}
	if err := r.dev.ChangePUK(ctx, "123456", "12345"); !errors.Is(err, tse.ErrParameter) {
		t.Errorf("a PUK of 5 characters: %v", err)
	}
	if err := r.dev.ChangePUK(ctx, "000000", "654321"); !errors.As(err, &w) || w != 0x1102 {
		t.Errorf("wrong PUK: %v", err)
	}
	if err := errors.Join(
		r.dev.ChangePUK(ctx, "123456", "654321"),
		r.dev.ChangePIN(ctx, swissbit.Admin, "12345", r.opt.AdminPIN),
		r.dev.ChangePIN(ctx, swissbit.TimeAdmin, "98765", r.opt.TimeAdminPIN),
		r.dev.Initialise(ctx),
	); err != nil {
		t.Fatal(err)
	}
	r.sale("first")
	if s, err := r.dev.Status(ctx); err != nil || s.Init != swissbit.Initialised || !s.PUKChanged || !s.AdminPIN || !s.TimeAdminPIN {
		t.Errorf("status %+v, %v", s, err)
	}
	if err := r.dev.Initialise(ctx); !errors.As(err, &w) {
		t.Errorf("a second time: %v", err)
	}
	for range 4 {
		_ = r.dev.ChangePUK(ctx, "000000", "111111")
	}
	if n := r.stick.Tries(0xFF); n != 1 {
		t.Errorf("the PUK has %d tries left after four wrong ones", n)
	}
}
