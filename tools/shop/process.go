package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/tresen-pos/tresen/tools/shop/desk"
)

// process is the firmware under supervision, as the init system of the card
// does it: started again after a second, whatever it died of.
type process struct {
	path   string
	args   []string
	addr   string // where it answers
	stderr io.Writer
	poke   func()

	mu    sync.Mutex // guards all below
	state desk.BoxState
	cmd   *exec.Cmd
}

const restartAfter = time.Second

// State implements desk.Box.
func (p *process) State() desk.BoxState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Kill implements desk.Box: SIGKILL, no warning.
func (p *process) Kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return errors.New("the box is not running")
	}
	return p.cmd.Process.Kill()
}

// run keeps the box running until ctx ends. A box that dies in its very first
// start is an error: its last words say why.
func (p *process) run(ctx context.Context, ready func()) error {
	for first := true; ctx.Err() == nil; {
		last, answered, err := p.once(ctx, ready)
		if err != nil {
			return err
		}
		if first && !answered && ctx.Err() == nil {
			return errors.New(strings.TrimPrefix(last, lastWords))
		}
		if first = false; strings.HasPrefix(last, lastWords) {
			// Nobody hears it if the console is gone.
			_, _ = fmt.Fprintln(p.stderr, last)
		}
		p.set(func(s *desk.BoxState) { s.State, s.PID, s.Message = desk.Waiting, 0, last; s.Restarts++ })
		select {
		case <-ctx.Done():
		case <-time.After(restartAfter):
		}
	}
	return nil
}

// once starts the box and waits for its end; last is the last line it wrote.
func (p *process) once(ctx context.Context, ready func()) (last string, answered bool, err error) {
	tail := lastLine{out: p.stderr}
	cmd := exec.Command(p.path, p.args...)
	cmd.Stderr = &tail
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return "", false, fmt.Errorf("start the box %s: %w", p.path, err)
	}
	p.mu.Lock()
	p.cmd = cmd
	p.mu.Unlock()
	p.set(func(s *desk.BoxState) {
		s.State, s.PID, s.Since, s.Message = desk.Starting, cmd.Process.Pid, began, ""
	})
	ended := make(chan struct{})
	go func() {
		// How it ended does not matter: it is started again.
		_ = cmd.Wait()
		close(ended)
	}()
	answered = p.await(ctx, ended)
	if answered {
		p.set(func(s *desk.BoxState) { s.State, s.ReadyMS = desk.Running, time.Since(began).Milliseconds() })
		ready()
	}
	p.end(ctx, cmd, ended)
	return tail.String(), answered, nil
}

// await asks for the box's health until it is fit to sell, or has ended.
func (p *process) await(ctx context.Context, ended <-chan struct{}) bool {
	client := &http.Client{Timeout: time.Second}
	for {
		resp, err := client.Get("http://" + p.addr + "/api/v1/health")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return true
			}
		}
		select {
		case <-ended:
			return false
		case <-ctx.Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// end waits for the process; when the shop closes it asks politely first.
func (p *process) end(ctx context.Context, cmd *exec.Cmd, ended <-chan struct{}) {
	select {
	case <-ended:
	case <-ctx.Done():
		// It may have gone by itself at this very moment.
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	}
	p.mu.Lock()
	p.cmd = nil
	p.mu.Unlock()
}

func (p *process) set(f func(*desk.BoxState)) {
	p.mu.Lock()
	f(&p.state)
	p.mu.Unlock()
	p.poke()
}

// lastWords is how the box begins the line it ends with.
const lastWords = "tresen: "

// lastLine passes lines on and keeps the last one. What the box says at its end
// is held back: the supervisor decides how it is told.
type lastLine struct {
	out io.Writer

	mu   sync.Mutex // guards all below
	line string
	part []byte
}

func (l *lastLine) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part = append(l.part, b...)
	for {
		line, rest, ok := bytes.Cut(l.part, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		l.line, l.part = string(line), append([]byte(nil), rest...)
		if strings.HasPrefix(l.line, lastWords) {
			continue
		}
		if _, err := fmt.Fprintln(l.out, l.line); err != nil {
			return 0, err
		}
	}
}

func (l *lastLine) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.line
}
