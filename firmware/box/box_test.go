package box_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/firmware/box"
	"github.com/tresen-pos/tresen/firmware/config"
	"github.com/tresen-pos/tresen/firmware/web"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// running is a box at work.
type running struct {
	t     *testing.T
	url   string
	stop  context.CancelFunc
	ended chan error // 1: the end
	ready chan string
	log   *safeBuffer
}

type safeBuffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// settings are those of a box in dir with the test shop as first data, on a
// port that was free a moment ago.
func settings(t *testing.T, dir string) config.Config {
	t.Helper()
	rows := tilltest.Rows()
	for i := range rows {
		var e catalog.Employee
		if rows[i].Kind == catalog.KindEmployee && json.Unmarshal(rows[i].Value, &e) == nil {
			e.PIN = "4711"
			raw, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			rows[i].Value = raw
		}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default(filepath.Join(dir, "box"))
	c.Seed = filepath.Join(dir, "seed.json")
	if err := os.WriteFile(c.Seed, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.Listen = l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return c
}

func start(t *testing.T, c config.Config) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r := &running{t: t, url: "http://" + c.Listen, stop: stop, ended: make(chan error, 1), ready: make(chan string, 1), log: &safeBuffer{}}
	b := box.New(box.Options{Config: c, Version: "test", Log: slog.New(slog.NewTextHandler(r.log, nil)), Ready: func(addr string) { r.ready <- addr }})
	go func() { r.ended <- b.Run(ctx) }()
	t.Cleanup(stop)
	return r
}

// await returns when the box is ready to sell.
func (r *running) await() {
	r.t.Helper()
	select {
	case <-r.ready:
	case err := <-r.ended:
		r.t.Fatalf("the box ended: %v\n%s", err, r.log)
	}
}

func (r *running) end() error {
	r.stop()
	return <-r.ended
}

// health asks until the box answers at all.
func (r *running) health() (int, web.Health) {
	r.t.Helper()
	for {
		resp, err := http.Get(r.url + "/api/v1/health")
		if err != nil {
			select {
			case err := <-r.ended:
				r.t.Fatalf("the box ended: %v", err)
			case <-time.After(5 * time.Millisecond): // it does not listen yet
			}
			continue
		}
		var h web.Health
		err = json.NewDecoder(resp.Body).Decode(&h)
		if resp.Body.Close() != nil || err != nil {
			r.t.Fatal(err)
		}
		return resp.StatusCode, h
	}
}

func (r *running) finding(code string) string {
	r.t.Helper()
	_, h := r.health()
	for _, c := range h.Checks {
		if c.Code == code {
			return c.Finding
		}
	}
	return ""
}

func (r *running) login(pin string) int {
	r.t.Helper()
	resp, err := http.Post(r.url+"/api/v1/login", "application/json", strings.NewReader(`{"employee":"olga","pin":"`+pin+`"}`))
	if err != nil {
		r.t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode
}

// filled is the data folder of a box that has worked and was stopped in peace.
func filled(t *testing.T) config.Config {
	t.Helper()
	c := settings(t, t.TempDir())
	r := start(t, c)
	r.await()
	if status, h := r.health(); status != 200 || !h.Ready || !h.Sellable || h.Version != "test" {
		t.Fatalf("%d %+v", status, h)
	}
	for range 3 {
		if got := r.login("4711"); got != 200 {
			t.Fatalf("login: %d", got)
		}
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.log.String(), "running state equals the journal") {
		t.Errorf("no self check: %s", r.log)
	}
	return c
}

// TestDamagedJournal: a flipped byte keeps the box from selling, not from
// saying so; with and without the lists beside it.
func TestDamagedJournal(t *testing.T) {
	c := filled(t)
	segments, err := filepath.Glob(filepath.Join(c.Perm, "journal", "*"))
	if err != nil || len(segments) == 0 {
		t.Fatal(err, segments)
	}
	flipped := 0
	for _, name := range segments {
		flipped += flip(t, name)
	}
	if flipped != 1 {
		t.Fatalf("flipped %d bytes", flipped)
	}
	for _, book := range []bool{true, false} {
		if !book {
			if err := os.RemoveAll(filepath.Join(c.Perm, "book")); err != nil {
				t.Fatal(err)
			}
		}
		r := start(t, c)
		for r.finding("journal") == "" {
			if status, h := r.health(); status != 503 || h.Sellable {
				t.Fatalf("%d %+v", status, h)
			}
		}
		status, h := r.health()
		if status != 503 || h.Ready || h.Sellable || h.Checks[0].Severity != "fail" || h.Checks[0].Args["detail"] == "" || h.Checks[0].Message != "Die Bücher sind beschädigt; diese Box kassiert nicht." {
			t.Errorf("book %v: %d %+v", book, status, h)
		}
		if got := r.login("4711"); got != 503 {
			t.Errorf("book %v: login answers %d", book, got)
		}
		select {
		case err := <-r.ended:
			t.Errorf("the box went down: %v", err)
		default:
		}
		if err := r.end(); err == nil {
			t.Error("a damaged journal is no peaceful end")
		}
	}
}

// flip changes a byte in the first record of a segment that holds the test
// shop; returns how many it changed.
func flip(t *testing.T, name string) int {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		return 0 // a folder
	}
	i := bytes.Index(raw, []byte("Am Markt 1"))
	if i < 0 {
		return 0
	}
	raw[i] ^= 1
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return 1
}

// TestDamagedBook: lists that are damaged are built again, and the box says so
// without asking anybody to wait for ever.
func TestDamagedBook(t *testing.T) {
	c := filled(t)
	if err := os.WriteFile(filepath.Join(c.Perm, "book", "MANIFEST"), []byte("not a manifest"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, c)
	r.await()
	if got := r.finding("book"); got != "book-rebuilt" {
		t.Errorf("got %q", got)
	}
	if status, h := r.health(); status != 200 || !h.Sellable {
		t.Errorf("%d %+v", status, h)
	}
	if got := r.login("4711"); got != 200 {
		t.Errorf("login: %d", got)
	}
	if err := r.end(); err != nil {
		t.Error(err)
	}
}

// TestCannotStart: each reason in one sentence with a remedy, before anything
// is touched.
func TestCannotStart(t *testing.T) {
	good := settings(t, t.TempDir())
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		change func(*config.Config)
		want   string
	}{
		"port taken":      {func(c *config.Config) { c.Listen = taken.Addr().String() }, "choose another address"},
		"a file in place": {func(c *config.Config) { c.Perm = file }, "choose a folder you may write"},
		"below a file":    {func(c *config.Config) { c.Perm = file + "/x" }, "choose a folder you may write"},
		"no partition":    {func(c *config.Config) { c.Perm, c.RequireMount = "/perm-of-no-card", true }, "not on a mounted data partition"},
		"no first data":   {func(c *config.Config) { c.Seed = file + ".none" }, "read first data"},
		"bad first data":  {func(c *config.Config) { c.Seed = file }, "first data " + file},
		"no such address": {func(c *config.Config) { c.Listen = "256.0.0.1:1" }, "choose another address"},
	} {
		c := good
		c.Perm = filepath.Join(t.TempDir(), "box")
		x.change(&c)
		r := start(t, c)
		select {
		case err := <-r.ended:
			if err == nil || !strings.Contains(err.Error(), x.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: got %v, want %q", name, err, x.want)
			}
		case <-r.ready:
			t.Errorf("%s: the box is ready", name)
		}
	}
	if _, err := os.Stat("/perm-of-no-card"); err == nil {
		t.Error("the folder was made on the root file system")
	}
}

// TestReadOnlyPartition needs a mount of its own.
func TestReadOnlyPartition(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("only root may mount a file system: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	for _, x := range []struct {
		flags uintptr
		want  string
	}{{syscall.MS_REMOUNT | syscall.MS_RDONLY, "mounted read-only"}, {syscall.MS_REMOUNT, "space"}} { // 1 MB is too little for a journal
		if err := syscall.Mount("tmpfs", dir, "tmpfs", x.flags, "size=1m"); err != nil {
			t.Fatal(err)
		}
		c := settings(t, t.TempDir())
		c.Perm, c.RequireMount = filepath.Join(dir, "box"), true
		r := start(t, c)
		select {
		case err := <-r.ended:
			if err == nil || !strings.Contains(fmt.Sprint(err), x.want) {
				t.Errorf("got %v, want %q", err, x.want)
			}
		case <-r.ready:
			t.Errorf("the box is ready, want %q", x.want)
		}
	}
}
