package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/tresen-pos/tresen/image/gpt"
	"golang.org/x/mod/modfile"
)

func TestProgramModuleKeepsVersions(t *testing.T) {
	data, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	out, err := programModule(data, "/src")
	if err != nil {
		t.Fatal(err)
	}
	was, err := modfile.Parse("was", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	is, err := modfile.Parse("is", out, nil)
	if err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	got := map[string]string{}
	for _, r := range is.Require {
		got[r.Mod.Path] = r.Mod.Version
	}
	for _, r := range was.Require {
		if got[r.Mod.Path] != r.Mod.Version {
			t.Errorf("%s: got version %q, the product has %q", r.Mod.Path, got[r.Mod.Path], r.Mod.Version)
		}
	}
	if len(got) != len(was.Require)+1 || got[product] != zeroVersion {
		t.Errorf("want the product and its %d requirements, got %d with the product at %q", len(was.Require), len(got), got[product])
	}
	if len(is.Replace) != 1 || is.Replace[0].New.Path != "/src" {
		t.Errorf("replacements: %v", is.Replace)
	}
}

func TestProgramModuleRefusesStrangers(t *testing.T) {
	for _, mod := range []string{"", "module example.com/other\n", "modul x\n"} {
		if _, err := programModule([]byte(mod), "/src"); err == nil {
			t.Errorf("accepted %q", mod)
		}
	}
}

func newBuilder(t *testing.T) *builder {
	return &builder{out: filepath.Join(t.TempDir(), "x.img"), checkout: "../..", recipe: "..", cache: t.TempDir(), log: io.Discard, metrics: io.Discard}
}

func TestPrepareAndCheckPins(t *testing.T) {
	b := newBuilder(t)
	if err := b.absolute(); err != nil {
		t.Fatal(err)
	}
	inst, err := b.prepare()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(inst.parent, inst.name)
	program := filepath.Join(dir, "builddir", product)
	for _, name := range []string{"config.json", "seed.json", "builddir/go.mod", "builddir/go.sum", "builddir/" + product + "/go.sum"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if err := inst.checkPins(); err != nil {
		t.Errorf("nothing changed, yet: %v", err)
	}
	if err := os.WriteFile(filepath.Join(program, "go.sum"), []byte("other"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := inst.checkPins(); err == nil || !strings.Contains(err.Error(), "not fully pinned") {
		t.Errorf("changed go.sum: got %v", err)
	}
}

// The recipe's promises to the books: no service that moves the clock back, no
// password to guess, no program start without a mounted data partition.
func TestConfigKeepsItsPromises(t *testing.T) {
	data, err := os.ReadFile("../instance/tresen/config.json")
	if err != nil {
		t.Fatal(err)
	}
	var cfg struct {
		Packages, GokrazyPackages []string
		Update                    struct {
			NoPassword   bool
			HTTPPassword string
		}
		PackageConfig map[string]struct{ CommandLineFlags, GoBuildFlags []string }
	}
	if err := json.Unmarshal(data, &cfg); err != nil {
		t.Fatal(err)
	}
	if !cfg.Update.NoPassword || cfg.Update.HTTPPassword != "" {
		t.Error("the management interface must be local only")
	}
	if len(cfg.GokrazyPackages) == 0 {
		t.Error("GokrazyPackages must be set: the default brings ntp and heartbeat")
	}
	for _, p := range cfg.GokrazyPackages {
		if strings.HasSuffix(p, "/ntp") || strings.HasSuffix(p, "/heartbeat") {
			t.Errorf("%s must stay out", p)
		}
	}
	program := product + "/firmware/tresen"
	if len(cfg.Packages) != 1 || cfg.Packages[0] != program {
		t.Errorf("Packages = %v", cfg.Packages)
	}
	if flags := strings.Join(cfg.PackageConfig[program].CommandLineFlags, " "); !strings.Contains(flags, "-require-mount") {
		t.Errorf("flags %q lack -require-mount", flags)
	}
	for _, p := range append(cfg.GokrazyPackages, cfg.Packages...) {
		if flags := strings.Join(cfg.PackageConfig[p].GoBuildFlags, " "); !strings.Contains(flags, "-trimpath") {
			t.Errorf("%s is built with %q, not -trimpath", p, flags)
		}
	}
}

func TestMkfsArgsStayInsideThePartition(t *testing.T) {
	args := mkfsArgs(gpt.Partition{Number: 4, Start: 1157627904, Size: 989838848}, "x.img")
	line := strings.Join(args, " ")
	for _, want := range []string{"offset=1157627904", "lazy_itable_init=0", "-U " + permUUID, "hash_seed=" + permUUID} {
		if !strings.Contains(line, want) {
			t.Errorf("%s\nlacks %s", line, want)
		}
	}
	if got := strings.Join(args[len(args)-2:], " "); got != "x.img 966639k" {
		t.Errorf("ends with %q", got)
	}
}

func TestFindPermRefusesOtherFiles(t *testing.T) {
	if p, err := findPerm("build_test.go"); err == nil {
		t.Errorf("found %v in a source file", p)
	}
}

func TestShip(t *testing.T) {
	b := newBuilder(t)
	var metrics bytes.Buffer
	b.metrics = &metrics
	img := append(bytes.Repeat([]byte{0}, 3<<20), "tresen"...)
	if err := os.WriteFile(b.out, img, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := b.ship(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(b.out + ".zst")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, img) {
		t.Errorf("decompressed %d bytes, %v; want %d", len(got), err, len(img))
	}
	if got, want := metrics.String(), "image_mib 3.0 MiB\nimage_compressed_mib 0.0 MiB\n"; got != want {
		t.Errorf("metrics %q, want %q", got, want)
	}
}

func TestSourceDate(t *testing.T) {
	b := &builder{checkout: t.TempDir()}
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	if got := b.sourceDate(t.Context()).Unix(); got != 1700000000 {
		t.Errorf("got %d", got)
	}
	// Neither a date nor a repository: the same day on every machine.
	t.Setenv("SOURCE_DATE_EPOCH", "yesterday")
	if got := b.sourceDate(t.Context()); got.Year() != 2026 {
		t.Errorf("got %v", got)
	}
}

func TestApplyChanges(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "internal/packer/a.go")
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("x(now) + y(now)"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := applyChanges(dir, []change{{"internal/packer/a.go", "now", "then", 1}}); err == nil {
		t.Error("a packer with one more place to change was accepted")
	}
	if err := applyChanges(dir, []change{{"internal/packer/a.go", "now", "then", 2}}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != "x(then) + y(then)" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestGokModfile(t *testing.T) {
	b := newBuilder(t)
	name, err := b.gokModfile("../gok", "/src")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(data), "replace "+gokModule+" => /src") {
		t.Errorf("%v in\n%s", err, data)
	}
}
