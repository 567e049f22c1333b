package box

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestRoomToCatchUp(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	old := debug.SetMemoryLimit(80 << 20)
	defer debug.SetMemoryLimit(old)
	if totalMemory() < 64<<20 {
		t.Fatalf("the kernel says %d bytes of memory", totalMemory())
	}
	limit := func() int64 { return debug.SetMemoryLimit(-1) }
	restore := roomToCatchUp()
	if want := max(80<<20, min(int64(totalMemory()/4), catchUpLimit)); limit() != want {
		t.Errorf("limit %d while catching up, want %d", limit(), want)
	}
	restore()
	if limit() != 80<<20 {
		t.Errorf("limit %d afterwards, want the one before", limit())
	}
	for name, set := range map[string]func(){
		"no limit":       func() { debug.SetMemoryLimit(math.MaxInt64) },
		"by environment": func() { debug.SetMemoryLimit(80 << 20); t.Setenv("GOMEMLIMIT", "80MiB") },
	} {
		set()
		before := limit()
		restore := roomToCatchUp()
		if limit() != before {
			t.Errorf("%s: changed to %d", name, limit())
		}
		restore()
	}
}
