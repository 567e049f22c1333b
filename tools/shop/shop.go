package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/tresen-pos/tresen/firmware/config"
	"github.com/tresen-pos/tresen/hal/printer/printersim"
	"github.com/tresen-pos/tresen/tools/shop/cable"
	"github.com/tresen-pos/tresen/tools/shop/demo"
	"github.com/tresen-pos/tresen/tools/shop/desk"
)

type options struct{ addr, data, box, curve string }

// shop is everything on the laptop.
type shop struct {
	ports  ports
	data   string
	cable  *cable.Cable
	box    *process
	desk   *http.Server
	sim    *printersim.Sim
	people []demo.Person
	serve  func() error
}

// open takes the ports, makes the data folder and builds the shop; nothing
// runs yet but the printer.
func open(ctx context.Context, o options, stderr io.Writer) (*shop, error) {
	data, err := filepath.Abs(o.data)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made (%w): choose one you may write with DATA=…", err)
	}
	s := &shop{data: data}
	if s.ports, err = choosePorts(o.addr, data); err != nil {
		return nil, err
	}
	if s.people, err = demo.People(); err != nil {
		return nil, err
	}
	if err := s.write(o.curve); err != nil {
		return nil, unwritable(data, err)
	}
	path, err := firmware(ctx, o.box, data)
	if err != nil {
		return nil, err
	}
	return s, s.build(path, stderr)
}

// write puts settings and first data where the box looks for them.
func (s *shop) write(curve string) error {
	c := config.Default("")
	c.TSE.Dir, c.TSE.Curve = s.path("devices/tse"), curve
	settings, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		return err
	}
	seed, err := demo.Seed("tcp:" + s.ports.Printer)
	if err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(s.path("box"), 0o700), os.MkdirAll(s.path("devices"), 0o700),
		os.WriteFile(s.path("box/config.json"), settings, 0o600), os.WriteFile(s.path("seed.json"), seed, 0o600))
}

func (s *shop) path(name string) string { return filepath.Join(s.data, name) }

// firmware finds the program of the box: the one named, the one beside this
// program, or one built from the source around the working folder.
func firmware(ctx context.Context, named, data string) (string, error) {
	if named != "" {
		return named, nil
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), "tresen")
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		}
	}
	out := filepath.Join(data, "bin", "tresen")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", out, "github.com/tresen-pos/tresen/firmware/tresen")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the firmware cannot be built (%w): %s", err, text)
	}
	return out, nil
}

func (s *shop) build(path string, stderr io.Writer) error {
	till, err := listen("till", s.ports.Till)
	if err != nil {
		return err
	}
	deskAt, err := listen("desk", s.ports.Desk)
	if err != nil {
		return errors.Join(err, till.Close())
	}
	s.sim, err = printersim.New(printersim.Options{Addr: s.ports.Printer, ProcessID: true})
	if err != nil {
		return errors.Join(fmt.Errorf("the printer cannot listen on %s (%w): choose other ports with ADDR=127.0.0.1:9000", s.ports.Printer, err),
			till.Close(), deskAt.Close())
	}
	inner, err := freePort("127.0.0.1")
	if err != nil {
		return err
	}
	s.cable = cable.New(till, inner)
	s.box = &process{path: path, addr: inner, stderr: stderr, args: []string{"-perm", s.path("box"),
		"-listen", inner, "-seed", s.path("seed.json")}}
	p := &printerDesk{sim: s.sim}
	page := desk.New(desk.Deps{Printer: p, Roll: p, Drawer: drawerDesk{s.sim}, Stick: &stick{dir: s.path("devices/tse")},
		Box: s.box, Link: s.cable, Welcome: s.welcome()})
	s.box.poke = page.Poke
	s.desk = &http.Server{Handler: page}
	s.serve = func() error { return s.desk.Serve(deskAt) }
	return nil
}

func (s *shop) welcome() desk.Welcome {
	w := desk.Welcome{Shop: "Café Morgenrot", Till: "http://" + s.ports.Till + "/till",
		Office: "http://" + s.ports.Till + "/office", Data: s.data}
	for _, p := range s.people {
		w.People = append(w.People, desk.Person{Name: p.Name, Role: p.Role, PIN: p.PIN})
	}
	return w
}

// run works until ctx ends or the box cannot start.
func (s *shop) run(ctx context.Context, stdout io.Writer) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.cable.Run(); err != nil {
			stop(fmt.Errorf("link to the tills: %w", err))
		}
	})
	wg.Go(func() {
		if err := s.serve(); !errors.Is(err, http.ErrServerClosed) {
			stop(fmt.Errorf("desk: %w", err))
		}
	})
	shown := sync.OnceFunc(func() { s.show(stdout) })
	err := s.box.run(ctx, shown)
	cause := context.Cause(ctx)
	err = errors.Join(err, s.cable.Close(), s.desk.Close(), s.sim.Close())
	wg.Wait()
	if err == nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	return err
}

// show is the page a person reads first.
func (s *shop) show(w io.Writer) {
	fmt.Fprintf(w, "\n  Tresen — a shop in a laptop (demonstration, no certified signing unit)\n\n")
	fmt.Fprintf(w, "  Till    http://%s/till\n  Office  http://%s/office\n  Desk    http://%s/\n\n", s.ports.Till, s.ports.Till, s.ports.Desk)
	for _, p := range s.people {
		fmt.Fprintf(w, "  PIN %s  %s (%s)\n", p.PIN, p.Name, p.Role)
	}
	fmt.Fprintf(w, "\n  Data    %s\n  Stop    Ctrl+C\n\n", s.data)
}
