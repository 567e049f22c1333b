package box

import (
	"fmt"
	"os"
	"strings"
)

// mounted refuses a data folder that is not on a writable file system of its
// own. Without one /perm is a folder of the read-only root.
func mounted(perm string) error {
	raw, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return fmt.Errorf("look up mounts: %w", err)
	}
	for _, line := range strings.Split(string(raw), "\n") {
		f := strings.Fields(line)
		if len(f) < 4 || f[1] == "/" || perm != f[1] && !strings.HasPrefix(perm, f[1]+"/") {
			continue
		}
		if strings.HasPrefix(f[3], "rw") {
			return nil
		}
		return fmt.Errorf("%s is mounted read-only; the card may be worn out: replace it", f[1])
	}
	return fmt.Errorf("%s is not on a mounted data partition; flash the card again", perm)
}
