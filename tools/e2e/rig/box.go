// Package rig starts the real firmware as a process of its own, talks to it over
// HTTP as a till does, and kills it. Tests and benchmarks share it. Processes
// end with the rig; it has a goroutine per process that waits for its end.
package rig

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/tresen-pos/tresen/tools/shop/demo"
)

// Build compiles the firmware into dir and returns its path.
func Build(dir string) (string, error) {
	out := filepath.Join(dir, "tresen")
	cmd := exec.Command("go", "build", "-o", out, "github.com/tresen-pos/tresen/firmware/tresen")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the firmware: %w\n%s", err, text)
	}
	return out, nil
}

// Box is the firmware in a folder.
type Box struct {
	Program string
	Dir     string // its data folder
	Addr    string
	Args    []string
	Env     []string

	mu    sync.Mutex // guards all below
	cmd   *exec.Cmd
	ended chan struct{}
	log   bytes.Buffer
}

// NewBox prepares a box with the demo shop in dir; printer is the receipt
// printer's address, HOST:PORT.
func NewBox(program, dir, printer string) (*Box, error) {
	seed, err := demo.Seed("tcp:" + printer)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	name := filepath.Join(dir, "seed.json")
	if err := os.WriteFile(name, seed, 0o600); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	return &Box{Program: program, Dir: dir, Addr: addr, Args: []string{"-seed", name}}, nil
}

// Start runs the box until it is fit to sell and says how long that took.
func (b *Box) Start() (time.Duration, error) {
	b.mu.Lock()
	cmd := exec.Command(b.Program, append([]string{"-perm", b.Dir, "-listen", b.Addr}, b.Args...)...)
	cmd.Env = append(os.Environ(), b.Env...)
	cmd.Stderr = &locked{b: b}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	err := cmd.Start()
	ended := make(chan struct{})
	b.cmd, b.ended = cmd, ended
	b.mu.Unlock()
	if err != nil {
		return 0, fmt.Errorf("start the box: %w", err)
	}
	go func() {
		// How it ends is the test's business.
		_ = cmd.Wait()
		close(ended)
	}()
	return b.await(began, ended)
}

// await polls fast, because start times are measured by it.
func (b *Box) await(began time.Time, ended <-chan struct{}) (time.Duration, error) {
	for {
		if healthy(b.Addr) {
			return time.Since(began), nil
		}
		select {
		case <-ended:
			return 0, fmt.Errorf("the box ended: %s", b.Log())
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// healthy asks the box at an address whether it is fit to sell.
func healthy(addr string) bool {
	resp, err := http.Get("http://" + addr + "/api/v1/health")
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// Kill ends the box without warning and waits until it is gone.
func (b *Box) Kill() error { return b.signal(syscall.SIGKILL) }

// Stop asks the box to end and waits until it has.
func (b *Box) Stop() error { return b.signal(syscall.SIGTERM) }

func (b *Box) signal(s syscall.Signal) error {
	b.mu.Lock()
	cmd, ended := b.cmd, b.ended
	b.mu.Unlock()
	if cmd == nil {
		return nil
	}
	if err := cmd.Process.Signal(s); err != nil && err != os.ErrProcessDone {
		return err
	}
	<-ended
	return nil
}

// Running reports whether the box has been started and has not ended.
func (b *Box) Running() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended == nil {
		return false
	}
	select {
	case <-b.ended:
		return false
	default:
		return true
	}
}

// PID is the process of the running box.
func (b *Box) PID() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cmd.Process.Pid
}

// Log is what the box wrote so far, all starts together.
func (b *Box) Log() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.String()
}

// Path is a file of the box.
func (b *Box) Path(name string) string { return filepath.Join(b.Dir, name) }

// locked is a box's log as a writer.
type locked struct{ b *Box }

func (l *locked) Write(p []byte) (int, error) {
	l.b.mu.Lock()
	defer l.b.mu.Unlock()
	if l.b.log.Len() > 4<<20 {
		l.b.log.Reset()
	}
	return l.b.log.Write(p)
}
