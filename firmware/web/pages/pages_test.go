package pages

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func serve(t *testing.T) (*Pages, *http.ServeMux) {
	t.Helper()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	p.Register(mux)
	return p, mux
}

func get(mux http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

var assets = regexp.MustCompile(`/assets/[^"]+`)

func TestShellsAndAssets(t *testing.T) {
	_, mux := serve(t)
	for _, page := range []string{"/till", "/office", "/office/articles"} {
		w := get(mux, page)
		if w.Code != 200 || w.Header().Get("Content-Security-Policy") != Policy {
			t.Fatalf("%s: got %d with policy %q", page, w.Code, w.Header().Get("Content-Security-Policy"))
		}
		urls := assets.FindAllString(w.Body.String(), -1)
		if len(urls) != 2 {
			t.Fatalf("%s: got assets %q, want a script and a style sheet", page, urls)
		}
		for _, u := range urls {
			plain := get(mux, u)
			if plain.Code != 200 || !strings.Contains(plain.Header().Get("Cache-Control"), "immutable") {
				t.Errorf("%s: got %d, %q", u, plain.Code, plain.Header().Get("Cache-Control"))
			}
			packed := get(mux, u, "Accept-Encoding", "gzip, br")
			z, err := gzip.NewReader(packed.Body)
			if err != nil {
				t.Fatalf("%s: %v", u, err)
			}
			b, err := io.ReadAll(z)
			if err != nil || string(b) != plain.Body.String() {
				t.Errorf("%s: packed and plain differ (%v)", u, err)
			}
		}
	}
	if w := get(mux, "/assets/till.000000.js"); w.Code != 404 {
		t.Errorf("an asset of another build: got %d, want 404", w.Code)
	}
}

// The policy forbids inline scripts and styles, so no page may have any.
func TestNothingInline(t *testing.T) {
	p, mux := serve(t)
	login := httptest.NewRecorder()
	p.LoginPage(login, LoginData{Employees: []Person{{"anna", "Anna"}}, Lang: "de"})
	for name, body := range map[string]string{"till": get(mux, "/till").Body.String(), "login": login.Body.String()} {
		if m := regexp.MustCompile(`(?i)<script>|<style|\son[a-z]+=|\sstyle=`).FindString(body); m != "" {
			t.Errorf("%s has something inline: %q", name, m)
		}
	}
}

func TestLanguage(t *testing.T) {
	for _, c := range []struct{ url, header, want string }{
		{"/till", "", "de"},
		{"/till", "en-GB,en;q=0.9,de;q=0.8", "en"},
		{"/till", "fr-FR, de-AT;q=0.5", "de"},
		{"/till?lang=en", "de", "en"},
		{"/till?lang=xx", "de", "de"},
	} {
		r := httptest.NewRequest("GET", c.url, nil)
		r.Header.Set("Accept-Language", c.header)
		if got := Language(r); got != c.want {
			t.Errorf("%s with %q: got %s, want %s", c.url, c.header, got, c.want)
		}
	}
}

func TestNextStaysHere(t *testing.T) {
	for next, want := range map[string]string{
		"": "/till", "/office": "/office", "/till?x=1": "/till?x=1",
		"//evil.example": "/till", "https://evil.example/": "/till", `/\evil.example`: "/till",
		"till": "/till", "javascript:alert(1)": "/till", "/a\r\nSet-Cookie: x": "/till",
	} {
		if got := Next(next); got != want {
			t.Errorf("%q: got %q, want %q", next, got, want)
		}
	}
}

func TestLoginPage(t *testing.T) {
	p, _ := serve(t)
	people := []Person{{"anna", "Anna Müller"}, {"bo", "Bo <b>"}}
	for _, c := range []struct {
		name       string
		data       LoginData
		want, none []string
	}{
		{"names and PIN", LoginData{Company: "Café Zentral", Employees: people, Selected: "anna", Lang: "de", Next: "/office"},
			[]string{"Café Zentral", `value="anna" required checked`, `name="pin"`, "Bo &lt;b&gt;", `value="/office"`, "AM", "Wer kassiert?", "English"}, []string{"<b>"}},
		{"wrong PIN", LoginData{Employees: people, Lang: "en", Message: "No."}, []string{`role="alert"`, ">No.<", "Who is selling?"}, nil},
		{"without PIN", LoginData{Employees: people, PINLess: true, Lang: "de"}, []string{`type="submit" name="employee" value="bo"`}, []string{`name="pin"`}},
		{"single user", LoginData{Employees: people, SingleUser: true, Lang: "de"}, []string{`type="hidden" name="employee" value="anna"`, `name="pin"`}, []string{`type="radio"`}},
		{"single user without PIN", LoginData{Employees: people, SingleUser: true, PINLess: true, Lang: "de"}, []string{`value="anna"`}, []string{`value="bo"`}},
		{"nobody", LoginData{Lang: "de"}, []string{"niemand"}, []string{`name="pin"`}},
	} {
		w := httptest.NewRecorder()
		p.LoginPage(w, c.data)
		body := w.Body.String()
		for _, s := range c.want {
			if !strings.Contains(body, s) {
				t.Errorf("%s: no %q in the page", c.name, s)
			}
		}
		for _, s := range c.none {
			if strings.Contains(body, s) {
				t.Errorf("%s: %q in the page", c.name, s)
			}
		}
		if w.Code != 200 || w.Header().Get("Content-Security-Policy") != Policy {
			t.Errorf("%s: got %d", c.name, w.Code)
		}
	}
}
