package link_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/link"
)

var ctx = context.Background()

// echo answers each connection with what it gets.
func echo(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = io.Copy(c, c)
			c.Close()
		}
	}()
	return ln.Addr().String()
}

func open(t *testing.T, o link.Opener) link.Link {
	t.Helper()
	l, err := o.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestTCPHalfCloseKeepsTheTail(t *testing.T) {
	l := open(t, link.TCP{Addr: echo(t)})
	if _, err := l.Write([]byte("the tail")); err != nil {
		t.Fatal(err)
	}
	if err := l.(link.HalfCloser).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(l)
	if err != nil || string(got) != "the tail" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestTCPReadDeadline(t *testing.T) {
	l := open(t, link.TCP{Addr: echo(t)})
	if err := l.SetReadDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v, want deadline exceeded", err)
	}
}

func TestTCPRefusedNamesTheLink(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	_, err = link.TCP{Addr: addr}.Open(ctx)
	if err == nil || !strings.Contains(err.Error(), "open tcp "+addr) {
		t.Errorf("got %v, want the address in it", err)
	}
}

// TestFileDeadlines uses a named pipe as a device that takes no more bytes, as a
// USB printer without paper does.
func TestFileDeadlines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lp0")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, link.File{Path: path})
	if _, err := l.Write([]byte("abc")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 8)
	if n, err := l.Read(b); err != nil || string(b[:n]) != "abc" {
		t.Fatalf("got %q, %v", b[:n], err)
	}
	if err := l.SetWriteDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	n, err := l.Write(make([]byte, 1<<20))
	if !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 || n == 1<<20 {
		t.Errorf("got %d, %v, want a part and deadline exceeded", n, err)
	}
}

func TestFileCloseInterruptsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lp0")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, link.File{Path: path})
	done := make(chan error, 1)
	go func() { _, err := l.Read(make([]byte, 1)); done <- err }()
	l.Close()
	if err := <-done; err == nil {
		t.Error("got no error from a closed link")
	}
}

func TestFileErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := (link.File{Path: filepath.Join(dir, "none")}).Open(ctx); !errors.Is(err, os.ErrNotExist) ||
		!strings.Contains(err.Error(), "check the cable") {
		t.Errorf("got %v, want not-exist with a remedy", err)
	}
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (link.File{Path: plain}).Open(ctx); err == nil || !strings.Contains(err.Error(), "is it a device") {
		t.Errorf("got %v, want a plain file refused", err)
	}
}

func TestRecordThenPlayback(t *testing.T) {
	var rec bytes.Buffer
	talk := func(l link.Link) {
		t.Helper()
		for _, s := range []string{"hello", "\x10\x04\x01"} {
			if _, err := l.Write([]byte(s)); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, len(s))
			if _, err := io.ReadFull(l, got); err != nil || string(got) != s {
				t.Fatalf("got %q, %v, want %q", got, err, s)
			}
		}
	}
	l := open(t, &link.Record{Opener: link.TCP{Addr: echo(t)}, W: &rec})
	talk(l)
	if _, ok := l.(link.HalfCloser); !ok {
		t.Error("recording lost the half close")
	}
	p, err := link.NewPlayback(strings.NewReader(rec.String()))
	if err != nil {
		t.Fatal(err)
	}
	talk(open(t, p))
	if err := p.Leftover(); err != nil {
		t.Error(err)
	}
}

func TestPlaybackFindsDifferences(t *testing.T) {
	const rec = "# a printer\n> 1b40\n< 12\n> 0a\n"
	start := func() (*link.Playback, link.Link) {
		p, err := link.NewPlayback(strings.NewReader(rec))
		if err != nil {
			t.Fatal(err)
		}
		return p, open(t, p)
	}
	p, l := start()
	if _, err := l.Write([]byte{0x1b, 0x41}); err == nil || p.Leftover() == nil {
		t.Error("a wrong byte went unnoticed")
	}
	_, l = start()
	if _, err := l.Write([]byte{0x1b, 0x40, 0x0a}); err == nil {
		t.Error("a write in place of a read went unnoticed")
	}
	p, l = start()
	if _, err := l.Write([]byte{0x1b, 0x40}); err != nil {
		t.Fatal(err)
	}
	if err := p.Leftover(); err == nil || !strings.Contains(err.Error(), "2 steps left, next < 12") {
		t.Errorf("got %v, want the leftover named", err)
	}
	_, _ = l.Read(make([]byte, 4))
	_ = l.SetReadDeadline(time.Now().Add(time.Millisecond))
	if _, err := l.Read(make([]byte, 4)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v, want deadline exceeded", err)
	}
	if _, err := link.NewPlayback(strings.NewReader("? 00\n")); err == nil {
		t.Error("a broken recording was accepted")
	}
}

func TestFaulty(t *testing.T) {
	f := link.Healthy(link.TCP{Addr: echo(t)})
	f.FailOpens(1)
	if _, err := f.Open(ctx); !errors.Is(err, link.ErrInjected) {
		t.Errorf("got %v, want an injected failure", err)
	}
	l := open(t, f)
	f.FailWriteAfter(3)
	if n, err := l.Write([]byte("abcdef")); n != 3 || !errors.Is(err, link.ErrInjected) {
		t.Errorf("got %d, %v, want 3 and an injected failure", n, err)
	}
	l = open(t, f)
	f.FailReadAfter(2)
	if _, err := l.Write([]byte("abcdef")); err != nil {
		t.Fatal(err)
	}
	if n, err := io.ReadFull(l, make([]byte, 6)); n != 2 || !errors.Is(err, link.ErrInjected) {
		t.Errorf("got %d, %v, want 2 and an injected failure", n, err)
	}
}
