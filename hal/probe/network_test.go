package probe

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/hashicorp/mdns"

	"github.com/tresen-pos/tresen/hal"
)

func TestProbeTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	got := make(chan int, 1) // one connection
	go func() {
		c, err := l.Accept()
		if err != nil {
			got <- -1
			return
		}
		defer c.Close()
		n, _ := c.Read(make([]byte, 16))
		got <- n
	}()
	d := ProbeTCP(t.Context(), addr, 0)
	if d.State != hal.Found || d.Kind != Printer || d.Identity.Address != addr || d.ID != "tcp "+addr {
		t.Errorf("got %+v", d)
	}
	if n := <-got; n != 0 {
		t.Errorf("the probe sent %d bytes; they would be printed", n)
	}
	l.Close()
	d = ProbeTCP(t.Context(), addr, 0)
	if d.State != hal.Failed || !strings.HasPrefix(d.Reason.EN, printerRefuses.reason.EN) || d.Remedy != printerRefuses.remedy {
		t.Errorf("got %s %+v", d.State, d.Reason)
	}
}

func TestProbeUsesRawPort(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d := ProbeTCP(ctx, "127.0.0.1", 0); d.Identity.Address != "127.0.0.1:9100" || d.State != hal.Failed {
		t.Errorf("got %+v", d)
	}
	if d := ProbeTCP(ctx, "fe80::1%eth0", 0); d.Identity.Address != "[fe80::1%eth0]:9100" {
		t.Errorf("got %s", d.Identity.Address)
	}
}

func TestJudgeDial(t *testing.T) {
	tests := []struct {
		err   error
		state hal.State
		words sentence
	}{
		{syscall.ECONNREFUSED, hal.Failed, printerRefuses},
		{syscall.EHOSTUNREACH, hal.Absent, printerNotThere},
		{&net.DNSError{Err: "no such host", IsNotFound: true}, hal.Absent, printerNotThere},
		{os.ErrDeadlineExceeded, hal.Failed, printerSilent},
		{syscall.ETIMEDOUT, hal.Failed, printerSilent},
		{context.Canceled, hal.Failed, printerUnreachable},
	}
	for _, tt := range tests {
		d := Device{State: hal.Found}
		d.judgeDial(fmt.Errorf("dial: %w", tt.err))
		if d.State != tt.state || !strings.HasPrefix(d.Reason.DE, tt.words.reason.DE) || d.Remedy != tt.words.remedy {
			t.Errorf("%v: got %s %+v", tt.err, d.State, d.Reason)
		}
	}
}

func TestHintOf(t *testing.T) {
	v4 := net.IPv4(192, 168, 1, 50)
	tests := []struct {
		entry mdns.ServiceEntry
		want  Hint
	}{
		{mdns.ServiceEntry{Name: `EPSON\ TM-m30._pdl-datastream._tcp.local.`, AddrV4: v4, Port: 9100}, Hint{"EPSON TM-m30", "192.168.1.50:9100"}},
		{mdns.ServiceEntry{Name: "Star._pdl-datastream._tcp.local.", AddrV6IPAddr: &net.IPAddr{IP: net.ParseIP("fe80::1"), Zone: "eth0"}, Port: 9100}, Hint{"Star", "[fe80::1%eth0]:9100"}},
		{mdns.ServiceEntry{Name: "Bad\x1b[31m._pdl-datastream._tcp.local.", AddrV4: v4, Port: 9100}, Hint{"Bad[31m", "192.168.1.50:9100"}},
		{mdns.ServiceEntry{Name: "web._http._tcp.local.", AddrV4: v4, Port: 80}, Hint{}},
		{mdns.ServiceEntry{Name: "X._pdl-datastream._tcp.local.", Port: 9100}, Hint{}},
		{mdns.ServiceEntry{Name: "X._pdl-datastream._tcp.local.", AddrV4: v4, Port: 70000}, Hint{}},
		{mdns.ServiceEntry{Name: "X._pdl-datastream._tcp.local.", AddrV4: net.IPv4(224, 0, 0, 1), Port: 9100}, Hint{}},
	}
	for _, tt := range tests {
		if got, ok := hintOf(&tt.entry); got != tt.want || ok != (tt.want != Hint{}) {
			t.Errorf("%q: got %+v, want %+v", tt.entry.Name, got, tt.want)
		}
	}
}

// A printer that announces itself, over real multicast.
func TestHints(t *testing.T) {
	s, err := mdns.NewMDNSService("TM-m30", printerService, "", "tm-m30.local.", 9100, []net.IP{net.IPv4(192, 168, 1, 50)}, []string{"txtvers=1"})
	if err != nil {
		t.Fatal(err)
	}
	server, err := mdns.NewServer(&mdns.Config{Zone: s})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Shutdown()
	for range 5 { // multicast may be lost; each query waits a second for answers
		hints, err := Hints(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hints {
			if h == (Hint{"TM-m30", "192.168.1.50:9100"}) {
				return
			}
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no answer to five multicast queries")
	}
	t.Skip("REAL mDNS NOT TESTED: no answer to five multicast queries; this machine has no multicast")
}
