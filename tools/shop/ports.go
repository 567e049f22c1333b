package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// ports are where the shop listens. They are kept with the data, because the
// printer's address is part of the shop's books.
type ports struct {
	Till    string `json:"till"`
	Desk    string `json:"desk"`
	Printer string `json:"printer"`
}

// choosePorts takes the address and the two ports after it; port 0 means free
// ones, the same again for the same data.
func choosePorts(addr, data string) (ports, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return ports{}, fmt.Errorf("address %q: write HOST:PORT, such as 127.0.0.1:8080", addr)
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 0 || n > 65533 {
		return ports{}, fmt.Errorf("address %q: the port lies between 0 and 65533", addr)
	}
	if n > 0 {
		at := func(i int) string { return net.JoinHostPort(host, strconv.Itoa(n+i)) }
		return ports{Till: at(0), Desk: at(1), Printer: at(2)}, nil
	}
	name := filepath.Join(data, "ports.json")
	var p ports
	raw, err := os.ReadFile(name)
	if err == nil {
		if err := json.Unmarshal(raw, &p); err != nil {
			return p, fmt.Errorf("%s is damaged (%w): delete it", name, err)
		}
		return p, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return p, unwritable(data, err)
	}
	for _, x := range []*string{&p.Till, &p.Desk, &p.Printer} {
		if *x, err = freePort(host); err != nil {
			return p, err
		}
	}
	if raw, err = json.Marshal(p); err != nil {
		return p, err
	}
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		_ = os.Remove(name) // half a file would be taken for a damaged one
		return p, unwritable(data, err)
	}
	return p, nil
}

// unwritable says what to do about a data folder that takes no files.
func unwritable(data string, err error) error {
	return fmt.Errorf("the data folder %s cannot be written (%w): free some space, or choose another with DATA=…", data, err)
}

func freePort(host string) (string, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// listen takes a port or says in one sentence what to do.
func listen(what, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("the %s cannot listen on %s (%w): stop the program that uses the port, or choose another with ADDR=127.0.0.1:9000", what, addr, errors.Unwrap(err))
	}
	return l, nil
}
