package probe

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal"
)

func TestSettle(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	tests := []struct {
		name   string
		events []int
		due    int
	}{
		{"one", []int{0}, 60},
		{"burst", []int{0, 10, 20, 55}, 115},
		{"without end", []int{0, 50, 100, 150, 200, 250, 300, 350, 390}, 400},
	}
	for _, tt := range tests {
		s := settle{quiet: 60 * time.Millisecond, limit: 400 * time.Millisecond}
		for _, e := range tt.events {
			s.hear(at(e))
		}
		if !s.pending || !s.due().Equal(at(tt.due)) {
			t.Errorf("%s: due at %d, want %d", tt.name, s.due().UnixMilli(), tt.due)
		}
	}
}

// fakeClock stands until told; asked receives the length of each wait.
type fakeClock struct {
	mu    sync.Mutex // guards what follows
	now   time.Time
	waits []wait
	asked chan time.Duration
}

type wait struct {
	until time.Time
	c     chan time.Time
}

// Room for every wait of a test, so that the watcher never stands still for it.
func newClock() *fakeClock {
	return &fakeClock{now: time.UnixMilli(0), asked: make(chan time.Duration, 1000)}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1) // one tick
	if d <= 0 {
		ch <- c.now
	} else {
		c.waits = append(c.waits, wait{c.now.Add(d), ch})
	}
	c.asked <- d
	return ch
}

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	rest := c.waits[:0]
	for _, w := range c.waits {
		if w.until.After(c.now) {
			rest = append(rest, w)
		} else {
			w.c <- c.now
		}
	}
	c.waits = rest
}

// script is a Source fed by the test.
type script struct {
	heard chan Heard // not buffered: Next has taken what was sent
	fail  chan error
	once  sync.Once
	end   chan struct{}
}

func newScript() *script {
	return &script{heard: make(chan Heard), fail: make(chan error), end: make(chan struct{})}
}

func (s *script) Next() (Heard, error) {
	select {
	case h := <-s.heard:
		return h, nil
	case err := <-s.fail:
		return Heard{}, err
	case <-s.end:
		return Heard{}, os.ErrClosed
	}
}

func (s *script) Close() error { s.once.Do(func() { close(s.end) }); return nil }

type bench struct {
	*sysfs
	src   *script
	clock *fakeClock
	w     *Watcher
}

func watched(t *testing.T, s *sysfs, change func(*WatchOpts)) *bench {
	t.Helper()
	b := &bench{sysfs: s, src: newScript(), clock: newClock()}
	o := WatchOpts{Opts: s.opts(), Source: b.src, Clock: b.clock}
	if change != nil {
		change(&o)
	}
	w, err := Watch(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	b.w = w
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// event sends one and waits until the watcher has begun to settle.
func (b *bench) event(h Heard) {
	b.src.heard <- h
	<-b.clock.asked
}

func TestWatcherFollowsPlugging(t *testing.T) {
	b := watched(t, newSysfs(t), nil)
	first := b.w.Snapshot()
	if first.Seq != 1 || len(first.Devices) != 0 || first.Err != nil {
		t.Fatalf("first %+v", first)
	}
	b.printer(hostA, "1-2", "04b8:0e28:X7FN012345", 4)
	b.event(Heard{})
	b.event(Heard{}) // of the same burst
	b.clock.advance(60 * time.Millisecond)
	second, err := b.w.Next(t.Context(), first.Seq)
	if err != nil {
		t.Fatal(err)
	}
	c := Diff(first.Devices, second.Devices)
	if len(c) != 1 || c[0].What != Appeared || c[0].Device.Kind != Printer || second.Seq != 2 {
		t.Errorf("got %+v", c)
	}

	b.unplug(hostA, "1-2")
	b.event(Heard{})
	b.clock.advance(60 * time.Millisecond)
	third, err := b.w.Next(t.Context(), second.Seq)
	if err != nil {
		t.Fatal(err)
	}
	if c := Diff(second.Devices, third.Devices); len(c) != 1 || c[0].What != Gone || c[0].Device.State != hal.Absent {
		t.Errorf("got %+v", c)
	}
}

// An event alone is no news: nothing is looked at before the burst has settled.
func TestNothingBeforeTheBurstSettles(t *testing.T) {
	b := watched(t, newSysfs(t), nil)
	b.printer(hostA, "1-2", "04b8:0e28:X7FN012345", 4)
	b.event(Heard{})
	b.clock.advance(59 * time.Millisecond)
	b.event(Heard{})
	if s := b.w.Snapshot(); s.Seq != 1 {
		t.Errorf("looked in the middle of a burst: %+v", s)
	}
	b.clock.advance(60 * time.Millisecond)
	if s, err := b.w.Next(t.Context(), 1); err != nil || len(s.Devices) != 1 {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestOverflowLeadsToAFullLook(t *testing.T) {
	b := watched(t, newSysfs(t), nil)
	b.printer(hostA, "1-2", "04b8:0e28:X7FN012345", 4)
	b.adapter(hostB, "3-1", "0403:6001:A5XK3RJT", "ttyUSB0")
	b.event(Heard{Lost: true}) // all events about both were lost
	b.clock.advance(time.Second)
	s, err := b.w.Next(t.Context(), 1)
	if err != nil || len(s.Devices) != 2 || s.Lost != 1 {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestMountTurnsStickIntoTSE(t *testing.T) {
	s := newSysfs(t)
	s.stick(hostA, "1-1", "12d1:1436", "", nil)
	b := watched(t, s, nil)
	if d := at(t, b.w.Snapshot().Devices, "1-1"); d.Kind != Storage || d.Reason != notMounted.reason {
		t.Fatalf("got %s %+v", d.Kind, d.Reason)
	}
	point := filepath.Join(s.dir, "tse")
	s.must(os.Mkdir(point, 0o755))
	s.must(os.WriteFile(filepath.Join(point, "TSE-IO.bin"), nil, 0o644))
	s.mounts("40 27 180:2 / " + point + " rw - vfat /dev/sda1 rw\n")
	b.event(Heard{Mounts: true})
	b.clock.advance(time.Second)
	now, err := b.w.Next(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if d := at(t, now.Devices, "1-1"); d.Kind != TSE || d.Volumes[0].MountPoint != point {
		t.Errorf("got %+v", d)
	}
}

// A stick that hangs is failed at once and looked at again without an event, a
// few times.
func TestHangingStickIsLookedAtAgain(t *testing.T) {
	s := newSysfs(t)
	s.stick(hostA, "1-1", "12d1:1436", "rw", []string{"TSE-IO.bin"})
	looks := 0 // by the watcher's goroutine only, after the first
	b := watched(t, s, func(o *WatchOpts) {
		o.List = func(context.Context, string) ([]string, error) {
			if looks++; looks < 3 {
				return nil, errHangs
			}
			return []string{"TSE-IO.bin"}, nil
		}
	})
	if d := at(t, b.w.Snapshot().Devices, "1-1"); d.State != hal.Failed {
		t.Fatalf("got %s", d.State)
	}
	for _, want := range []time.Duration{2 * time.Second, 4 * time.Second} {
		if d := <-b.clock.asked; d != want {
			t.Errorf("looks again after %v, want %v", d, want)
		}
		b.clock.advance(want)
	}
	now, err := b.w.Next(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if d := at(t, now.Devices, "1-1"); d.Kind != TSE || d.State != hal.Found {
		t.Errorf("got %s %s", d.Kind, d.State)
	}
}

func TestLooksAgainHaveAnEnd(t *testing.T) {
	s := newSysfs(t)
	s.stick(hostA, "1-1", "12d1:1436", "rw", []string{"TSE-IO.bin"})
	b := watched(t, s, func(o *WatchOpts) {
		o.List = func(context.Context, string) ([]string, error) { return nil, errHangs }
	})
	for i := range maxRetries {
		d := <-b.clock.asked
		if want := firstRetry << i; d != want {
			t.Errorf("look %d after %v, want %v", i, d, want)
		}
		b.clock.advance(d)
	}
	b.event(Heard{}) // the next wait is for this event's settling, not for a sixth look
	b.clock.advance(60 * time.Millisecond)
	if d := <-b.clock.asked; d != firstRetry {
		t.Errorf("after an event the looks begin anew with %v, got %v", firstRetry, d)
	}
}

func TestDeafWatcherSaysSo(t *testing.T) {
	s := newSysfs(t)
	s.printer(hostA, "1-2", "04b8:0e28:X7FN012345", 4)
	b := watched(t, s, nil)
	b.src.fail <- errors.New("socket broke")
	<-b.clock.asked
	b.clock.advance(time.Second)
	now, err := b.w.Next(t.Context(), 1)
	if err != nil || now.Err == nil || !strings.Contains(now.Err.Error(), "socket broke") || len(now.Devices) != 1 {
		t.Errorf("got %+v, %v", now, err)
	}
}

func TestBrokenLookKeepsTheOldInventory(t *testing.T) {
	s := newSysfs(t)
	s.printer(hostA, "1-2", "04b8:0e28:X7FN012345", 4)
	b := watched(t, s, nil)
	s.mounts("nonsense\n")
	b.event(Heard{})
	b.clock.advance(time.Second)
	now, err := b.w.Next(t.Context(), 1)
	if err != nil || now.Err == nil || len(now.Devices) != 1 {
		t.Fatalf("got %+v, %v", now, err)
	}
	s.mounts("")
	if d := <-b.clock.asked; d != firstRetry {
		t.Errorf("looks again after %v", d)
	}
	b.clock.advance(firstRetry)
	if now, err = b.w.Next(t.Context(), 2); err != nil || now.Err != nil || len(now.Devices) != 1 {
		t.Errorf("got %+v, %v", now, err)
	}
}

func TestNextEndsWithItsContext(t *testing.T) {
	b := watched(t, newSysfs(t), nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.w.Next(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWatchWithoutSysfs(t *testing.T) {
	src := newScript()
	_, err := Watch(t.Context(), WatchOpts{Opts: Opts{Sysfs: filepath.Join(t.TempDir(), "none")}, Source: src})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := src.Next(); !errors.Is(err, os.ErrClosed) {
		t.Error("source left open")
	}
}

// The whole way with the real kernel: plug (the generated tree gets a printer, the
// kernel reports a loop device), event, settling, look, snapshot.
func TestGenuineHotplug(t *testing.T) {
	k := genuine(t)
	s := newSysfs(t)
	w, err := Watch(t.Context(), WatchOpts{Opts: s.opts(), Source: k})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s.printer(hostA, "1-2", "04b8:0e28:X7FN012345", 4)
	_, detach := attachLoop(t)
	defer detach()
	now, err := w.Next(t.Context(), 1)
	if err != nil || len(now.Devices) != 1 {
		t.Errorf("got %+v, %v", now, err)
	}
}

// From the kernel's event to the snapshot that lists the device, with the settling
// in force on the box. The synthetic event of a loop device stands for the last
// one of a plug; the tree is a generated one.
func BenchmarkHotplugToReady(b *testing.B) {
	k := genuine(b)
	s := newSysfs(b)
	w, err := Watch(b.Context(), WatchOpts{Opts: s.opts(), Source: k})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	seq, plugged := uint64(1), false
	for b.Loop() {
		if plugged = !plugged; plugged {
			s.printer(hostA, "1-2", "04b8:0e28:X7FN012345", 4)
		} else {
			s.unplug(hostA, "1-2")
		}
		if err := os.WriteFile("/sys/block/loop0/uevent", []byte("change"), 0o644); err != nil {
			b.Fatal(err)
		}
		now, err := w.Next(b.Context(), seq)
		if err != nil {
			b.Fatal(err)
		}
		seq = now.Seq
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "hotplug_to_ready_ms")
}

// Many followers and many events at once: each follower ends with the last
// inventory, and sequence numbers never go back.
func TestFollowersResync(t *testing.T) {
	const followers, plugs = 8, 20
	b := watched(t, newSysfs(t), nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, followers) // one result each
	for range followers {
		go func() {
			seq := uint64(0)
			for {
				s, err := b.w.Next(ctx, seq)
				if err != nil {
					done <- err
					return
				}
				if s.Seq <= seq {
					done <- errors.New("sequence number went back")
					return
				}
				if seq = s.Seq; len(s.Devices) == plugs {
					done <- nil
					return
				}
			}
		}()
	}
	for i := range plugs {
		b.printer(hostA, "1-"+strconv.Itoa(i+1), "04b8:0e28:X7FN"+strconv.Itoa(i), i+1)
		b.event(Heard{})
		b.clock.advance(time.Second)
	}
	for range followers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
