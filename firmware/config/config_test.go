package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/firmware/config"
)

func load(t *testing.T, text string) (config.Config, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(dir)
}

func TestDefaults(t *testing.T) {
	dir := t.TempDir()
	c, err := config.Load(dir)
	if err != nil || c != config.Default(dir) || c.Listen == "" || c.TSE.Kind != "soft" {
		t.Errorf("got %+v, %v", c, err)
	}
	if got := c.Path("tse"); got != filepath.Join(dir, "tse") {
		t.Errorf("got %s", got)
	}
	if got := c.Path("/mnt/tse"); got != "/mnt/tse" {
		t.Errorf("got %s", got)
	}
}

func TestFileOverDefaults(t *testing.T) {
	c, err := load(t, `{"listen":"127.0.0.1:1","tse":{"curve":"brainpoolP384r1"}}`)
	if err != nil || c.Listen != "127.0.0.1:1" || c.TSE.Curve != "brainpoolP384r1" || c.TSE.Kind != "soft" || c.TSE.Dir != "tse" {
		t.Errorf("got %+v, %v", c, err)
	}
}

// TestMistakes: each says which file, what is wrong with it and what to do.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		`{"lisen":":80"}`:             `unknown field "lisen"`,
		`{"tse":{"curv":"P-256"}}`:    `unknown field "curv"`,
		`{"perm":"/x"}`:               `unknown field "perm"`,
		`{"listen":80}`:               "listen",
		`{`:                           "unexpected EOF",
		``:                            "EOF",
		`{}{}`:                        "after its end",
		`{"tse":{"kind":"swissbit"}}`: `tse.kind "swissbit" is unknown: use soft`,
		`{"tse":{"curve":"P-512"}}`:   `tse.curve "P-512" is unknown: use P-256 or brainpoolP384r1`,
	} {
		_, err := load(t, text)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "config.json") {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "config.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(dir); err == nil {
		t.Error("a folder is no file")
	}
}
