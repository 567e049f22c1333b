package desk

import (
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed page.html dist
var files embed.FS

// ErrNoPaper: the roll does not hold this piece any more.
var ErrNoPaper = errors.New("this paper is thrown away")

// Desk is the desk page and its stream. Mount it at a path that ends with a
// slash, the path stripped: every address in the page is relative.
type Desk struct {
	deps    Deps
	handler http.Handler

	mu    sync.Mutex
	poked chan struct{} // closed and replaced by Poke
}

// New returns the desk. It touches no device yet.
func New(d Deps) *Desk {
	if d.Every <= 0 {
		d.Every = 500 * time.Millisecond
	}
	if d.After == nil {
		d.After = time.After
	}
	k := &Desk{deps: d, poked: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", k.page)
	mux.HandleFunc("GET /events", k.events)
	mux.HandleFunc("GET /state", k.state)
	mux.HandleFunc("GET /paper/{name}", k.paper)
	mux.HandleFunc("POST /do/{what}", k.do)
	mux.Handle("GET /dist/", http.FileServerFS(files))
	k.handler = http.NewCrossOriginProtection().Handler(mux)
	return k
}

func (k *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { k.handler.ServeHTTP(w, r) }

// Poke tells all watchers to look at the devices now. It never blocks.
func (k *Desk) Poke() {
	k.mu.Lock()
	defer k.mu.Unlock()
	close(k.poked)
	k.poked = make(chan struct{})
}

func (k *Desk) nextPoke() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.poked
}

func (k *Desk) page(w http.ResponseWriter, _ *http.Request) {
	b, err := fs.ReadFile(files, "page.html")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(b)
}

// paper serves NUMBER.png. A piece of paper never changes.
func (k *Desk) paper(w http.ResponseWriter, r *http.Request) {
	digits, ok := strings.CutSuffix(r.PathValue("name"), ".png")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || k.deps.Roll == nil {
		http.NotFound(w, r)
		return
	}
	b, err := k.deps.Roll.PNG(n)
	switch {
	case errors.Is(err, ErrNoPaper):
		http.NotFound(w, r)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(b)
	}
}
