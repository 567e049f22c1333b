package catalog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/pos/catalog"
)

// rows is a small shop; each row is whole, as the API sends it.
var rows = []struct {
	kind      catalog.Kind
	id, value string
}{
	{"company", "company", `{"id":"company","name":"Café","street":"Markt 1","zip":"10115","city":"Berlin","show":["phone"],"footer":["Danke"],"timeZone":"Europe/Berlin","currency":"EUR"}`},
	{"register", "register", `{"id":"register","serial":"TEST-0001","name":"Theke"}`},
	{"layout", "layout", `{"id":"layout","columns":5,"rows":4,"askFloat":true,"pinLess":false,"singleUser":false,"logoutAfter":false,"takeAway":true,"takeAwayFirst":false,"theme":"dark"}`},
	{"vat", "general", `{"id":"general","name":"Regelsatz","rates":[{"from":"2007-01-01","rate":1900,"key":1}],"active":true}`},
	{"vat", "gone", `{"id":"gone","name":"Alt","rates":[{"from":"2007-01-01","rate":1600,"key":1}],"active":false}`},
	{"group", "food", `{"id":"food","name":"Essen","color":"#aabbcc","sort":1,"active":true}`},
	{"group", "cakes", `{"id":"cakes","name":"Kuchen","parent":"food","sort":2,"noDiscount":true,"active":true}`},
	{"article", "cake", `{"id":"cake","plu":"1","name":"Kuchen","group":"cakes","price":420,"vat":"general","takeAway":"general","barcodes":["4000000000013"],"sort":1,"active":true}`},
	{"article", "former", `{"id":"former","plu":"9","name":"Alt","group":"cakes","price":420,"vat":"general","barcodes":["4000000000099"],"sort":1,"active":false}`},
	{"discount", "regular", `{"id":"regular","code":"1","name":"Stammgast","percent":1000,"active":true}`},
	{"tender", "cash", `{"id":"cash","name":"Bar","type":"Bar","drawer":true,"sort":1,"active":true}`},
	{"role", "boss", `{"id":"boss","name":"Chef","rights":["admin","bill"],"active":true}`},
	{"role", "seller", `{"id":"seller","name":"Verkauf","rights":["bill"],"active":true}`},
	{"role", "chief", `{"id":"chief","name":"Zweiter Chef","rights":["admin"],"active":true}`},
	{"employee", "olga", `{"id":"olga","name":"Olga","fullName":"Olga Ö","role":"boss","discountCap":10000,"active":true}`},
	{"employee", "karl", `{"id":"karl","name":"Karl","fullName":"Karl K","role":"seller","pin":"hash","discountCap":1000,"language":"de","active":true}`},
	{"printer", "bon", `{"id":"bon","name":"Bon","link":"tcp:127.0.0.1:9100","columns":42,"codePage":"cp858","pageNo":-1,"qr":"raster","cut":true,"drawer":true,"active":true}`},
}

// shop stores the rows as the rules would: checked, then put.
func shop(t *testing.T) *catalog.Catalog {
	t.Helper()
	c := catalog.New()
	for _, r := range rows {
		set(t, &c, r.kind, r.id, r.value)
	}
	return &c
}

func set(t *testing.T, c *catalog.Catalog, kind catalog.Kind, id, value string) {
	t.Helper()
	if err := c.Check(kind, id, json.RawMessage(value)); err != nil {
		t.Fatalf("%s %s: %v", kind, id, err)
	}
	if err := c.Put(kind, id, json.RawMessage(value)); err != nil {
		t.Fatalf("%s %s: %v", kind, id, err)
	}
}

// bad lists rows that cannot be stored: the row of the shop that is changed,
// what in it becomes what, and the field and code that are answered.
var bad = []struct {
	kind        catalog.Kind
	id          string
	was, is     string
	field, code string
}{
	{"weather", "x", "", "", "kind", "unknownKind"},
	{"article", "no id", "", "", "id", "badId"},
	{"article", "", "", "", "id", "badId"},
	{"article", "-x", "", "", "id", "badId"},
	{"article", strings.Repeat("x", 41), "", "", "id", "badId"},
	{"article", "cake", `"id":"cake"`, `"id":"pie"`, "id", "badId"},
	{"article", "cake", `"sort":1`, `"sorted":1`, "value", "badJSON"},
	{"article", "cake", `"price":420`, `"price":4.2`, "value", "badJSON"},
	{"article", "cake", `}`, ``, "value", "badJSON"},
	{"article", "cake", `"Kuchen"`, `" "`, "name", "missing"},
	{"article", "cake", `"Kuchen"`, `"` + strings.Repeat("x", 201) + `"`, "name", "tooLong"},
	{"article", "cake", `"sort":1`, `"color":"red"`, "color", "badColor"},
	{"article", "cake", `"price":420`, `"price":-1`, "price", "outOfRange"},
	{"article", "cake", `"price":420`, `"price":10000000000`, "price", "outOfRange"},
	{"article", "cake", `"vat":"general"`, `"vat":"none"`, "vat", "unknownVAT"},
	{"article", "cake", `"vat":"general"`, `"vat":"gone"`, "vat", "unknownVAT"},
	{"article", "cake", `"takeAway":"general"`, `"takeAway":"none"`, "takeAway", "unknownVAT"},
	{"article", "cake", `"group":"cakes"`, `"group":"none"`, "group", "unknownGroup"},
	{"article", "cake", `"plu":"1"`, `"plu":""`, "plu", "missing"},
	{"article", "new:cake", "", "", "plu", "taken"},
	{"article", "new:cake", `"plu":"1"`, `"plu":"2"`, "barcodes", "taken"},
	{"group", "cakes", `"Kuchen"`, `""`, "name", "missing"},
	{"group", "food", `#aabbcc`, `#aabbc`, "color", "badColor"},
	{"group", "cakes", `"parent":"food"`, `"parent":"none"`, "parent", "unknownGroup"},
	{"group", "cakes", `"parent":"food"`, `"parent":"cakes"`, "parent", "tooDeep"},
	{"group", "new:cakes", `"parent":"food"`, `"parent":"cakes"`, "parent", "tooDeep"},
	{"group", "food", `"sort":1`, `"parent":"food"`, "parent", "tooDeep"},
	{"vat", "general", `"Regelsatz"`, `""`, "name", "missing"},
	{"vat", "general", `{"from":"2007-01-01","rate":1900,"key":1}`, ``, "rates", "missing"},
	{"vat", "general", `2007-01-01`, `1.1.2007`, "rates", "badDate"},
	{"vat", "general", `2007-01-01`, `2007-02-30`, "rates", "badDate"},
	{"vat", "general", `1900`, `-1`, "rates", "outOfRange"},
	{"vat", "general", `1900`, `5001`, "rates", "outOfRange"},
	{"vat", "general", `"key":1`, `"key":0`, "rates", "outOfRange"},
	{"vat", "general", `"key":1`, `"key":44`, "rates", "outOfRange"},
	{"vat", "general", `[{`, `[{"from":"2007-01-01","rate":0,"key":5},{`, "rates", "taken"},
	{"discount", "regular", `"Stammgast"`, `""`, "name", "missing"},
	{"discount", "regular", `"percent":1000`, `"percent":0`, "percent", "missing"},
	{"discount", "regular", `"percent":1000`, `"percent":1000,"amount":1`, "percent", "missing"},
	{"discount", "regular", `"percent":1000`, `"percent":10001`, "percent", "outOfRange"},
	{"discount", "regular", `"percent":1000`, `"percent":-1`, "percent", "outOfRange"},
	{"discount", "regular", `"percent":1000`, `"amount":-1`, "percent", "outOfRange"},
	{"discount", "regular", `"percent":1000`, `"amount":10000000000`, "percent", "outOfRange"},
	{"discount", "new:regular", "", "", "code", "taken"},
	{"tender", "cash", `"name":"Bar"`, `"name":""`, "name", "missing"},
	{"tender", "cash", `"type":"Bar"`, `"type":"Muscheln"`, "type", "unknownType"},
	{"role", "seller", `"bill"`, `"fly"`, "rights", "unknownRight"},
	{"role", "seller", `"Verkauf"`, `""`, "name", "missing"},
	{"role", "boss", `"admin",`, ``, "rights", "lastAdmin"},
	{"role", "boss", `"active":true`, `"active":false`, "rights", "lastAdmin"},
	{"employee", "karl", `"name":"Karl"`, `"name":""`, "name", "missing"},
	{"employee", "karl", `"Karl K"`, `""`, "fullName", "missing"},
	{"employee", "karl", `"seller"`, `"none"`, "role", "unknownRole"},
	{"employee", "karl", `1000`, `10001`, "discountCap", "outOfRange"},
	{"employee", "karl", `1000`, `-1`, "discountCap", "outOfRange"},
	{"employee", "olga", `"active":true`, `"active":false`, "role", "lastAdmin"},
	{"employee", "olga", `"boss"`, `"seller"`, "role", "lastAdmin"},
	{"printer", "bon", `tcp:127.0.0.1:9100`, `udp:1.2.3.4:9`, "link", "badLink"},
	{"printer", "bon", `tcp:127.0.0.1:9100`, `tcp:127.0.0.1`, "link", "badLink"},
	{"printer", "bon", `tcp:127.0.0.1:9100`, `file:lp0`, "link", "badLink"},
	{"printer", "bon", `"columns":42`, `"columns":40`, "columns", "outOfRange"},
	{"printer", "bon", `raster`, `laser`, "qr", "unknownType"},
	{"printer", "bon", `cp858`, `utf8`, "codePage", "unknownType"},
	{"printer", "bon", `"pageNo":-1`, `"pageNo":-2`, "pageNo", "outOfRange"},
	{"printer", "bon", `"pageNo":-1`, `"pageNo":256`, "pageNo", "outOfRange"},
	{"printer", "bon", `"name":"Bon"`, `"name":""`, "name", "missing"},
	{"company", "company", `"Café"`, `""`, "name", "missing"},
	{"company", "company", `"Markt 1"`, `""`, "street", "missing"},
	{"company", "company", `"city":"Berlin"`, `"city":""`, "city", "missing"},
	{"company", "company", `Europe/Berlin`, `Berlin`, "timeZone", "unknownType"},
	{"company", "company", `Europe/Berlin`, ``, "timeZone", "unknownType"},
	{"company", "company", `["Danke"]`, `["1","2","3","4","5","6","7","8","9","10","11"]`, "footer", "tooLong"},
	{"company", "another", "", "", "id", "badId"},
	{"register", "another", "", "", "id", "badId"},
	{"layout", "another", "", "", "id", "badId"},
	{"company", "company", `"id":"company"`, `"id":"x"`, "id", "badId"},
	{"register", "register", `TEST-0001`, `TEST-0002`, "serial", "fixed"},
	{"register", "register", `TEST-0001`, `A`, "serial", "badSerial"},
	{"register", "register", `TEST-0001`, `A_B_C`, "serial", "badSerial"},
	{"register", "register", `TEST-0001`, strings.Repeat("A", 31), "serial", "badSerial"},
	{"layout", "layout", `"columns":5`, `"columns":1`, "columns", "outOfRange"},
	{"layout", "layout", `"rows":4`, `"rows":13`, "columns", "outOfRange"},
	{"layout", "layout", `dark`, `pink`, "theme", "unknownType"},
}

// valueOf is the shop's row; new:x is the row x under a new id.
func valueOf(kind catalog.Kind, id string) (string, string) {
	from, isNew := strings.CutPrefix(id, "new:")
	for _, r := range rows {
		if r.kind != kind || r.id != from {
			continue
		}
		if isNew {
			return "another", strings.Replace(r.value, `"id":"`+from+`"`, `"id":"another"`, 1)
		}
		return id, r.value
	}
	return id, `{}`
}

func TestCheckRefuses(t *testing.T) {
	c := shop(t)
	before := encode(t, c)
	for i, b := range bad {
		t.Run(fmt.Sprintf("%d %s %s %s", i, b.kind, b.field, b.code), func(t *testing.T) {
			id, value := valueOf(b.kind, b.id)
			changed := strings.Replace(value, b.was, b.is, 1)
			if b.was != b.is && changed == value {
				t.Fatalf("%q is not in %s", b.was, value)
			}
			err := c.Check(b.kind, id, json.RawMessage(changed))
			var p *catalog.Problem
			if !errors.As(err, &p) {
				t.Fatalf("got %v, want %s", err, b.code)
			}
			if p.Field != b.field || p.Code != b.code {
				t.Errorf("got %s %s, want %s %s", p.Field, p.Code, b.field, b.code)
			}
			if p.Sentence == "" || !strings.Contains(p.Error(), p.Field) {
				t.Errorf("error %q", p.Error())
			}
		})
	}
	if string(encode(t, c)) != string(before) {
		t.Error("checking changed the catalog")
	}
}

// TestEveryProblemIsTested compares with the codes in the source.
func TestEveryProblemIsTested(t *testing.T) {
	src, err := os.ReadFile("check.go")
	if err != nil {
		t.Fatal(err)
	}
	tested := map[string]bool{}
	for _, b := range bad {
		tested[b.code] = true
	}
	found := regexp.MustCompile(`problem\([^,]+, "([A-Za-z]+)"`).FindAllStringSubmatch(string(src), -1)
	if len(found) < 30 {
		t.Fatalf("only %d problems found: has the function got another name?", len(found))
	}
	for _, m := range found {
		if !tested[m[1]] {
			t.Errorf("no test for problem %q", m[1])
		}
	}
}

// TestCheckAllows what is close to being refused.
func TestCheckAllows(t *testing.T) {
	for name, r := range map[string]struct {
		kind    catalog.Kind
		id      string
		was, is string
		also    string // a row of chief's own, stored before
	}{
		"an inactive twin":              {kind: "article", id: "new:cake", was: `"active":true`, is: `"active":false`},
		"the PLU of an inactive one":    {kind: "article", id: "cake", was: `"plu":"1"`, is: `"plu":"9"`},
		"the same take-away class":      {kind: "article", id: "cake", was: `"takeAway":"general",`, is: ``},
		"a top group":                   {kind: "group", id: "cakes", was: `"parent":"food",`, is: ``},
		"a discount without code":       {kind: "discount", id: "new:regular", was: `"code":"1"`, is: `"code":""`},
		"a role nobody has":             {kind: "role", id: "chief", was: `"admin"`, is: ``},
		"a right for the administrator": {kind: "role", id: "boss", was: `"admin",`, is: `"admin","settings",`},
		"another administrator exists, role": {kind: "role", id: "boss", was: `"admin",`, is: ``,
			also: `{"id":"carl","name":"Carl","fullName":"Carl","role":"chief","active":true}`},
		"another administrator exists, employee": {kind: "employee", id: "olga", was: `"active":true`, is: `"active":false`,
			also: `{"id":"carl","name":"Carl","fullName":"Carl","role":"chief","active":true}`},
		"an employee who was none": {kind: "employee", id: "karl", was: `"active":true`, is: `"active":false`},
		"a printer on a file":      {kind: "printer", id: "bon", was: `tcp:127.0.0.1:9100`, is: `file:/dev/usb/lp0`},
	} {
		c := shop(t)
		if r.also != "" {
			set(t, c, "employee", "carl", r.also)
		}
		id, value := valueOf(r.kind, r.id)
		changed := strings.Replace(value, r.was, r.is, 1)
		if changed == value {
			t.Errorf("%s: %q is not in %s", name, r.was, value)
		}
		if err := c.Check(r.kind, id, json.RawMessage(changed)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRoleOfInactiveAdministrator: somebody who has left does not count.
func TestRoleOfInactiveAdministrator(t *testing.T) {
	c := shop(t)
	set(t, c, "employee", "carl", `{"id":"carl","name":"Carl","fullName":"Carl","role":"chief","active":false}`)
	_, value := valueOf("role", "boss")
	err := c.Check("role", "boss", json.RawMessage(strings.Replace(value, `"admin",`, ``, 1)))
	var p *catalog.Problem
	if !errors.As(err, &p) || p.Code != "lastAdmin" {
		t.Errorf("got %v", err)
	}
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
