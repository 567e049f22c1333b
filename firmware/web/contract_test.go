package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tresen-pos/tresen/firmware/box"
	"github.com/tresen-pos/tresen/firmware/config"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// contract holds every request and answer against the document that the box
// serves, by a validator that is not ours.
type contract struct {
	t        *testing.T
	url      string
	token    string
	doc      map[string]any
	compiler *jsonschema.Compiler
	seen     map[string]bool // "GET /path 200", "op pay"
	n        int
}

const docURL = "tresen.json"

// startBox runs the firmware on a free port with the test shop in it.
func startBox(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	rows := tilltest.Rows()
	for i := range rows {
		var e catalog.Employee
		if rows[i].Kind == catalog.KindEmployee && json.Unmarshal(rows[i].Value, &e) == nil {
			e.PIN = "4711"
			rows[i].Value = encode(t, e)
		}
	}
	seed := filepath.Join(dir, "seed.json")
	if err := os.WriteFile(seed, encode(t, rows), 0o600); err != nil {
		t.Fatal(err)
	}
	c := config.Default(filepath.Join(dir, "box"))
	c.Listen, c.Seed = "127.0.0.1:0", seed
	ready := make(chan string, 1) // one start
	ended := make(chan error, 1)  // one end
	ctx, stop := context.WithCancel(context.Background())
	b := box.New(box.Options{Config: c, Version: "test", Log: slog.New(slog.DiscardHandler), Ready: func(addr string) { ready <- addr }})
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case addr := <-ready:
		return "http://" + addr
	case err := <-ended:
		ended <- nil
		t.Fatal(err)
		return ""
	}
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func newContract(t *testing.T) *contract {
	t.Helper()
	c := &contract{t: t, url: startBox(t), seen: map[string]bool{}, compiler: jsonschema.NewCompiler()}
	resp, err := http.Get(c.url + "/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	v, err := jsonschema.UnmarshalJSON(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	c.doc = v.(map[string]any)
	c.compiler.AssertFormat()
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	if err := c.compiler.AddResource(docURL, v); err != nil {
		t.Fatal(err)
	}
	return c
}

// operation finds the entry for a path, and its name as the document has it.
func (c *contract) operation(method, path string) (string, map[string]any) {
	c.t.Helper()
	path, _, _ = strings.Cut(path, "?")
	best, params := "", 99
	for name := range c.doc["paths"].(map[string]any) {
		if fits(name, path) && strings.Count(name, "{") < params {
			best, params = name, strings.Count(name, "{")
		}
	}
	if best == "" {
		c.t.Fatalf("the document has no path for %s", path)
	}
	op, ok := c.doc["paths"].(map[string]any)[best].(map[string]any)[strings.ToLower(method)].(map[string]any)
	if !ok {
		c.t.Fatalf("the document has no %s %s", method, best)
	}
	return best, op
}

func fits(name, path string) bool {
	a, b := strings.Split(name, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !strings.HasPrefix(a[i], "{") {
			return false
		}
	}
	return true
}

// check validates a body against the schema at a place of the document.
func (c *contract) check(what string, pointer []string, raw []byte) {
	c.t.Helper()
	for i, p := range pointer {
		pointer[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(p)
	}
	s, err := c.compiler.Compile(docURL + "#/" + strings.ReplaceAll(strings.Join(pointer, "/"), "%", "%25"))
	if err != nil {
		c.t.Fatalf("%s: %v", what, err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		c.t.Fatalf("%s: %v: %.200s", what, err, raw)
	}
	if err := s.Validate(v); err != nil {
		c.t.Errorf("%s is not as described: %v\n%.2000s", what, err, raw)
	}
}

// ask sends a request that the document describes and checks the answer.
func (c *contract) ask(method, path string, body any, want int) []byte {
	c.t.Helper()
	name, op := c.operation(method, path)
	at := []string{"paths", name, strings.ToLower(method)}
	var raw []byte
	if body != nil {
		raw = encode(c.t, body)
		if want < 400 {
			c.check("request of "+name, append(slices.Clone(at), "requestBody", "content", "application/json", "schema"), raw)
		}
	}
	c.parameters(op, path, want)
	status, kind, answer := c.send(method, path, raw)
	if status != want {
		c.t.Fatalf("%s %s: %d %s, want %d", method, path, status, answer, want)
	}
	c.seen[fmt.Sprintf("%s %s %d", method, name, status)] = true
	responses := op["responses"].(map[string]any)
	r, ok := responses[fmt.Sprint(status)].(map[string]any)
	if !ok {
		c.t.Fatalf("%s %s: %d is not described", method, path, status)
	}
	at = append(at, "responses", fmt.Sprint(status))
	if ref, ok := r["$ref"].(string); ok {
		at = strings.Split(strings.TrimPrefix(ref, "#/"), "/")
		r = c.doc["components"].(map[string]any)["responses"].(map[string]any)["Error"].(map[string]any)
	}
	if r["content"].(map[string]any)[kind] == nil {
		c.t.Fatalf("%s %s: %d comes as %s", method, path, status, kind)
	}
	if kind == "application/json" {
		c.check(fmt.Sprintf("answer %d of %s %s", status, method, path), append(at, "content", kind, "schema"), answer)
	}
	return answer
}

// parameters checks that what stands in the query is described.
func (c *contract) parameters(op map[string]any, path string, want int) {
	c.t.Helper()
	_, query, _ := strings.Cut(path, "?")
	for _, pair := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' }) {
		name, _, _ := strings.Cut(pair, "=")
		known := slices.ContainsFunc(op["parameters"].([]any), func(p any) bool { return p.(map[string]any)["name"] == name })
		if !known {
			c.t.Errorf("%s: %s is not described", path, name)
		}
		c.seen["query "+op["operationId"].(string)+" "+name] = true
	}
}

func (c *contract) send(method, path string, raw []byte) (int, string, []byte) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url+path, bytes.NewReader(raw))
	if err != nil {
		c.t.Fatal(err)
	}
	if raw != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), answer
}

func (c *contract) login(employee string) {
	c.t.Helper()
	c.token = ""
	var out struct{ Token string }
	if err := json.Unmarshal(c.ask("POST", "/api/v1/login", args{"employee": employee, "pin": "4711"}, 200), &out); err != nil {
		c.t.Fatal(err)
	}
	c.token = out.Token
}

type args map[string]any

// do sends a command; code is the refusal expected, empty for none.
func (c *contract) do(op string, a args, code string) {
	c.t.Helper()
	c.n++
	raw := c.ask("POST", "/api/v1/commands", args{"client": "c-1", "commands": []args{{"n": c.n, "op": op, "args": a}}}, 200)
	var out struct {
		Results []struct {
			OK    bool
			Error struct{ Code string }
		}
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		c.t.Fatal(err)
	}
	if got := out.Results[0]; got.OK != (code == "") || got.Error.Code != code {
		c.t.Fatalf("%s %v: got %+v, want %q", op, a, got, code)
	}
	c.seen["op "+op] = true
}

// TestContract goes through a day with every command, asks every question, and
// makes every route fail once.
func TestContract(t *testing.T) {
	c := newContract(t)
	c.questions() // empty books
	c.login(tilltest.Owner)
	c.day()
	c.filled()
	c.failures()
	c.masters()
	c.stream()
	c.covered()
}

// day sells, and sends each command at least once.
func (c *contract) day() {
	c.do("pay", args{"order": "o", "tender": "cash", "total": 1}, "noShift")
	c.do("openShift", args{"count": args{"5000": 2, "200": 5}, "note": "früh"}, "")
	for i, article := range []string{tilltest.Espresso, tilltest.Cake, tilltest.Tobacco} {
		c.do("addLine", args{"order": "o-1", "line": fmt.Sprint("l-", i), "article": article, "qty": 2000, "takeAway": true}, "")
	}
	c.do("addLine", args{"order": "o-1", "line": "l-9", "article": tilltest.Voucher, "qty": 1000, "price": 500}, "")
	c.do("setQty", args{"order": "o-1", "line": "l-0", "qty": 1000, "reason": "zu viel"}, "")
	c.do("voidLine", args{"order": "o-1", "line": "l-2", "reason": "doch nicht"}, "")
	c.do("discount", args{"order": "o-1", "line": "l-1", "id": "euro"}, "")
	c.do("discount", args{"order": "o-1", "percent": 1000}, "")
	c.do("setTakeAway", args{"order": "o-1", "takeAway": false}, "")
	c.do("park", args{"order": "o-1", "label": "Tisch 4"}, "")
	c.do("resume", args{"order": "o-1"}, "")
	total := c.total("o-1")
	c.do("pay", args{"order": "o-1", "tender": "card", "total": total, "amount": 100}, "")
	c.do("dropPayments", args{"order": "o-1"}, "")
	c.do("pay", args{"order": "o-1", "tender": "card", "total": total, "amount": 100}, "")
	c.do("pay", args{"order": "o-1", "tender": "cash", "total": total, "given": total, "tip": 20}, "")
	c.do("addLine", args{"order": "o-2", "line": "l-1", "article": tilltest.Espresso, "qty": 1000}, "")
	c.do("cancelOrder", args{"order": "o-2", "reason": "ging"}, "")
	c.do("addLine", args{"order": "o-3", "line": "l-1", "article": tilltest.Espresso, "qty": 1000}, "")
	c.do("park", args{"order": "o-3", "label": "bleibt"}, "")
	c.do("voidReceipt", args{"receipt": 2, "reason": "Irrtum"}, "")
	c.do("reprint", args{"receipt": 2}, "")
	c.do("openDrawer", args{"reason": "wechseln"}, "")
	c.do("moveCash", args{"amount": -500, "note": "Bank"}, "")
	c.do("report", args{}, "")
	c.questions() // an open shift, a parked order
	c.do("beginCount", args{}, "")
	c.do("rescueShift", args{"reason": "noch ein Gast"}, "")
	c.do("beginCount", args{}, "")
	c.do("closeShift", args{"counted": 1, "reason": "verzählt"}, "")
	c.do("openShift", args{"float": 100}, "")
	c.do("forceClose", args{"reason": "niemand da"}, "")
	c.do("closeDay", args{}, "")
	c.do("setMaster", args{"kind": "group", "id": "new", "value": catalog.Group{ID: "new", Name: "Neu", Active: true}}, "")
	again := args{"client": "c-1", "commands": []args{{"n": c.n, "op": "closeDay"}, {"n": 1, "op": "closeDay"}}}
	if raw := c.ask("POST", "/api/v1/commands", again, 200); !bytes.Contains(raw, []byte(`"repeated":true`)) || !bytes.Contains(raw, []byte("refusedBefore")) {
		c.t.Errorf("repeated: %s", raw)
	}
}

// total is the order's, found as a till does: by asking for another one.
func (c *contract) total(order string) int64 {
	c.t.Helper()
	c.n++
	raw := c.ask("POST", "/api/v1/commands", args{"client": "c-1", "commands": []args{{"n": c.n, "op": "pay", "args": args{"order": order, "tender": "cash", "total": 1}}}}, 200)
	var out struct {
		Results []struct {
			Error struct{ Args struct{ Total int64 } }
		}
	}
	if err := json.Unmarshal(raw, &out); err != nil || out.Results[0].Error.Args.Total == 0 {
		c.t.Fatalf("%v %s", err, raw)
	}
	return out.Results[0].Error.Args.Total
}

// questions asks all that have no number in them.
func (c *contract) questions() {
	if c.token == "" {
		c.login(tilltest.Owner)
	}
	for _, path := range []string{"/api/v1/login", "/api/v1/me", "/api/v1/state", "/api/v1/status", "/api/v1/receipts", "/api/v1/shifts", "/api/v1/closings",
		"/api/v1/report", "/api/v1/changes", "/api/v1/stats", "/api/v1/jobs", "/api/v1/health", "/api/openapi.json", "/api/v1/tse.tar"} {
		c.ask("GET", path, nil, 200)
	}
	for _, k := range catalog.Kinds {
		c.ask("GET", "/api/v1/master/"+string(k), nil, 200)
	}
}

// filled asks what needs receipts, shifts and closings.
func (c *contract) filled() {
	c.questions()
	for _, path := range []string{"/api/v1/receipts/1", "/api/v1/receipts/2", "/api/v1/receipts/3", "/api/v1/shifts/1", "/api/v1/shifts/2", "/api/v1/closings/1",
		"/api/v1/receipts?q=2,50&from=2020-01-01&to=2099-01-01&by=olga&kind=sale&shift=1&before=9&limit=2",
		"/api/v1/shifts?from=2020-01-01&to=2099-01-01", "/api/v1/changes?kind=group&id=new&before=9999&limit=2"} {
		c.ask("GET", path, nil, 200)
	}
	c.ask("POST", "/api/v1/pin", args{"employee": tilltest.Trainee, "pin": "0815"}, 200)
	c.ask("POST", "/api/v1/logout", args{}, 200)
}

// failures makes each route answer with an error.
func (c *contract) failures() {
	for path, status := range map[string]int{"/api/v1/receipts/77": 404, "/api/v1/receipts/x": 400, "/api/v1/shifts/77": 404, "/api/v1/closings/77": 404,
		"/api/v1/master/nothing": 404, "/api/v1/receipts?limit=x": 400, "/api/v1/shifts?from=x": 400, "/api/v1/changes?before=x": 400} {
		c.ask("GET", path, nil, status)
	}
	c.ask("POST", "/api/v1/commands", args{"client": "", "commands": []args{}}, 400)
	c.ask("POST", "/api/v1/pin", args{"employee": "who", "pin": "4711"}, 404)
	c.ask("POST", "/api/v1/pin", args{"employee": "tina", "pin": "x"}, 400)
	owner := c.token
	c.login(tilltest.Cashier)
	c.ask("GET", "/api/v1/changes", nil, 403)
	c.do("closeDay", args{}, "forbidden")
	c.token = ""
	for name := range c.doc["paths"].(map[string]any) {
		for method, op := range c.doc["paths"].(map[string]any)[name].(map[string]any) {
			if len(op.(map[string]any)["security"].([]any)) > 0 {
				c.ask(strings.ToUpper(method), strings.NewReplacer("{number}", "1", "{id}", "1", "{kind}", "group").Replace(name), choose(method == "post", args{}), 401)
			}
		}
	}
	for range 5 {
		c.ask("POST", "/api/v1/login", args{"employee": "karl", "pin": "0000"}, 401)
	}
	c.ask("POST", "/api/v1/login", args{"employee": "karl", "pin": "0000"}, 429)
	status, _, _ := c.send("POST", "/api/v1/logout", nil)
	if status != http.StatusUnsupportedMediaType {
		c.t.Errorf("logout without a type: %d", status)
	}
	c.seen["POST /api/v1/logout 415"] = true
	c.token = owner
}

func choose(yes bool, v any) any {
	if yes {
		return v
	}
	return nil
}

// masters stores a row of each kind as it was read.
func (c *contract) masters() {
	for _, k := range catalog.Kinds {
		var out struct{ Rows []map[string]any }
		if err := json.Unmarshal(c.ask("GET", "/api/v1/master/"+string(k), nil, 200), &out); err != nil {
			c.t.Fatal(err)
		}
		if k == catalog.KindPrinter {
			out.Rows = []map[string]any{{"id": "p", "name": "P", "link": "tcp:127.0.0.1:1", "columns": 42, "codePage": "cp858", "pageNo": -1, "qr": "raster", "cut": true, "drawer": true, "active": true}}
		}
		if len(out.Rows) == 0 {
			c.t.Errorf("no rows of %s", k)
		}
		for _, row := range out.Rows {
			c.do("setMaster", args{"kind": string(k), "id": row["id"], "value": row}, "")
		}
	}
	c.ask("GET", "/api/v1/status", nil, 200)
}

// stream reads a snapshot, patches and a status.
func (c *contract) stream() {
	_, op := c.operation("GET", "/api/v1/events")
	req, err := http.NewRequestWithContext(c.t.Context(), "GET", c.url+"/api/v1/events", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); op["responses"].(map[string]any)["200"].(map[string]any)["content"].(map[string]any)[kind] == nil {
		c.t.Errorf("the stream comes as %s", kind)
	}
	c.seen["GET /api/v1/events 200"] = true
	got := map[string]int{}
	lines := bufio.NewReader(resp.Body)
	event := ""
	for started := false; got["patch"] < 3 || got["status"] < 1; {
		line, err := lines.ReadString('\n')
		if err != nil {
			c.t.Fatal(err)
		}
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			event = name
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			got[event]++
			c.check("event "+event, []string{"paths", "/api/v1/events", "get", "x-events", event}, []byte(data))
		}
		if got["snapshot"] == 1 && !started {
			started = true
			c.do("openShift", args{"float": 100}, "")
			c.do("addLine", args{"order": "o-9", "line": "l", "article": tilltest.Espresso, "qty": 1000}, "")
			c.do("cancelOrder", args{"order": "o-9"}, "")
		}
	}
	c.check("event job", []string{"paths", "/api/v1/events", "get", "x-events", "job"}, []byte(`{"id":"rebuild","stage":"rebuild","progress":3,"done":false}`))
}

// covered fails for a route, a query or a command nobody asked for.
func (c *contract) covered() {
	for _, op := range till.Ops() {
		if !c.seen["op "+op] {
			c.t.Errorf("no test sends %s", op)
		}
	}
	public := []string{"GET /api/v1/login", "GET /api/v1/jobs", "GET /api/v1/health", "GET /api/openapi.json"}
	count := 0
	for name := range c.doc["paths"].(map[string]any) {
		for method, op := range c.doc["paths"].(map[string]any)[name].(map[string]any) {
			count++
			route := strings.ToUpper(method) + " " + name
			if !c.seen[route+" 200"] {
				c.t.Errorf("no test of %s succeeds", route)
			}
			failed := slices.ContainsFunc(slices.Collect(maps.Keys(c.seen)), func(s string) bool {
				return strings.HasPrefix(s, route+" ") && s != route+" 200"
			})
			if !failed && !slices.Contains(public, route) {
				c.t.Errorf("no test of %s fails", route)
			}
			for _, p := range op.(map[string]any)["parameters"].([]any) {
				p := p.(map[string]any)
				if p["in"] == "query" && p["name"] != "since" && !c.seen["query "+op.(map[string]any)["operationId"].(string)+" "+p["name"].(string)] {
					c.t.Errorf("no test of %s uses %s", route, p["name"])
				}
			}
		}
	}
	c.t.Logf("%d routes, %d commands", count, len(till.Ops()))
}

// TestDocument: the document stands on its own: every reference leads
// somewhere, operations have names of their own, and API.md speaks of every
// route and command.
func TestDocument(t *testing.T) {
	c := newContract(t)
	text, err := os.ReadFile("API.md")
	if err != nil {
		t.Fatal(err)
	}
	refs, ids := 0, map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			if ref, ok := x["$ref"].(string); ok {
				refs++
				if !c.leads(ref) {
					t.Errorf("%s leads nowhere", ref)
				}
			}
			if id, ok := x["operationId"].(string); ok {
				if ids[id] {
					t.Errorf("two operations are called %s", id)
				}
				ids[id] = true
			}
			for _, y := range x {
				walk(y)
			}
		case []any:
			for _, y := range x {
				walk(y)
			}
		}
	}
	walk(c.doc)
	if refs < 50 || len(ids) < 20 {
		t.Errorf("only %d references, %d operations", refs, len(ids))
	}
	for path, methods := range c.doc["paths"].(map[string]any) {
		for method := range methods.(map[string]any) {
			if want := "`" + strings.ToUpper(method) + " " + path; !bytes.Contains(text, []byte(want)) {
				t.Errorf("API.md does not speak of %s", want)
			}
		}
	}
	for _, op := range till.Ops() {
		if !bytes.Contains(text, []byte(op)) {
			t.Errorf("API.md does not speak of %s", op)
		}
		if d := c.doc["components"].(map[string]any)["schemas"].(map[string]any)["Command."+op].(map[string]any)["description"]; d == nil || d == "" {
			t.Errorf("%s is not described", op)
		}
	}
	for name := range c.doc["components"].(map[string]any)["schemas"].(map[string]any) {
		if _, err := c.compiler.Compile(docURL + "#/components/schemas/" + name); err != nil {
			t.Errorf("schema %s: %v", name, err)
		}
	}
}

func (c *contract) leads(ref string) bool {
	var v any = c.doc
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		m, ok := v.(map[string]any)
		if !ok {
			return false
		}
		v = m[part]
	}
	return v != nil
}

// TestContractFindsMistakes: the validator is not asleep.
func TestContractFindsMistakes(t *testing.T) {
	c := newContract(t)
	for at, bad := range map[string][]string{
		"Batch": {`{"client":"c","commands":[]}`, `{"client":"c d","commands":[{"n":1,"op":"report"}]}`, `{"client":"c","commands":[{"n":0,"op":"report"}]}`,
			`{"client":"c","commands":[{"n":1,"op":"nothing"}]}`, `{"client":"c","commands":[{"n":1,"op":"resume","args":{"order":"o","x":1}}]}`,
			`{"client":"c","commands":[{"n":1,"op":"resume","args":{}}]}`, `{"client":"c","commands":[{"n":1,"op":"pay","args":{"order":"o","tender":"cash","total":"1"}}]}`,
			`{"client":"c","commands":[{"n":1,"op":"setMaster","args":{"kind":"group","id":"g","value":{"id":"g"}}}]}`,
			`{"client":"c","commands":[{"n":1,"op":"setMaster","args":{"kind":"weather","id":"g","value":{}}}]}`},
		"Error":   {`{}`, `{"error":{"code":"x"}}`, `{"error":{"code":"x","message":"y","more":1}}`},
		"Session": {`{"employee":"a","name":"b","rights":["fly"],"discountCap":0,"language":"de"}`},
		"Patch":   {`{}`, `{"seq":1,"more":1}`, `{"seq":-1}`},
	} {
		s, err := c.compiler.Compile(docURL + "#/components/schemas/" + at)
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range bad {
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if s.Validate(v) == nil {
				t.Errorf("%s takes %s", at, raw)
			}
		}
	}
}
