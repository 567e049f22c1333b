package bundle

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The committed bundles are what the sources give, byte for byte.
func TestCommittedBundles(t *testing.T) {
	dir := root(t)
	if err := Unpack(dir); err != nil {
		t.Fatal(err)
	}
	for _, p := range Pages {
		files, err := Build(dir, p)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range files {
			got, err := os.ReadFile(filepath.Join(dir, p.Out, name))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s/%s is stale: run go run ./tools/webbuild and commit it", p.Out, name)
			}
		}
	}
}

func TestBuildTellsWhere(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.ts"), []byte("import './missing'"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Build(dir, Page{Entry: "main.ts", Out: "dist", Name: "x"})
	if err == nil || !bytes.Contains([]byte(err.Error()), []byte("main.ts:1")) {
		t.Errorf("got %v, want the place of the mistake", err)
	}
}
