package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
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
	// Patience is how long a request's head and body may each take to arrive;
	// 0 means 10 seconds. Answers, streams above all, take as long as they need.
	Patience time.Duration
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
	Devices Inventory                     // nil: the box cannot tell
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
	origin   *http.CrossOriginProtection
	openAPI  []byte
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
	s := &Server{o: o, box: hex.EncodeToString(id), sessions: newSessions(key, loadEnded(o.KeyFile+".ended"), o.Now),
		jobs: newJobs(), pages: p, mux: http.NewServeMux(), origin: http.NewCrossOriginProtection()}
	if s.o.Patience == 0 {
		s.o.Patience = 10 * time.Second
	}
	if s.openAPI, err = s.document(); err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	for _, r := range s.routes() {
		s.mux.Handle(r.Method+" "+r.Path, s.wrap(r))
	}
	s.mux.HandleFunc("GET /login", s.loginPage)
	s.mux.HandleFunc("POST /login", s.loginForm)
	s.mux.HandleFunc(noRoute, s.noRoute)
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
	if err := s.origin.Check(r); err != nil {
		s.crossSite(w, r)
		return
	}
	if s.shop.Load() == nil && page(r) {
		s.startingPage(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// HTTP returns a server with the limits of a box on a network it cannot trust.
// The body's time is limited by the routes that read one: a limit on the whole
// request would end streams and long exports.
func (s *Server) HTTP(base context.Context) *http.Server {
	return &http.Server{Handler: s, ReadHeaderTimeout: s.o.Patience, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return base },
		ErrorLog:    slog.NewLogLogger(s.o.Log.Handler(), slog.LevelWarn)}
}

// page reports whether a person wants to see something.
func page(r *http.Request) bool {
	return r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/assets/")
}
