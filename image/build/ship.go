package main

import (
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

// ship writes the compressed image beside the image and prints both sizes.
func (b *builder) ship() error {
	small := b.out + ".zst"
	if err := compress(b.out, small); err != nil {
		return err
	}
	for _, m := range []struct{ name, file string }{{"image_mib", b.out}, {"image_compressed_mib", small}} {
		st, err := os.Stat(m.file)
		if err != nil {
			return fmt.Errorf("measure image: %w", err)
		}
		fmt.Fprintf(b.metrics, "%s %.1f MiB\n", m.name, float64(st.Size())/(1<<20))
	}
	return nil
}

func compress(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("compress image: %w", err)
	}
	defer src.Close()
	dst, err := os.Create(to + ".partial")
	if err != nil {
		return fmt.Errorf("compress image: %w", err)
	}
	defer os.Remove(dst.Name())
	defer dst.Close()
	if err := squeeze(dst, src); err != nil {
		return fmt.Errorf("compress image: %w", err)
	}
	if err := dst.Close(); err != nil {
		return fmt.Errorf("compress image: %w", err)
	}
	return os.Rename(dst.Name(), to)
}

func squeeze(dst io.Writer, src io.Reader) error {
	w, err := zstd.NewWriter(dst, zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, src); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}
