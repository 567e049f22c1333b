package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

const gokModule = "github.com/gokrazy/tools"

// change is one replacement in gokrazy's packer. The count is checked, so that
// a new version of the packer is looked at before it is trusted.
type change struct {
	file, from, to string
	count          int
}

// gokChanges take out what makes two builds of one commit differ: the time of
// the build, and files and paths of the machine that builds. Nothing else of the
// packer is touched.
var gokChanges = []change{
	{"internal/packer/write.go", "time.Now()", "sourceDate()", 7},
	{"internal/packer/write.go", ", st.ModTime()", ", sourceDate(st.ModTime())", 3},
	{"internal/packer/packerprepare.go", "time.Now().Format(", "sourceDate().Format(", 1},
	// The zone comes with the program (time/tzdata), the certificates from the
	// pinned golang.org/x/crypto/x509roots, not from the machine that builds.
	{"internal/packer/localtime.go", "os.Stat(hostLocaltime)", `os.Stat("")`, 1},
	{"internal/packer/cacerts_linux.go", "/etc/", "/nonexistent/", 5},
	{"internal/packer/sbom.go", "config.InstanceConfigPath()", `"config.json"`, 1},
	{"internal/packer/sbom.go", "Path: fi.FromHost", `Path: strings.TrimPrefix(fi.FromHost, instancePath+"/")`, 1},
}

const sourceDateFile = `package packer

import (
	"os"
	"strconv"
	"time"
)

// sourceDate is the time of the source, not of the build or of a file.
func sourceDate(...time.Time) time.Time {
	s, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		panic("SOURCE_DATE_EPOCH is not set")
	}
	return time.Unix(s, 0).UTC()
}
`

// buildGok compiles gokrazy's packer from its own module, so that its
// dependencies never touch those of the product, with gokChanges applied.
func (b *builder) buildGok(ctx context.Context) (string, error) {
	recipe := filepath.Join(b.recipe, "gok")
	src, err := b.patchedGok(ctx, recipe)
	if err != nil {
		return "", err
	}
	mod, err := b.gokModfile(recipe, src)
	if err != nil {
		return "", err
	}
	bin := filepath.Join(b.cache, "gok")
	cmd := b.command(ctx, recipe, "go", "build", "-mod=readonly", "-modfile="+mod, "-o", bin, gokModule+"/cmd/gok")
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("build gok from %s: %w", src, err)
	}
	return bin, nil
}

// patchedGok copies the pinned packer out of the module cache and changes it.
func (b *builder) patchedGok(ctx context.Context, recipe string) (string, error) {
	var out bytes.Buffer
	cmd := b.command(ctx, recipe, "go", "mod", "download", "-json", gokModule)
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("download %s: %w: %s", gokModule, err, out.Bytes())
	}
	var mod struct{ Dir string }
	if err := json.Unmarshal(out.Bytes(), &mod); err != nil || mod.Dir == "" {
		return "", fmt.Errorf("download %s: unexpected answer %q (%w)", gokModule, out.Bytes(), err)
	}
	to := filepath.Join(b.cache, "gok-src")
	if err := os.RemoveAll(to); err != nil {
		return "", fmt.Errorf("clear packer's source: %w", err)
	}
	if err := os.CopyFS(to, os.DirFS(mod.Dir)); err != nil {
		return "", fmt.Errorf("copy packer's source: %w", err)
	}
	return to, applyChanges(to, gokChanges)
}

func applyChanges(dir string, changes []change) error {
	for _, c := range changes {
		name := filepath.Join(dir, c.file)
		data, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("change packer: %w", err)
		}
		if n := strings.Count(string(data), c.from); n != c.count {
			return fmt.Errorf("change packer: %s has %q %d times, want %d: "+
				"gokrazy/tools was updated, look at its source and correct gokChanges", c.file, c.from, n, c.count)
		}
		text := strings.ReplaceAll(string(data), c.from, c.to)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return fmt.Errorf("change packer: %w", err)
		}
	}
	return os.WriteFile(filepath.Join(dir, "internal/packer/sourcedate.go"), []byte(sourceDateFile), 0o644)
}

// gokModfile writes a go.mod (and go.sum) that builds the changed source.
func (b *builder) gokModfile(recipe, src string) (string, error) {
	data, err := os.ReadFile(filepath.Join(recipe, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("read packer's module: %w", err)
	}
	f, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		return "", fmt.Errorf("read packer's module: %w", err)
	}
	if err := f.AddReplace(gokModule, "", src, ""); err != nil {
		return "", fmt.Errorf("replace packer: %w", err)
	}
	if data, err = f.Format(); err != nil {
		return "", fmt.Errorf("write packer's module: %w", err)
	}
	sums, err := os.ReadFile(filepath.Join(recipe, "go.sum"))
	if err != nil {
		return "", fmt.Errorf("read packer's module: %w", err)
	}
	mod := filepath.Join(b.cache, "gok.mod")
	if err := os.WriteFile(mod, data, 0o644); err != nil {
		return "", fmt.Errorf("write packer's module: %w", err)
	}
	return mod, os.WriteFile(filepath.Join(b.cache, "gok.sum"), sums, 0o644)
}
