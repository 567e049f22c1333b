package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

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
	In           any            // example of the request's type, nil: none
	Out          any            // example of the answer's type, nil: a stream or file
	File         string         // media type of a stream or file
	Events       map[string]any // of a stream: examples of the data's types by event
	Do           func(*call) (any, error)
	Raw          func(*call, http.ResponseWriter) error // instead of Do
}

// call is a request on its way to its handler.
type call struct {
	*Shop
	server *Server
	r      *http.Request
	out    *http.ResponseController
	who    session
	lang   string
}

// maxBody bounds a request; 64 commands fit many times over.
const maxBody = 1 << 20

func (s *Server) wrap(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{server: s, r: r, out: http.NewResponseController(w), lang: pages.Language(r), Shop: s.shop.Load()}
		if r.ContentLength != 0 {
			c.hurry(time.Now().Add(s.o.Patience))
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
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
		return fault(http.StatusServiceUnavailable, "damaged", "The books are damaged; this box does not sell.",
			"Call your dealer. Do not delete anything.").with("detail", *text)
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

// hurry sets the time by which the request must have arrived; zero: no limit.
// It is the network's own clock, not the shop's.
func (c *call) hurry(by time.Time) {
	// A connection that knows no deadlines, as in some tests, is not slow.
	_ = c.out.SetReadDeadline(by)
}

// decode reads the body strictly, and takes the limit off its time once it is
// all there: it would end the request while the engine works. A body that does
// not come keeps it, because the server waits for the rest before it hangs up.
func (c *call) decode(v any) error {
	raw, err := io.ReadAll(c.r.Body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fault(http.StatusRequestEntityTooLarge, "tooLarge", "The request is too large.", "Send it in smaller parts.")
	case err != nil:
		return fault(http.StatusRequestTimeout, "badRequest", "The request did not arrive: "+err.Error(), "")
	}
	c.hurry(time.Time{})
	d := json.NewDecoder(bytes.NewReader(raw))
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
