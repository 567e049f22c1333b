package probe

import (
	"os"
	"strings"
	"testing"
)

func TestParseMounts(t *testing.T) {
	tests := []struct {
		name, line string
		want       Mount
	}{
		{"man page", "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue",
			Mount{36, "98:0", "/mnt1", "/mnt2", "ext3", "/dev/root", false}},
		{"no optional fields", "24 27 0:6 / /dev rw,relatime - devtmpfs devtmpfs rw,size=12334492k",
			Mount{24, "0:6", "/", "/dev", "devtmpfs", "devtmpfs", false}},
		{"several optional fields", "40 27 8:1 / /tse rw shared:7 master:1 unbindable - vfat /dev/sda1 rw",
			Mount{40, "8:1", "/", "/tse", "vfat", "/dev/sda1", false}},
		{"space and backslash", `40 27 8:1 / /media/USB\040\134Stick rw - vfat /dev/sda1 rw`,
			Mount{40, "8:1", "/", `/media/USB \Stick`, "vfat", "/dev/sda1", false}},
		{"read-only mount", "40 27 8:1 / /tse ro,noatime - vfat /dev/sda1 rw", Mount{40, "8:1", "/", "/tse", "vfat", "/dev/sda1", true}},
		{"read-only file system", "40 27 8:1 / /tse rw - vfat /dev/sda1 ro", Mount{40, "8:1", "/", "/tse", "vfat", "/dev/sda1", true}},
		{"rootcontext is not ro", "40 27 8:1 / /tse rw - vfat /dev/sda1 rw,root=x", Mount{40, "8:1", "/", "/tse", "vfat", "/dev/sda1", false}},
	}
	for _, tt := range tests {
		got, err := ParseMounts(tt.line + "\n")
		if err != nil || len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s: got %+v, %v", tt.name, got, err)
		}
	}
}

func TestParseMountsRefuses(t *testing.T) {
	for _, line := range []string{"", "36", "36 35 98:0 /a /b rw", "36 35 98:0 /a /b rw -", "36 35 98:0 /a /b rw - ext3 src",
		"x 35 98:0 / /b rw - ext3 src rw", "36 35 98 / /b rw - ext3 src rw", "36 35 98:x / /b rw - ext3 src rw"} {
		if got, err := ParseMounts(line + "\n"); err == nil {
			t.Errorf("%q: got %+v, want an error", line, got)
		}
	}
	if _, err := ParseMounts(strings.Repeat("36 35 98:0 / /b rw - ext3 src rw\n", maxMounts+1)); err == nil {
		t.Error("endless table accepted")
	}
}

func FuzzMounts(f *testing.F) {
	own, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(own))
	f.Add("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n")
	f.Add(`40 27 8:1 / /media/USB\040Stick\ rw - vfat /dev/sda1 rw`)
	f.Add("1 2 3:4 5 6 7 - - - -")
	f.Fuzz(func(t *testing.T, table string) {
		mounts, err := ParseMounts(table)
		if err != nil && mounts != nil {
			t.Error("mounts beside an error")
		}
		for _, m := range mounts {
			if !isNumberPair(m.Number) || len(m.Point) > len(table) {
				t.Errorf("got %+v from %q", m, table)
			}
		}
	})
}
