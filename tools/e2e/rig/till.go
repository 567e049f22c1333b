package rig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Till is a screen: it numbers its commands and sends them again until they are
// answered.
type Till struct {
	Addr   string
	Client string
	Token  string
	HTTP   *http.Client

	n uint64
}

// NewTill returns a screen nobody is logged in at.
func NewTill(addr, client string) *Till {
	return &Till{Addr: addr, Client: client, HTTP: &http.Client{Timeout: 30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 2}}}
}

// Command is one thing to do; N is filled in by Number.
type Command struct {
	N    uint64 `json:"n"`
	Op   string `json:"op"`
	Args any    `json:"args"`
}

// Args are a command's arguments.
type Args map[string]any

// Do makes a command.
func Do(op string, args Args) Command { return Command{Op: op, Args: args} }

// Result is what became of a command.
type Result struct {
	N        uint64 `json:"n"`
	OK       bool   `json:"ok"`
	Seq      uint64 `json:"seq"`
	Receipt  uint64 `json:"receipt"`
	Closing  uint64 `json:"closing"`
	Repeated bool   `json:"repeated"`
	Error    *Error `json:"error"`
}

// Error is a refusal as the API words it.
type Error struct {
	Code    string         `json:"code"`
	Message string         `json:"message"`
	Hint    string         `json:"hint"`
	Args    map[string]any `json:"args"`
	Status  int            `json:"-"`
}

func (e *Error) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

// Number gives commands their running numbers.
func (t *Till) Number(commands ...Command) []Command {
	for i := range commands {
		t.n++
		commands[i].N = t.n
	}
	return commands
}

// Login logs an employee in.
func (t *Till) Login(employee, pin string) error {
	var out struct {
		Token string `json:"token"`
	}
	err := t.Post("/api/v1/login", Args{"employee": employee, "pin": pin}, &out)
	t.Token = out.Token
	return err
}

// Send sends numbered commands once.
func (t *Till) Send(commands []Command) ([]Result, error) {
	var out struct {
		Results []Result `json:"results"`
	}
	err := t.Post("/api/v1/commands", map[string]any{"client": t.Client, "commands": commands}, &out)
	return out.Results, err
}

// Must numbers and sends commands and turns a refusal into an error.
func (t *Till) Must(commands ...Command) ([]Result, error) {
	res, err := t.Send(t.Number(commands...))
	for _, r := range res {
		if r.Error != nil {
			return res, r.Error
		}
	}
	return res, err
}

// Post sends JSON and reads the answer into out.
func (t *Till) Post(path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPost, "http://"+t.Addr+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	return t.do(req, out)
}

// Get asks a question.
func (t *Till) Get(path string, out any) error {
	req, err := http.NewRequest(http.MethodGet, "http://"+t.Addr+path, nil)
	if err != nil {
		return err
	}
	return t.do(req, out)
}

func (t *Till) do(req *http.Request, out any) error {
	if t.Token != "" {
		req.Header.Set("Authorization", "Bearer "+t.Token)
	}
	resp, err := t.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		e := struct{ Error *Error }{}
		if json.Unmarshal(raw, &e) != nil || e.Error == nil {
			return fmt.Errorf("%s %s: status %d: %.200s", req.Method, req.URL.Path, resp.StatusCode, raw)
		}
		e.Error.Status = resp.StatusCode
		return e.Error
	}
	if b, ok := out.(*[]byte); ok {
		*b = raw
		return nil
	}
	return json.Unmarshal(raw, out)
}
