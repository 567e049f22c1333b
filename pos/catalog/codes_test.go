package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// byHand looks for the first article in the way without an index.
func byHand(c *Catalog, a Article) (field string) {
	for _, id := range SortedIDs(c.Articles) {
		o := c.Articles[id]
		if !a.Active || !o.Active || id == a.ID {
			continue
		}
		if o.PLU == a.PLU {
			return "plu"
		}
		if slices.ContainsFunc(a.Barcodes, func(b string) bool { return slices.Contains(o.Barcodes, b) }) {
			return "barcodes"
		}
	}
	return ""
}

// TestCodesFollowTheArticles: after any changes the index says what a search
// through all articles says, and is the one a fresh start would make.
func TestCodesFollowTheArticles(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := New()
		c.KeepCodes()
		taken := 0
		for range 200 {
			a := Article{ID: fmt.Sprint("a", r.IntN(12)), PLU: fmt.Sprint(r.IntN(15)), Active: r.IntN(4) > 0}
			for range r.IntN(3) {
				a.Barcodes = append(a.Barcodes, fmt.Sprint(r.IntN(15)))
			}
			want, got := byHand(&c, a), ""
			if p := c.codesFree(a); p != nil {
				got = p.Field
			}
			if got != want {
				t.Fatalf("seed %d: %+v among %+v: %q is taken, want %q", seed, a, c.Articles, got, want)
			}
			if want != "" {
				taken++
				continue
			}
			raw, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Put(KindArticle, a.ID, raw); err != nil {
				t.Fatal(err)
			}
		}
		fresh := (&Catalog{Articles: c.Articles}).index()
		if !reflect.DeepEqual(sorted(c.codes), sorted(fresh)) {
			t.Fatalf("seed %d: kept %v, fresh %v", seed, c.codes, fresh)
		}
		if taken == 0 || len(c.codes) == 0 {
			t.Fatalf("seed %d: nothing was tried: %d taken, %d codes", seed, taken, len(c.codes))
		}
	}
}

func sorted(x codes) codes {
	out := maps.Clone(x)
	for k := range out {
		out[k] = slices.Sorted(slices.Values(out[k]))
	}
	return out
}
