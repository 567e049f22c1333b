package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/tresen-pos/tresen/firmware/web/openapi"
)

// obj is a piece of the document.
type obj = map[string]any

// document is the OpenAPI description of the routes.
func (s *Server) document() ([]byte, error) {
	m := newMaker()
	paths := map[string]obj{}
	for _, rt := range s.routes() {
		if paths[rt.Path] == nil {
			paths[rt.Path] = obj{}
		}
		op, err := operation(m, rt)
		if err != nil {
			return nil, err
		}
		paths[rt.Path][strings.ToLower(rt.Method)] = op
	}
	schemas, err := m.Schemas()
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(obj{
		"openapi": "3.1.0",
		"info": obj{"title": "Tresen", "version": "1", "summary": "The API of a cash register",
			"description": "Money is integer cents, quantities are thousandths, rates basis points, times RFC 3339. " +
				"Every status from 400 carries an Error. Requests that change something need Content-Type: application/json.",
			"license": obj{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"servers": []any{obj{"url": "/"}},
		"paths":   paths,
		"components": obj{"schemas": schemas, "responses": obj{"Error": obj{"description": "What went wrong and what to do.",
			"content": content("application/json", m.Of(wrapped{}))}},
			"parameters": obj{"language": obj{"name": "Accept-Language", "in": "header", "schema": obj{"type": "string"},
				"description": "de or en: the language of sentences; German otherwise."}},
			"securitySchemes": obj{
				"cookie": obj{"type": "apiKey", "in": "cookie", "name": cookieName, "description": "Set by POST /api/v1/login."},
				"bearer": obj{"type": "http", "scheme": "bearer", "description": "The token POST /api/v1/login answers with."}}},
	}, "", " ")
}

func content(kind string, schema any) obj { return obj{kind: obj{"schema": schema}} }

var accessWords = map[access]string{staff: "anybody logged in", selling: "right bill or office", office: "right office", admin: "right admin"}

func operation(m *openapi.Maker, rt route) (obj, error) {
	op := obj{"operationId": operationID(rt), "summary": rt.Summary, "security": []any{}}
	if rt.Access != public {
		op["security"] = []any{obj{"cookie": []any{}}, obj{"bearer": []any{}}}
		op["description"] = "Needs: " + accessWords[rt.Access] + "."
	}
	params := []any{obj{"$ref": "#/components/parameters/language"}}
	for _, name := range append(pathParams(rt.Path), rt.Params...) {
		p, ok := parameters[name]
		if !ok {
			return nil, fmt.Errorf("%s %s: parameter %s is not described", rt.Method, rt.Path, name)
		}
		params = append(params, param(rt, name, p))
	}
	op["parameters"] = params
	if rt.In != nil {
		op["requestBody"] = obj{"required": true, "content": content("application/json", m.Of(rt.In))}
	}
	op["responses"] = responses(m, rt)
	if rt.Events != nil {
		events := obj{}
		for name, v := range rt.Events {
			events[name] = m.Of(v)
		}
		op["x-events"] = events
	}
	return op, nil
}

// operationID is like getReceiptsNumber.
func operationID(rt route) string {
	id := strings.ToLower(rt.Method)
	path := strings.TrimPrefix(strings.TrimPrefix(rt.Path, "/api/"), "v1/")
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune("/.{}", r) }) {
		id += strings.ToUpper(part[:1]) + part[1:]
	}
	return id
}

func pathParams(path string) []string {
	var names []string
	for _, part := range strings.Split(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

func param(rt route, name string, p parameter) obj {
	in := "query"
	if strings.Contains(rt.Path, "{"+name+"}") {
		in = "path"
	} else if name == lastEventID {
		in = "header"
	}
	return obj{"name": name, "in": in, "required": in == "path", "description": p.what, "schema": p.schema}
}

func responses(m *openapi.Maker, rt route) obj {
	answer := obj{"description": rt.Summary + "."}
	switch {
	case rt.File != "":
		answer["content"] = content(rt.File, obj{"type": "string"})
	case rt.Out != nil:
		answer["content"] = content("application/json", m.Of(rt.Out))
	}
	out := obj{"200": answer}
	failure := obj{"$ref": "#/components/responses/Error"}
	codes := []string{"400", "503"}
	if rt.Access != public {
		codes = append(codes, "401", "403")
	}
	if rt.Method == http.MethodPost {
		codes = append(codes, "403", "408", "413", "415")
	}
	if len(pathParams(rt.Path)) > 0 || rt.In == (Credentials{}) {
		codes = append(codes, "404")
	}
	if rt.In == (Credentials{}) && rt.Access == public {
		codes = append(codes, "401", "429")
	}
	for _, c := range codes {
		out[c] = failure
	}
	out["default"] = failure
	if _, ok := rt.Out.(Health); ok {
		out["503"] = answer
	}
	return out
}

func getOpenAPI(c *call, w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	// The reader may be gone; there is nobody left to tell.
	_, _ = w.Write(c.server.openAPI)
	return nil
}
