package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// Who may ask, written down a second time: a route that is not here, or is
// open to anybody else, fails the crawl.
var (
	open     = []catalog.Right{"nobody"}
	everyone = []catalog.Right{"anybody"}
	sellers  = []catalog.Right{catalog.IssueBills, catalog.UseOffice}
	offices  = []catalog.Right{catalog.UseOffice}
	admins   = []catalog.Right{catalog.Administrate}
)

var reachable = map[string][]catalog.Right{
	"GET /api/openapi.json": open, "GET /api/v1/login": open, "POST /api/v1/login": open, "POST /api/v1/logout": open,
	"GET /api/v1/jobs": open, "GET /api/v1/health": open,
	"GET /api/v1/me": everyone, "POST /api/v1/commands": everyone, "GET /api/v1/events": everyone, "GET /api/v1/state": everyone,
	"GET /api/v1/status":   everyone,
	"GET /api/v1/receipts": sellers, "GET /api/v1/receipts/{number}": sellers, "GET /api/v1/shifts": sellers,
	"GET /api/v1/shifts/{id}": sellers, "GET /api/v1/closings": sellers, "GET /api/v1/closings/{number}": sellers,
	"GET /api/v1/report":        sellers,
	"GET /api/v1/master/{kind}": offices, "GET /api/v1/changes": offices, "GET /api/v1/tse.tar": offices, "GET /api/v1/stats": offices,
	"GET /api/v1/devices": offices,
	"POST /api/v1/pin":    admins,
}

var filled = strings.NewReplacer("{number}", "1", "{id}", "1", "{kind}", "employee")

// TestCrawl asks every route as everybody.
func TestCrawl(t *testing.T) {
	r := newRig(t)
	seen := 0
	for _, rt := range r.server.routes() {
		name := rt.Method + " " + rt.Path
		may, ok := reachable[name]
		if !ok {
			t.Errorf("%s is not on the list of what may be reached", name)
			continue
		}
		seen++
		ask := func(who, token string, want int) {
			q := request{method: rt.Method, path: filled.Replace(rt.Path), token: token, body: "{}"}
			if rt.Method == http.MethodGet {
				q.body = ""
			}
			resp := r.do(q)
			defer resp.Body.Close()
			got := resp.StatusCode
			if got != http.StatusUnauthorized && got != http.StatusForbidden {
				got = http.StatusOK // let in; what became of it is not the question here
			}
			if name == "POST /api/v1/login" { // its answer to nonsense is 401
				got, want = 0, 0
			}
			if got != want {
				t.Errorf("%s as %s: got %d (%d), want %d", name, who, got, resp.StatusCode, want)
			}
		}
		public := slices.Equal(may, open)
		for who, token := range r.strangers() {
			ask(who, token, choose(public, http.StatusOK, http.StatusUnauthorized))
		}
		for _, right := range append([]catalog.Right{""}, catalog.Rights...) {
			who := choose(right == "", "none", "only-"+string(right))
			in := public || slices.Equal(may, everyone) || slices.Contains(may, right)
			ask(who, r.token(who), choose(in, http.StatusOK, http.StatusForbidden))
		}
	}
	if seen != len(reachable) {
		t.Errorf("the list has %d routes, the server %d", len(reachable), seen)
	}
}

func choose[V any](yes bool, a, b V) V {
	if yes {
		return a
	}
	return b
}

// strangers are tokens that must open nothing: forged, out of date, of people
// who left or have another PIN now.
func (r *rig) strangers() map[string]string {
	good := r.token(tilltest.Owner)
	body, mac, _ := strings.Cut(good, ".")
	other := newSessions([]byte(strings.Repeat("k", 32)), loadEnded(""), r.clock.Now)
	sign := func(s *sessions, x session) string { return must[string](r.t)(s.sign(x)) }
	until := r.clock.Now().Add(time.Hour).Unix()
	print := fingerprint(rightHash())
	forgedBody, _, _ := strings.Cut(sign(other, session{Employee: tilltest.Owner, Until: until + 1e6, PIN: print}), ".")
	return map[string]string{
		"nobody": "", "garbage": "garbage", "dot": ".", "no mac": body + ".", "cut mac": good[:len(good)-4],
		"other key":   sign(other, session{Employee: tilltest.Owner, Until: until, PIN: print}),
		"other body":  forgedBody + "." + mac,
		"expired":     sign(r.server.sessions, session{Employee: tilltest.Owner, Until: r.clock.Now().Unix(), PIN: print}),
		"inactive":    sign(r.server.sessions, session{Employee: tilltest.Gone, Until: until, PIN: print}),
		"unknown":     sign(r.server.sessions, session{Employee: "who", Until: until, PIN: print}),
		"former PIN":  sign(r.server.sessions, session{Employee: tilltest.Owner, Until: until, PIN: fingerprint("old")}),
		"without PIN": sign(r.server.sessions, session{Employee: tilltest.Owner, Until: until}),
	}
}

// TestOnlyKnownAddresses: nothing but the API, the pages and their bundles.
func TestOnlyKnownAddresses(t *testing.T) {
	r := newRig(t)
	for path, want := range map[string]int{"/": 303, "/till": 200, "/office": 200, "/office/articles": 200, "/login": 200,
		"/api/": 404, "/api/v1": 404, "/api/v1/": 404, "/api/v1/nothing": 404, "/api/v1/receipts/1/2": 404, "/debug/pprof/": 404, "/metrics": 404,
		"/assets/": 404, "/assets/..%2f..%2fgo.mod": 404, "/session.key": 404, "/journal": 404, "/api/v2/state": 404} {
		resp := r.do(request{method: "GET", path: path})
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("GET %s: got %d, want %d", path, resp.StatusCode, want)
		}
	}
	for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "POST"} {
		status, raw := r.answer(request{method: method, path: "/api/v1/state", token: r.token(tilltest.Owner), body: "{}"})
		if status != http.StatusMethodNotAllowed || !strings.Contains(string(raw), "badMethod") {
			t.Errorf("%s /api/v1/state: got %d %s", method, status, raw)
		}
	}
}

// needs is which rights each command takes, all of them, and arguments with
// which it gets as far as the rules.
var needs = map[string]struct {
	rights []catalog.Right
	args   string
}{
	"addLine":      {rights(catalog.IssueBills), `{"order":"o-1","line":"l-9","article":"espresso","qty":1000}`},
	"setQty":       {rights(catalog.IssueBills, catalog.PlusMinus), `{"order":"o-1","line":"l-1","qty":2000}`},
	"voidLine":     {rights(catalog.IssueBills, catalog.VoidOrders), `{"order":"o-1","line":"l-1"}`},
	"discount":     {rights(catalog.IssueBills, catalog.GiveDiscount), `{"order":"o-1","percent":1000}`},
	"setTakeAway":  {rights(catalog.IssueBills), `{"order":"o-1","takeAway":true}`},
	"park":         {rights(catalog.IssueBills), `{"order":"o-1","label":"x"}`},
	"resume":       {rights(catalog.IssueBills), `{"order":"o-1"}`},
	"cancelOrder":  {rights(catalog.IssueBills, catalog.VoidOrders), `{"order":"o-1"}`},
	"pay":          {rights(catalog.IssueBills), `{"order":"o-1","tender":"cash","total":250}`},
	"dropPayments": {rights(catalog.IssueBills), `{"order":"o-1"}`},
	"voidReceipt":  {rights(catalog.VoidReceipts), `{"receipt":2,"reason":"x"}`},
	"reprint":      {rights(catalog.IssueBills), `{"receipt":1}`},
	"openDrawer":   {rights(catalog.IssueBills), `{}`},
	"moveCash":     {rights(catalog.MoveCash), `{"amount":100,"note":"x"}`},
	"openShift":    {rights(catalog.IssueBills), `{"float":0}`},
	"beginCount":   {rights(catalog.IssueBills), `{}`},
	"rescueShift":  {rights(catalog.Administrate), `{}`},
	"closeShift":   {rights(catalog.IssueBills), `{"counted":1}`},
	"forceClose":   {rights(catalog.Administrate), `{"reason":"x"}`},
	"report":       {rights(catalog.IssueBills), `{}`},
	"closeDay":     {rights(catalog.CloseDay), `{}`},
	"setMaster":    {nil, ""}, // by kind, below
}

func rights(r ...catalog.Right) []catalog.Right { return r }

var masterNeeds = map[catalog.Kind]catalog.Right{
	catalog.KindArticle: catalog.EditProducts, catalog.KindGroup: catalog.EditProducts, catalog.KindDiscount: catalog.EditProducts,
	catalog.KindRole: catalog.Administrate, catalog.KindEmployee: catalog.Administrate,
	catalog.KindVAT: catalog.Settings, catalog.KindTender: catalog.Settings, catalog.KindPrinter: catalog.Settings,
	catalog.KindCompany: catalog.Settings, catalog.KindRegister: catalog.Settings, catalog.KindLayout: catalog.Settings,
}

// TestCommandsNeedRights sends every command as every role with one right or
// none, and as people with all but one of the rights it takes.
func TestCommandsNeedRights(t *testing.T) {
	r := newRig(t)
	r.want(tilltest.Owner, "openShift", args{"float": 1000})
	r.want(tilltest.Owner, "addLine", args{"order": "o-1", "line": "l-1", "article": tilltest.Espresso, "qty": 1000})
	for _, op := range till.Ops() {
		n, ok := needs[op]
		if !ok {
			t.Errorf("%s is not in the table of rights", op)
		}
		if op != "setMaster" {
			r.crawlCommand(op, n.args, n.rights)
		}
	}
	for _, kind := range catalog.Kinds {
		need, ok := masterNeeds[kind]
		if !ok {
			t.Errorf("%s is not in the table of rights", kind)
		}
		r.crawlCommand("setMaster", fmt.Sprintf(`{"kind":%q,"id":"x","value":{}}`, kind), rights(need))
	}
}

func (r *rig) crawlCommand(op, body string, need []catalog.Right) {
	r.t.Helper()
	refused := func(who string) {
		before := r.engine.Latest()
		res := r.command(who, op, json.RawMessage(body))
		if res.OK || res.Error.Code != "forbidden" {
			r.t.Errorf("%s %s as %s: %+v", op, body, who, res)
		}
		if r.engine.Latest() != before {
			r.t.Errorf("%s as %s left a trace in the journal", op, who)
		}
	}
	refused("none")
	for _, right := range catalog.Rights {
		if !slices.Equal(need, rights(right)) {
			refused("only-" + string(right))
		}
	}
	for _, missing := range need {
		r.role("almost", slices.DeleteFunc(slices.Clone(catalog.Rights), func(x catalog.Right) bool { return x == missing }))
		refused("almost")
	}
	// With the rights alone it is at least not forbidden; nonsense that the
	// rules would accept is left out, because it would change the shop.
	if len(need) == 1 && op == "setMaster" {
		if res := r.command("only-"+string(need[0]), op, json.RawMessage(body)); res.OK || res.Error.Code == "forbidden" {
			r.t.Errorf("%s %s with %s: %+v", op, body, need[0], res)
		}
	}
}

// role makes a role and its one employee, or changes them.
func (r *rig) role(id string, rights []catalog.Right) {
	r.t.Helper()
	role := masterRow(catalog.KindRole, id, catalog.Role{ID: id, Name: id, Rights: rights, Active: true})
	person := masterRow(catalog.KindEmployee, id, catalog.Employee{ID: id, Name: id, FullName: id, Role: id, PIN: rightHash(), Active: true, DiscountCap: 10000})
	for _, row := range []till.SetMaster{role, person} {
		if _, err := r.engine.Do(r.t.Context(), "", &row); err != nil {
			r.t.Fatal(err)
		}
	}
}

// TestCommandsWithRights: the rights of the table are enough.
func TestCommandsWithRights(t *testing.T) {
	r := newRig(t)
	r.want(tilltest.Owner, "openShift", args{"float": 1000})
	for _, op := range till.Ops() {
		if op == "setMaster" {
			continue
		}
		r.command(tilltest.Owner, "addLine", args{"order": "o-1", "line": "l-1", "article": tilltest.Espresso, "qty": 1000})
		r.role("just", needs[op].rights)
		if res := r.command("just", op, json.RawMessage(needs[op].args)); !res.OK && res.Error.Code == "forbidden" {
			t.Errorf("%s: %v", op, res.Error)
		}
	}
}
