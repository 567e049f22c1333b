// Command build makes the card image of the box: firmware/tresen packed with
// gokrazy for the Raspberry Pi, with a formatted data partition.
//
//	go run ./image/build -out out/tresen.img
//
// It follows image/README.md: versions of gokrazy, kernel and Raspberry Pi
// firmware are those of image/gok and image/instance, versions of the program
// are those of the checkout's own go.mod. It runs gok, go and mkfs.ext4 as
// children and needs no privileges except for installing a missing mkfs.ext4.
// It does not sign, does not update boxes and does not write to cards.
// It owns no goroutines beyond those that drain its children's output.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	b := builder{log: os.Stderr, metrics: os.Stdout}
	flag.StringVar(&b.out, "out", "out/tresen.img", "image file to write; FILE.zst is written beside it")
	flag.StringVar(&b.checkout, "checkout", ".", "folder of the module that holds firmware/tresen")
	flag.StringVar(&b.recipe, "recipe", "image", "folder with gok/ and instance/")
	flag.StringVar(&b.seed, "seed", "", "JSON master data for an empty journal (default the recipe's)")
	flag.StringVar(&b.cache, "cache", "out/image", "folder for the gok tool and the working copy of the instance")
	syscall.Umask(0o022) // the programs' permissions are part of the image
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "image: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := b.run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "image: %v\n", err)
		os.Exit(1)
	}
}
