package box

import (
	"context"

	"github.com/tresen-pos/tresen/firmware/web"
	"github.com/tresen-pos/tresen/hal/probe"
)

// inventory watches what is plugged in. A box that cannot hear the kernel sells
// all the same; nil then says so on the page. Call quit to end it.
func (b *Box) inventory(ctx context.Context) (devices web.Inventory, quit func()) {
	w, err := probe.Watch(ctx, probe.WatchOpts{})
	if err != nil {
		b.o.Log.Warn("cannot tell what is plugged in", "error", err)
		return nil, func() {}
	}
	return w, func() {
		if err := w.Close(); err != nil {
			b.o.Log.Warn("stop watching what is plugged in", "error", err)
		}
	}
}
