package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/tresen-pos/tresen/firmware/web/i18n"
	"github.com/tresen-pos/tresen/firmware/web/pages"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
)

// access says who may ask.
type access int

const (
	public  access = iota // nobody need be logged in
	staff                 // anybody logged in
	selling               // bill or office
	office
	admin
)

// route is one entry of the API.
type route struct {
	Method, Path string
	Access       access
	Closed       bool // also answers while the books are not open
	Summary      string
	Params       []string
	In           any // example of the request's type, nil: none
	Out          any // example of the answer's type, nil: a stream or file
	Do           func(*call) (any, error)
	Raw          func(*call, http.ResponseWriter) error // instead of Do
}

// call is a request on its way to its handler.
type call struct {
	*Shop
	server *Server
	r      *http.Request
	who    session
	lang   string
}

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

// maxBody bounds a request; 64 commands fit many times over.
const maxBody = 1 << 20

func (s *Server) wrap(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		c := &call{server: s, r: r, lang: pages.Language(r), Shop: s.shop.Load()}
		if err := s.admit(rt, c); err != nil {
			s.fail(w, c, err)
			return
		}
		if rt.Raw != nil {
			if err := rt.Raw(c, w); err != nil {
				s.fail(w, c, err)
			}
			return
		}
		out, err := rt.Do(c)
		if err != nil {
			s.fail(w, c, err)
			return
		}
		status := http.StatusOK
		if h, ok := out.(Health); ok && !h.Sellable {
			status = http.StatusServiceUnavailable
		}
		if t, ok := out.(LoggedIn); ok {
			setCookie(w, t.Token)
		}
		if _, ok := out.(loggedOut); ok {
			setCookie(w, "")
		}
		write(w, status, out)
	})
}

// admit checks state, form and rights of a request.
func (s *Server) admit(rt route, c *call) error {
	if c.r.Method == http.MethodPost {
		if t, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || t != "application/json" {
			return fault(http.StatusUnsupportedMediaType, "badRequest", "The request is not JSON.", "Send Content-Type: application/json.")
		}
	}
	if c.Shop == nil && !rt.Closed {
		return s.notOpen()
	}
	if rt.Access == public {
		return nil
	}
	who, ok := s.session(c)
	if !ok {
		return fault(http.StatusUnauthorized, "notLoggedIn", "Please log in again.", "Choose your name and enter your PIN.")
	}
	c.who = who
	if !c.allowed(rt.Access) {
		return fault(http.StatusForbidden, "forbidden", "You may not do this.", "Ask somebody with the right to do it.")
	}
	return nil
}

func (s *Server) notOpen() error {
	if text := s.failed.Load(); text != nil {
		return fault(http.StatusServiceUnavailable, "journal", *text, "Call your dealer. Do not delete anything.")
	}
	return fault(http.StatusServiceUnavailable, "starting", "The box is starting.", "Please wait a moment.")
}

func (c *call) allowed(a access) bool {
	ok := false
	c.Engine.Read(func(s *till.State) {
		may := func(r catalog.Right) bool { return s.Catalog.May(c.who.Employee, r) }
		switch a {
		case staff:
			ok = true
		case selling:
			ok = may(catalog.IssueBills) || may(catalog.UseOffice)
		case office:
			ok = may(catalog.UseOffice)
		case admin:
			ok = may(catalog.Administrate)
		}
	})
	return ok
}

// decode reads the body strictly.
func (c *call) decode(v any) error {
	d := json.NewDecoder(c.r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fault(http.StatusBadRequest, "badRequest", "The request cannot be read: "+err.Error(), "")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault(http.StatusBadRequest, "badRequest", "The request has something after its end.", "")
	}
	return nil
}

func write(w http.ResponseWriter, status int, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The reader may be gone; there is nobody left to tell.
	_, _ = w.Write(raw)
}

func notFound(w http.ResponseWriter, r *http.Request) {
	write(w, http.StatusNotFound, wrapped{fault(http.StatusNotFound, "notFound", "There is no such address.", "See /api/openapi.json.")})
}

type wrapped struct {
	Error *Problem `json:"error"`
}

func (s *Server) fail(w http.ResponseWriter, c *call, err error) {
	p := s.problem(c, err)
	status := p.status
	if status == 0 {
		status = http.StatusBadRequest
	}
	write(w, status, wrapped{p})
}

// problem words an error for the person who asked, in their language.
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
		p = fault(http.StatusInternalServerError, "internal", "The box could not do this: "+err.Error(), "Try again, or call your dealer.")
	}
	out := *p
	out.Message = translated(c.lang, "refusal."+p.Code, p.Args, p.Message)
	out.Hint = translated(c.lang, "refusal."+p.Code+".hint", p.Args, p.Hint)
	return &out
}

// translated is the catalogue's text, or the given one if it has none.
func translated(lang, key string, args map[string]any, text string) string {
	if t := i18n.T(lang, key, args); t != key {
		return t
	}
	return text
}
