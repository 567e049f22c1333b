package box

import (
	"context"

	"github.com/tresen-pos/tresen/hal/probe"
)

// inventory watches what is plugged in. The first look takes its time on a weak
// board, so it is made beside the start: selling does not wait for it. A box
// that cannot hear the kernel sells all the same, and says so on the page.
type inventory struct {
	up  chan struct{} // closed after the first look
	w   *probe.Watcher
	err error // instead of w
}

// inventory begins to watch. Call quit to end it and wait for that.
func (b *Box) inventory(ctx context.Context) (devices *inventory, quit func()) {
	i := &inventory{up: make(chan struct{})}
	go func() { // ends with the first look; quit waits for it
		defer close(i.up)
		if i.w, i.err = probe.Watch(ctx, probe.WatchOpts{}); i.err != nil && ctx.Err() == nil {
			b.o.Log.Warn("cannot tell what is plugged in", "error", i.err)
		}
	}()
	return i, func() {
		<-i.up
		if i.w == nil {
			return
		}
		if err := i.w.Close(); err != nil {
			b.o.Log.Warn("stop watching what is plugged in", "error", err)
		}
	}
}

// Snapshot waits for the first look.
func (i *inventory) Snapshot() probe.Snapshot {
	<-i.up
	if i.err != nil {
		return probe.Snapshot{Err: i.err}
	}
	return i.w.Snapshot()
}

// Next waits for an inventory newer than after.
func (i *inventory) Next(ctx context.Context, after uint64) (probe.Snapshot, error) {
	select {
	case <-i.up:
	case <-ctx.Done():
		return probe.Snapshot{}, ctx.Err()
	}
	if i.err != nil {
		return probe.Snapshot{}, i.err
	}
	return i.w.Next(ctx, after)
}
