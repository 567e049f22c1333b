package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/tresen-pos/tresen/"

// rule says what packages below a folder may import of this module. The first
// rule that fits a package counts.
type rule struct {
	room, why string
	may       []string // folders; a trailing / means the folder and all below
}

var rules = []rule{
	{"pos/money", "money is the bottom of the house", nil},
	{"pos/catalog", "master data know only money", []string{"pos/money"}},
	{"pos/journal", "records are opaque to the journal", []string{"pos/journal", "pos/journal/"}},
	{"pos/till", "rules are pure: words of selling and of sealing only", []string{"pos/money", "pos/catalog", "pos/till", "pos/till/", "fiscal"}},
	{"pos/", "pos knows no device, no regime and no network", []string{"pos/", "fiscal"}},
	{"fiscal/", "a regime knows no hal and nothing of selling", []string{"fiscal/", "fiscal", "pos/money"}},
	{"fiscal", "the shared words know only money", []string{"pos/money"}},
	{"hal/", "hal knows nothing of selling", []string{"hal/", "hal"}},
	{"hal", "hal knows nothing of selling", []string{"hal/"}},
	{"lan/", "lan knows nothing of selling", []string{"lan/"}},
	{"firmware/", "firmware may know all but tools", []string{"firmware/", "pos/", "fiscal/", "fiscal", "hal/", "hal", "lan/"}},
	{"tools/", "tools may know all", []string{""}},
	{"image/", "the image knows the journal's check only", []string{"image/", "pos/journal", "pos/journal/", "fiscal/tselog"}},
}

func TestLayers(t *testing.T) {
	seen := 0
	for dir, imports := range packages(t, false) {
		r := ruleFor(dir)
		if r == nil {
			t.Errorf("%s: no rule for this folder; top-level folders are fixed", dir)
			continue
		}
		seen++
		for _, to := range imports {
			if to != dir && !allowed(r, to) {
				t.Errorf("%s must not import %s: %s", dir, to, r.why)
			}
		}
	}
	if seen < 10 {
		t.Fatalf("only %d packages found; the test looks at the wrong place", seen)
	}
}

// The firmware must never carry a simulator or the testing package.
func TestFirmwareIsFreeOfTestCode(t *testing.T) {
	all := packages(t, false)
	reach := map[string]bool{}
	var visit func(string)
	visit = func(dir string) {
		if reach[dir] {
			return
		}
		reach[dir] = true
		for _, to := range all[dir] {
			visit(to)
		}
	}
	visit("firmware/tresen")
	if len(reach) < 10 {
		t.Fatalf("firmware/tresen reaches %d packages only", len(reach))
	}
	for dir := range reach {
		if strings.HasSuffix(dir, "sim") || strings.HasSuffix(dir, "test") || strings.HasPrefix(dir, "tools/") || strings.HasSuffix(dir, "memdisk") {
			t.Errorf("firmware/tresen reaches %s", dir)
		}
	}
}

func ruleFor(dir string) *rule {
	for i, r := range rules {
		if r.room == dir || strings.HasSuffix(r.room, "/") && strings.HasPrefix(dir, r.room) || strings.HasPrefix(dir, r.room+"/") && !strings.HasSuffix(r.room, "/") && strings.Contains(r.room, "/") {
			return &rules[i]
		}
	}
	return nil
}

func allowed(r *rule, to string) bool {
	for _, m := range r.may {
		if m == "" || m == to || strings.HasSuffix(m, "/") && strings.HasPrefix(to, m) {
			return true
		}
	}
	return false
}

// packages maps each folder with Go files to the folders of this module it
// imports.
func packages(t *testing.T, tests bool) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	walk(t, func(name string) {
		if !tests && strings.HasSuffix(name, "_test.go") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(name)
		out[dir] = append(out[dir], nil...)
		for _, i := range f.Imports {
			if to, ok := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), module); ok {
				out[dir] = append(out[dir], to)
			}
		}
	})
	return out
}

const root = "../.."

// walk visits every Go file of the module.
func walk(t *testing.T, f func(name string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			base := d.Name()
			if base == "testdata" || base == "out" || base == "var" || base == "bin" || name != "." && strings.HasPrefix(base, ".") {
				return filepath.SkipDir
			}
			if name != "." && isModule(path) {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, ".go") {
			f(name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
