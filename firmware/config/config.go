// Package config reads the settings of a box: one JSON file below its data
// folder, defaults in code, an unknown key is an error. Master data are not
// here; they belong to the books.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Config are the settings of a box.
type Config struct {
	// Perm is the folder that survives; everything the box keeps is below it.
	Perm string `json:"-"`
	// Seed is a file of first master data, read once into empty books.
	Seed string `json:"-"`
	// RequireMount refuses to start unless Perm is on a mounted file system of
	// its own: on a card an unformatted /perm is a read-only folder.
	RequireMount bool `json:"-"`

	Listen string `json:"listen"` // address of the web server
	TSE    TSE    `json:"tse"`
}

// TSE says which signing unit the box uses.
type TSE struct {
	Kind  string `json:"kind"`  // soft: the demonstration unit
	Dir   string `json:"dir"`   // its folder, below Perm unless absolute
	Curve string `json:"curve"` // of a new unit: P-256 or brainpoolP384r1
}

// Default are the settings of a box nobody has touched.
func Default(perm string) Config {
	return Config{Perm: perm, Listen: ":8080", TSE: TSE{Kind: "soft", Dir: "tse", Curve: "P-256"}}
}

// Load reads Perm/config.json over the defaults; a missing file is fine.
func Load(perm string) (Config, error) {
	c := Default(perm)
	name := filepath.Join(perm, "config.json")
	raw, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read settings: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("settings %s: %w; correct the file or delete it", name, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return c, fmt.Errorf("settings %s: there is something after its end; correct the file or delete it", name)
	}
	return c, c.check(name)
}

func (c Config) check(name string) error {
	if c.TSE.Kind != "soft" {
		return fmt.Errorf("settings %s: tse.kind %q is unknown: use soft", name, c.TSE.Kind)
	}
	if c.TSE.Curve != "P-256" && c.TSE.Curve != "brainpoolP384r1" {
		return fmt.Errorf("settings %s: tse.curve %q is unknown: use P-256 or brainpoolP384r1", name, c.TSE.Curve)
	}
	return nil
}

// Path is a place below Perm; absolute names stay as they are.
func (c Config) Path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.Perm, name)
}
