package uitest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tresen-pos/tresen/tools/e2e/browser"
	"github.com/tresen-pos/tresen/tools/webbuild/bundle"
)

// page opens the bundled checks in Chromium.
func page(t *testing.T) *browser.Page {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Chromium: run without -short")
	}
	root, err := bundle.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	if err := bundle.Unpack(root); err != nil {
		t.Fatal(err)
	}
	files, err := bundle.Build(root, bundle.Page{Entry: "firmware/web/ui/test/main.ts", Out: "out/uitest", Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/test.js" {
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			_, _ = w.Write(files["test.js"])
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><html lang="de"><title>x</title><body><script src="/test.js"></script></body></html>`))
	}))
	t.Cleanup(s.Close)
	p, err := browser.Open(context.Background(), 1280, 800)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	if err := p.Go(s.URL); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestScripts(t *testing.T) {
	p := page(t)
	var outcomes []struct{ Name, Error string }
	if err := p.Eval(`window.runAll()`, &outcomes); err != nil {
		t.Fatal(err)
	}
	if len(outcomes) < 30 {
		t.Fatalf("only %d checks ran", len(outcomes))
	}
	for _, o := range outcomes {
		if o.Error != "" {
			t.Errorf("%s: %s", o.Name, o.Error)
		}
	}
}
