package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// checkTypes runs the TypeScript compiler, which is itself a Go program. It
// has a module of its own (tools/webbuild/tsgo), pinned there, so that the
// product's list of modules stays free of it. Building it takes some minutes
// the first time and nothing afterwards.
func checkTypes(ctx context.Context, root string) error {
	compiler := filepath.Join(root, ".cache", "bin", "tsgo")
	build := exec.CommandContext(ctx, "go", "build", "-o", compiler, "github.com/microsoft/typescript-go/cmd/tsgo")
	build.Dir = filepath.Join(root, "tools", "webbuild", "tsgo")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the TypeScript compiler: %w", err)
	}
	check := exec.CommandContext(ctx, compiler, "--noEmit", "-p", filepath.Join(root, "tools", "webbuild", "tsconfig.json"))
	check.Dir = root
	check.Stdout, check.Stderr = os.Stdout, os.Stderr
	if err := check.Run(); err != nil {
		return fmt.Errorf("types: %w", err)
	}
	return nil
}
