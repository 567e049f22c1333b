package tselog

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"time"
)

// File is a file of an export TAR.
type File struct {
	Name     string
	Modified time.Time // UTC; a TSE writes its time or 0
	Data     []byte
}

// Limits for foreign archives: the largest process data of a known device is far below.
const (
	maxFile  = 16 << 20
	tarBlock = 512
	endOfTAR = 2 * tarBlock
)

// ErrTAR is the cause of every refusal of an archive.
var ErrTAR = errors.New("not an export TAR of a TSE")

// Scan reads an export TAR and hands each file to fn, in the archive's order, one at a time. It stops at fn's first error.
func Scan(r io.Reader, fn func(File) error) error {
	counter := &countingReader{r: r}
	tr := tar.NewReader(counter)
	end := int64(0)
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			if counter.n-end < endOfTAR {
				return fmt.Errorf("%w: it ends without the two empty blocks: cut off", ErrTAR)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: after %d bytes: %w", ErrTAR, counter.n, err)
		}
		if h.Typeflag != tar.TypeReg {
			return fmt.Errorf("%w: %q is not a regular file", ErrTAR, h.Name)
		}
		if h.Size > maxFile {
			return fmt.Errorf("%w: %q has %d bytes", ErrTAR, h.Name, h.Size)
		}
		end = counter.n + (h.Size+tarBlock-1)/tarBlock*tarBlock
		data, err := io.ReadAll(tr)
		if err != nil {
			return fmt.Errorf("%w: %q: %w", ErrTAR, h.Name, err)
		}
		if err := fn(File{Name: h.Name, Modified: h.ModTime.UTC(), Data: data}); err != nil {
			return err
		}
	}
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// Export is an export TAR in memory. For large exports use Check, which reads in one pass.
type Export struct{ Files []File }

// ReadTAR reads an export TAR into memory.
func ReadTAR(r io.Reader) (*Export, error) {
	e := &Export{}
	err := Scan(r, func(f File) error {
		e.Files = append(e.Files, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Messages returns the log messages in the archive's order. Files that are no log messages are left out; Verify names them.
func (e *Export) Messages() []Message {
	var list []Message
	for _, f := range e.Files {
		if kindOfFile(f.Name) != logFile {
			continue
		}
		if m, err := Parse(f.Data); err == nil {
			list = append(list, m)
		}
	}
	return list
}

// Verify checks the export as an auditor would, see Report.
func (e *Export) Verify() Report {
	c := NewChecker()
	for _, f := range e.Files {
		c.Add(f)
	}
	return c.Report()
}

// Check reads and verifies an export TAR in one pass. The error is that of the archive; the report holds what was read until then.
func Check(r io.Reader) (Report, error) {
	c := NewChecker()
	err := Scan(r, func(f File) error {
		c.Add(f)
		return nil
	})
	return c.Report(), err
}
