// Package bundle turns the TypeScript pages into the files the box serves. It
// uses esbuild as a library, so a build needs Go and nothing else: the few npm
// packages it needs lie packed beside it (tools/webbuild/npm), pinned by
// version and sha512 in lock.json.
//
// It checks no types (tools/webbuild -types does) and starts no goroutines.
package bundle

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Page is one bundle: an entry point and the folder and name of what comes out.
type Page struct {
	Entry string // TypeScript file, from the root of the repository
	Out   string // folder of the bundle
	Name  string // Name.js and Name.css
}

// Pages lists every bundle of the product.
var Pages = []Page{
	{Entry: "firmware/web/ui/till/main.tsx", Out: "firmware/web/pages/dist", Name: "till"},
	{Entry: "firmware/web/ui/office/main.tsx", Out: "firmware/web/pages/dist", Name: "office"},
	{Entry: "firmware/web/ui/login/main.ts", Out: "firmware/web/pages/dist", Name: "login"},
	{Entry: "tools/shop/desk/ui/main.tsx", Out: "tools/shop/desk/dist", Name: "desk"},
}

// Root finds the root of the repository above a folder: where go.mod lies.
func Root(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		} else if !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod above the working folder: run inside the repository")
		}
		dir = up
	}
}
