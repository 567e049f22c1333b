package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/tresen-pos/tresen/image/gpt"
)

const (
	permNumber = 4 // gokrazy: 1 boot, 2 and 3 root A and B, 4 data
	// Fixed so that two builds are equal. gokrazy derives the partition's own
	// id from the hostname, so boxes share that anyway.
	permUUID = "74726573-656e-4000-8000-7065726d0001"
)

// formatPerm makes the ext4 file system of the data partition in place. gok
// leaves it blank, and gokrazy starts programs even when /perm is missing.
func (b *builder) formatPerm(ctx context.Context, mkfs, img string) error {
	perm, err := findPerm(img)
	if err != nil {
		return err
	}
	// The size is given in KiB and must be given: left to itself mkfs takes
	// everything up to the end of the file and destroys the backup table.
	cmd := b.command(ctx, "", mkfs, mkfsArgs(perm, img)...)
	cmd.Env = append(cmd.Env, "E2FSPROGS_FAKE_TIME="+strconv.FormatInt(b.date.Unix(), 10))
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("format /perm with %s: %w", mkfs, err)
	}
	return nil
}

// mkfsArgs: nothing is left to be initialised by the box (lazy_*), because that
// would write for minutes after the first boot; no blocks are reserved for
// root, because everything on the box is root.
func mkfsArgs(perm gpt.Partition, img string) []string {
	return []string{"-q", "-F", "-L", "perm", "-m", "0", "-U", permUUID,
		"-E", fmt.Sprintf("offset=%d,hash_seed=%s,lazy_itable_init=0,lazy_journal_init=0,nodiscard", perm.Start, permUUID),
		img, fmt.Sprintf("%dk", perm.Size/1024)}
}

func findPerm(img string) (gpt.Partition, error) {
	f, err := os.Open(img)
	if err != nil {
		return gpt.Partition{}, fmt.Errorf("open image: %w", err)
	}
	defer f.Close()
	parts, err := gpt.Read(f)
	if err != nil {
		return gpt.Partition{}, fmt.Errorf("image %s: %w", img, err)
	}
	for _, p := range parts {
		if p.Number == permNumber {
			return p, nil
		}
	}
	return gpt.Partition{}, errors.New("image has no data partition")
}
