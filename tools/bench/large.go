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

// salesPerRequest fills books fast: sixteen sales are the 64 commands a
// request may carry.
const salesPerRequest = 16

// starts is how many times a start is measured.
const starts = 5

// large measures books with many receipts: memory, start after a cut, rebuild.
func large(w io.Writer, program, dir string, receipts int) error {
	box, boss, err := openShop(program, dir)
	if box != nil {
		defer func() { _ = box.Kill() }()
	}
	if err != nil {
		return err
	}
	if err := fill(boss, receipts); err != nil {
		return err
	}
	rss, err := resident(box.PID())
	if err != nil {
		return err
	}
	name := func(what string) string { return fmt.Sprintf(what, short(receipts)) }
	figure(w, name("rss_%s_receipts_mib"), rss, "MiB")
	start, err := median(box, func() error { return nil })
	if err != nil {
		return err
	}
	figure(w, name("start_%s_receipts_s"), start.Seconds(), "s")
	rebuild, err := median(box, func() error { return os.RemoveAll(box.Path("book")) })
	if err != nil {
		return err
	}
	figure(w, name("rebuild_%s_receipts_s"), rebuild.Seconds(), "s")
	return nil
}

func short(n int) string {
	if n%1_000_000 == 0 {
		return fmt.Sprint(n/1_000_000, "m")
	}
	return fmt.Sprint(n/1000, "k")
}

func fill(t *rig.Till, receipts int) error {
	for done := 0; done < receipts; {
		var batch []rig.Command
		for range min(salesPerRequest, receipts-done) {
			batch = append(batch, sale(fmt.Sprint("fill-", done))...)
			done++
		}
		if _, err := t.Must(batch...); err != nil {
			return fmt.Errorf("after %d receipts: %w", done, err)
		}
	}
	return nil
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
