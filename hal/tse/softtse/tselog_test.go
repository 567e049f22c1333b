package softtse_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/fiscal/tselog"
	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/hal/tse/softtse"
)

// These tests bring the signer and the verifier together, which share no code. They are outside both packages: only a test may
// know both rooms.

const client = "KASSE-001"

// unitWith makes a unit with the given number of sales.
func unitWith(t *testing.T, curve softtse.Curve, sales int) (*softtse.TSE, []tse.Finished) {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	u, err := softtse.Open(t.TempDir(), softtse.Options{Curve: curve, Now: func() time.Time { now = now.Add(time.Second); return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.Close() })
	ctx := context.Background()
	if err := u.RegisterClient(ctx, client); err != nil {
		t.Fatal(err)
	}
	var done []tse.Finished
	for i := range sales {
		f, err := sale(ctx, u, i%2 == 1, fmt.Appendf(nil, "Beleg^%d.00_0.00_0.00_0.00_0.00^%d.00:Bar", i, i))
		if err != nil {
			t.Fatal(err)
		}
		done = append(done, f)
	}
	return u, done
}

// sale is signed in two steps, or in one.
func sale(ctx context.Context, u *softtse.TSE, oneStep bool, data []byte) (tse.Finished, error) {
	if oneStep {
		return u.Transact(ctx, client, "Kassenbeleg-V1", data)
	}
	s, err := u.Start(ctx, client, "", nil)
	if err != nil {
		return tse.Finished{}, err
	}
	return u.Finish(ctx, client, s.Transaction, "Kassenbeleg-V1", data)
}

func TestExportIsVerified(t *testing.T) {
	scale := 1
	if os.Getenv("SOAK") != "" {
		scale = 20
	}
	for curve, sales := range map[softtse.Curve]int{softtse.P256: 500 * scale, softtse.BrainpoolP384r1: 200 * scale} {
		u, _ := unitWith(t, curve, sales)
		pr, pw := io.Pipe()
		go func() { pw.CloseWithError(u.Export(context.Background(), pw)) }() // ends with the reading below
		r, err := tselog.Check(pr)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Problems {
			t.Errorf("%s: %s", curve, p)
		}
		for _, n := range r.Notes {
			t.Errorf("%s: note: %s", curve, n)
		}
		if want := 2*sales + 3; r.Messages != want || r.Verified != want || r.Finished != sales || r.Open != 0 {
			t.Errorf("%s: %d messages, %d verified, %d finished; want %d, all, %d", curve, r.Messages, r.Verified, r.Finished, want, sales)
		}
		if r.Serial != u.Info().Serial || !strings.Contains(r.Description, "without certification") {
			t.Errorf("%s: serial %s, description %s", curve, r.Serial, r.Description)
		}
	}
}

// The QR code of each receipt is enough to rebuild and verify the very message in the log.
func TestQRCodeOfEachSale(t *testing.T) {
	for _, curve := range []softtse.Curve{softtse.P256, softtse.BrainpoolP384r1} {
		u, done := unitWith(t, curve, 20)
		for _, f := range done {
			m, err := tselog.FromQR(qr(f).String())
			if err != nil {
				t.Fatalf("%s: transaction %d: %v", curve, f.Transaction, err)
			}
			e, err := u.Entries(context.Background(), f.Counter, 1)
			if err != nil || len(e) != 1 || !bytes.Equal(e[0].DER, m.Encode()) {
				t.Errorf("%s: transaction %d: the message in the log is another one (%v)", curve, f.Transaction, err)
			}
			if name := tselog.FileName(m, 0); name != e[0].Name {
				t.Errorf("%s: name %s, the unit says %s", curve, name, e[0].Name)
			}
			if hex.EncodeToString(m.Serial[:]) != u.Info().Serial {
				t.Errorf("%s: serial %x", curve, m.Serial)
			}
		}
	}
}

func qr(f tse.Finished) tselog.QR {
	return tselog.QR{
		ClientID: f.ClientID, ProcessType: f.ProcessType, ProcessData: string(f.ProcessData), TransactionNo: f.Transaction,
		Counter: f.Counter, Start: f.StartTime, Finish: f.LogTime, Algorithm: f.Algorithm, TimeFormat: f.TimeFormat,
		Signature: f.Signature, PublicKey: f.PublicKey,
	}
}

// Any change to an export is noticed: one byte of each file in turn.
func TestChangedExport(t *testing.T) {
	u, _ := unitWith(t, softtse.P256, 1)
	var b bytes.Buffer
	if err := u.Export(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	e, err := tselog.ReadTAR(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range e.Files {
		if f.Name == "info.csv" { // not signed
			continue
		}
		for at := 0; at < len(f.Data); at += 16 {
			f.Data[at] ^= 4
			if e.Verify().OK() {
				t.Errorf("%s: byte %d changed without notice", f.Name, at)
			}
			f.Data[at] ^= 4
		}
		left := *e
		left.Files = append(append([]tselog.File{}, e.Files[:i]...), e.Files[i+1:]...)
		r := left.Verify() // the first and the last message may be missing in an export of a part
		if end := f.Name == firstLog(e) || i == len(e.Files)-1; r.OK() != end || end && len(r.Notes) == 0 && i < len(e.Files)-1 {
			t.Errorf("%s left out: problems %v, notes %v", f.Name, r.Problems, r.Notes)
		}
	}
	if !e.Verify().OK() {
		t.Error("the unchanged export is refused")
	}
}

func firstLog(e *tselog.Export) string {
	for _, f := range e.Files {
		if strings.HasSuffix(f.Name, ".log") {
			return f.Name
		}
	}
	return ""
}
