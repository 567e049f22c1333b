package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

const (
	instanceName = "tresen"
	product      = "github.com/tresen-pos/tresen"
	// zeroVersion stands for "whatever the replace points at".
	zeroVersion = "v0.0.0-00010101000000-000000000000"
)

// instance is the working copy of image/instance/tresen that gok reads. gok
// builds with -mod=mod and may write into it; the copy keeps the checkout clean.
type instance struct {
	parent, name string
	pins         map[string][]byte // file -> contents gok must not have changed
}

// prepare writes the working copy: the recipe's config and pins, the seed, and
// a go.mod that builds the program from the checkout.
func (b *builder) prepare() (instance, error) {
	inst := instance{parent: filepath.Join(b.cache, "instance"), name: instanceName, pins: map[string][]byte{}}
	from, to := filepath.Join(b.recipe, "instance", instanceName), filepath.Join(inst.parent, instanceName)
	if err := os.RemoveAll(to); err != nil {
		return inst, fmt.Errorf("clear working copy: %w", err)
	}
	for _, name := range []string{"config.json", "builddir/go.mod", "builddir/go.sum"} {
		if err := inst.pin(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return inst, err
		}
	}
	seed := b.seed
	if seed == "" {
		seed = filepath.Join(from, "seed.json")
	}
	if err := inst.pin(seed, filepath.Join(to, "seed.json")); err != nil {
		return inst, err
	}
	return inst, inst.pinProgram(b.checkout, filepath.Join(to, "builddir", filepath.FromSlash(product)))
}

// pin copies a file and remembers its contents.
func (i *instance) pin(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("read recipe: %w", err)
	}
	return i.put(to, data)
}

func (i *instance) put(to string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("write working copy: %w", err)
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		return fmt.Errorf("write working copy: %w", err)
	}
	i.pins[to] = data
	return nil
}

// pinProgram writes the module in which gok builds the program. gok looks for
// the go.mod nearest to builddir/IMPORTPATH, so the program gets the versions
// its own go.mod names and not those gokrazy's would raise them to.
func (i *instance) pinProgram(checkout, dir string) error {
	data, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	if err != nil {
		return fmt.Errorf("read the program's module: %w", err)
	}
	// Relative, because the path ends up in the program's build information.
	rel, err := filepath.Rel(dir, checkout)
	if err != nil {
		return fmt.Errorf("path of the program's module: %w", err)
	}
	mod, err := programModule(data, rel)
	if err != nil {
		return err
	}
	if err := i.put(filepath.Join(dir, "go.mod"), mod); err != nil {
		return err
	}
	return i.pin(filepath.Join(checkout, "go.sum"), filepath.Join(dir, "go.sum"))
}

// programModule turns the checkout's go.mod into one that requires and replaces
// the checkout itself. Everything stays "// indirect": only the product is
// imported directly.
func programModule(data []byte, checkout string) ([]byte, error) {
	f, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		return nil, fmt.Errorf("read the program's module: %w", err)
	}
	if f.Module == nil || f.Module.Mod.Path != product {
		return nil, fmt.Errorf("%s/go.mod is not module %s", checkout, product)
	}
	var reqs []*modfile.Require
	for _, r := range f.Require {
		reqs = append(reqs, &modfile.Require{Mod: r.Mod, Indirect: true})
	}
	f.SetRequireSeparateIndirect(reqs)
	if err := f.AddModuleStmt(product + "/image/program"); err != nil {
		return nil, err
	}
	if err := f.AddRequire(product, zeroVersion); err != nil {
		return nil, err
	}
	if err := f.AddReplace(product, "", checkout, ""); err != nil {
		return nil, err
	}
	f.Cleanup()
	return f.Format()
}

// checkPins fails when gok changed a pinned file: then some version was chosen
// on the way and the next build might choose another.
func (i *instance) checkPins() error {
	for file, want := range i.pins {
		got, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("check pins: %w", err)
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("the build changed %s: versions are not fully pinned; "+
				"compare it with the recipe and commit what is missing", file)
		}
	}
	return nil
}
