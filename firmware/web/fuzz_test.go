package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// fuzzShop is a shop in the middle of its day: an open shift, an order with two
// lines, a receipt.
func fuzzShop(f *testing.F) *rig {
	r := newRig(f)
	r.want(tilltest.Owner, "openShift", args{"float": 10_000})
	r.want(tilltest.Owner, "addLine", args{"order": "o-2", "line": "l-1", "article": tilltest.Espresso, "qty": 1000})
	r.want(tilltest.Owner, "pay", args{"order": "o-2", "tender": "cash", "total": 250})
	r.want(tilltest.Owner, "addLine", args{"order": "o-1", "line": "l-1", "article": tilltest.Espresso, "qty": 1000})
	r.want(tilltest.Owner, "addLine", args{"order": "o-1", "line": "l-2", "article": tilltest.Cake, "qty": 2000})
	return r
}

// sane checks what holds for every answer, whatever was asked.
func sane(t *testing.T, body string, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%q: %d is no JSON: %s", body, w.Code, w.Body)
	}
	if w.Code != http.StatusOK {
		var e wrapped
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Error.Code == "" || e.Error.Message == "" || e.Error.Hint == "" {
			t.Fatalf("%q: %d %s", body, w.Code, w.Body)
		}
		if w.Code != http.StatusBadRequest && w.Code != http.StatusRequestEntityTooLarge {
			t.Fatalf("%q: %d %s", body, w.Code, w.Body)
		}
		return
	}
	var in Batch
	var out Answer
	if json.Unmarshal([]byte(body), &in) != nil || json.Unmarshal(w.Body.Bytes(), &out) != nil || len(out.Results) != len(in.Commands) {
		t.Fatalf("%q: %s", body, w.Body)
	}
	for i, res := range out.Results {
		if res.N != in.Commands[i].N || res.OK != (res.Error == nil) || res.OK && res.Seq == 0 && !res.Repeated {
			t.Fatalf("%q: command %d: %+v", body, i, res)
		}
		if !res.OK && (res.Error.Code == "internal" || res.Error.Code == "" || res.Error.Message == "") {
			t.Fatalf("%q: command %d: %v", body, i, res.Error)
		}
	}
}

// FuzzCommands sends any body to a live server.
func FuzzCommands(f *testing.F) {
	for op, n := range needs {
		args := choose(op == "setMaster", `{"kind":"group","id":"g","value":{"id":"g","name":"G","sort":1,"active":true}}`, n.args)
		f.Add(fmt.Sprintf(`{"client":"c","commands":[{"n":1,"op":%q,"args":%s}]}`, op, args))
	}
	f.Add(`{"client":"c","commands":[{"n":1,"op":"report"},{"n":1,"op":"report"},{"n":18446744073709551615,"op":"park","args":{"order":"o-1","label":"ä\u0000"}}]}`)
	f.Add(`{"client":"","commands":null}`)
	f.Add(`[[[[`)
	r := fuzzShop(f)
	token := r.token(tilltest.Owner)
	f.Fuzz(func(t *testing.T, body string) {
		sane(t, body, send(r.server, "POST", "/api/v1/commands", body, token))
	})
}

// FuzzArgs drives the arguments of every command through the handler, each as
// a tap of its own, and looks at the whole shop now and then.
func FuzzArgs(f *testing.F) {
	ops := till.Ops()
	for i, op := range ops {
		f.Add(uint8(i), choose(op == "setMaster", `{"kind":"article","id":"a","value":{"id":"a","plu":"1","name":"A","group":"drinks","price":1,"vat":"general","sort":1,"active":true}}`, needs[op].args))
		f.Add(uint8(i), `{"order":"o-1","line":"l-1","qty":9223372036854775807,"price":-9223372036854775808}`)
	}
	f.Add(uint8(0), `{"order":"o-1","line":"l-7","article":"voucher","qty":99999000,"price":9999999999}`)
	r := fuzzShop(f)
	token := r.token(tilltest.Owner)
	n := 0
	f.Fuzz(func(t *testing.T, which uint8, args string) {
		if !json.Valid([]byte(args)) {
			return // that is FuzzCommands' field
		}
		n++
		body := fmt.Sprintf(`{"client":"fuzz","commands":[{"n":%d,"op":%q,"args":%s}]}`, n, ops[int(which)%len(ops)], args)
		sane(t, body, send(r.server, "POST", "/api/v1/commands", body, token))
		if n%64 == 0 {
			if w := send(r.server, "GET", "/api/v1/state", "", token); w.Code != http.StatusOK && w.Code != http.StatusUnauthorized {
				t.Fatalf("after %s: %d %s", body, w.Code, w.Body)
			}
		}
	})
}
