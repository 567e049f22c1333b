// Package openapi makes JSON schemas from Go types, as encoding/json writes
// and reads them, for an OpenAPI 3.1 document (dialect: JSON Schema 2020-12).
//
// Objects are closed: what is not described may not be there, so that tests
// find every undocumented field. A field is required unless it is tagged
// omitempty or omitzero; slices, maps and pointers may be null then, because
// that is how Go writes empty ones. It does not read comments and knows
// neither handlers nor HTTP. It has no goroutines.
package openapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Schema is a JSON schema or a part of the document.
type Schema = map[string]any

// Maker collects the schemas of types. Set the fields before the first Ref.
type Maker struct {
	// Names gives types other names than their own, where two would clash.
	Names map[reflect.Type]string
	// Known gives types schemas other than their shape: enumerations, or what
	// the type hides.
	Known map[reflect.Type]Schema
	// Fields gives fields, as Type.Field, schemas other than their type's.
	Fields map[string]Schema

	schemas map[string]Schema
	types   map[string]reflect.Type
	err     error
}

// Schemas are the collected ones by name; the error is the first clash of two
// names, or a type that has no JSON form.
func (m *Maker) Schemas() (map[string]Schema, error) { return m.schemas, m.err }

// Add puts a schema under a name.
func (m *Maker) Add(name string, s Schema) Schema {
	if m.schemas == nil {
		m.schemas, m.types = map[string]Schema{}, map[string]reflect.Type{}
	}
	if _, ok := m.schemas[name]; ok {
		m.fail("two schemas are called %s", name)
	}
	m.schemas[name] = s
	return ref(name)
}

func ref(name string) Schema { return Schema{"$ref": "#/components/schemas/" + name} }

// Nullable is a schema that also takes null.
func Nullable(s Schema) Schema { return Schema{"anyOf": []any{s, Schema{"type": "null"}}} }

// Enum is the schema of a string with few values.
func Enum[S ~string](values ...S) Schema {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return Schema{"type": "string", "enum": list}
}

func (m *Maker) fail(format string, args ...any) {
	if m.err == nil {
		m.err = fmt.Errorf(format, args...)
	}
}

var (
	timeType = reflect.TypeFor[time.Time]()
	rawType  = reflect.TypeFor[json.RawMessage]()
)

// Of is the schema of a value's type: a reference if it is a named struct.
func (m *Maker) Of(v any) Schema { return m.of(reflect.TypeOf(v)) }

func (m *Maker) of(t reflect.Type) Schema {
	if s, ok := m.Known[t]; ok {
		return s
	}
	switch t {
	case timeType:
		return Schema{"type": "string", "format": "date-time"}
	case rawType:
		return Schema{}
	}
	switch t.Kind() {
	case reflect.Bool:
		return Schema{"type": "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return Schema{"type": "integer"}
	case reflect.Uint, reflect.Uint8, reflect.Uint32, reflect.Uint64:
		return Schema{"type": "integer", "minimum": 0}
	case reflect.String:
		return Schema{"type": "string"}
	case reflect.Pointer:
		return Nullable(m.of(t.Elem()))
	case reflect.Slice:
		return m.list(t)
	case reflect.Map:
		return m.table(t)
	case reflect.Interface:
		return Schema{}
	case reflect.Struct:
		return m.named(t)
	}
	m.fail("%s has no JSON form", t)
	return Schema{}
}

func (m *Maker) list(t reflect.Type) Schema {
	if t.Elem().Kind() == reflect.Uint8 {
		return Schema{"type": []any{"string", "null"}, "contentEncoding": "base64"}
	}
	return Schema{"type": []any{"array", "null"}, "items": m.of(t.Elem())}
}

func (m *Maker) table(t reflect.Type) Schema {
	s := Schema{"type": []any{"object", "null"}, "additionalProperties": m.of(t.Elem())}
	if t.Key().Kind() != reflect.String {
		s["propertyNames"] = Schema{"pattern": "^-?[0-9]+$"}
	}
	return s
}

func (m *Maker) name(t reflect.Type) string {
	if n, ok := m.Names[t]; ok {
		return n
	}
	n := t.Name()
	return strings.ToUpper(n[:1]) + n[1:]
}

func (m *Maker) named(t reflect.Type) Schema {
	if t.Name() == "" {
		return m.object(t)
	}
	name := m.name(t)
	if was, ok := m.types[name]; ok {
		if was != t {
			m.fail("%s and %s are both called %s", was, t, name)
		}
		return ref(name)
	}
	out := m.Add(name, Schema{})
	m.types[name] = t
	for k, v := range m.object(t) {
		m.schemas[name][k] = v
	}
	return out
}

// object lists the fields of a struct, those of embedded ones included.
func (m *Maker) object(t reflect.Type) Schema {
	fields, required := Schema{}, []any{}
	m.fields(t, fields, &required)
	s := Schema{"type": "object", "properties": fields, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func (m *Maker) fields(t reflect.Type, fields Schema, required *[]any) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, _ := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			m.fields(f.Type, fields, required)
			continue
		case !f.IsExported(), name == "-":
			continue
		case name == "":
			name = f.Name
		}
		optional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		s, ok := m.Fields[t.Name()+"."+f.Name]
		if !ok {
			s = m.field(f.Type, optional)
		}
		fields[name] = s
		if !optional {
			*required = append(*required, name)
		}
	}
}

// field is the schema of a field; one that is left out when empty is never
// null.
func (m *Maker) field(t reflect.Type, optional bool) Schema {
	if !optional {
		return m.of(t)
	}
	if t.Kind() == reflect.Pointer {
		return m.of(t.Elem())
	}
	s := m.of(t)
	if kinds, ok := s["type"].([]any); ok && len(kinds) == 2 {
		s["type"] = kinds[0]
	}
	return s
}
