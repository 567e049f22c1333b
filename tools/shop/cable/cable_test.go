package cable

import (
	"bufio"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// box answers every line with the line; it counts connections.
type box struct {
	l    net.Listener
	wg   sync.WaitGroup
	seen chan net.Conn // 16: more than any test opens
}

func newBox(t *testing.T) *box {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &box{l: l, seen: make(chan net.Conn, 16)}
	b.wg.Go(b.serve)
	t.Cleanup(func() { _ = l.Close(); b.wg.Wait() })
	return b
}

func (b *box) serve() {
	for {
		c, err := b.l.Accept()
		if err != nil {
			return
		}
		b.seen <- c
		b.wg.Go(func() {
			_, _ = io.Copy(c, c)
			_ = c.Close()
		})
	}
}

// newCable runs a cable to target; the cleanup proves that Run ends with Close.
func newCable(t *testing.T, target string) *Cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k := New(l, target)
	ended := make(chan error, 1) // the one result of Run
	go func() { ended <- k.Run() }()
	t.Cleanup(func() {
		if err := k.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Errorf("close: %v", err)
		}
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	return k
}

func dial(t *testing.T, k *Cable) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", k.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// echo sends a line there and back.
func echo(c net.Conn, line string) error {
	if _, err := io.WriteString(c, line+"\n"); err != nil {
		return err
	}
	got, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && got != line+"\n" {
		err = errors.New("came back as " + got)
	}
	return err
}

func TestCarriesBothWays(t *testing.T) {
	k := newCable(t, newBox(t).l.Addr().String())
	for _, line := range []string{"one", "two"} {
		if err := echo(dial(t, k), line); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if !k.Up() {
		t.Error("a new cable is not up")
	}
}

func TestCutEndsEverything(t *testing.T) {
	b := newBox(t)
	k := newCable(t, b.l.Addr().String())
	c := dial(t, k)
	if err := echo(c, "before"); err != nil {
		t.Fatal(err)
	}
	far := <-b.seen
	if err := k.Cut(true); err != nil {
		t.Fatal(err)
	}
	if k.Up() {
		t.Error("a cut cable is up")
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the screen's end still reads")
	}
	if _, err := far.Read(make([]byte, 1)); err == nil {
		t.Error("the box's end still reads")
	}
	if err := echo(dial(t, k), "while cut"); err == nil {
		t.Error("a cut cable carries")
	}
	select {
	case <-b.seen:
		t.Error("a connection got through a cut cable")
	default:
	}
	if err := k.Cut(false); err != nil {
		t.Fatal(err)
	}
	if err := echo(dial(t, k), "after"); err != nil {
		t.Errorf("mended: %v", err)
	}
}

// The end that hangs up first ends the other one.
func TestHangUp(t *testing.T) {
	b := newBox(t)
	k := newCable(t, b.l.Addr().String())
	c := dial(t, k)
	if err := echo(c, "hello"); err != nil {
		t.Fatal(err)
	}
	far := <-b.seen
	if err := far.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the box hung up and the screen still reads")
	}
}

func TestBoxDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	target := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	k := newCable(t, target)
	if err := echo(dial(t, k), "anybody"); err == nil {
		t.Error("nobody answered and yet there was an answer")
	}
}

func TestCloseEndsConnections(t *testing.T) {
	k := newCable(t, newBox(t).l.Addr().String())
	c := dial(t, k)
	if err := echo(c, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("a closed cable still carries")
	}
}
