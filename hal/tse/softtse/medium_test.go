package softtse

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tresen-pos/tresen/hal/tse"
)

// allCalls returns the error of each call a pulled medium must fail.
func allCalls(u *TSE) map[string]error {
	ctx, errs := context.Background(), map[string]error{}
	_, errs["Start"] = u.Start(ctx, client, "", nil)
	_, errs["Finish"] = u.Finish(ctx, client, 1, "", nil)
	_, errs["Pending"] = u.Pending(ctx)
	_, _, errs["LastFinish"] = u.LastFinish(ctx, 1)
	_, errs["Clients"] = u.Clients(ctx)
	_, errs["Entries"] = u.Entries(ctx, 1, 10)
	_, errs["Status"] = u.Status(ctx)
	errs["RegisterClient"] = u.RegisterClient(ctx, "OTHER")
	errs["Export"] = u.Export(ctx, &bytes.Buffer{})
	return errs
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func newFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "stick")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestEveryCallSaysGone(t *testing.T) {
	dir := newFolder(t)
	u := openTest(t, dir, P256)
	register(t, u)
	s, err := u.Start(context.Background(), client, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	info := u.Info()
	for range 3 {
		move(t, dir, dir+".away")
		for name, err := range allCalls(u) {
			if !errors.Is(err, tse.ErrGone) {
				t.Errorf("%s: %v, want ErrGone", name, err)
			}
		}
		if got := u.Info(); got.Serial != info.Serial {
			t.Errorf("serial %s while gone, want %s", got.Serial, info.Serial)
		}
		move(t, dir+".away", dir)
		p, err := u.Pending(context.Background())
		if err != nil || len(p) != 1 || p[0].Number != s.Transaction {
			t.Errorf("after return: pending %+v, %v", p, err)
		}
	}
	sell(t, u, "after")
	checkLog(t, u)
}

// An empty folder in the place of the stick (a mount point without its volume) is a stick that is gone, not a new unit.
func TestEmptyFolderInPlace(t *testing.T) {
	dir := newFolder(t)
	u := openTest(t, dir, P256)
	register(t, u)
	move(t, dir, dir+".away")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Start(context.Background(), client, "", nil); !errors.Is(err, tse.ErrGone) {
		t.Errorf("%v, want ErrGone", err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
		t.Errorf("the empty folder now holds %v (%v)", list, err)
	}
}

// A copy of the unit (same key, other inodes) is taken as the unit; another unit is not.
func TestCopyAndOtherUnit(t *testing.T) {
	dir, other := newFolder(t), newFolder(t)
	if err := openTest(t, other, P256).Close(); err != nil {
		t.Fatal(err)
	}
	u := openTest(t, dir, P256)
	register(t, u)
	sell(t, u, "x")
	move(t, dir, dir+".away")
	move(t, other, dir)
	for name, err := range allCalls(u) {
		if !errors.Is(err, tse.ErrOtherUnit) {
			t.Errorf("%s: %v, want ErrOtherUnit", name, err)
		}
	}
	move(t, dir, other)
	if err := os.CopyFS(dir, os.DirFS(dir+".away")); err != nil {
		t.Fatal(err)
	}
	if f := sell(t, u, "x"); f.Transaction != 2 {
		t.Errorf("transaction %d, want 2", f.Transaction)
	}
}

func TestOneOwner(t *testing.T) {
	dir := t.TempDir()
	u := openTest(t, dir, P256)
	if _, err := Open(dir, Options{}); !errors.Is(err, tse.ErrInUse) {
		t.Errorf("second open: %v, want ErrInUse", err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	openTest(t, dir, P256)
	for name, err := range allCalls(u) {
		if !errors.Is(err, tse.ErrClosed) {
			t.Errorf("%s after Close: %v, want ErrClosed", name, err)
		}
	}
}

// The handle of a pulled unit does not keep the volume busy: another program can open it.
func TestGoneReleasesLock(t *testing.T) {
	dir := newFolder(t)
	u := openTest(t, dir, P256)
	register(t, u)
	move(t, dir, dir+".away")
	if _, err := u.Pending(context.Background()); !errors.Is(err, tse.ErrGone) {
		t.Fatal(err)
	}
	second := openTest(t, dir+".away", P256)
	move(t, dir+".away", dir)
	if _, err := u.Pending(context.Background()); !errors.Is(err, tse.ErrInUse) {
		t.Errorf("%v, want ErrInUse", err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Pending(context.Background()); err != nil {
		t.Errorf("after the other let go: %v", err)
	}
}

func TestDamagedMarker(t *testing.T) {
	dir := t.TempDir()
	if err := openTest(t, dir, P256).Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, markerName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"format": {formatName, "other"}, "curve": {`"P-256"`, `"P-257"`}, "brace": {"{", "["},
		"serial": {`"serial": "`, `"serial": "00`}, "key": {`"private_key": "`, `"private_key": "zz`},
	} {
		bad := bytes.Replace(good, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(bad, good) {
			t.Fatal(name, "changed nothing")
		}
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Options{}); !errors.Is(err, tse.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
}

// A view reads beside the owner, changes nothing, and ends when the folder is taken away.
func TestView(t *testing.T) {
	dir := newFolder(t)
	u, ctx := openTest(t, dir, P256), context.Background()
	register(t, u)
	sell(t, u, "before")
	v, err := OpenView(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	sell(t, u, "after")
	list, err := v.Entries(ctx, 0, 100)
	if err != nil || len(list) != 5 || v.Status().SignatureCounter != 5 || v.Serial() != u.Info().Serial {
		t.Errorf("%d entries, status %+v, %v", len(list), v.Status(), err)
	}
	move(t, dir, dir+".away")
	if err := os.CopyFS(dir, os.DirFS(dir+".away")); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Entries(ctx, 0, 100); !errors.Is(err, tse.ErrGone) {
		t.Errorf("folder exchanged: %v, want ErrGone", err)
	}
	sell(t, u, "the owner locks the copy, not the view")
	if _, err := OpenView(dir + ".none"); !errors.Is(err, tse.ErrGone) {
		t.Errorf("missing folder: %v, want ErrGone", err)
	}
}
