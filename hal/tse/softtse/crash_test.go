package softtse

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tresen-pos/tresen/hal/tse"
)

// The promises of this file:
//  1. What a call returned is in the log after any crash, with the same number, counter and signature.
//  2. No signature counter and no transaction number is given out twice.
//  3. A unit that crashed opens and works, or says ErrDamaged and changes nothing.

// soak asks for the long campaigns.
func soak() bool { return os.Getenv("SOAK") != "" }

func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// checkLog returns the messages of a unit after checking that counters and transaction numbers run without gap or double.
func checkLog(t *testing.T, u *TSE) []tse.Entry {
	t.Helper()
	list, err := u.Entries(context.Background(), 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	tx, finished := uint64(0), map[uint64]bool{}
	for i, e := range list {
		if e.Counter != uint64(i)+1 {
			t.Fatalf("message %d has the counter %d", i+1, e.Counter)
		}
		switch e.Operation {
		case nameStart:
			if tx++; e.Transaction != tx {
				t.Fatalf("start %d has the number %d", tx, e.Transaction)
			}
		case nameFinish:
			if e.Transaction > tx || finished[e.Transaction] {
				t.Fatalf("transaction %d finished before its start or twice", e.Transaction)
			}
			finished[e.Transaction] = true
		}
	}
	return list
}

// threeSales makes a unit with three sales and one open transaction and returns its folder and messages.
func threeSales(t *testing.T) (string, []tse.Entry) {
	t.Helper()
	dir := t.TempDir()
	u := openTest(t, dir, P256)
	register(t, u)
	for range 3 {
		sell(t, u, "Beleg^1.00_0.00_0.00_0.00_0.00^1.00:Bar")
	}
	if _, err := u.Start(context.Background(), client, "", nil); err != nil {
		t.Fatal(err)
	}
	list := checkLog(t, u)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, list
}

// spans returns the start of each record of a segment, and the end of the last.
func spans(t *testing.T, data []byte) []int {
	t.Helper()
	at := []int{}
	for end := 0; ; {
		_, size, err := openRecord(data[end:])
		at = append(at, end)
		if err != nil {
			return at
		}
		end += size
	}
}

// Power is lost while the last record is written: any part of it may be there, the rest is zeros, missing, or old bytes.
func TestEveryCut(t *testing.T) {
	dir, list := threeSales(t)
	path := filepath.Join(dir, segmentName(1))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := spans(t, whole)
	last, end := at[len(at)-2], at[len(at)-1]
	for cut := last; cut <= end; cut++ {
		torn := bytes.Clone(whole)
		clear(torn[cut:])
		cases := map[string][]byte{"zeros": torn}
		if soak() || cut%8 == 0 {
			cases["missing"] = whole[:cut]
		}
		if cut < end && (soak() || cut%8 == 4) {
			old := bytes.Clone(torn)
			for i := cut; i < end; i++ {
				old[i] = 0x5a
			}
			cases["old bytes"] = old
		}
		for name, data := range cases {
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
			u := openTest(t, dir, P256)
			got := checkLog(t, u)
			// The last record is whole as soon as only its padding is missing.
			if want := len(list) - 1; len(got) < want || cut == end && len(got) != len(list) {
				t.Fatalf("cut %d (%s): %d messages, want at least %d", cut-last, name, len(got), want)
			}
			for i := range got {
				if !bytes.Equal(got[i].DER, list[i].DER) {
					t.Fatalf("cut %d (%s): message %d differs", cut-last, name, i+1)
				}
			}
			sell(t, u, "after")
			if n := len(checkLog(t, u)); n < len(got)+2 {
				t.Fatalf("cut %d (%s): %d messages after one more sale", cut-last, name, n)
			}
			if err := u.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// One byte of the log is wrong: noticed, unless it is in the last record, which then counts as torn.
func TestEveryFlippedByte(t *testing.T) {
	dir, list := threeSales(t)
	path := filepath.Join(dir, segmentName(1))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := spans(t, whole)
	last, end := at[len(at)-2], at[len(at)-1]
	step := 7
	if soak() {
		step = 1
	}
	for i := 0; i < end+64; i += step {
		bad := bytes.Clone(whole)
		bad[i] ^= 0x10
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		u, err := Open(dir, Options{Now: newClock().Now})
		switch {
		case i < last:
			if !errors.Is(err, tse.ErrDamaged) {
				t.Fatalf("byte %d: %v, want ErrDamaged", i, err)
			}
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, bad) {
				t.Fatalf("byte %d: a damaged log was changed (%v)", i, err)
			}
			continue
		case err != nil:
			t.Fatalf("byte %d: %v", i, err)
		}
		want := len(list)
		if i < end {
			want--
		}
		if got := checkLog(t, u); len(got) != want {
			t.Fatalf("byte %d: %d messages, want %d", i, len(got), want)
		}
		if err := u.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// script is a day with all calls that write. It goes on after errors, as a register does, and returns what was acknowledged.
func script(u *TSE) (acked []tse.Finished, errs []error) {
	ctx := context.Background()
	note := func(err error) bool {
		if err != nil {
			errs = append(errs, err)
		}
		return err == nil
	}
	for range 3 {
		note(u.RegisterClient(ctx, client))
	}
	for range 6 {
		s, err := u.Start(ctx, client, "", nil)
		if !note(err) {
			continue
		}
		if f, err := u.Finish(ctx, client, s.Transaction, "Kassenbeleg-V1", bytes.Repeat([]byte("x"), 300)); note(err) {
			acked = append(acked, f)
		}
	}
	return acked, errs
}

// Each write, flush, growth and new segment fails in turn, once or for good, with "no space" or with an I/O error.
func TestEveryFault(t *testing.T) {
	base := t.TempDir()
	if err := openTest(t, base, P256).Close(); err != nil {
		t.Fatal(err)
	}
	for _, cause := range []error{syscall.ENOSPC, syscall.EIO} {
		for _, forGood := range []bool{false, true} {
			for n, done := 1, false; !done; n++ {
				done = faultAt(t, copyDir(t, base), cause, forGood, n)
			}
		}
	}
}

// faultAt runs the script with a fault at the n-th step. It returns true when the script had fewer steps.
func faultAt(t *testing.T, dir string, cause error, forGood bool, n int) bool {
	t.Helper()
	calls := 0
	fault := func(string) error {
		if calls++; calls == n || forGood && calls > n {
			return cause
		}
		return nil
	}
	u, err := Open(dir, Options{Now: newClock().Now, rollSize: 2000, fault: fault})
	if err != nil {
		t.Fatal(err)
	}
	acked, errs := script(u)
	want := tse.ErrStorage
	if cause == syscall.ENOSPC {
		want = tse.ErrStorageFull
	}
	for _, err := range errs {
		if !errors.Is(err, want) && !errors.Is(err, tse.ErrClientNotRegistered) {
			t.Errorf("%v at step %d: %v, want %v", cause, n, err, want)
		}
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	u = openTest(t, dir, P256)
	checkLog(t, u)
	for _, f := range acked {
		got, ok, err := u.LastFinish(context.Background(), f.Transaction)
		if err != nil || !ok || !bytes.Equal(got.Signature, f.Signature) || got.Counter != f.Counter {
			t.Errorf("%v at step %d: acknowledged transaction %d is %+v, %v, %v", cause, n, f.Transaction, got, ok, err)
		}
	}
	register(t, u)
	sell(t, u, "after")
	checkLog(t, u)
	return calls < n
}

// A write that failed is done by the next call: the counter it used is in the log, not given out again.
func TestDoubtIsSettled(t *testing.T) {
	fail := false
	u, err := Open(t.TempDir(), Options{Now: newClock().Now, fault: func(what string) error {
		if fail && what == "sync" {
			return syscall.EIO
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	register(t, u)
	ctx := context.Background()
	fail = true
	for range 3 {
		if _, err := u.Start(ctx, client, "", nil); !errors.Is(err, tse.ErrStorage) {
			t.Fatalf("%v, want ErrStorage", err)
		}
	}
	fail = false
	p, err := u.Pending(ctx)
	if err != nil || len(p) != 1 || p[0].Number != 1 || p[0].ClientID != client {
		t.Fatalf("pending %+v, %v: want transaction 1 once", p, err)
	}
	if f := sell(t, u, "x"); f.Transaction != 2 {
		t.Errorf("transaction %d, want 2", f.Transaction)
	}
	checkLog(t, u)
}

// The making of a unit is cut off after each of its steps.
func TestCutWhileMade(t *testing.T) {
	whole := t.TempDir()
	if err := openTest(t, whole, P256).Close(); err != nil {
		t.Fatal(err)
	}
	fresh := sealRecord([]byte(string(rune(bodyState)) + `{"counter":0}`))
	for name, files := range map[string]map[string][]byte{
		"segment unfinished": {segmentName(1) + ".tmp": []byte("half")},
		"segment there":      {segmentName(1): append(fresh, make([]byte, 4096)...)},
		"marker unfinished":  {segmentName(1): fresh, markerName + ".tmp": []byte("{")},
	} {
		dir := t.TempDir()
		for f, data := range files {
			if err := os.WriteFile(filepath.Join(dir, f), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		u := openTest(t, dir, P256)
		register(t, u)
		if f := sell(t, u, name); f.Counter != 5 {
			t.Errorf("%s: counter %d, want 5", name, f.Counter)
		}
	}
}

// Folders that are not to be touched.
func TestNotAUnit(t *testing.T) {
	sold, _ := threeSales(t)
	remove := func(dir, name string) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	noMarker, noLog := copyDir(t, sold), copyDir(t, sold)
	remove(noMarker, markerName)
	remove(noLog, segmentName(1))
	photos := t.TempDir()
	if err := os.WriteFile(filepath.Join(photos, "IMG_0001.jpg"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"marker missing": noMarker, "log missing": noLog, "other files": photos} {
		if _, err := Open(dir, Options{Now: newClock().Now}); !errors.Is(err, tse.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
	if _, err := Open(filepath.Join(photos, "none"), Options{}); !errors.Is(err, tse.ErrGone) {
		t.Errorf("missing folder: %v, want ErrGone", err)
	}
}
