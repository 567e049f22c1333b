package desk

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func post(t *testing.T, h http.Handler, path, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestActionsReachTheDevices(t *testing.T) {
	b, k := newBench(t)
	b.open = true
	for _, c := range []struct {
		what string
		done func() bool
	}{
		{"paper", func() bool { return b.printer.PaperOut }},
		{"cover", func() bool { return b.printer.CoverOpen }},
		{"power", func() bool { return b.printer.PowerOff }},
		{"stick", func() bool { return !b.stick.Plugged }},
		{"link", func() bool { return b.cut }},
		{"drawer", func() bool { return !b.open }},
		{"kill", func() bool { return b.box.State == Waiting }},
	} {
		if c.done() {
			t.Fatalf("%s: done before it was asked for", c.what)
		}
		w := post(t, k, "/do/"+c.what, `{"on":true}`)
		if w.Code != http.StatusOK || !c.done() {
			t.Errorf("%s: status %d, done %v: %s", c.what, w.Code, c.done(), w.Body)
		}
		var s State
		if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || s.Welcome.Shop != "Café Probe" {
			t.Errorf("%s: answer is no state: %v %s", c.what, err, w.Body)
		}
	}
	if w := post(t, k, "/do/stick", `{"on":false}`); w.Code != http.StatusOK || !b.stick.Plugged {
		t.Errorf("plugging in again: status %d, plugged %v", w.Code, b.stick.Plugged)
	}
}

func TestActionsAreRefused(t *testing.T) {
	b, k := newBench(t)
	b.fail = errToy
	for _, c := range []struct {
		name, path, body string
		header           []string
		status           int
	}{
		{"another site", "/do/kill", `{}`, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"another origin", "/do/kill", `{}`, []string{"Origin", "http://evil.example"}, http.StatusForbidden},
		{"a form", "/do/kill", `{}`, []string{"Content-Type", "text/plain"}, http.StatusUnsupportedMediaType},
		{"no JSON", "/do/kill", `{`, nil, http.StatusBadRequest},
		{"unknown field", "/do/kill", `{"of":true}`, nil, http.StatusBadRequest},
		{"too long", "/do/kill", `{"on":` + strings.Repeat(" ", maxBody) + `true}`, nil, http.StatusBadRequest},
		{"unknown action", "/do/dance", `{}`, nil, http.StatusNotFound},
		{"broken device", "/do/drawer", `{"on":true}`, nil, http.StatusConflict},
	} {
		if w := post(t, k, c.path, c.body, c.header...); w.Code != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.name, w.Code, c.status, w.Body)
		}
	}
	if b.box.State != Running {
		t.Error("a refused request killed the box")
	}
	if w := get(k, "/do/kill"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET of an action: status %d", w.Code)
	}
}

func TestMissingDevices(t *testing.T) {
	k := New(Deps{})
	for _, what := range []string{"paper", "cover", "power", "stick", "link", "drawer", "kill"} {
		if w := post(t, k, "/do/"+what, `{"on":true}`); w.Code != http.StatusConflict {
			t.Errorf("%s without a device: status %d", what, w.Code)
		}
	}
	if w := get(k, "/state"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"printer":null`) {
		t.Errorf("state of an empty desk: %d %s", w.Code, w.Body)
	}
	if w := get(k, "/paper/1.png"); w.Code != http.StatusNotFound {
		t.Errorf("paper of an empty desk: %d", w.Code)
	}
}

func TestPageAndPaper(t *testing.T) {
	b, k := newBench(t)
	b.print()
	for path, want := range map[string]int{"/": 200, "/dist/desk.js": 200, "/paper/1.png": 200,
		"/paper/2.png": 404, "/paper/1": 404, "/paper/x.png": 404, "/nothing": 404} {
		if w := get(k, path); w.Code != want {
			t.Errorf("GET %s: status %d, want %d", path, w.Code, want)
		}
	}
	b.fail = errToy
	if w := get(k, "/paper/1.png"); w.Code != http.StatusInternalServerError {
		t.Errorf("broken roll: status %d", w.Code)
	}
}
