// Command run starts a card image in QEMU, so that a technician can look at the
// box without a board.
//
//	go run ./image/run -img out/tresen.img
//
// Writes to the card are dropped at the end unless -keep is given. It is not a
// Raspberry Pi: see package vm. It owns no goroutines.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/tresen-pos/tresen/image/apt"
	"github.com/tresen-pos/tresen/image/vm"
)

func main() {
	var cfg vm.Config
	flag.StringVar(&cfg.Image, "img", "out/tresen.img", "card image")
	flag.IntVar(&cfg.Port, "port", 8080, "port on 127.0.0.1 for the box's pages; 0 takes a free one")
	flag.IntVar(&cfg.Memory, "mem", 1024, "memory of the board in MiB")
	keep := flag.Bool("keep", false, "write to the image file, as a card in a box would be written to")
	flag.Parse()
	cfg.Snapshot = !*keep
	cfg.Guest = 8080
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, cfg); err != nil {
		fmt.Fprintf(os.Stderr, "run: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, cfg vm.Config) error {
	tools, err := apt.Host(os.Stderr).Ensure(ctx, apt.QEMU, apt.Mcopy)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tresen-vm-")
	if err != nil {
		return fmt.Errorf("make folder for the kernel: %w", err)
	}
	defer os.RemoveAll(dir)
	cfg.Dir, cfg.Serial = dir, filepath.Join(filepath.Dir(cfg.Image), "serial.log")
	cfg.QEMU, cfg.Mcopy = tools[apt.QEMU.Name], tools[apt.Mcopy.Name]
	m, err := vm.Start(ctx, cfg)
	if err != nil {
		return err
	}
	fmt.Printf("serial console: %s\nstarting, this takes about ten seconds ...\n", cfg.Serial)
	took, err := m.WaitHTTP(ctx, "http://"+m.Addr+"/api/v1/health")
	if err != nil {
		return errors.Join(err, m.Kill())
	}
	fmt.Printf("ready after %.1f s: http://%s/ (ends with Ctrl-C, like a pulled plug)\n", took.Seconds(), m.Addr)
	<-m.Done()
	if ctx.Err() != nil {
		return nil
	}
	return m.Wait()
}
