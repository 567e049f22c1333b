package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tresen-pos/tresen/firmware/health"
	"github.com/tresen-pos/tresen/firmware/paper"
	"github.com/tresen-pos/tresen/firmware/web/pages"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/engine"
)

// Options of a Server; all are needed.
type Options struct {
	Board   *health.Board
	Now     func() time.Time
	Version string
	Log     *slog.Logger
	KeyFile string // holds the key of the sessions; made if missing
}

// Exporter writes the archive of the signing unit.
type Exporter interface {
	Export(ctx context.Context, w io.Writer) error
}

// Shop is what the server serves once the books are open.
type Shop struct {
	Engine  *engine.Engine
	Book    *book.Book
	Maker   *paper.Maker
	Unit    Exporter
	Waiting func(ctx context.Context) int // paper jobs that wait
}

// Server answers the network. Until Open it says that the box is starting.
type Server struct {
	o        Options
	box      string // identity of this start
	sessions *sessions
	shop     atomic.Pointer[Shop]
	failed   atomic.Pointer[string]
	jobs     *jobs
	pages    *pages.Pages
	mux      *http.ServeMux
}

// New returns a server that knows no shop yet.
func New(o Options) (*Server, error) {
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return nil, err
	}
	key, err := loadKey(o.KeyFile)
	if err != nil {
		return nil, err
	}
	p, err := pages.New()
	if err != nil {
		return nil, fmt.Errorf("load pages: %w", err)
	}
	s := &Server{o: o, box: hex.EncodeToString(id), sessions: newSessions(key, o.Now),
		jobs: newJobs(), pages: p, mux: http.NewServeMux()}
	for _, r := range s.routes() {
		s.mux.Handle(r.Method+" "+r.Path, s.wrap(r))
	}
	s.mux.HandleFunc("GET /login", s.loginPage)
	s.mux.HandleFunc("POST /login", s.loginForm)
	s.mux.HandleFunc("GET /api/", notFound)
	s.mux.Handle("GET /{$}", http.RedirectHandler("/till", http.StatusSeeOther))
	s.pages.Register(s.mux)
	return s, nil
}

// Open begins to serve the shop.
func (s *Server) Open(shop Shop) {
	s.jobs.finish("rebuild", nil)
	s.shop.Store(&shop)
	s.o.Board.Touch()
}

// Fail keeps the server up to say why the box cannot sell.
func (s *Server) Fail(err error) {
	text := err.Error()
	s.failed.Store(&text)
	s.jobs.finish("rebuild", err)
}

// Progress tells how far a long start is.
func (s *Server) Progress(job string, done, total uint64) { s.jobs.set(job, done, total) }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	if s.shop.Load() == nil && page(r) {
		s.startingPage(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// page reports whether a person wants to see something.
func page(r *http.Request) bool {
	return r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/assets/")
}
