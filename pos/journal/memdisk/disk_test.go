package memdisk_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
)

// both disks must behave alike as long as nothing goes wrong.
func TestLikeTheRealOne(t *testing.T) {
	root := t.TempDir()
	for name, d := range map[string]journal.FS{"os": journal.OS{}, "mem": memdisk.New(0)} {
		t.Run(name, func(t *testing.T) {
			dir := root + "/a/b"
			check(t, d.MkdirAll(dir))
			if _, err := d.OpenFile(dir+"/x", os.O_RDONLY); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("open what is not there: %v", err)
			}
			if err := d.Remove(dir + "/x"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("remove what is not there: %v", err)
			}
			if err := d.Rename(dir+"/x", dir+"/y"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("rename what is not there: %v", err)
			}
			f, err := d.OpenFile(dir+"/x", os.O_RDWR|os.O_CREATE|os.O_TRUNC)
			check(t, err)
			if n, err := f.WriteAt([]byte("hello"), 700); n != 5 || err != nil {
				t.Errorf("write: %d, %v", n, err)
			}
			check(t, f.Datasync())
			if size, err := f.Size(); size != 705 || err != nil {
				t.Errorf("size: %d, %v", size, err)
			}
			b := make([]byte, 10)
			if n, err := f.ReadAt(b, 698); n != 7 || err == nil || string(b[:7]) != "\x00\x00hello" {
				t.Errorf("read over the end: %d, %v, %q", n, err, b[:n])
			}
			check(t, f.Close())
			if err := f.Datasync(); err == nil {
				t.Error("sync of a closed file succeeded")
			}
			check(t, d.Rename(dir+"/x", dir+"/y"))
			check(t, d.SyncDir(dir))
			if names, err := d.List(dir); err != nil || len(names) != 1 || names[0] != "y" {
				t.Errorf("list: %v, %v", names, err)
			}
			f, err = d.OpenFile(dir+"/y", os.O_RDONLY)
			check(t, err)
			if _, err := f.WriteAt([]byte("x"), 0); err == nil {
				t.Error("write through a read-only handle succeeded")
			}
			check(t, f.Close())
			lock, err := d.Lock(dir + "/lock")
			check(t, err)
			if _, err := d.Lock(dir + "/lock"); !errors.Is(err, journal.ErrLocked) {
				t.Errorf("second lock: %v", err)
			}
			check(t, lock.Close())
			lock, err = d.Lock(dir + "/lock")
			check(t, err)
			check(t, lock.Close())
			if free, err := d.Free(dir); err != nil || free <= 0 {
				t.Errorf("free: %d, %v", free, err)
			}
			check(t, d.Remove(dir+"/y"))
		})
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// written makes a file of size bytes 'a', synced and named, and then writes 'b' over it without a sync.
func written(t *testing.T, size int) (*memdisk.Disk, journal.File) {
	t.Helper()
	d := memdisk.New(0)
	f, err := d.OpenFile("/d/f", os.O_RDWR|os.O_CREATE)
	check(t, err)
	_, err = f.WriteAt(bytes.Repeat([]byte("a"), size), 0)
	check(t, err)
	check(t, f.Datasync())
	check(t, d.SyncDir("/d"))
	_, err = f.WriteAt(bytes.Repeat([]byte("b"), size), 0)
	check(t, err)
	return d, f
}

// TestCrashWorlds: over many seeds each sector is seen old, new and cut, independently; the same seed gives the same world.
func TestCrashWorlds(t *testing.T) {
	const sectors = 4
	base, _ := written(t, sectors*memdisk.Sector)
	seen := map[string]int{}
	for seed := range uint64(500) {
		d, again := base.Clone(), base.Clone()
		d.Crash(seed)
		again.Crash(seed)
		got := d.ReadFile("/d/f")
		if !bytes.Equal(got, again.ReadFile("/d/f")) {
			t.Fatalf("seed %d gives two worlds", seed)
		}
		world := ""
		for i := range sectors {
			s := got[i*memdisk.Sector:][:memdisk.Sector]
			switch bytes.Count(s, []byte("b")) {
			case 0:
				world += "o"
			case memdisk.Sector:
				world += "n"
			default:
				world += "c"
				if i := bytes.IndexByte(s, 'a'); bytes.IndexByte(s[i:], 'b') >= 0 {
					t.Fatalf("seed %d: a sector is neither old nor new nor cut once", seed)
				}
			}
		}
		seen[world]++
	}
	for _, want := range []string{"oooo", "nnnn", "onno", "nono", "nonn"} {
		if seen[want] == 0 {
			t.Errorf("world %s was never seen", want)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d worlds", len(seen))
	}
}

func TestSyncedStays(t *testing.T) {
	base, f := written(t, 3000)
	check(t, f.Datasync())
	for seed := range uint64(50) {
		d := base.Clone()
		d.Crash(seed)
		if got := d.ReadFile("/d/f"); !bytes.Equal(got, bytes.Repeat([]byte("b"), 3000)) {
			t.Fatalf("seed %d: synced bytes are gone", seed)
		}
	}
}

// TestNamesNeedSyncDir: a created, renamed or removed name may be old or new until then.
func TestNamesNeedSyncDir(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(60) {
		d, f := written(t, 512)
		check(t, f.Datasync())
		check(t, d.Rename("/d/f", "/d/g"))
		d.Crash(seed)
		seen[join(d.Names())] = true
	}
	for _, want := range []string{"/d/f", "/d/g", "/d/f /d/g", ""} {
		if !seen[want] {
			t.Errorf("%q was never seen", want)
		}
	}
	d, _ := written(t, 512)
	check(t, d.Rename("/d/f", "/d/g"))
	check(t, d.SyncDir("/d"))
	d.Crash(1)
	if got := join(d.Names()); got != "/d/g" {
		t.Errorf("after SyncDir: %q", got)
	}
}

func join(names []string) (s string) {
	for i, n := range names {
		if i > 0 {
			s += " "
		}
		s += n
	}
	return s
}

// TestFailedSync: the bytes are visible, clean, and lost, unless they are written again.
func TestFailedSync(t *testing.T) {
	for _, again := range []bool{false, true} {
		d, f := written(t, 1024)
		d.Arm(memdisk.Fault{Ops: memdisk.OpDatasync, Nth: 1, Err: syscall.EIO})
		if err := f.Datasync(); !errors.Is(err, syscall.EIO) {
			t.Fatalf("got %v, want EIO", err)
		}
		if got := d.ReadFile("/d/f"); got[0] != 'b' {
			t.Error("written bytes are not visible")
		}
		if again {
			_, err := f.WriteAt(bytes.Repeat([]byte("b"), 1024), 0)
			check(t, err)
		}
		check(t, f.Datasync())
		d.Crash(1)
		want := byte('a')
		if again {
			want = 'b'
		}
		if got := d.ReadFile("/d/f"); got[0] != want || got[1023] != want {
			t.Errorf("written again %v: got %c, want %c", again, got[0], want)
		}
	}
}

func TestFaults(t *testing.T) {
	d, f := written(t, 1024)
	d.Arm(memdisk.Fault{Ops: memdisk.OpWrite, Nth: 2, Err: syscall.ENOSPC, Short: true})
	if n, err := f.WriteAt([]byte("cccc"), 0); n != 4 || err != nil {
		t.Errorf("first write: %d, %v", n, err)
	}
	if n, err := f.WriteAt([]byte("dddd"), 0); n != 2 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("second write: %d, %v", n, err)
	}
	if n, err := f.WriteAt([]byte("e"), 9); n != 1 || err != nil {
		t.Errorf("third write: %d, %v", n, err)
	}
	if got := string(d.ReadFile("/d/f")[:4]); got != "ddcc" {
		t.Errorf("got %q after a short write", got)
	}
	if !d.Disarm() || d.Disarm() {
		t.Error("Disarm reports wrongly")
	}
	d.Arm(memdisk.Fault{Ops: memdisk.OpRead, Nth: 1, Err: syscall.EIO, Sticky: true})
	for range 3 {
		if _, err := f.ReadAt(make([]byte, 4), 0); !errors.Is(err, syscall.EIO) {
			t.Errorf("got %v, want EIO", err)
		}
	}
	d.Flip("/d/f", 0, 0x01)
	if got := d.ReadFile("/d/f")[0]; got != 'd'^1 {
		t.Errorf("flipped byte is %c", got)
	}
}

// TestPowerCut: the call in which it happens fails, all later ones too, old handles stay dead.
func TestPowerCut(t *testing.T) {
	d, f := written(t, 512)
	d.Arm(memdisk.Fault{Ops: memdisk.OpChange, Nth: 1, Cut: true})
	if err := f.Datasync(); !errors.Is(err, memdisk.ErrPowerCut) {
		t.Errorf("got %v", err)
	}
	if _, err := d.List("/d"); !errors.Is(err, memdisk.ErrPowerCut) {
		t.Errorf("got %v", err)
	}
	d.Crash(1)
	if _, err := f.ReadAt(make([]byte, 1), 0); !errors.Is(err, memdisk.ErrPowerCut) {
		t.Errorf("old handle: got %v", err)
	}
	if _, err := d.List("/d"); err != nil {
		t.Errorf("after the crash: %v", err)
	}
}

func TestCapacity(t *testing.T) {
	d := memdisk.New(1000)
	f, err := d.OpenFile("/d/f", os.O_RDWR|os.O_CREATE)
	check(t, err)
	check(t, f.Allocate(800))
	if err := f.Allocate(1001); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want ENOSPC", err)
	}
	_, err = f.WriteAt(make([]byte, 800), 0)
	check(t, err)
	if _, err := f.WriteAt(make([]byte, 201), 800); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want ENOSPC", err)
	}
	if d.Used() != 800 {
		t.Errorf("used %d", d.Used())
	}
	d.SetCapacity(2000)
	_, err = f.WriteAt(make([]byte, 201), 800)
	check(t, err)
	check(t, d.Remove("/d/f"))
	if d.Used() != 0 || d.Count(memdisk.OpWrite) != 3 {
		t.Errorf("used %d, %d writes", d.Used(), d.Count(memdisk.OpWrite))
	}
}
