package web_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

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
		"/api/v1/report", "/api/v1/changes", "/api/v1/stats", "/api/v1/devices", "/api/v1/jobs", "/api/v1/health", "/api/openapi.json", "/api/v1/tse.tar"} {
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
	c.ask("GET", "/api/v1/me", nil, 401) // the token is worth nothing any more
	c.login(tilltest.Owner)
}

// failures makes each route answer with an error.
func (c *contract) failures() {
	for path, status := range map[string]int{"/api/v1/receipts/77": 404, "/api/v1/receipts/x": 400, "/api/v1/shifts/77": 404, "/api/v1/closings/77": 404,
		"/api/v1/master/nothing": 404, "/api/v1/receipts?limit=x": 400, "/api/v1/shifts?from=x": 400, "/api/v1/changes?before=x": 400, "/api/v1/devices?after=x": 400} {
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
