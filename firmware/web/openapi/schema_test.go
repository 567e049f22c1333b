package openapi_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/firmware/web/openapi"
)

type inner struct {
	A int `json:"a"`
}

type outer struct {
	inner
	Text     string           `json:"text"`
	Maybe    string           `json:"maybe,omitempty"`
	Gone     string           `json:"-"`
	hidden   string           //nolint:unused // must not appear
	Pointer  *named           `json:"pointer"`
	Absent   *named           `json:"absent,omitempty"`
	List     []int            `json:"list"`
	Short    []int            `json:"short,omitempty"`
	Bytes    []byte           `json:"bytes"`
	Map      map[string]bool  `json:"map"`
	Numbers  map[int64]uint8  `json:"numbers,omitempty"`
	Raw      json.RawMessage  `json:"raw"`
	At       time.Time        `json:"at"`
	Level    level            `json:"level"`
	Any      map[string]any   `json:"any,omitempty"`
	Unnamed  struct{ B bool } `json:"unnamed"`
	Override string           `json:"override"`
}

type named struct {
	Again *named `json:"again,omitempty"` // itself
}

type level string

// TestShapes compares the schema of a type with every kind of field.
func TestShapes(t *testing.T) {
	m := &openapi.Maker{Known: map[reflect.Type]openapi.Schema{reflect.TypeFor[level](): openapi.Enum(level("low"), level("high"))},
		Fields: map[string]openapi.Schema{"outer.Override": {"const": "x"}}}
	got := map[string]any{"ref": m.Of(outer{})}
	schemas, err := m.Schemas()
	if err != nil {
		t.Fatal(err)
	}
	got["schemas"] = schemas
	const want = `{"ref":{"$ref":"#/components/schemas/Outer"},"schemas":{
		"Named":{"type":"object","additionalProperties":false,"properties":{"again":{"$ref":"#/components/schemas/Named"}}},
		"Outer":{"type":"object","additionalProperties":false,
			"required":["a","text","pointer","list","bytes","map","raw","at","level","unnamed","override"],
			"properties":{"a":{"type":"integer"},"text":{"type":"string"},"maybe":{"type":"string"},
				"pointer":{"anyOf":[{"$ref":"#/components/schemas/Named"},{"type":"null"}]},"absent":{"$ref":"#/components/schemas/Named"},
				"list":{"type":["array","null"],"items":{"type":"integer"}},"short":{"type":"array","items":{"type":"integer"}},
				"bytes":{"type":["string","null"],"contentEncoding":"base64"},
				"map":{"type":["object","null"],"additionalProperties":{"type":"boolean"}},
				"numbers":{"type":"object","additionalProperties":{"type":"integer","minimum":0},"propertyNames":{"pattern":"^-?[0-9]+$"}},
				"raw":{},"at":{"type":"string","format":"date-time"},"level":{"type":"string","enum":["low","high"]},
				"any":{"type":"object","additionalProperties":{}},
				"unnamed":{"type":"object","additionalProperties":false,"required":["B"],"properties":{"B":{"type":"boolean"}}},
				"override":{"const":"x"}}}}}`
	raw, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if json.Unmarshal(raw, &a) != nil || json.Unmarshal([]byte(want), &b) != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("got %s", raw)
	}
	_ = outer{}.hidden
}

// TestClashes: two types of one name, and what has no JSON form, are mistakes.
func TestClashes(t *testing.T) {
	type level struct{ X int }
	type named struct{ X int }
	_ = level{}
	for want, f := range map[string]func(*openapi.Maker){
		"both called Named":      func(m *openapi.Maker) { m.Of(outer{}); m.Of(named{}) },
		"two schemas are called": func(m *openapi.Maker) { m.Add("A", nil); m.Add("A", nil) },
		"has no JSON form":       func(m *openapi.Maker) { m.Of(struct{ F float64 }{}) },
	} {
		m := &openapi.Maker{}
		f(m)
		if _, err := m.Schemas(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
