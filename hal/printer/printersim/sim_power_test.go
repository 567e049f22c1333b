package printersim_test

import (
	"bytes"
	"image/png"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/hal/printer/printersim"
)

func start(t *testing.T, o printersim.Options) *printersim.Sim {
	t.Helper()
	s, err := printersim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// ask sends bytes and returns n bytes of answer.
func ask(t *testing.T, c net.Conn, send string, n int) string {
	t.Helper()
	if _, err := io.WriteString(c, send); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(c, b); err != nil {
		t.Fatalf("after %q: %v", send, err)
	}
	return string(b)
}

func dial(t *testing.T, s *printersim.Sim) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestAnswers(t *testing.T) {
	s := start(t, printersim.Options{ProcessID: true})
	c := dial(t, s)
	for _, q := range []struct{ name, send, want string }{
		{"dle eot", "\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04", "\x12\x12\x12\x12"},
		{"dle eot within a picture", "\x1d\x76\x30\x00\x01\x00\x03\x00\x10\x04\x01", "\x12"},
		{"gs r", "\x1d\x72\x01", "\x00"},
		{"model", "\x1d\x49\x43", "_SIMULATED\x00"},
		{"process id", "\x1d\x28\x48\x06\x00\x30\x30abcd", "\x37\x22abcd\x00"},
		{"asb", "\x1d\x61\xff", "\x10\x00\x00\x00"},
	} {
		if got := ask(t, c, q.send, len(q.want)); got != q.want {
			t.Errorf("%s: got %q, want %q", q.name, got, q.want)
		}
	}
	s.PaperOut(true)
	if got := ask(t, c, "", 4); got != "\x18\x00\x0f\x00" {
		t.Errorf("paper out by itself: got %q", got)
	}
	if got := ask(t, c, "\x10\x04\x02\x10\x04\x04", 2); got != "\x32\x7e" {
		t.Errorf("paper out when asked: got %q", got)
	}
}

// TestPowerCycles: over many quick ones each new client is served.
func TestPowerCycles(t *testing.T) {
	s := start(t, printersim.Options{})
	for i := range 50 {
		c := dial(t, s)
		if got := ask(t, c, "kept\n\x10\x04\x01", 1); got != "\x12" {
			t.Fatalf("cycle %d: got %q", i, got)
		}
		s.PaperOut(true)
		ask(t, c, "lost\n\x10\x04\x01", 1)
		s.PowerOff()
		s.PaperOut(false)
		if err := s.PowerOn(); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := s.Current().Text(), strings.TrimSpace(strings.Repeat("kept\n", 50)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOneClientAtATime(t *testing.T) {
	s := start(t, printersim.Options{})
	first := dial(t, s)
	ask(t, first, "\x10\x04\x01", 1)
	second := dial(t, s) // connected, and not served
	if _, err := io.WriteString(second, "two\n\x10\x04\x01"); err != nil {
		t.Fatal(err)
	}
	ask(t, first, "one\n\x1d\x72\x01", 1)
	if got := s.Current().Text(); got != "one" {
		t.Errorf("got %q while the first is connected, want its text only", got)
	}
	first.Close()
	if _, err := io.ReadFull(second, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if got := s.Current().Text(); got != "one\ntwo" {
		t.Errorf("got %q", got)
	}
}

func TestWatchAndSink(t *testing.T) {
	dir := t.TempDir()
	s := start(t, printersim.Options{Sink: dir})
	papers, cancel := s.Watch()
	c := dial(t, s)
	for _, text := range []string{"one", "two"} {
		ask(t, c, text+"\n\x1d\x56\x42\x00\x1d\x72\x01", 1)
		p := <-papers
		if p.Text() != text {
			t.Errorf("paper %d: got %q, want %q", p.ID, p.Text(), text)
		}
	}
	cancel()
	if _, open := <-papers; open {
		t.Error("watch goes on after cancel")
	}
	c.Close()
	s.Close()
	for _, p := range s.Papers() {
		file, err := os.ReadFile(filepath.Join(dir, "paper-00000"+string(rune('0'+p.ID))+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if drawn, _ := p.PNG(); !bytes.Equal(file, drawn) {
			t.Errorf("paper %d: the sink's picture differs", p.ID)
		}
		if _, err := png.Decode(bytes.NewReader(file)); err != nil {
			t.Error(err)
		}
	}
}

func TestKeepsTheLast500(t *testing.T) {
	s := start(t, printersim.Options{})
	c := dial(t, s)
	ask(t, c, strings.Repeat("x\n\x1d\x56\x00", 600)+"\x1d\x72\x01", 1)
	papers := s.Papers()
	if len(papers) != 500 || papers[0].ID != 101 || papers[499].ID != 600 {
		t.Errorf("got %d papers from %d, want 500 from 101", len(papers), papers[0].ID)
	}
}

func TestTearWithinALine(t *testing.T) {
	s := start(t, printersim.Options{NoCutter: true})
	c := dial(t, s)
	ask(t, c, "first\n\x1d\x56\x42\x00\x1b\x45\x01sec\x1d\x72\x01", 1)
	s.Tear()
	ask(t, c, "ond\n\x1d\x72\x01", 1)
	s.Tear()
	papers := s.Papers()
	if len(papers) != 2 || !papers[0].Torn || !strings.HasSuffix(papers[1].Text(), "second") {
		t.Errorf("got %d papers, the last %q", len(papers), papers[len(papers)-1].Text())
	}
}
