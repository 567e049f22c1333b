// Package box wires the rooms of the firmware together: journal, book, engine,
// signing unit, outputs and web server, in the order they start and stop. There
// is no rule about selling here.
//
// Run owns every goroutine of the box and returns when all have ended.
package box

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/firmware/config"
	"github.com/tresen-pos/tresen/firmware/health"
	"github.com/tresen-pos/tresen/firmware/paper"
	"github.com/tresen-pos/tresen/firmware/web"
	"github.com/tresen-pos/tresen/fiscal/de"
	"github.com/tresen-pos/tresen/hal/tse/softtse"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/outbox"
	"github.com/tresen-pos/tresen/pos/till"
)

// Options of a Box. Config is needed; zero fields have defaults.
type Options struct {
	Config  config.Config
	Version string
	Log     *slog.Logger
	Now     func() time.Time
	Fatal   func(error) // the books cannot go on; must not return
	Ready   func(addr string)
}

// Box is a cash register.
type Box struct {
	o     Options
	board *health.Board
	web   *web.Server
	unit  *unit

	journal *journal.Journal
	book    *book.Book
	engine  *engine.Engine
	station *station
}

// New returns a box that does nothing yet.
func New(o Options) *Box {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Fatal == nil {
		o.Fatal = func(err error) {
			o.Log.Error("stopping at once", "error", err)
			os.Exit(1)
		}
	}
	return &Box{o: o, board: health.New(o.Now)}
}

// Run starts the box and works until ctx ends. The web server listens first,
// so that a long start can be watched. An error names what was tried and the
// remedy.
func (b *Box) Run(ctx context.Context) error {
	if err := prepare(b.o.Config); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", b.o.Config.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; choose another address or stop the program that uses it", b.o.Config.Listen, err)
	}
	b.web, err = web.New(web.Options{Board: b.board, Now: b.o.Now, Version: b.o.Version, Log: b.o.Log,
		KeyFile: b.o.Config.Path("session.key")})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	server := b.web.HTTP(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			stop(fmt.Errorf("serve on %s: %w", listener.Addr(), err))
		}
	})
	err = b.work(ctx, stop, listener.Addr().String())
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if server.Shutdown(bounded) != nil {
		err = errors.Join(err, server.Close())
	}
	wg.Wait()
	if cause := context.Cause(ctx); err == nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	return err
}

// work opens the books and sells until ctx ends; what was opened is closed in
// reverse order.
func (b *Box) work(ctx context.Context, stop func(error), addr string) (err error) {
	if err := b.openBooks(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.book.Close(), b.journal.Close()) }()
	state, err := b.book.State()
	if err != nil {
		return fmt.Errorf("copy the state: %w", err)
	}
	if err := b.openUnit(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.unit.close()) }()
	seed, err := b.seed(state)
	if err != nil {
		return err
	}
	maker := &paper.Maker{Book: b.book, Journal: b.journal, Demo: func() bool { return true }}
	b.engine = engine.New(engine.Options{Journal: b.journal, State: state, Now: b.o.Now, Fatal: b.o.Fatal,
		Sealer: b.sealer(seed, state), Archive: paper.Archive{Maker: maker}})
	maker.Engine = b.engine
	b.station = &station{board: b.board, maker: maker, log: b.o.Log}
	defer func() { err = errors.Join(err, b.station.close()) }()
	return errors.Join(b.sell(ctx, stop, maker, seed, addr), b.selfCheck())
}

// sell runs the engine and all that follows it.
func (b *Box) sell(ctx context.Context, stop func(error), maker *paper.Maker, seed till.Import, addr string) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop(nil)
	run := func(what string, f func() error) {
		wg.Go(func() {
			if err := f(); err != nil && ctx.Err() == nil {
				stop(fmt.Errorf("%s: %w", what, err))
			}
		})
	}
	run("engine", func() error { b.engine.Run(ctx); return nil })
	run("book", func() error { return b.book.Follow(b.engine.Follow(ctx, b.book.Applied()+1)) })
	if len(seed.Rows) > 0 {
		if _, err := b.engine.Do(ctx, "", seed); err != nil {
			return fmt.Errorf("take first data from %s: %w", b.o.Config.Seed, err)
		}
	}
	outputs, err := b.outputs()
	if err != nil {
		return err
	}
	run("watch", func() error { return b.watch(ctx) })
	devices, quit := b.inventory(ctx)
	defer quit()
	for name, x := range outputs {
		run(name, func() error { return x.Run(ctx) })
	}
	b.web.Open(web.Shop{Engine: b.engine, Book: b.book, Maker: maker, Unit: b.unit, Devices: devices,
		Waiting: func(ctx context.Context) int { return len(outputs["paper"].Waiting(ctx, b.engine.Latest())) }})
	b.o.Log.Info("ready", "address", addr, "commits", b.journal.Head())
	if b.o.Ready != nil {
		b.o.Ready(addr)
	}
	<-ctx.Done()
	return nil
}

// outputs are paper and drawer, each with its own cursor.
func (b *Box) outputs() (map[string]*outbox.Outbox, error) {
	var err error
	b.engine.Read(func(s *till.State) { err = b.station.use(&s.Catalog) })
	if err != nil {
		return nil, err
	}
	print, err := b.output("paper", paperSink{b.station}, false)
	if err != nil {
		return nil, err
	}
	drawer, err := b.output("drawer", drawerSink{b.station, b.o.Now}, true)
	return map[string]*outbox.Outbox{"paper": print, "drawer": drawer}, err
}

func (b *Box) output(name string, sink outbox.Sink, once bool) (*outbox.Outbox, error) {
	cursor, fresh, err := outbox.OpenCursor(b.o.Config.Path("outbox/" + name + ".cursor"))
	if err != nil {
		return nil, err
	}
	if fresh {
		latest := b.engine.Latest()
		if err := cursor.Set(outbox.Position{Done: latest, Began: latest}); err != nil {
			return nil, err
		}
	}
	o := outbox.Options{Cursor: cursor, Sink: sink, Follow: b.engine.Follow, Once: once, After: time.After}
	if !once {
		o.Trouble = b.station.troubled
	}
	return outbox.New(o), nil
}

// sealer is the regime of the country; German for now. The client id of a
// demonstration unit says so, and with it every QR code.
func (b *Box) sealer(seed till.Import, s *till.State) engine.Sealer {
	serial := s.Catalog.Register.Serial
	if serial == "" {
		serial = serialIn(seed)
	}
	return germanReasons{de.New(de.Options{Unit: b.unit, Memory: b.unit, Client: "DEMO-" + serial, Demo: true})}
}

func (b *Box) openUnit() error {
	c := b.o.Config
	b.unit = &unit{dir: c.Path(c.TSE.Dir), curve: softtse.Curve(c.TSE.Curve), now: b.o.Now}
	if b.journal.Head() == 0 {
		return firstUnit(b.unit.dir)
	}
	return nil
}
