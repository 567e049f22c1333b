package web_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tresen-pos/tresen/pos/till"
)

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
