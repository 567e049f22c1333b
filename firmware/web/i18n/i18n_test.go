package i18n

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEveryKeyInEveryLanguage(t *testing.T) {
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("got %d keys, the catalogue is not read", len(all))
	}
	for key, text := range all {
		for _, lang := range Languages {
			if strings.TrimSpace(text[lang]) == "" {
				t.Errorf("%s has no words in %q", key, lang)
			}
		}
		if len(text) != len(Languages) {
			t.Errorf("%s has %d languages, want %d", key, len(text), len(Languages))
		}
		if got, want := holes(text["en"]), holes(text["de"]); got != want {
			t.Errorf("%s: English wants %q, German %q", key, got, want)
		}
	}
}

// holes lists the placeholders of a text, each once.
func holes(s string) string {
	seen := map[string]bool{}
	var names []string
	for _, p := range placeholder.FindAllString(s, -1) {
		if !seen[p] {
			seen[p] = true
			names = append(names, p)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// sources reads everything that may speak to people: pages, templates, Go.
func sources(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range []string{"../..", "../../../tools/shop"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && (d.Name() == "i18n" || d.Name() == "dist" || d.Name() == "testdata") {
				if err == nil {
					return filepath.SkipDir
				}
				return err
			}
			switch ext := filepath.Ext(path); {
			case d.IsDir(), strings.HasSuffix(path, "_test.go"):
				return nil
			case ext == ".ts" || ext == ".tsx" || ext == ".go" || ext == ".html":
				text, err := os.ReadFile(path)
				b.Write(text)
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

var (
	literal = regexp.MustCompile("[\"'`]([a-zA-Z][a-zA-Z0-9]*(?:\\.[a-zA-Z0-9_-]+)*)[\"'`]")
	prefix  = regexp.MustCompile("[\"'`]([a-zA-Z][a-zA-Z0-9.]*\\.)(?:[\"'] ?\\+|\\$\\{)")
	asked   = regexp.MustCompile(`(?:\bt\(|i18n\.T\([^,]+, )"([a-zA-Z][a-zA-Z0-9]*(?:\.[a-zA-Z0-9]+)*)"[,)]|\{\{t \S+ "([^"]+)"\}\}`)
)

// Every key somebody asks for exists, and none is left over. A key counts as
// used when it stands somewhere as a string, or begins like one that is put
// together ("kind." + x).
func TestKeysAndSourcesAgree(t *testing.T) {
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	text := sources(t)
	used, begun := map[string]bool{}, map[string]bool{}
	for _, m := range literal.FindAllStringSubmatch(text, -1) {
		used[m[1]] = true
	}
	for _, m := range prefix.FindAllStringSubmatch(text, -1) {
		begun[m[1]] = true
	}
	if len(used) == 0 || !begun["refusal."] {
		t.Fatal("the sources were not read")
	}
	for key := range all {
		ok := used[key]
		for p := range begun {
			ok = ok || strings.HasPrefix(key, p)
		}
		if !ok {
			t.Errorf("%s is not used anywhere", key)
		}
	}
	for _, m := range asked.FindAllStringSubmatch(text, -1) {
		if key := m[1] + m[2]; all[key] == nil {
			t.Errorf("%s is asked for but not in the catalogue", key)
		}
	}
}

// Every refusal of the rules, of master data and of the API has its sentence.
func TestRefusalsHaveWords(t *testing.T) {
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for dir, re := range map[string]*regexp.Regexp{
		"../../../pos/till":    regexp.MustCompile(`refuse\("([a-zA-Z]+)"`),
		"../../../pos/catalog": regexp.MustCompile(`problem\([^,]+, *"([a-zA-Z]+)"`),
		"../../../pos/engine":  regexp.MustCompile(`Code: "([a-zA-Z]+)"`),
		"..":                   regexp.MustCompile(`fault\([^,]+, *"([a-zA-Z]+)"`),
	} {
		found := 0
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range re.FindAllStringSubmatch(string(b), -1) {
				found++
				key := "refusal." + m[1]
				if strings.HasSuffix(dir, "catalog") {
					key = "refusal.master." + m[1]
				}
				if all[key] == nil {
					t.Errorf("%s: no words for %s", file, key)
				}
			}
		}
		if found == 0 {
			t.Errorf("%s: no codes found", dir)
		}
	}
}

func TestT(t *testing.T) {
	for _, c := range []struct {
		lang, key string
		args      map[string]any
		want      string
	}{
		{"de", "close", nil, "Schließen"},
		{"en", "close", nil, "Close"},
		{"fr", "close", nil, "Schließen"},
		{"de", "no.such.key", nil, "no.such.key"},
		{"de", "refusal.locked.hint", map[string]any{"seconds": 30}, "Bitte in 30 Sekunden noch einmal."},
		{"de", "refusal.totalChanged", map[string]any{"total": int64(123450)}, "Die Bestellung kostet jetzt 1.234,50 €."},
		{"en", "refusal.discountCap", map[string]any{"cap": int64(1050)}, "You may give at most 10,5 % discount."},
		{"de", "refusal.totalChanged", nil, "refusal.totalChanged"},
	} {
		if got := T(c.lang, c.key, c.args); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.lang, c.key, got, c.want)
		}
	}
}
