package web

import (
	"html/template"
	"net/http"

	"github.com/tresen-pos/tresen/firmware/web/i18n"
	"github.com/tresen-pos/tresen/firmware/web/pages"
)

// startingHTML is the page while the books are being opened, or when they
// cannot be. It needs no script: the browser asks again by itself.
var startingHTML = template.Must(template.New("starting").Parse(`<!doctype html>
<html lang="{{.Lang}}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
{{if not .Error}}<meta http-equiv="refresh" content="1">{{end}}<title>Tresen</title>
<h1>{{.Title}}</h1>
{{if .Error}}<p role="alert">{{.Error}}</p><p>{{.Hint}}</p>{{else}}
<p>{{.Hint}}</p>{{range .Jobs}}<p><progress max="100" value="{{.Progress}}" aria-label="{{.Stage}}"></progress> {{.Progress}} %</p>{{end}}{{end}}
`))

func (s *Server) startingPage(w http.ResponseWriter, r *http.Request) {
	lang := pages.Language(r)
	p := s.problem(&call{server: s, r: r, lang: lang}, s.notOpen())
	list, _ := s.jobs.all()
	data := struct {
		Lang, Title, Hint, Error string
		Jobs                     []Job
	}{Lang: lang, Title: p.Message, Hint: p.Hint, Jobs: list}
	if text := s.failed.Load(); text != nil {
		data.Title, data.Error = i18n.T(lang, "starting.failed", nil), *text
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", pages.Policy)
	w.WriteHeader(http.StatusServiceUnavailable)
	// The reader may be gone; there is nobody left to tell.
	_ = startingHTML.Execute(w, data)
}
