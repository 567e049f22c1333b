package catalog_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tresen-pos/tresen/pos/catalog"
)

// TestPutAndRow: what is put comes back, the same bytes each time, and a
// catalog built from its rows is the same catalog.
func TestPutAndRow(t *testing.T) {
	c := shop(t)
	again := catalog.New()
	for _, r := range rows {
		raw, err := c.Row(r.kind, r.id)
		if err != nil || raw == nil {
			t.Fatalf("%s %s: %s, %v", r.kind, r.id, raw, err)
		}
		var got, want any
		if json.Unmarshal(raw, &got) != nil || json.Unmarshal([]byte(r.value), &want) != nil {
			t.Fatalf("%s %s: %s", r.kind, r.id, raw)
		}
		for field, v := range want.(map[string]any) {
			if !reflect.DeepEqual(got.(map[string]any)[field], v) && v != nil && !isZero(v) {
				t.Errorf("%s %s: %s is %v, was %v", r.kind, r.id, field, got.(map[string]any)[field], v)
			}
		}
		if err := again.Put(r.kind, r.id, raw); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(again, *c) {
		t.Errorf("got  %+v\nwant %+v", again, *c)
	}
}

func isZero(v any) bool { return reflect.ValueOf(v).IsZero() }

// TestSnapshotKeepsNilAndEmpty: through JSON as a whole, nothing changes.
func TestSnapshotKeepsNilAndEmpty(t *testing.T) {
	c := shop(t)
	set(t, c, "role", "none", `{"id":"none","name":"x","rights":[],"active":true}`)
	set(t, c, "role", "nil", `{"id":"nil","name":"x","rights":null,"active":true}`)
	again := catalog.New()
	if err := json.Unmarshal(encode(t, c), &again); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, *c) {
		t.Errorf("got  %+v\nwant %+v", again, *c)
	}
}

func TestRowsThatAreNotThere(t *testing.T) {
	c := catalog.New()
	for _, k := range catalog.Kinds {
		if k == catalog.KindLayout { // has a default
			continue
		}
		raw, err := c.Row(k, "x")
		if raw != nil || err != nil {
			t.Errorf("%s: %s, %v", k, raw, err)
		}
		if ids := c.IDs(k); len(ids) != 0 {
			t.Errorf("%s: %v", k, ids)
		}
	}
	if _, err := c.Row("weather", "x"); err == nil {
		t.Error("there is weather")
	}
	if err := c.Put("weather", "x", nil); err == nil {
		t.Error("weather was stored")
	}
	if ids := c.IDs("weather"); ids != nil {
		t.Errorf("got %v", ids)
	}
}

func TestIDs(t *testing.T) {
	c := shop(t)
	want := map[catalog.Kind][]string{}
	for _, r := range rows {
		want[r.kind] = append(want[r.kind], r.id)
	}
	want["group"] = []string{"cakes", "food"}
	want["role"] = []string{"boss", "chief", "seller"}
	want["employee"] = []string{"karl", "olga"}
	for _, k := range catalog.Kinds {
		if got := c.IDs(k); !reflect.DeepEqual(got, want[k]) {
			t.Errorf("%s: got %v, want %v", k, got, want[k])
		}
	}
}

func TestPutIsStrict(t *testing.T) {
	for _, k := range catalog.Kinds {
		c := shop(t)
		before := string(encode(t, c))
		for _, value := range []string{``, `[]`, `{"nothing":1}`, `{"id":`} {
			if err := c.Put(k, "x", json.RawMessage(value)); err == nil {
				t.Errorf("%s takes %q", k, value)
			}
		}
		if string(encode(t, c)) != before {
			t.Errorf("%s: a refused row changed the catalog", k)
		}
	}
}

func TestRatesOfADay(t *testing.T) {
	c := catalog.New()
	set(t, &c, "vat", "v", `{"id":"v","name":"Speisen","active":true,"rates":[
		{"from":"2026-01-01","rate":700,"key":2},{"from":"2020-07-01","rate":500,"key":2},{"from":"2024-01-01","rate":1900,"key":1}]}`)
	for _, x := range []struct {
		day  string
		rate int
		key  int
		ok   bool
	}{
		{"2020-06-30", 0, 0, false}, {"2020-07-01", 500, 2, true}, {"2023-12-31", 500, 2, true}, {"2024-01-01", 1900, 1, true},
		{"2025-12-31", 1900, 1, true}, {"2026-01-01", 700, 2, true}, {"2099-01-01", 700, 2, true},
	} {
		r, ok := c.VAT["v"].On(x.day)
		if int(r.Rate) != x.rate || r.Key != x.key || ok != x.ok {
			t.Errorf("%s: got %v %v, want %d", x.day, r, ok, x.rate)
		}
	}
}

// TestRateIsTheLatestBegun holds On against looking at every rate.
func TestRateIsTheLatestBegun(t *testing.T) {
	day := rapid.Custom(func(t *rapid.T) string {
		return time.Date(2020, 1, rapid.IntRange(1, 400).Draw(t, "day"), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	})
	rapid.Check(t, func(t *rapid.T) {
		class := catalog.VATClass{ID: "v", Name: "x"}
		for i, from := range rapid.SliceOfNDistinct(day, 1, 6, rapid.ID[string]).Draw(t, "from") {
			class.Rates = append(class.Rates, catalog.DatedRate{From: from, Key: i + 1})
		}
		raw, err := json.Marshal(class)
		if err != nil {
			t.Fatal(err)
		}
		c := catalog.New()
		if err := c.Put("vat", "v", raw); err != nil {
			t.Fatal(err)
		}
		on := day.Draw(t, "on")
		want := catalog.DatedRate{}
		for _, r := range class.Rates {
			if r.From <= on && r.From > want.From {
				want = r
			}
		}
		if got, ok := c.VAT["v"].On(on); got != want || ok != (want.Key > 0) {
			t.Fatalf("on %s: got %v %v, want %v", on, got, ok, want)
		}
	})
}

func TestClassOfAnArticle(t *testing.T) {
	a := catalog.Article{VAT: "in", TakeAway: "away"}
	plain := catalog.Article{VAT: "in"}
	if a.VATClass(false) != "in" || a.VATClass(true) != "away" || plain.VATClass(true) != "in" {
		t.Errorf("got %s, %s, %s", a.VATClass(false), a.VATClass(true), plain.VATClass(true))
	}
}

func TestMay(t *testing.T) {
	c := shop(t)
	set(t, c, "employee", "left", `{"id":"left","name":"x","fullName":"x","role":"boss","active":false}`)
	set(t, c, "role", "closed", `{"id":"closed","name":"x","rights":["bill"],"active":false}`)
	set(t, c, "employee", "shut", `{"id":"shut","name":"x","fullName":"x","role":"closed","active":true}`)
	for _, x := range []struct {
		who   string
		right catalog.Right
		want  bool
	}{
		{"olga", catalog.Administrate, true}, {"karl", catalog.IssueBills, true}, {"karl", catalog.Administrate, false},
		{"nobody", catalog.IssueBills, false}, {"left", catalog.IssueBills, false}, {"shut", catalog.IssueBills, false}, {"", catalog.IssueBills, false},
	} {
		if got := c.May(x.who, x.right); got != x.want {
			t.Errorf("%s %s: got %v", x.who, x.right, got)
		}
	}
}

func TestDrawer(t *testing.T) {
	c := shop(t)
	if p, ok := c.Drawer(); !ok || p.ID != "bon" {
		t.Errorf("got %v, %v", p, ok)
	}
	set(t, c, "printer", "a", `{"id":"a","name":"A","link":"file:/dev/usb/lp0","columns":32,"codePage":"cp437","pageNo":0,"qr":"native","cut":false,"drawer":true,"active":true}`)
	if p, _ := c.Drawer(); p.ID != "a" {
		t.Errorf("got %v, want the first by id", p)
	}
	empty := catalog.New()
	if _, ok := empty.Drawer(); ok {
		t.Error("a drawer without a printer")
	}
}

func TestLocation(t *testing.T) {
	if got := (catalog.Company{TimeZone: "Europe/Berlin"}).Location().String(); got != "Europe/Berlin" {
		t.Errorf("got %s", got)
	}
	if got := (catalog.Company{TimeZone: "No/Where"}).Location(); got != time.UTC {
		t.Errorf("got %s", got)
	}
	if a, b := (catalog.Company{TimeZone: "Europe/Vienna"}).Location(), (catalog.Company{TimeZone: "Europe/Vienna"}).Location(); a != b {
		t.Error("loaded twice")
	}
}

// TestNeeds: every kind takes a right that exists, and people only the
// administrator's.
func TestNeeds(t *testing.T) {
	for _, k := range append(catalog.Kinds, "weather") {
		want := catalog.Settings
		switch k {
		case "article", "group", "discount":
			want = catalog.EditProducts
		case "role", "employee":
			want = catalog.Administrate
		}
		if got := k.Needs(); got != want {
			t.Errorf("%s: got %s, want %s", k, got, want)
		}
	}
	if !(catalog.Tender{Type: catalog.Bar}).Cash() || (catalog.Tender{Type: catalog.Unbar}).Cash() {
		t.Error("only Bar is cash")
	}
}
