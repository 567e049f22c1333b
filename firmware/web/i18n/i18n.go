// Package i18n is the one catalogue of words the box shows to people, in
// German and English. The web pages import the same JSON files.
//
// Formats of money and dates are not here: they follow rules of their own. The
// texts of receipts are not here either; a law sets their language. The
// package has no goroutines.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/tresen-pos/tresen/pos/money"
)

//go:embed *.json
var files embed.FS

// Languages lists the languages of the catalogue, the first is the default.
var Languages = []string{"de", "en"}

// Text is one entry: the words by language.
type Text map[string]string

var catalogue = sync.OnceValue(func() map[string]Text {
	all, err := load()
	if err != nil {
		panic(err) // the files are compiled in and tested
	}
	return all
})

func load() (map[string]Text, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	all := map[string]Text{}
	for _, e := range entries {
		b, err := files.ReadFile(e.Name())
		if err != nil {
			return nil, err
		}
		var area map[string]Text
		if err := json.Unmarshal(b, &area); err != nil {
			return nil, fmt.Errorf("read %s: %w", e.Name(), err)
		}
		for key, text := range area {
			if _, ok := all[key]; ok {
				return nil, fmt.Errorf("read %s: %s stands in two files", e.Name(), key)
			}
			all[key] = text
		}
	}
	return all, nil
}

// Known reports whether the catalogue has the language.
func Known(lang string) bool {
	for _, l := range Languages {
		if l == lang {
			return true
		}
	}
	return false
}

// Keys lists every key, sorted.
func Keys() []string {
	keys := make([]string, 0, len(catalogue()))
	for k := range catalogue() {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// T returns the words of a key, German when the language has none and the key
// itself when nobody knows it. {name} is replaced by args["name"].
//
// Keys that begin with "refusal." take the arguments of a refusal: amounts in
// cents and rates are written out, and when an argument is missing the key
// itself is returned, because half a sentence helps nobody.
func T(lang, key string, args map[string]any) string {
	text, ok := catalogue()[key]
	if !ok {
		return key
	}
	s := text[lang]
	if s == "" {
		s = text[Languages[0]]
	}
	if !strings.HasPrefix(key, "refusal.") {
		return fill(s, args)
	}
	s = fill(s, written(args))
	if placeholder.MatchString(s) {
		return key
	}
	return s
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

func fill(s string, args map[string]any) string {
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	pairs := make([]string, 0, 2*len(args))
	for k, v := range args {
		pairs = append(pairs, "{"+k+"}", fmt.Sprint(v))
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// written writes out the amounts and rates among a refusal's arguments. The
// pages do the same (ui/shared/api.ts).
func written(args map[string]any) map[string]any {
	out := make(map[string]any, len(args))
	for k, v := range args {
		n, isNumber := v.(int64)
		switch {
		case isNumber && slices.Contains([]string{"total", "open", "cash", "difference"}, k):
			out[k] = money.Cents(n).German()
		case isNumber && k == "cap":
			out[k] = money.Rate(n).German()
		default:
			out[k] = v
		}
	}
	return out
}
