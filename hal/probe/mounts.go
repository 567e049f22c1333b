package probe

import (
	"fmt"
	"strconv"
	"strings"
)

// Mount is one line of mountinfo.
type Mount struct {
	ID     int
	Number string // "major:minor" of the file system's device
	Root   string // what of the file system is mounted, "/" for all
	Point  string
	FSType string
	Source string // e.g. "/dev/sda1"
	Ro     bool   // mount or file system is read-only
}

// maxMounts bounds a table; a box has about twenty.
const maxMounts = 4096

// ParseMounts reads a whole /proc/self/mountinfo, proc_pid_mountinfo(5). A line
// that is not of that form is an error: nothing else writes there.
func ParseMounts(table string) ([]Mount, error) {
	var out []Mount
	for line := range strings.Lines(table) {
		m, err := parseMount(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, fmt.Errorf("mountinfo line %d: %w", len(out)+1, err)
		}
		if out = append(out, m); len(out) > maxMounts {
			return nil, fmt.Errorf("mountinfo has more than %d lines", maxMounts)
		}
	}
	return out, nil
}

func parseMount(line string) (Mount, error) {
	f := strings.Split(line, " ")
	// Optional fields stand between the sixth and a lone dash.
	dash := 6
	for dash < len(f) && f[dash] != "-" {
		dash++
	}
	if dash+3 >= len(f) {
		return Mount{}, fmt.Errorf("%d fields in %q", len(f), line)
	}
	id, err := strconv.Atoi(f[0])
	if err != nil {
		return Mount{}, fmt.Errorf("mount id %q is no number", f[0])
	}
	if !isNumberPair(f[2]) {
		return Mount{}, fmt.Errorf("device %q is not major:minor", f[2])
	}
	return Mount{ID: id, Number: f[2], Root: unescape(f[3]), Point: unescape(f[4]), FSType: f[dash+1],
		Source: unescape(f[dash+2]), Ro: hasOption(f[5], "ro") || hasOption(f[dash+3], "ro")}, nil
}

func hasOption(list, option string) bool {
	for o := range strings.SplitSeq(list, ",") {
		if o == option {
			return true
		}
	}
	return false
}

func isNumberPair(s string) bool {
	major, minor, ok := strings.Cut(s, ":")
	_, err1 := strconv.ParseUint(major, 10, 32)
	_, err2 := strconv.ParseUint(minor, 10, 32)
	return ok && err1 == nil && err2 == nil
}

// unescape undoes the kernel's mangling of space, tab, newline and backslash
// into a backslash and three octal digits.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
