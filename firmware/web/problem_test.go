package web

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/firmware/web/i18n"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// TestBadRequests: whatever is sent, the answer is a code, a sentence and a
// hint, in German and in English.
func TestBadRequests(t *testing.T) {
	r := newRig(t)
	many := strings.TrimSuffix(strings.Repeat(`{"n":1,"op":"report"},`, 65), ",")
	post := func(path, body string) request { return request{method: "POST", path: path, body: body} }
	get := func(path string) request { return request{method: "GET", path: path} }
	cases := []struct {
		q      request
		status int
		code   string
	}{
		{post("/api/v1/commands", ``), 400, "badRequest"},
		{post("/api/v1/commands", `{`), 400, "badRequest"},
		{post("/api/v1/commands", `[]`), 400, "badRequest"},
		{post("/api/v1/commands", `null`), 400, "badRequest"},
		{post("/api/v1/commands", `{}{}`), 400, "badRequest"},
		{post("/api/v1/commands", `{"client":"c","commands":[],"x":1}`), 400, "badRequest"},
		{post("/api/v1/commands", `{"client":"c","commands":[]}`), 400, "badRequest"},
		{post("/api/v1/commands", `{"client":"not an id","commands":[{"n":1,"op":"report"}]}`), 400, "badRequest"},
		{post("/api/v1/commands", `{"client":"`+strings.Repeat("c", 65)+`","commands":[{"n":1,"op":"report"}]}`), 400, "badRequest"},
		{post("/api/v1/commands", `{"client":"c","commands":[`+many+`]}`), 400, "badRequest"},
		{post("/api/v1/commands", `{"client":"c","commands":[{"n":-1,"op":"report"}]}`), 400, "badRequest"},
		{post("/api/v1/commands", `{"client":"c","commands":[{"n":18446744073709551616,"op":"report"}]}`), 400, "badRequest"},
		{post("/api/v1/commands", `{"client":"c","commands":[{"n":1e999,"op":"report"}]}`), 400, "badRequest"},
		{post("/api/v1/commands", strings.Repeat("[", 100_000)), 400, "badRequest"},
		{post("/api/v1/commands", `{"client":"`+strings.Repeat("c", maxBody)+`"}`), 413, "tooLarge"},
		{post("/api/v1/pin", `{"employee":"karl","pin":"12"}`), 400, "badPin"},
		{post("/api/v1/pin", `{"employee":"who","pin":"1234"}`), 404, "notFound"},
		{post("/api/v1/pin", `{"employee":"karl"}`), 400, "badPin"},
		{get("/api/v1/receipts/x"), 400, "badRequest"},
		{get("/api/v1/receipts/-1"), 400, "badRequest"},
		{get("/api/v1/receipts/99999999999999999999"), 400, "badRequest"},
		{get("/api/v1/receipts/9223372036854775807"), 404, "notFound"},
		{get("/api/v1/receipts?limit=x"), 400, "badRequest"},
		{get("/api/v1/receipts?from=2026-13-01&to=nonsense&before=-1"), 400, "badRequest"},
		{get("/api/v1/receipts?shift=1.5"), 400, "badRequest"},
		{get("/api/v1/shifts?from=yesterday"), 400, "badRequest"},
		{get("/api/v1/shifts/7"), 404, "notFound"},
		{get("/api/v1/closings/7"), 404, "notFound"},
		{get("/api/v1/closings/x"), 400, "badRequest"},
		{get("/api/v1/master/nothing"), 404, "notFound"},
		{get("/api/v1/changes?before=x"), 400, "badRequest"},
		{get("/api/v1/nothing"), 404, "notFound"},
		{request{method: "PUT", path: "/api/v1/commands"}, 405, "badMethod"},
	}
	for _, c := range cases {
		c.q.token = r.token(tilltest.Owner)
		said := map[string]string{}
		for _, lang := range i18n.Languages {
			c.q.lang = lang
			resp := r.do(c.q)
			var w wrapped
			err := json.NewDecoder(resp.Body).Decode(&w)
			resp.Body.Close()
			if err != nil || w.Error == nil {
				t.Fatalf("%s %s %.60s: %d, no error in it: %v", c.q.method, c.q.path, c.q.body, resp.StatusCode, err)
			}
			if resp.StatusCode != c.status || w.Error.Code != c.code || w.Error.Message == "" || w.Error.Hint == "" ||
				resp.Header.Get("Content-Type") != "application/json" || resp.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s %.60s: got %d %+v, want %d %s", c.q.method, c.q.path, c.q.body, resp.StatusCode, w.Error, c.status, c.code)
			}
			said[lang] = w.Error.Message + w.Error.Hint
		}
		if said["de"] == said["en"] {
			t.Errorf("%s %s: both languages say %q", c.q.method, c.q.path, said["de"])
		}
	}
	if log := r.log.String(); strings.Contains(log, "panic") {
		t.Error(log)
	}
}

// TestRefusalsSpeak: amounts in a refusal are amounts, not numbers of cents.
func TestRefusalsSpeak(t *testing.T) {
	r := newRig(t)
	r.want(tilltest.Owner, "openShift", args{"float": 123456})
	r.want(tilltest.Owner, "addLine", args{"order": "o", "line": "l", "article": tilltest.Espresso, "qty": 1000})
	for _, c := range []struct {
		op   string
		args args
		want string
	}{
		{"pay", args{"order": "o", "tender": "cash", "total": 1}, "The order now costs 2,50 €."},
		{"moveCash", args{"amount": -200000, "note": "x"}, "There is less money in the drawer (1.234,56)."},
	} {
		if res := r.command(tilltest.Owner, c.op, c.args); res.OK || res.Error.Message != c.want {
			t.Errorf("%s: %+v", c.op, res.Error)
		}
	}
	res := r.command(tilltest.Cashier, "discount", args{"order": "o", "percent": 5000})
	if res.OK || res.Error.Message != "You may give at most 10 % discount." || res.Error.Args["cap"] != 1000.0 {
		t.Errorf("%+v", res.Error)
	}
}

// TestStatusOfRefusals: refusals of routes have their HTTP status.
func TestStatusOfRefusals(t *testing.T) {
	r := newRig(t)
	r.unit.pull(true)
	for path, want := range map[string]int{"/api/v1/tse.tar": 503} {
		resp := r.do(request{method: "GET", path: path, token: r.token(tilltest.Owner)})
		resp.Body.Close()
		if resp.StatusCode != want || resp.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %d %v", path, resp.StatusCode, resp.Header)
		}
	}
	for code, want := range map[string]int{"notLoggedIn": 401, "forbidden": 403, "journal": 503, "badQty": 400} {
		if got := statusOf(code); got != want {
			t.Errorf("%s: got %d, want %d", code, got, want)
		}
	}
}

// TestEveryCodeSpeaks finds every code of a refusal in the sources and wants it
// in the catalogue, sentence and hint, in all languages.
func TestEveryCodeSpeaks(t *testing.T) {
	codes := map[string]string{}
	for _, dir := range []string{".", "../../pos/till", "../../pos/engine", "../../pos/catalog"} {
		names, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				collect(t, name, codes)
			}
		}
	}
	if len(codes) < 55 {
		t.Fatalf("only %d codes found: %v", len(codes), codes)
	}
	known := map[string]bool{}
	for _, k := range i18n.Keys() {
		known[k] = true
	}
	for code, where := range codes {
		for _, key := range []string{"refusal." + code, "refusal." + code + ".hint"} {
			if !known[key] {
				t.Errorf("%s (%s) is not in the catalogue", key, where)
				continue
			}
			for _, lang := range i18n.Languages {
				if i18n.T(lang, key, nil) == "" {
					t.Errorf("%s has no words in %s", key, lang)
				}
			}
		}
	}
}

// collect finds the codes given to those who make refusals.
func collect(t *testing.T, name string, codes map[string]string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	argument := map[string]int{"refuse": 0, "fault": 1, "problem": 1}
	add := func(e ast.Expr, prefix string) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if code, err := strconv.Unquote(lit.Value); err == nil && !strings.HasSuffix(code, ".") {
				codes[prefix+code] = name
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr:
			if id, ok := x.Fun.(*ast.Ident); ok {
				if i, ok := argument[id.Name]; ok && len(x.Args) > i {
					add(x.Args[i], choose(id.Name == "problem", "master.", ""))
				}
			}
		case *ast.KeyValueExpr:
			if id, ok := x.Key.(*ast.Ident); ok && id.Name == "Code" && strings.Contains(fmt.Sprint(name), "engine") {
				add(x.Value, "")
			}
		}
		return true
	})
}

// TestStarting: until the books are open every question is told so, and a
// damaged journal never looks like a start.
func TestStarting(t *testing.T) {
	r := newRig(t)
	r.stop()
	for _, failed := range []bool{false, true} {
		server := newServer(t, r)
		if failed {
			server.Fail(errAway)
		}
		want := choose(failed, "damaged", "starting")
		for _, rt := range server.routes() {
			w := send(server, rt.Method, filled.Replace(rt.Path), "{}", "")
			switch {
			case rt.Path == "/api/v1/health":
				var h Health
				if err := json.Unmarshal(w.Body.Bytes(), &h); err != nil || w.Code != 503 || h.Ready || h.Sellable {
					t.Errorf("health: %d %s", w.Code, w.Body)
				}
			case rt.Closed:
				if w.Code != http.StatusOK {
					t.Errorf("%s: %d %s", rt.Path, w.Code, w.Body)
				}
			case w.Code != 503 || !strings.Contains(w.Body.String(), `"`+want+`"`):
				t.Errorf("%s %s: %d %s", rt.Method, rt.Path, w.Code, w.Body)
			}
		}
		for _, page := range []string{"/", "/till", "/login"} {
			if w := send(server, "GET", page, "", ""); w.Code != 503 || failed != strings.Contains(w.Body.String(), errAway.Error()) {
				t.Errorf("%s: %d %s", page, w.Code, w.Body)
			}
		}
	}
}
