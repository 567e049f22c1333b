package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/tresen-pos/tresen/hal"
)

// RawPort is the TCP port on which printers take raw jobs.
const RawPort = "9100"

// ProbeTCP asks whether a printer answers at addr ("host" or "host:port"; port
// 9100 if none). It connects, sends nothing, and closes. Most printers serve one
// client at a time: do not probe one whose driver is connected, and read "no
// answer" as "perhaps busy". timeout bounds the wait, zero means 5 s: a printer
// that wakes up or ends another job takes more than 3 s (node-thermal-printer
// issue 59).
func ProbeTCP(ctx context.Context, addr string, timeout time.Duration) Device {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		host, port = addr, RawPort
	}
	addr = net.JoinHostPort(host, port)
	d := Device{ID: "tcp " + addr, Kind: Printer, Name: addr, Identity: Identity{Address: addr}, State: hal.Found,
		Info: hal.Info{Kind: string(Printer), Address: "tcp " + addr}}
	if timeout <= 0 {
		timeout = 5 * time.Second
	}
	c, err := (&net.Dialer{Timeout: timeout}).DialContext(ctx, "tcp", addr)
	if err != nil {
		d.judgeDial(err)
		return d
	}
	c.Close()
	return d
}

// judgeDial: an address nobody has is absent; one that is there and does not take
// us has failed.
func (d *Device) judgeDial(err error) {
	var dns *net.DNSError
	var timeout net.Error
	words := printerUnreachable
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET):
		words = printerRefuses
	case errors.As(err, &dns), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		d.State, d.Reason, d.Remedy = hal.Absent, printerNotThere.reason, printerNotThere.remedy
		return
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		words = printerSilent
	}
	d.fail(sentence{
		Text{fmt.Sprintf("%s (%v)", words.reason.DE, err), fmt.Sprintf("%s (%v)", words.reason.EN, err)}, words.remedy})
}
