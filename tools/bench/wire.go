package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// wire is a till's kept-alive HTTP/1.1 connection without a client library
// around it: what is measured is the box, not the goroutines of the one who
// asks on the same two cores.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	head string
}

func dial(t *rig.Till) (*wire, error) {
	conn, err := net.Dial("tcp", t.Addr)
	if err != nil {
		return nil, err
	}
	return &wire{conn: conn, in: bufio.NewReader(conn), head: "POST /api/v1/commands HTTP/1.1\r\nHost: " + t.Addr +
		"\r\nContent-Type: application/json\r\nAuthorization: Bearer " + t.Token + "\r\nContent-Length: "}, nil
}

// send sends a till's commands and times them from the first byte out to the
// last byte of the answer.
func (w *wire) send(t *rig.Till, commands []rig.Command) ([]rig.Result, time.Duration, error) {
	body, err := json.Marshal(map[string]any{"client": t.Client, "commands": commands})
	if err != nil {
		return nil, 0, err
	}
	request := fmt.Appendf(nil, "%s%d\r\n\r\n%s", w.head, len(body), body)
	began := time.Now()
	status, raw, err := w.exchange(request)
	took := time.Since(began)
	if err != nil {
		return nil, 0, err
	}
	var out struct {
		Results []rig.Result `json:"results"`
	}
	if status != http.StatusOK {
		return nil, 0, fmt.Errorf("status %d: %.300s", status, raw)
	}
	err = json.Unmarshal(raw, &out)
	return out.Results, took, err
}

func (w *wire) exchange(request []byte) (int, []byte, error) {
	if _, err := w.conn.Write(request); err != nil {
		return 0, nil, err
	}
	resp, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, raw, err
}
