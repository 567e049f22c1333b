package link

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/link/pty"
)

func openSerial(t *testing.T) (*pty.Pair, Link) {
	t.Helper()
	p, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	l, err := Serial{Path: p.Path}.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return p, l
}

func TestSerialCarriesBytes(t *testing.T) {
	p, l := openSerial(t)
	all := make([]byte, 256*9)
	for i := range all {
		all[i] = byte(i)
	}
	var wg sync.WaitGroup
	got := make([]byte, len(all))
	wg.Go(func() {
		if _, err := io.ReadFull(p.Near, got); err != nil {
			t.Error(err)
		}
	})
	if n, err := l.Write(all); n != len(all) || err != nil {
		t.Fatalf("wrote %d: %v", n, err)
	}
	wg.Wait()
	if !bytes.Equal(got, all) {
		t.Error("the bytes were changed on the way out")
	}
	wg.Go(func() {
		if _, err := p.Near.Write(all); err != nil {
			t.Error(err)
		}
	})
	back := make([]byte, len(all))
	if _, err := io.ReadFull(l, back); err != nil || !bytes.Equal(back, all) {
		t.Errorf("the bytes were changed on the way in: %v", err)
	}
	wg.Wait()
}

// The library answers a timeout with no bytes and no error: a reader that waits
// for all of something must not spin for ever.
func TestSerialReadDeadline(t *testing.T) {
	_, l := openSerial(t)
	if err := l.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := io.ReadFull(l, make([]byte, 4)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read %d: %v", n, err)
	}
}

// A device that takes nothing: the writer learns it by the deadline, and the
// line can be used again when the device reads on.
func TestSerialWriteDeadline(t *testing.T) {
	p, l := openSerial(t)
	if err := l.SetWriteDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	n, err := l.Write(make([]byte, 1<<20))
	if n == 0 || n >= 1<<20 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("wrote %d: %v", n, err)
	}
	if err := l.SetWriteDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		buf := make([]byte, 4096)
		for {
			n, err := p.Near.Read(buf)
			if err != nil || bytes.HasSuffix(buf[:n], []byte("again")) {
				return
			}
		}
	})
	if _, err := l.Write([]byte("again")); err != nil {
		t.Error(err)
	}
	wg.Wait()
}

func TestSerialCloseInterrupts(t *testing.T) {
	_, l := openSerial(t)
	errs := make(chan error, 2)
	go func() { _, err := l.Read(make([]byte, 1)); errs <- err }()
	go func() { _, err := l.Write(make([]byte, 1<<20)); errs <- err }()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := <-errs; !errors.Is(err, os.ErrClosed) {
			t.Errorf("under way: %v", err)
		}
	}
	if err := l.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
	if _, err := l.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
}

func TestSerialPulled(t *testing.T) {
	p, l := openSerial(t)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read: %v", err)
	}
	if _, err := l.Write([]byte("x")); err == nil {
		t.Error("wrote into nothing")
	}
}

func TestSerialCannotOpen(t *testing.T) {
	_, err := Serial{Path: "/dev/ttyTresenNone"}.Open(context.Background())
	if err == nil || !strings.Contains(err.Error(), "ttyTresenNone") || !strings.Contains(err.Error(), "check the cable") {
		t.Errorf("got %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Serial{Path: "/dev/null"}).Open(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
