package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// starts is how many times a start is measured.
const starts = 3

// salesBefore is how many sales a box with large books makes before its memory
// is looked at.
const salesBefore = 500

// large measures books with many receipts: start after a cut, rebuild, memory
// while selling on.
func large(w io.Writer, program, dir string, receipts int) error {
	box, err := writeBooks(program, dir, receipts)
	if err != nil {
		return err
	}
	defer func() { _ = box.Kill() }()
	name := func(what string) string { return fmt.Sprintf(what, short(receipts)) }
	rebuild, err := median(box, func() error { return os.RemoveAll(box.Path("book")) })
	if err != nil {
		return err
	}
	figure(w, name("rebuild_%s_receipts_s"), rebuild.Seconds(), "s")
	start, err := median(box, func() error { return nil })
	if err != nil {
		return err
	}
	figure(w, name("start_%s_receipts_s"), start.Seconds(), "s")
	t := rig.NewTill(box.Addr, "large")
	if err := t.Login("marlene", "1111"); err != nil {
		return err
	}
	for i := range salesBefore {
		if _, err := t.Must(sale(fmt.Sprint("large-", i))...); err != nil {
			return err
		}
	}
	rss, err := resident(box.PID())
	if err != nil {
		return err
	}
	figure(w, name("rss_%s_receipts_mib"), rss, "MiB")
	return nil
}

func short(n int) string {
	if n%1_000_000 == 0 {
		return fmt.Sprint(n/1_000_000, "m")
	}
	return fmt.Sprint(n/1000, "k")
}

// median kills the box, prepares the folder and times the start, several times.
func median(box *rig.Box, prepare func() error) (time.Duration, error) {
	var times []time.Duration
	for range starts {
		if err := box.Kill(); err != nil {
			return 0, err
		}
		if err := prepare(); err != nil {
			return 0, err
		}
		took, err := box.Start()
		if err != nil {
			return 0, err
		}
		times = append(times, took)
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

// resident is the process's memory in MiB, as the kernel counts it.
func resident(pid int) (float64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "VmRSS:"); ok {
			var kib float64
			_, err := fmt.Sscan(rest, &kib)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmRSS of process %d", pid)
}
