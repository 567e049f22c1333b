package probe

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/mdns"
)

// Hint is a printer that says in the network that it exists. Anybody can say so,
// and many printers do not: nothing is bound because of a hint, and nothing is
// absent for the lack of one.
type Hint struct {
	Name    string // as the printer calls itself
	Address string // "host:port" to give to ProbeTCP
}

// printerService is the DNS-SD type of printers that take raw jobs on port 9100.
const printerService = "_pdl-datastream._tcp"

// maxHints bounds what a hostile network can make of one query.
const maxHints = 64

// Hints asks the network by mDNS and collects answers for the given time, zero
// means 1 s. It starts goroutines and waits for them.
func Hints(ctx context.Context, wait time.Duration) ([]Hint, error) {
	if wait <= 0 {
		wait = time.Second
	}
	// The library drops what the channel does not take at once; it holds one query's
	// worth.
	entries := make(chan *mdns.ServiceEntry, maxHints)
	err := mdns.QueryContext(ctx, &mdns.QueryParam{Service: printerService, Domain: "local", Timeout: wait,
		Entries: entries, WantUnicastResponse: true, Logger: log.New(io.Discard, "", 0)})
	if err != nil {
		return nil, fmt.Errorf("ask the network for printers: %w", err)
	}
	var out []Hint
	for {
		select {
		case e := <-entries:
			if h, ok := hintOf(e); ok && !slices.Contains(out, h) {
				out = append(out, h)
			}
		default:
			slices.SortFunc(out, func(a, b Hint) int { return strings.Compare(a.Address, b.Address) })
			return out, nil
		}
	}
}

// hintOf checks one answer: the library passes on what others asked for, too.
func hintOf(e *mdns.ServiceEntry) (Hint, bool) {
	name, found := strings.CutSuffix(strings.TrimSuffix(e.Name, "."), "."+printerService+".local")
	if !found || e.Port < 1 || e.Port > 65535 {
		return Hint{}, false
	}
	ip := e.AddrV4
	host := ip.String()
	if ip == nil && e.AddrV6IPAddr != nil {
		ip, host = e.AddrV6IPAddr.IP, e.AddrV6IPAddr.String() // with its zone
	}
	if ip == nil || ip.IsUnspecified() || ip.IsMulticast() {
		return Hint{}, false
	}
	return Hint{Name: clean(strings.ReplaceAll(name, `\ `, " ")), Address: net.JoinHostPort(host, strconv.Itoa(e.Port))}, true
}
