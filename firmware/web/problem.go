package web

import (
	"errors"
	"net/http"

	"github.com/tresen-pos/tresen/firmware/web/i18n"
	"github.com/tresen-pos/tresen/firmware/web/pages"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

// Problem is the answer to what cannot be done.
type Problem struct {
	Code    string         `json:"code"`
	Message string         `json:"message"`
	Hint    string         `json:"hint,omitempty"`
	Args    map[string]any `json:"args,omitempty"`
	status  int
}

func (p *Problem) Error() string { return p.Code + ": " + p.Message }

func fault(status int, code, message, hint string) *Problem {
	return &Problem{Code: code, Message: message, Hint: hint, status: status}
}

func (p *Problem) with(key string, v any) *Problem {
	p.Args = map[string]any{key: v}
	return p
}

type wrapped struct {
	Error *Problem `json:"error"`
}

func (s *Server) fail(w http.ResponseWriter, c *call, err error) {
	p := s.problem(c, err)
	if p.status == 0 {
		p.status = statusOf(p.Code)
	}
	write(w, p.status, wrapped{p})
}

// statusOf is the HTTP status of a refusal by the rules.
func statusOf(code string) int {
	switch code {
	case "notLoggedIn":
		return http.StatusUnauthorized
	case "forbidden":
		return http.StatusForbidden
	case "journal":
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// problem words an error for the person who asked, in their language. What is
// unexpected goes to the log alone.
func (s *Server) problem(c *call, err error) *Problem {
	var p *Problem
	var r *till.Refusal
	switch {
	case errors.As(err, &p):
	case errors.As(err, &r):
		p = &Problem{Code: r.Code, Message: r.Sentence, Hint: r.Hint, Args: r.Args}
	default:
		if c.r.Context().Err() == nil {
			s.o.Log.Error("request", "path", c.r.URL.Path, "error", err)
		}
		p = fault(http.StatusInternalServerError, "internal", "The box could not do this.", "Try again, or call your dealer.")
	}
	out := *p
	if p.Code == "badRequest" { // the catalogue's sentence is for people, the detail for programmers
		out.with("detail", p.Message)
	}
	args := words(p.Args)
	out.Message = translated(c.lang, "refusal."+p.Code, args, p.Message)
	out.Hint = translated(c.lang, "refusal."+p.Code+".hint", args, p.Hint)
	return &out
}

// words are the arguments as people read them: in Args amounts are cents and
// caps basis points. Figures look the same in every language, as on receipts.
func words(args map[string]any) map[string]any {
	out := make(map[string]any, len(args))
	for k, v := range args {
		out[k] = v
		n, ok := v.(int64)
		if !ok {
			continue
		}
		switch k {
		case "total", "open", "cash", "difference":
			out[k] = money.Cents(n).German()
		case "cap":
			out[k] = money.Rate(n).German()
		}
	}
	return out
}

// translated is the catalogue's text, or the given one if it has none.
func translated(lang, key string, args map[string]any, text string) string {
	if t := i18n.T(lang, key, args); t != key {
		return t
	}
	return text
}

// noRoute is the pattern of all addresses of the API that are none.
const noRoute = "/api/"

// noRoute answers for an address that is none, or not for this method.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request) {
	c := &call{server: s, r: r, lang: pages.Language(r)}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != noRoute {
			w.Header().Set("Allow", method)
			s.fail(w, c, fault(http.StatusMethodNotAllowed, "badMethod", "This address does not take this kind of request.", "See /api/openapi.json."))
			return
		}
	}
	s.fail(w, c, fault(http.StatusNotFound, "notFound", "There is no such address.", "See /api/openapi.json."))
}

// crossSite refuses what a page of another site made the browser send.
func (s *Server) crossSite(w http.ResponseWriter, r *http.Request) {
	p := fault(http.StatusForbidden, "crossSite", "This request came from another site.", "Open the page of the box itself.")
	s.fail(w, &call{server: s, r: r, lang: pages.Language(r)}, p)
}
