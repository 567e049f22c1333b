package softtse

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Sizes of the log. A segment is left for a new one once it has passed segmentSize, so opening reads a few megabytes at most;
// space is zero-written in steps of growStep, so that most records cost one flush of data and none of metadata.
const (
	segmentSize = 4 << 20
	growStep    = 256 << 10
)

// medium is an open folder: the locked marker and the segment being written. See DESIGN.md, "order of writes".
type medium struct {
	dir      string
	marker   *os.File // holds the lock
	info     os.FileInfo
	file     *os.File // last segment
	last     int      // number of the last segment, the first is 1
	end      int64    // end of the last record in file
	alloc    int64    // bytes of file that are zero-written or used
	rollSize int64
	viewing  bool // nothing is locked or written
	doubt    *doubt
	fault    func(string) error
}

// doubt is a record whose write or flush failed: it may or may not be on disk. It is written again before anything else.
type doubt struct {
	rec  []byte
	msgs []message
}

// mount opens the unit in dir and reads its state.
func mount(dir string, viewing bool) (*medium, *identity, state, error) {
	fail := func(err error) (*medium, *identity, state, error) { return nil, nil, state{}, err }
	marker, err := os.Open(filepath.Join(dir, markerName))
	if err != nil {
		return fail(storageError("open "+markerName, err))
	}
	m := &medium{dir: dir, marker: marker, rollSize: segmentSize, viewing: viewing}
	id, st, err := m.load()
	if err != nil {
		_ = m.close()
		return fail(err)
	}
	return m, id, st, nil
}

func (m *medium) load() (*identity, state, error) {
	err := m.lock()
	if err != nil {
		return nil, state{}, err
	}
	if m.info, err = m.marker.Stat(); err != nil {
		return nil, state{}, storageError("stat "+markerName, err)
	}
	data, err := io.ReadAll(m.marker)
	if err != nil {
		return nil, state{}, storageError("read "+markerName, err)
	}
	id, err := loadIdentity(data)
	if err != nil {
		return nil, state{}, err
	}
	if m.last, err = countSegments(m.dir, m.viewing); err != nil {
		return nil, state{}, err
	}
	if m.last == 0 { // beginning anew would use signature counters twice
		return nil, state{}, fmt.Errorf("%w: its log is missing", tse.ErrDamaged)
	}
	st, err := m.loadLast()
	return id, st, err
}

func (m *medium) lock() error {
	if m.viewing {
		return nil
	}
	err := syscall.Flock(int(m.marker.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return tse.ErrInUse
	}
	return storageError("lock "+markerName, err)
}

// present tells whether the folder is still the one that was opened.
func (m *medium) present() bool {
	now, err := os.Stat(filepath.Join(m.dir, markerName))
	return err == nil && os.SameFile(now, m.info)
}

func (m *medium) close() error {
	err := m.marker.Close() // releases the lock
	if m.file != nil {
		if cerr := m.file.Close(); err == nil {
			err = cerr
		}
	}
	return storageError("close", err)
}

// used returns the bytes of all segments but for the unused end of the last.
func (m *medium) used() int64 {
	sum := m.end
	for n := 1; n < m.last; n++ {
		if info, err := os.Stat(m.segmentPath(n)); err == nil {
			sum += info.Size()
		}
	}
	return sum
}

func (m *medium) segmentPath(n int) string { return filepath.Join(m.dir, segmentName(n)) }

func segmentName(n int) string { return fmt.Sprintf("log-%08d.seg", n) }

// countSegments returns the number of the last segment, after making sure that none is missing, and removes unfinished ones
// unless it is only viewing.
func countSegments(dir string, viewing bool) (int, error) {
	names, err := os.ReadDir(dir)
	if err != nil {
		return 0, storageError("list", err)
	}
	n := 0
	for _, e := range names { // sorted, so segments come in their order
		name := e.Name()
		if !strings.HasPrefix(name, "log-") {
			continue
		}
		if strings.HasSuffix(name, ".tmp") {
			if viewing {
				continue
			}
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				return 0, storageError("remove "+name, err)
			}
			continue
		}
		n++
		if name != segmentName(n) {
			return 0, fmt.Errorf("%w: %s found where %s should be", tse.ErrDamaged, name, segmentName(n))
		}
	}
	return n, nil
}

// storageError gives an operating system error the name a caller can act on.
func storageError(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, tse.ErrDamaged), errors.Is(err, tse.ErrGone):
		return err
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO):
		return fmt.Errorf("%w (%s: %w)", tse.ErrGone, what, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w (%s: %w)", tse.ErrStorageFull, what, err)
	}
	return fmt.Errorf("%w: %s: %w", tse.ErrStorage, what, err)
}
