package softtse

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Export writes the export TAR (TR-03153 v1.0.1 ch. 5.1 and TR-03153-1 v1.1.1): info.csv, certificates, then the log messages
// in the order of their signature counters. It holds the log as it was at the call; transactions go on meanwhile. Its bytes
// depend on the log alone. Errors: as Pending, and those of w.
func (t *TSE) Export(ctx context.Context, w io.Writer) error {
	unlock, err := t.begin(ctx)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	v := t.viewLocked()
	unlock()
	if err := v.export(ctx, w); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

func (v view) export(ctx context.Context, w io.Writer) error {
	tw := tar.NewWriter(w)
	if err := addFile(tw, "info.csv", 0, v.id.infoCSV()); err != nil {
		return err
	}
	for _, c := range v.id.certs {
		name, err := certificateName(c)
		if err != nil {
			return err
		}
		if err := addFile(tw, name, 0, c); err != nil {
			return err
		}
	}
	next := uint64(1)
	for n := 1; n <= v.last; n++ {
		err := v.segment(n, func(m message) (bool, error) {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			if m.counter != next {
				return false, fmt.Errorf("%w: signature counter %d where %d should be", tse.ErrDamaged, m.counter, next)
			}
			next++
			return true, addFile(tw, m.fileName(), m.time, m.der)
		})
		if err != nil {
			return err
		}
	}
	return tw.Close()
}

// addFile adds a regular file: ustar, or pax for the one reason that the name is longer than the header's 100 bytes.
func addFile(tw *tar.Writer, name string, mtime int64, data []byte) error {
	h := &tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: int64(len(data)), Mode: 0o644, ModTime: time.Unix(mtime, 0), Format: tar.FormatUSTAR,
	}
	if len(name) > 100 {
		h.Format = tar.FormatPAX
	}
	if err := tw.WriteHeader(h); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if _, err := tw.Write(data); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// fileName is the name in the export. The suffix _Fc-K for a name that exists already is never needed: the name holds the
// signature counter, which does not repeat within a unit.
func (m message) fileName() string {
	head := fmt.Sprintf("Unixt_%d_Sig-%d_Log-", m.time, m.counter)
	switch m.op {
	case opStart, opFinish:
		f, _ := transactionFields(m.der)
		kind := "Start"
		if m.op == opFinish {
			kind = "Finish"
		}
		return fmt.Sprintf("%sTra_No-%d_%s_Client-%s.log", head, m.tx, kind, f.client)
	}
	operation, _, _ := systemFields(m.der)
	return head + "Sys_" + operation + ".log"
}

// infoCSV is the description of version 2: one line.
func (id *identity) infoCSV() []byte {
	return fmt.Appendf(nil, "\"description:\",\"%s\",\"manufacturer:\",\"%s\",\"version:\",\"%s\"\n", id.description, manufacturer, version)
}

func certificateName(der []byte) (string, error) {
	point, ok := certificatePoint(der)
	if !ok {
		return "", fmt.Errorf("%w: unreadable certificate", tse.ErrDamaged)
	}
	sum := sha256.Sum256(point)
	return hex.EncodeToString(sum[:]) + "_X509.cer", nil
}
