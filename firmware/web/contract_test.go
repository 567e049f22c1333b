package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
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
