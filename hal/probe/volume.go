package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/tresen-pos/tresen/hal"
)

// maxNames bounds a look into a volume; a TSE has under a dozen files in its root.
const maxNames = 1024

// errHangs: an earlier look at this mount point has not come back.
var errHangs = errors.New("volume does not answer")

// lister looks into volumes. A stick that hangs holds the looking goroutine in
// the kernel, so each mount point gets one at a time.
type lister struct {
	mu      sync.Mutex // guards pending
	pending map[string]bool
}

type listing struct {
	names []string
	err   error
}

func (l *lister) list(ctx context.Context, dir string) ([]string, error) {
	if !l.begin(dir) {
		return nil, fmt.Errorf("look into %s: %w", dir, errHangs)
	}
	done := make(chan listing, 1) // room for one, so that a late answer does not hold its goroutine
	go func() {
		names, err := readNames(dir)
		l.end(dir)
		done <- listing{names, err}
	}()
	select {
	case r := <-done:
		return r.names, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("look into %s: %w", dir, errors.Join(errHangs, ctx.Err()))
	}
}

func (l *lister) begin(dir string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending[dir] {
		return false
	}
	if l.pending == nil {
		l.pending = map[string]bool{}
	}
	l.pending[dir] = true
	return true
}

func (l *lister) end(dir string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pending, dir)
}

func readNames(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("look into volume: %w", err)
	}
	defer f.Close()
	names, err := f.Readdirnames(maxNames)
	if err != nil && len(names) == 0 && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("look into volume: %w", err)
	}
	return names, nil
}

// TSEFamily tells by the files in a volume's root which TSE it is, "" for none.
// USB ids do not tell: a stick may show those of its card reader. FAT knows no
// case. Read from open drivers, not tried on hardware.
func TSEFamily(names []string) string {
	has := func(want string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, want) })
	}
	switch {
	case has("TSE_COMM.DAT") && has("TSE_INFO.DAT"):
		return Swissbit
	case has("TSE-IO.bin"):
		return Cryptovision
	}
	return ""
}

// judgeStorage tells a TSE from other storage by looking into its volumes.
func (o Opts) judgeStorage(ctx context.Context, d *Device) {
	hangs := false
	for _, v := range d.Volumes {
		names, err := o.List(ctx, v.MountPoint)
		if err != nil {
			hangs = true
			continue
		}
		if d.Family = TSEFamily(names); d.Family == "" {
			continue
		}
		d.Kind = TSE
		if v.ReadOnly {
			d.fail(tseReadOnly)
		}
		return
	}
	medium := slices.ContainsFunc(d.Nodes, func(n Node) bool { return n.Sectors > 0 })
	switch {
	case hangs:
		d.fail(volumeHangs)
	case d.Node("block") == "":
		d.fail(noStorageNode)
	case !medium:
		d.State, d.Reason, d.Remedy = hal.Absent, noMedium.reason, noMedium.remedy
	case len(d.Volumes) == 0:
		d.Reason, d.Remedy = notMounted.reason, notMounted.remedy
	}
}
