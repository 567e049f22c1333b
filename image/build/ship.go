package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

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

// sourceDate is the time written into file systems: SOURCE_DATE_EPOCH (seconds)
// when set, else a fixed day.
// Source: https://reproducible-builds.org/specs/source-date-epoch/
func sourceDate() time.Time {
	if s, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil && s > 0 {
		return time.Unix(s, 0).UTC()
	}
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
}
