package box

import (
	"math"
	"os"
	"runtime/debug"
	"syscall"
)

// catchUpLimit is the most memory a rebuild may take: more makes it no faster.
const catchUpLimit = 256 << 20

// roomToCatchUp gives the rebuild of the book a quarter of the board's memory:
// under the limit for selling, the collector takes as long as the rebuild
// itself. The function it returns puts the old limit back. A limit by the
// environment, or none, stays.
func roomToCatchUp() (restore func()) {
	before := debug.SetMemoryLimit(-1)
	room := min(int64(totalMemory()/4), catchUpLimit)
	if os.Getenv("GOMEMLIMIT") != "" || before == math.MaxInt64 || room <= before {
		return func() {}
	}
	debug.SetMemoryLimit(room)
	return func() {
		debug.SetMemoryLimit(before)
		debug.FreeOSMemory()
	}
}

// totalMemory is the memory of the board in bytes, 0 if the kernel does not say.
func totalMemory() uint64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	return uint64(info.Totalram) * uint64(info.Unit)
}
