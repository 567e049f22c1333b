// Command webbuild bundles the pages of the box from TypeScript and checks
// their types, with Go alone.
//
//	go run ./tools/webbuild          write the bundles
//	go run ./tools/webbuild -check   fail if the committed bundles are stale
//	go run ./tools/webbuild -types   check the types (builds the compiler once)
//
// The bundles are committed, so that the product builds without this tool.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sort"

	"github.com/tresen-pos/tresen/tools/webbuild/bundle"
)

func main() {
	check := flag.Bool("check", false, "compare with the committed bundles instead of writing")
	types := flag.Bool("types", false, "check the types of the sources")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *check, *types); err != nil {
		fmt.Fprintln(os.Stderr, "webbuild:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, check, types bool) error {
	root, err := bundle.Root(".")
	if err != nil {
		return err
	}
	if err := bundle.Unpack(root); err != nil {
		return err
	}
	if types {
		return checkTypes(ctx, root)
	}
	var all error
	for _, p := range bundle.Pages {
		all = errors.Join(all, page(root, p, check))
	}
	return all
}

// page writes one bundle, or compares it with the committed one.
func page(root string, p bundle.Page, check bool) error {
	files, err := bundle.Build(root, p)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		file := filepath.Join(root, p.Out, name)
		old, err := os.ReadFile(file)
		if err == nil && bytes.Equal(old, files[name]) {
			continue
		}
		if check {
			return fmt.Errorf("%s is not what its sources give: run go run ./tools/webbuild and commit", filepath.Join(p.Out, name))
		}
		if err := os.WriteFile(file, files[name], 0o644); err != nil {
			return err
		}
		fmt.Printf("%s/%s %d bytes\n", p.Out, name, len(files[name]))
	}
	return nil
}
