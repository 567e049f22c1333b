package softtse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// manySegments makes a unit whose log is spread over many small segments, with transactions that stay open across them.
func manySegments(t *testing.T) (*TSE, []tse.Finished) {
	t.Helper()
	u, err := Open(t.TempDir(), Options{Now: newClock().Now, rollSize: 3000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.Close() })
	register(t, u)
	ctx := context.Background()
	var done []tse.Finished
	var open []uint64
	for i := range 120 {
		s, err := u.Start(ctx, client, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		if i%7 == 0 {
			open = append(open, s.Transaction)
			continue
		}
		done = append(done, finishTest(t, u, s.Transaction))
	}
	for _, tx := range open[:len(open)-3] {
		done = append(done, finishTest(t, u, tx))
	}
	if u.med.last < 10 {
		t.Fatalf("only %d segments", u.med.last)
	}
	return u, done
}

func finishTest(t *testing.T, u *TSE, tx uint64) tse.Finished {
	t.Helper()
	f, err := u.Finish(context.Background(), client, tx, "Kassenbeleg-V1", fmt.Appendf(nil, "sale %d", tx))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestLastFinishInAllSegments(t *testing.T) {
	u, done := manySegments(t)
	ctx := context.Background()
	for _, want := range done {
		got, ok, err := u.LastFinish(ctx, want.Transaction)
		if err != nil || !ok {
			t.Fatalf("transaction %d: %v, %v", want.Transaction, ok, err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("transaction %d:\n%+v, want\n%+v", want.Transaction, got, want)
		}
	}
	p, err := u.Pending(ctx)
	if err != nil || len(p) != 3 {
		t.Fatal(p, err)
	}
	for _, tx := range []uint64{0, p[0].Number, p[2].Number, 121, 1 << 60} {
		if _, ok, err := u.LastFinish(ctx, tx); ok || err != nil {
			t.Errorf("transaction %d, open or never started: %v, %v", tx, ok, err)
		}
	}
}

func TestEntriesFromAnywhere(t *testing.T) {
	u, _ := manySegments(t)
	all := checkLog(t, u)
	for from := range uint64(len(all) + 3) {
		got, err := u.Entries(context.Background(), from, 5)
		if err != nil {
			t.Fatal(err)
		}
		first := max(int(from), 1) - 1
		want := all[min(first, len(all)):min(first+5, len(all))]
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("from %d: %d entries beginning with %v", from, len(got), got[:min(1, len(got))])
		}
	}
}

// Opening reads the last segment only: damage elsewhere shows when that place is read, and a missing segment at once.
func TestOpenReadsTheTail(t *testing.T) {
	u, done := manySegments(t)
	dir := u.dir
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, segmentName(3))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-growStep+1000] ^= 1
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	u = openTest(t, dir, P256)
	if _, ok, err := u.LastFinish(context.Background(), done[len(done)-1].Transaction); err != nil || !ok {
		t.Errorf("newest: %v, %v", ok, err)
	}
	if err := u.Export(context.Background(), &bytes.Buffer{}); !errors.Is(err, tse.ErrDamaged) {
		t.Errorf("export over the damage: %v, want ErrDamaged", err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, tse.ErrDamaged) {
		t.Errorf("segment missing: %v, want ErrDamaged", err)
	}
}

func TestExportRepeats(t *testing.T) {
	u, _ := manySegments(t)
	ctx := context.Background()
	var a, b bytes.Buffer
	if err := u.Export(ctx, &a); err != nil {
		t.Fatal(err)
	}
	if err := u.Export(ctx, &b); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("second export differs (%v)", err)
	}
	if !strings.Contains(a.String(), "Demonstration unit without certification") {
		t.Error("the export does not say that it is of a demonstration unit")
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := u.Export(cancelled, &b); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled export: %v", err)
	}
	if err := u.Export(ctx, brokenPipe{}); !errors.Is(err, errBroken) {
		t.Errorf("broken pipe: %v", err)
	}
}

var errBroken = errors.New("broken pipe")

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errBroken }

// Sales made while an export is written are not in it, and do not disturb it.
func TestExportWhileSelling(t *testing.T) {
	u, _ := manySegments(t)
	w := &sellingWriter{t: t, u: u}
	before := len(checkLog(t, u))
	if err := u.Export(context.Background(), w); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(w.buf.String(), "_Log-"); got != before {
		t.Errorf("%d messages in the export, want %d", got, before)
	}
	if w.sales == 0 || len(checkLog(t, u)) != before+2*w.sales {
		t.Errorf("%d sales during the export, log has %d messages more", w.sales, len(checkLog(t, u))-before)
	}
}

// sellingWriter makes a sale at every 20th write.
type sellingWriter struct {
	t      *testing.T
	u      *TSE
	buf    bytes.Buffer
	writes int
	sales  int
}

func (w *sellingWriter) Write(p []byte) (int, error) {
	if w.writes++; w.writes%20 == 0 {
		sell(w.t, w.u, "meanwhile")
		w.sales++
	}
	return w.buf.Write(p)
}

func TestLongNames(t *testing.T) {
	u, ctx := openTest(t, t.TempDir(), P256), context.Background()
	long := strings.Repeat("K", MaxClientID)
	if err := u.RegisterClient(ctx, long); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Start(ctx, long, "", nil); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := u.Export(ctx, &b); err != nil || !strings.Contains(b.String(), long) {
		t.Errorf("client id of %d characters: %v", MaxClientID, err)
	}
}

// Many transactions over many segments, then the time to open and the memory it takes are printed. SOAK_DIR names a folder on
// a memory file system (flushes cost nothing there, 1 GB is needed): then it is a million of them.
func TestMillion(t *testing.T) {
	base, count := os.Getenv("SOAK_DIR"), uint64(1_000_000)
	if base == "" {
		base, count = t.TempDir(), 3_000
	}
	dir, err := os.MkdirTemp(base, "softtse")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	roll := int64(0) // as shipped
	if count < 1_000_000 {
		roll = 100 << 10
	}
	u, err := Open(dir, Options{rollSize: roll})
	if err != nil {
		t.Fatal(err)
	}
	register(t, u)
	for range count {
		sell(t, u, "Beleg^1.00_0.00_0.00_0.00_0.00^1.00:Bar")
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	begin := time.Now()
	if u, err = Open(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	opened := time.Since(begin)
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	begin = time.Now()
	if _, ok, err := u.LastFinish(context.Background(), count/2); err != nil || !ok {
		t.Fatal(ok, err)
	}
	s, err := u.Status(context.Background())
	if err != nil || s.TransactionCounter != count || u.med.last < 5 {
		t.Fatal(s, err, u.med.last)
	}
	t.Logf("open %v, LastFinish %v, heap %d KiB, %d segments, %d MiB", opened, time.Since(begin), mem.HeapAlloc>>10, u.med.last, s.Bytes>>20)
}

func BenchmarkSale(b *testing.B) {
	for _, c := range []Curve{P256, BrainpoolP384r1} {
		b.Run(string(c), func(b *testing.B) {
			u, err := Open(b.TempDir(), Options{Curve: c})
			if err != nil {
				b.Fatal(err)
			}
			defer u.Close()
			ctx := context.Background()
			if err := u.RegisterClient(ctx, client); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				s, err := u.Start(ctx, client, "", nil)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := u.Finish(ctx, client, s.Transaction, "Kassenbeleg-V1", []byte("Beleg^1.00_0.00_0.00_0.00_0.00^1.00:Bar")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
