package zvt

import (
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/hal/link"
)

var bg = context.Background()

// played returns a client whose terminal is a recording.
func played(t *testing.T, opts Opts, lines ...string) *Client {
	t.Helper()
	p, err := link.NewPlayback(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(p, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		if err := p.Leftover(); err != nil && !t.Failed() {
			t.Error(err)
		}
	})
	return c
}

func keepAll(Status) error { return nil }

// registered is the recording of a registration, as card complete recommends it.
var registered = []string{"> 060010000000be09780301060626040a0206d3", "< 800000", "< 060f0a19002929001006490978", "> 800000"}

func conversation(more ...string) []string {
	return append(append([]string(nil), registered...), more...)
}

const (
	ask1000 = "> 06010c040000000010004909781940"
)

func status(t *testing.T, fields ...Field) string {
	t.Helper()
	a, err := message(CodeStatusInfo, nil, fields...)
	if err != nil {
		t.Fatal(err)
	}
	b, err := a.AppendTo(nil)
	if err != nil {
		t.Fatal(err)
	}
	return "< " + hex.EncodeToString(b)
}

func hexField(t *testing.T, tag byte, s string) Field {
	t.Helper()
	return Field{Tag: tag, Data: unhex(t, s)}
}

// TestDoubtIsUnclear plays what terminals say and checks what a till may believe.
func TestDoubtIsUnclear(t *testing.T) {
	ok := hexField(t, bmpResult, "00")
	full := status(t, ok, hexField(t, bmpAmount, "000000001000"), hexField(t, bmpReceipt, "0007"))
	const done, ack, start = "< 060f00", "> 800000", "< 800000"
	for _, c := range []struct {
		name string
		talk []string
		want Outcome
		code byte
	}{
		{"approved", []string{start, full, ack, done, ack}, Approved, 0},
		{"positive 84 00", []string{"< 840000", full, ack, done, ack}, Approved, 0},
		{"repeated result", []string{start, full, ack, full, ack, done, ack}, Approved, 0},
		{"refused", []string{"< 84b200"}, Declined, 0xb2},
		{"declined", []string{start, "< 040f022737", ack, "< 061e0137", ack}, Declined, 0x37},
		{"aborted", []string{start, "< 061e016c", ack}, Declined, 0x6c},
		{"approved without amount", []string{start, "< 040f022700", ack, done, ack}, Unclear, 0},
		{"approved over zero", []string{start, status(t, ok, hexField(t, bmpAmount, "000000000000")), ack, done, ack}, Unclear, 0},
		{"no result in the status", []string{start, "< 040f00", ack, done, ack}, Unclear, 0},
		{"finished without a status", []string{start, done, ack}, Unclear, 0},
		{"aborted without a reason", []string{start, "< 061e00", ack}, Unclear, 0},
		{"approved and aborted", []string{start, full, ack, "< 061e016c", ack}, Unclear, 0},
		{"approved and declined", []string{start, full, ack, "< 040f02276c", ack, done, ack}, Unclear, 0},
		{"another one's result", []string{full}, Unclear, 0},
		{"the booking before", []string{start, status(t, ok, hexField(t, bmpAmount, "000000001000"), hexField(t, bmpReceipt, "0006")), ack, done, ack}, Unclear, 0},
		{"not ZVT", []string{start, "< 150301aa"}, Unclear, 0},
		{"unknown command", []string{start, "< 06d800", "> 848300", full, ack, done, ack}, Approved, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			cl := played(t, Opts{}, conversation(append([]string{ask1000}, c.talk...)...)...)
			cl.opts.After = func(time.Duration) <-chan time.Time { return nil }
			q := Request{Code: CodeAuthorise, Amount: 1000, Last: Reference{Receipt: 6}}
			r := cl.Transact(bg, q, Hooks{Keep: keepAll})
			if r.Outcome != c.want || r.Code != c.code || (c.want == Unclear) != (r.Err != nil) {
				t.Errorf("got %v %02x %v, want %v %02x", r.Outcome, r.Code, r.Err, c.want, c.code)
			}
		})
	}
}

// TestCompare is the table of what a repeated receipt proves.
func TestCompare(t *testing.T) {
	start := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	at := Clock{Month: 11, Day: 21, Hour: 12, Minute: 0, Second: 30, Known: true}
	early := Clock{Month: 11, Day: 21, Hour: 11, Minute: 0, Known: true}
	old := Reference{Receipt: 6, Trace: 60, TID: "1"}
	next := Reference{Receipt: 7, Trace: 61, TID: "1"}
	base := Status{HasResult: true, HasAmount: true, Amount: 1000, Reference: next, At: at}
	with := func(f func(*Status)) Status { s := base; f(&s); return s }
	for _, c := range []struct {
		name string
		last Reference
		s    Status
		want Outcome
	}{
		{"ours", old, base, Approved},
		{"nothing new", old, with(func(s *Status) { s.Reference = old }), Declined},
		{"numbers with a gap", old, with(func(s *Status) { s.Receipt, s.Trace = 9, 63 }), Approved},
		{"tip", old, with(func(s *Status) { s.Amount, s.Tip = 1100, 100 }), Approved},
		{"part", old, with(func(s *Status) { s.Amount, s.Partial = 400, true }), Approved},
		{"less without a word", old, with(func(s *Status) { s.Amount = 400 }), Unclear},
		{"more without a word", old, with(func(s *Status) { s.Amount = 1100 }), Unclear},
		{"zero", old, with(func(s *Status) { s.Amount = 0 }), Unclear},
		{"new number, old time", old, with(func(s *Status) { s.At = early }), Unclear},
		{"no time", old, with(func(s *Status) { s.At = Clock{} }), Unclear},
		{"no result", old, with(func(s *Status) { s.HasResult = false }), Unclear},
		{"declined just now", old, with(func(s *Status) { s.Result = 0x6c }), Declined},
		{"another terminal", old, with(func(s *Status) { s.TID = "2" }), Unclear},
		{"no number", old, with(func(s *Status) { s.Reference = Reference{} }), Unclear},
		{"fresh till, ours", Reference{}, base, Approved},
		{"fresh till, older booking", Reference{}, with(func(s *Status) { s.At = early }), Declined},
		{"fresh till, within the skew", Reference{}, with(func(s *Status) { s.At.Hour, s.At.Minute = 11, 59 }), Unclear},
	} {
		opts := Opts{}
		opts.fill()
		v := &verdict{q: Request{Code: CodeAuthorise, Amount: 1000, Started: start, Last: c.last}, opts: &opts}
		if got := v.compare(c.s); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// TestNoCardNumberLeaves: a terminal sends a whole number everywhere it can; no
// hook, result or error shows it.
func TestNoCardNumberLeaves(t *testing.T) {
	const pan = "4111111111111111"
	st := status(t, hexField(t, bmpResult, "00"), hexField(t, bmpAmount, "000000001000"), hexField(t, bmpPAN, pan),
		Field{Tag: bmpText, Data: []byte("Karte " + pan)})
	line, err := APDU{Code: CodePrintLine, Data: append([]byte{0}, "4111 1111 1111 1111"...)}.AppendTo(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := played(t, Opts{}, conversation(ask1000, "< 800000", st, "> 800000", "< "+hex.EncodeToString(line), "> 800000", "< 150301aa")...)
	seen := ""
	r := c.Transact(bg, Request{Code: CodeAuthorise, Amount: 1000}, Hooks{
		Keep:  func(s Status) error { seen += fmt.Sprintf("%v %+v %#v", s, s, s); return nil },
		Lines: func(l []Line) error { seen += fmt.Sprintf("%+v", l); return nil },
	})
	seen += fmt.Sprintf("%+v %v", r, r.Err)
	if r.Outcome != Unclear || !strings.Contains(seen, "411111******1111") {
		t.Fatalf("got %v: %s", r.Outcome, seen)
	}
	for _, bad := range []string{pan, "4111 1111 1111 1111", "1111111111", "34313131313131"} {
		if strings.Contains(seen, bad) {
			t.Errorf("%q leaves in %s", bad, seen)
		}
	}
}

// FuzzClient lets a terminal say anything after the request: never Approved
// without Keep having seen it, never a panic, never a second request.
func FuzzClient(f *testing.F) {
	f.Add([]byte{0x80, 0, 0, 0x04, 0x0f, 2, 0x27, 0, 6, 0x0f, 0})
	f.Add([]byte{0x84, 0x9c, 0})
	f.Add([]byte{0x80, 0, 0, 6, 0xd3, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, said []byte) {
		near, far := net.Pipe()
		c, err := New(once{near}, Opts{After: func(time.Duration) <-chan time.Time { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		c.registered = true
		requests := make(chan int, 1) // 1: the terminal's only report
		go func() {
			requests <- terminal(far, said)
		}()
		kept := false
		r := c.Transact(bg, Request{Code: CodeAuthorise, Amount: 1000}, Hooks{Keep: func(s Status) error { kept = true; return nil }})
		near.Close()
		if n := <-requests; n != 1 || r.Outcome == Approved && (!kept || r.Status.Amount <= 0) || r.Outcome == NotSent {
			t.Fatalf("got %v after %d requests, kept %v", r.Outcome, n, kept)
		}
	})
}

// terminal reads the request, says its piece, hangs up, and counts requests.
func terminal(c net.Conn, said []byte) (requests int) {
	defer c.Close()
	if a, err := ReadAPDU(c); err != nil || a.Code != CodeAuthorise {
		return 0
	}
	requests = 1
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			a, err := ReadAPDU(c)
			if err != nil {
				return
			}
			if a.Code == CodeAuthorise {
				requests++
			}
		}
	}()
	_, _ = c.Write(said) // the register may hang up first
	c.Close()
	<-done
	return requests
}

// once opens one given connection.
type once struct{ net.Conn }

func (o once) Open(context.Context) (link.Link, error) { return o.Conn, nil }
func (o once) String() string                          { return "pipe" }
