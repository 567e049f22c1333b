package vm

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestCommandLineKeepsAllButTheConsole(t *testing.T) {
	got := commandLine("console=tty1 console=serial0,115200 root=PARTUUID=x/PARTNROFF=1 init=/gokrazy/init rootwait panic=10     \n")
	want := "root=PARTUUID=x/PARTNROFF=1 init=/gokrazy/init rootwait panic=10 console=ttyAMA0,115200"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestQemuArgs(t *testing.T) {
	args := func(c Config) string {
		return strings.Join(qemuArgs(c, bootFiles{kernel: "k", cmdline: "root=x"}), " ")
	}
	a := args(Config{Image: "a,b.img", Guest: 8080, Memory: 1024})
	for _, want := range []string{"file=a,,b.img,format=raw", "hostfwd=tcp:127.0.0.1:0-:8080", "-m 1024", "-nodefaults", "-append root=x"} {
		if !strings.Contains(a, want) {
			t.Errorf("%s\nlacks %s", a, want)
		}
	}
	if strings.Contains(a, "snapshot=on") || !strings.Contains(args(Config{Snapshot: true}), "snapshot=on") {
		t.Error("snapshot must be on exactly when asked for")
	}
}

// What QEMU 7.2 said, shortened.
const (
	greeting = `{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}` + "\n"
	event    = `{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "RESUME"}` + "\n"
	usernet  = `{"return": "Hub -1 (lan):\r\n  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n` +
		`  TCP[HOST_FORWARD]   3       127.0.0.1 41017       10.0.2.15  8080     0     0\r\n"}` + "\n"
)

func TestForwardedPort(t *testing.T) {
	var asked bytes.Buffer
	got, err := forwardedPort(&asked, strings.NewReader(greeting+`{"return": {}}`+"\n"+event+usernet))
	if err != nil || got != 41017 {
		t.Errorf("got %d, %v", got, err)
	}
	if n := strings.Count(asked.String(), "\n"); n != 2 {
		t.Errorf("asked %d times: %s", n, &asked)
	}
}

func TestForwardedPortFails(t *testing.T) {
	for name, out := range map[string]string{
		"QEMU ended":   greeting,
		"refused":      greeting + `{"error": {"class": "GenericError", "desc": "no"}}`,
		"no port":      greeting + `{"return": {}}{"return": "Hub -1 (lan):\r\n"}`,
		"not a string": greeting + `{"return": {}}{"return": {}}`,
		"garbage":      "qemu: fatal",
	} {
		if got, err := forwardedPort(new(bytes.Buffer), strings.NewReader(out)); err == nil {
			t.Errorf("%s: got port %d", name, got)
		}
	}
}

func TestWaitHTTP(t *testing.T) {
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) < 3 {
			http.Error(w, "starting", http.StatusServiceUnavailable)
		}
	}))
	defer srv.Close()
	v := &VM{Started: time.Now(), done: make(chan struct{})}
	if took, err := v.WaitHTTP(t.Context(), srv.URL); err != nil || took <= 0 || asked.Load() != 3 {
		t.Errorf("WaitHTTP = %v, %v after %d requests", took, err, asked.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.WaitHTTP(ctx, srv.URL); err == nil {
		t.Error("WaitHTTP outlived its context")
	}
	close(v.done)
	if _, err := v.WaitHTTP(t.Context(), "http://127.0.0.1:1/"); err == nil || !strings.Contains(err.Error(), "machine ended") {
		t.Errorf("machine ended: got %v", err)
	}
}

func TestStartNeedsATable(t *testing.T) {
	if _, err := Start(t.Context(), Config{Image: "vm_test.go"}); err == nil || !strings.Contains(err.Error(), "partition table") {
		t.Errorf("got %v", err)
	}
}
