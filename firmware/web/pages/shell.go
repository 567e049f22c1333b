package pages

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/tresen-pos/tresen/firmware/web/i18n"
)

//go:embed html
var templates embed.FS

// langCookie keeps the language chosen on the login page.
const langCookie = "lang"

func translate(lang, key string) string { return i18n.T(lang, key, nil) }

// app serves the shell of an application.
func (p *Pages) app(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		data := struct{ Lang, App, Title, Loading, NoScript string }{Lang: Language(r), App: name}
		data.Title = i18n.T(data.Lang, "page."+name, nil)
		render(w, p.shell, data, http.StatusOK)
	}
}

// Language is the language of a request: ?lang=, the cookie, Accept-Language;
// German unless English is asked for.
func Language(r *http.Request) string {
	if l := r.URL.Query().Get("lang"); i18n.Known(l) {
		return l
	}
	if c, err := r.Cookie(langCookie); err == nil && i18n.Known(c.Value) {
		return c.Value
	}
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(tag, "-")
		if l := strings.ToLower(base); i18n.Known(l) {
			return l
		}
	}
	return "de"
}

// render executes first and writes afterwards, so that a failing template is
// an honest 500.
func render(w http.ResponseWriter, t *template.Template, data any, status int) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		http.Error(w, "The page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", Policy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a browser that went away needs no answer
}
