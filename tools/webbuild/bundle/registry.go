package bundle

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// fetchTimeout bounds one download; the packages are below 1 MB.
const fetchTimeout = 2 * time.Minute

// registry is the address of the npm registry the environment names: a
// variable as npm knows it, or a line of .npmrc in the repository or at home.
// Empty when there is none; this program has no default.
func registry(env func(string) string, root string) string {
	for _, name := range []string{"npm_config_registry", "NPM_CONFIG_REGISTRY"} {
		if v := env(name); v != "" {
			return v
		}
	}
	for _, dir := range []string{root, env("HOME")} {
		if dir == "" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, ".npmrc"))
		if err != nil {
			continue // none here
		}
		for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
			key, value, _ := strings.Cut(s.Text(), "=")
			if strings.TrimSpace(key) == "registry" {
				return strings.TrimSpace(value)
			}
		}
	}
	return ""
}

// fetch gets a tarball: REGISTRY/NAME/-/LAST-VERSION.tgz.
func fetch(registry string, p Package) ([]byte, error) {
	if registry == "" {
		return nil, fmt.Errorf("tools/webbuild/npm/%s is missing: check it out again, "+
			"or set npm_config_registry so that it can be fetched", p.File)
	}
	url := fmt.Sprintf("%s/%s/-/%s-%s.tgz", strings.TrimRight(registry, "/"), p.Name, path.Base(p.Name), p.Version)
	client := http.Client{Timeout: fetchTimeout}
	r, err := client.Get(url)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch %s: %s", url, r.Status)
	}
	return io.ReadAll(io.LimitReader(r.Body, maxUnpacked))
}
