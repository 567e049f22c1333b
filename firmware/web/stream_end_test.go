package web

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// TestStreamEndsWithSession: who may no longer log in sees no more.
func TestStreamEndsWithSession(t *testing.T) {
	r := newRig(t)
	resp := r.do(request{method: "GET", path: "/api/v1/events", token: r.token(tilltest.Trainee)})
	defer resp.Body.Close()
	s := newScreen(r)
	s.until(1)
	r.want(tilltest.Owner, "setMaster", args{"kind": "employee", "id": "tina", "value": catalog.Employee{ID: "tina", Name: "T", FullName: "T", Role: "learner"}})
	// What was sent before may still be read; then the stream ends.
	raw, err := io.ReadAll(resp.Body)
	if err != nil || strings.Contains(string(raw), `"name":"T"`) {
		t.Errorf("%v: %s", err, raw)
	}
	s.converged() // the owner's goes on
	s.close()
}

// TestSlowReaders: screens that take nothing do not keep anybody from selling,
// and leave nothing behind.
func TestSlowReaders(t *testing.T) {
	r := newRig(t)
	var conns []net.Conn
	for range 25 {
		conn, err := net.Dial("tcp", r.http.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
		if err := conn.(*net.TCPConn).SetReadBuffer(1024); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(conn, "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", r.token(tilltest.Owner)); err != nil {
			t.Fatal(err)
		}
	}
	s := newScreen(r)
	r.want(tilltest.Owner, "openShift", args{"float": 100})
	for i := range 30 {
		order := fmt.Sprint("o-", i)
		r.want(tilltest.Owner, "addLine", args{"order": order, "line": "l", "article": tilltest.Espresso, "qty": 1000})
		r.want(tilltest.Owner, "pay", args{"order": order, "tender": "cash", "total": 250})
	}
	s.converged()
	s.close()
	for _, c := range conns {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	r.http.Close() // waits for every request
	nobodyFollows(t)
}

func nobodyFollows(t *testing.T) {
	t.Helper()
	var b strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "(*stream).follow") {
		t.Errorf("a follower outlives its stream:\n%s", b.String())
	}
}

// failing is a connection that breaks while the request's context lives on.
type failing struct {
	*httptest.ResponseRecorder
	left int // writes until it breaks
}

func (f *failing) Write(b []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errors.New("broken")
	}
	return f.ResponseRecorder.Write(b)
}

func (f *failing) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

// TestFollowerEndsWithRequest: when the handler returns, its goroutine has.
func TestFollowerEndsWithRequest(t *testing.T) {
	r := newRig(t)
	for writes := range 4 {
		req := httptest.NewRequest("GET", "/api/v1/events", nil)
		req.Header.Set("Authorization", "Bearer "+r.token(tilltest.Owner))
		w := &failing{httptest.NewRecorder(), writes}
		done := make(chan struct{})
		go func() { r.server.ServeHTTP(w, req); close(done) }()
		for ended := false; !ended; {
			r.want(tilltest.Owner, "openDrawer", args{}) // wakes a stream that still waits
			select {
			case <-done:
				ended = true
			default:
			}
		}
		nobodyFollows(t)
		if strings.Contains(w.Body.String(), `"error"`) {
			t.Errorf("an error in the middle of a stream: %s", w.Body)
		}
	}
}

// TestSlowBody: a request that does not arrive is given up, a stream that
// takes its time is not.
func TestSlowBody(t *testing.T) {
	r := newHastyRig(t, time.Second)
	s := newScreen(r)
	s.until(1)
	for _, token := range []string{r.token(tilltest.Owner), ""} {
		conn, err := net.Dial("tcp", r.http.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(conn, "POST /api/v1/commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\nAuthorization: Bearer %s\r\n\r\n{", token); err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(conn) // until the box closes it
		if want := choose(token == "", "401", "408"); err != nil || !strings.HasPrefix(string(raw), "HTTP/1.1 "+want) {
			t.Errorf("got %v %s, want %s", err, raw, want)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	s.converged()
	// A command's answer may take longer than its body had time for.
	s.close()
}

// TestSlowHead: a head that does not arrive is given up, too.
func TestSlowHead(t *testing.T) {
	r := newHastyRig(t, time.Second)
	conn, err := net.Dial("tcp", r.http.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET /api/v1/health HTTP/1.1\r\nHost:"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("not closed in order: %v", err)
	}
	big := "GET /api/v1/health HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n"
	other, err := net.Dial("tcp", r.http.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	go func() { _, _ = io.WriteString(other, big) }() // the box may hang up before it has all
	resp, err := http.ReadResponse(bufio.NewReader(other), nil)
	if err != nil || resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%v %v", resp, err)
	}
}

// TestKeepAlive: a sign of life is a comment, and ends what has no session.
func TestKeepAlive(t *testing.T) {
	r := newRig(t)
	req := httptest.NewRequest("GET", "/api/v1/events", nil)
	req.Header.Set("Authorization", "Bearer "+r.token(tilltest.Owner))
	w := httptest.NewRecorder()
	s := &stream{c: &call{server: r.server, r: req, out: http.NewResponseController(w), Shop: r.server.shop.Load()}, w: w}
	if err := s.alive(); err != nil || !strings.HasPrefix(w.Body.String(), ": alive\n\n") {
		t.Errorf("%v %q", err, w.Body)
	}
	r.clock.add(sessionAge + time.Second)
	if err := s.alive(); !errors.Is(err, errNoSession) {
		t.Errorf("got %v", err)
	}
}
