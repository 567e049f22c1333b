//go:build boottest

package boottest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// till is a screen as other people's software would write one: it knows the
// HTTP interface and nothing of the box's packages.
type till struct {
	base, token, client string
	n                   int // of the last command
}

// client bounds each request only against hanging: under emulation an answer may
// take seconds.
var client = http.Client{Timeout: time.Minute}

type command struct {
	N    int            `json:"n"`
	Op   string         `json:"op"`
	Args map[string]any `json:"args"`
}

type answer struct {
	Results []struct {
		N        int             `json:"n"`
		OK       bool            `json:"ok"`
		Repeated bool            `json:"repeated"`
		Receipt  uint64          `json:"receipt"`
		Error    json.RawMessage `json:"error"`
	} `json:"results"`
	Receipts []struct {
		Receipt receipt `json:"receipt"`
		Seal    seal    `json:"seal"`
	} `json:"receipts"`
}

type receipt struct {
	Number  uint64 `json:"number"`
	Kind    string `json:"kind"`
	Process string `json:"process"`
	Shift   uint64 `json:"shift"`
	Total   int64  `json:"total"`
}

type seal struct {
	Transaction uint64 `json:"transaction"`
	Counter     uint64 `json:"counter"`
	Signature   []byte `json:"signature"`
	Demo        bool   `json:"demo"`
}

type view struct {
	Catalog struct {
		Articles []article `json:"articles"`
		Tenders  []struct {
			ID, Type string
			Active   bool
		} `json:"tenders"`
	} `json:"catalog"`
	Shift *struct {
		ID    uint64 `json:"id"`
		State string `json:"state"`
		Float int64  `json:"float"`
	} `json:"shift"`
	Receipts uint64 `json:"receipts"`
}

type article struct {
	ID                string `json:"id"`
	Price             int64  `json:"price"`
	FreePrice, Active bool
}

// login logs the employee of the test in, as the screen does after the PIN.
func (c *till) login(t *testing.T) {
	t.Helper()
	var got struct{ Token string }
	c.must(t, http.MethodPost, "/api/v1/login", map[string]string{"employee": employee, "pin": pin}, &got)
	if got.Token == "" {
		t.Fatalf("login of %s brought no token", employee)
	}
	c.token = got.Token
}

// must asks and decodes the answer; anything but 200 ends the test.
func (c *till) must(t *testing.T, method, path string, body, into any) {
	t.Helper()
	data, err := c.do(t.Context(), method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, data)
	}
}

func (c *till) do(ctx context.Context, method, path string, body any) ([]byte, error) {
	var buf bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&buf).Encode(body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, &buf)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, data)
	}
	return data, nil
}

func (c *till) view(t *testing.T) view {
	t.Helper()
	var v view
	c.must(t, http.MethodGet, "/api/v1/state", nil, &v)
	return v
}

// number gives commands their place in this screen's sequence, once and for all.
func (c *till) number(cmds ...command) []command {
	for i := range cmds {
		c.n++
		cmds[i].N = c.n
	}
	return cmds
}

// send submits numbered commands; a refusal of any ends the test.
func (c *till) send(t *testing.T, cmds []command) answer {
	t.Helper()
	var a answer
	c.must(t, http.MethodPost, "/api/v1/commands", map[string]any{"client": c.client, "commands": cmds}, &a)
	if len(a.Results) != len(cmds) {
		t.Fatalf("%d commands, %d results", len(cmds), len(a.Results))
	}
	for i, r := range a.Results {
		if !r.OK {
			t.Fatalf("%s refused: %s", cmds[i].Op, r.Error)
		}
	}
	return a
}

// sale is one order of two articles, paid in full.
func (c *till) sale(order, tender string, a article) []command {
	return c.number(
		command{Op: "addLine", Args: map[string]any{"order": order, "line": order + "-1", "article": a.ID, "qty": 2000}},
		command{Op: "pay", Args: map[string]any{"order": order, "tender": tender, "total": 2 * a.Price}},
	)
}
