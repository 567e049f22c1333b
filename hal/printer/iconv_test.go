package printer

import (
	"bytes"
	"os/exec"
	"testing"
)

// TestCodePagesAgainstIconv compares every upper byte of every table with the
// iconv program, both ways.
func TestCodePagesAgainstIconv(t *testing.T) {
	for _, name := range []string{"CP437", "CP850", "CP858", "CP1252"} {
		var all []byte
		for b := 0x80; b < 0x100; b++ {
			unused := name == "CP1252" && (b == 0x81 || b == 0x8d || b == 0x8f || b == 0x90 || b == 0x9d)
			if !unused {
				all = append(all, byte(b))
			}
		}
		cmd := exec.Command("iconv", "-f", name, "-t", "UTF-8")
		cmd.Stdin = bytes.NewReader(all)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("iconv (Debian: libc-bin) from %s: %v", name, err)
		}
		cs, _ := newCharset(name)
		runes := []rune(string(out))
		if len(runes) != len(all) {
			t.Fatalf("%s: iconv gave %d characters for %d bytes", name, len(runes), len(all))
		}
		known := 0
		for i, r := range runes {
			b, ok := cs[r]
			switch {
			case r == '\u00a0' || r == '\u00ad': // blanks and soft hyphens are never sent
			case !ok || b != all[i]:
				t.Errorf("%s: byte %x is %q by iconv, ours says %x, %v", name, all[i], r, b, ok)
			default:
				known++
			}
		}
		if known < 120 || known+95 != len(cs) {
			t.Errorf("%s: %d of %d upper characters compared", name, known, len(cs)-95)
		}
	}
}
