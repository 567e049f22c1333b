package vm

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

// message is what QEMU says on its control channel: a greeting, an event, or
// the answer to a command. Source: QEMU, docs/interop/qmp-spec.txt.
type message struct {
	Return json.RawMessage `json:"return"`
	Error  *struct {
		Desc string `json:"desc"`
	} `json:"error"`
}

// forwardedPort asks QEMU which port of the host it took. Asking is the only
// way without a race: a port found free beforehand may be gone a moment later.
// It returns with an error when QEMU ends.
func forwardedPort(in io.Writer, out io.Reader) (int, error) {
	dec := json.NewDecoder(out)
	if _, err := command(in, dec, `{"execute":"qmp_capabilities"}`); err != nil {
		return 0, err
	}
	raw, err := command(in, dec, `{"execute":"human-monitor-command","arguments":{"command-line":"info usernet"}}`)
	if err != nil {
		return 0, err
	}
	var table string
	if err := json.Unmarshal(raw, &table); err != nil {
		return 0, fmt.Errorf("QEMU's list of connections: %w", err)
	}
	return findForward(table)
}

func command(in io.Writer, dec *json.Decoder, line string) (json.RawMessage, error) {
	if _, err := io.WriteString(in, line+"\n"); err != nil {
		return nil, fmt.Errorf("ask QEMU: %w", err)
	}
	for {
		var m message
		if err := dec.Decode(&m); err != nil {
			return nil, fmt.Errorf("QEMU's answer to %s: %w", line, err)
		}
		switch {
		case m.Error != nil:
			return nil, fmt.Errorf("QEMU refused %s: %s", line, m.Error.Desc)
		case m.Return != nil:
			return m.Return, nil
		}
	}
}

// findForward reads the line
//
//	TCP[HOST_FORWARD]   3       127.0.0.1 41017       10.0.2.15  8080     0     0
func findForward(table string) (int, error) {
	m := regexp.MustCompile(`TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s`).FindStringSubmatch(table)
	if m == nil {
		return 0, fmt.Errorf("QEMU lists no forwarded port: %q", table)
	}
	return strconv.Atoi(m[1])
}
