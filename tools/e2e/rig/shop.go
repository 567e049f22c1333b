package rig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Shop is a shop in a laptop (tools/shop) with its box, run as a person does.
type Shop struct {
	Till, Desk string // HOST:PORT
	Data       string // folder

	cmd   *exec.Cmd
	ended chan struct{}
	out   *bytes.Buffer // whole once it ended
}

// StartShop builds the shop and the firmware into dir and opens the shop on
// free ports. It returns when the box is fit to sell.
func StartShop(dir string) (*Shop, error) {
	if _, err := Build(dir); err != nil {
		return nil, err
	}
	program := filepath.Join(dir, "shop")
	build := exec.Command("go", "build", "-o", program, "github.com/tresen-pos/tresen/tools/shop")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the shop: %w\n%s", err, text)
	}
	s := &Shop{Data: filepath.Join(dir, "data"), ended: make(chan struct{}), out: &bytes.Buffer{}}
	s.cmd = exec.Command(program, "-addr", "127.0.0.1:0", "-data", s.Data)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("open the shop: %w", err)
	}
	go func() {
		_ = s.cmd.Wait() // how it ends, its words say
		close(s.ended)
	}()
	return s, s.await()
}

// await reads the ports the shop chose and asks the box, through the shop's
// cable, until it can sell.
func (s *Shop) await() error {
	for {
		raw, err := os.ReadFile(filepath.Join(s.Data, "ports.json"))
		if err == nil && json.Unmarshal(raw, s) == nil && healthy(s.Till) {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("the shop ended: %s", s.out)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Close closes the shop as Ctrl+C does and returns all it wrote.
func (s *Shop) Close() (string, error) {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil && err != os.ErrProcessDone {
		return "", err
	}
	<-s.ended
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		return s.out.String(), fmt.Errorf("the shop ended with code %d: %s", code, s.out)
	}
	return s.out.String(), nil
}
