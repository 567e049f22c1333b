package box

import (
	"context"
	"log/slog"
	"testing"
)

func TestInventory(t *testing.T) {
	b := New(Options{Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(t.Context())
	devices, quit := b.inventory(ctx)
	s := devices.Snapshot()
	if s.Err != nil || s.Seq == 0 {
		t.Errorf("first look: %+v", s)
	}
	if again, err := devices.Next(ctx, 0); err != nil || again.Seq < s.Seq {
		t.Errorf("asked for any: %+v, %v", again, err)
	}
	cancel()
	if _, err := devices.Next(ctx, 1<<40); err == nil {
		t.Error("an ended box still waits")
	}
	quit()
	_, quit = b.inventory(ctx) // the box stops during the first look
	quit()
}
