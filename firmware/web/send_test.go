package web

import (
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/firmware/health"
)

// newServer is a server without books.
func newServer(t testing.TB, r *rig) *Server {
	t.Helper()
	return must[*Server](t)(New(Options{Board: health.New(r.clock.Now), Now: r.clock.Now, Version: "test",
		KeyFile: filepath.Join(r.dir, "key"), Log: slog.New(slog.NewTextHandler(r.log, nil))}))
}

// send asks a server without a network.
func send(s *Server, method, path, body, token string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, req)
	return w
}
