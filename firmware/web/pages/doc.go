// Package pages serves what a browser loads from the box: the bundles of till
// and office, their shells, and the login page, which works without
// JavaScript. The bundles are built by tools/webbuild and committed in dist.
//
// Every asset has its hash in the address and may be kept for ever; shells are
// asked for anew. A strict content security policy forbids everything inline.
// The package answers no questions of the API and starts no goroutines.
package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed dist
var dist embed.FS

// Policy is the content security policy of every page.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Pages is everything the box serves to browsers besides the API.
type Pages struct {
	assets map[string]asset  // by address below /assets/
	url    map[string]string // file name -> address with hash
	shell  *template.Template
	login  *template.Template
}

type asset struct {
	kind          string // media type
	plain, packed []byte
}

// New reads the embedded bundles. An error is a mistake of the build.
func New() (*Pages, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	p := &Pages{assets: map[string]asset{}, url: map[string]string{}}
	if err := p.load(files); err != nil {
		return nil, fmt.Errorf("load the bundles: %w", err)
	}
	funcs := template.FuncMap{"asset": p.Asset, "t": translate}
	p.shell, err = template.New("shell.html").Funcs(funcs).ParseFS(templates, "html/shell.html")
	if err != nil {
		return nil, err
	}
	p.login, err = template.New("login.html").Funcs(funcs).ParseFS(templates, "html/login.html")
	return p, err
}

func (p *Pages) load(files fs.FS) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		a := asset{kind: mime.TypeByExtension(path.Ext(name)), plain: b}
		if a.packed, err = pack(b); err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		ext := path.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		p.assets[hashed] = a
		p.url[name] = "/assets/" + hashed
		return nil
	})
}

func pack(b []byte) ([]byte, error) {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(b); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// Asset returns the address of a file of a bundle, such as "till.js".
func (p *Pages) Asset(name string) (string, error) {
	if u, ok := p.url[name]; ok {
		return u, nil
	}
	return "", fmt.Errorf("no bundle %q: run go run ./tools/webbuild", name)
}

// Register adds /till, /office and /assets/ to a mux.
func (p *Pages) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /till", p.app("till"))
	mux.HandleFunc("GET /office", p.app("office"))
	mux.HandleFunc("GET /office/", p.app("office"))
	mux.HandleFunc("GET /assets/{name}", p.serveAsset)
}

func (p *Pages) serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := p.assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	body := a.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.packed
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	_, _ = w.Write(body) // a browser that went away needs no answer
}
