package box

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/firmware/health"
	"github.com/tresen-pos/tresen/firmware/paper"
	"github.com/tresen-pos/tresen/hal/link"
	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/outbox"
	"github.com/tresen-pos/tresen/pos/slip"
	"github.com/tresen-pos/tresen/pos/till"
)

// station is the receipt printer's place: whichever printer the master data
// name first stands there. Both outputs, paper and drawer, go through it.
type station struct {
	board *health.Board
	maker *paper.Maker
	log   *slog.Logger

	mu     sync.Mutex // guards both below
	row    catalog.Printer
	device *printer.Printer // nil: the shop has none
}

// use puts the first active printer of the catalog into place, if it is not
// there already.
func (s *station) use(c *catalog.Catalog) error {
	var row catalog.Printer
	for _, id := range catalog.SortedIDs(c.Printers) {
		if p := c.Printers[id]; p.Active {
			row = p
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if row == s.row {
		return nil
	}
	old := s.device
	s.row, s.device = row, nil
	s.board.Drop(checkPrinter)
	if old != nil {
		if err := old.Close(); err != nil {
			s.log.Warn("close printer", "error", err)
		}
	}
	if row.ID == "" {
		return nil
	}
	device, err := printer.New(opener(row.Link), profile(row), printer.Opts{KeepOpen: true, Changed: s.changed})
	if err != nil {
		return fmt.Errorf("printer %s: %w", row.ID, err)
	}
	s.device = device
	s.board.Set(ready(checkPrinter))
	return nil
}

// opener reads an address the catalog has checked.
func opener(address string) link.Opener {
	if path, ok := strings.CutPrefix(address, "file:"); ok {
		return link.File{Path: path}
	}
	return link.TCP{Addr: strings.TrimPrefix(address, "tcp:")}
}

func (s *station) current() (*printer.Printer, catalog.Printer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.device, s.row
}

// changed hears every status of the printer, also in the middle of a job.
func (s *station) changed(st printer.Status) {
	if r := st.Reason(); r != printer.None {
		s.board.Set(printerTrouble(r))
	}
}

// troubled tells the board why paper waits.
func (s *station) troubled(err error) {
	var p *printer.Error
	switch {
	case err == nil:
		s.board.Set(ready(checkPrinter))
	case errors.As(err, &p):
		s.board.Set(printerTrouble(p.Reason))
	default:
		s.log.Error("print", "error", err)
		s.board.Set(printerFailed(err))
	}
}

func (s *station) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.device == nil {
		return nil
	}
	return s.device.Close()
}

// paperSink prints what the books say is to be printed.
type paperSink struct{ *station }

// Wants implements outbox.Sink. A shop without a printer wants no paper.
func (s paperSink) Wants(c *till.Commit) bool {
	if d, _ := s.current(); d == nil {
		return false
	}
	for i := range c.Events {
		e := &c.Events[i]
		if e.ReceiptSealed != nil || e.DayClosed != nil || e.ShiftClosed != nil || e.Reported != nil || e.ReprintRequested != nil {
			return true
		}
	}
	return false
}

// Deliver implements outbox.Sink.
func (s paperSink) Deliver(ctx context.Context, c *till.Commit, again bool) error {
	device, row := s.current()
	if device == nil {
		return nil
	}
	for i := range c.Events {
		id, doc, err := s.doc(ctx, &c.Events[i], c, again)
		if err != nil {
			return fmt.Errorf("make page: %w: %w", err, outbox.ErrNotSent)
		}
		if id == "" {
			continue
		}
		outcome, err := s.print(ctx, device, page(id, doc.Lay(row.Columns)))
		switch {
		case outcome == printer.Printed:
		case outcome == printer.NotSent:
			return fmt.Errorf("print %s: %w: %w", id, err, outbox.ErrNotSent)
		default:
			return fmt.Errorf("print %s: %w", id, errors.Join(err, errUnknown))
		}
	}
	return nil
}

// jobBound ends a job that hangs in the printer, behind a jammed knife for
// instance; it is then tried again, marked as a copy.
const jobBound = 10 * time.Minute

func (s paperSink) print(ctx context.Context, device *printer.Printer, p printer.Page) (printer.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, jobBound)
	defer cancel()
	return device.Print(ctx, p)
}

var errUnknown = errors.New("it may be on paper")

// doc makes the page an event asks for; an empty id means none.
func (s paperSink) doc(ctx context.Context, e *till.Event, c *till.Commit, again bool) (string, slip.Doc, error) {
	switch {
	case e.ReceiptSealed != nil:
		return s.receipt(ctx, e.ReceiptSealed.Receipt, again)
	case e.DayClosed != nil:
		_, doc, err := s.maker.Closing(ctx, e.DayClosed.Number, again)
		return fmt.Sprintf("closing %d", e.DayClosed.Number), doc, err
	case e.ShiftClosed != nil:
		_, doc, err := s.maker.Shift(ctx, e.ShiftClosed.Shift, again)
		return fmt.Sprintf("shift %d", e.ShiftClosed.Shift), doc, err
	case e.Reported != nil:
		return "report", s.maker.Report(e.Reported, c), nil
	case e.ReprintRequested != nil:
		return s.reprint(ctx, e.ReprintRequested)
	}
	return "", slip.Doc{}, nil
}

func (s paperSink) receipt(ctx context.Context, number uint64, again bool) (string, slip.Doc, error) {
	f, err := s.maker.Find(ctx, number)
	if err != nil || !f.Receipt.Printed() {
		return "", slip.Doc{}, err
	}
	return fmt.Sprintf("receipt %d", number), s.maker.Page(f, again), nil
}

func (s paperSink) reprint(ctx context.Context, r *till.ReprintRequested) (string, slip.Doc, error) {
	switch {
	case r.Closing > 0:
		_, doc, err := s.maker.Closing(ctx, r.Closing, true)
		return fmt.Sprintf("closing %d", r.Closing), doc, err
	case r.Shift > 0:
		_, doc, err := s.maker.Shift(ctx, r.Shift, true)
		return fmt.Sprintf("shift %d", r.Shift), doc, err
	}
	doc, err := s.maker.Receipt(ctx, r.Receipt, true)
	return fmt.Sprintf("receipt %d", r.Receipt), doc, err
}

// drawerSink opens the drawer, at most once per reason.
type drawerSink struct {
	*station
	now func() time.Time
}

// stale is the age at which nobody waits for the drawer any more.
const stale = 20 * time.Second

// Wants implements outbox.Sink.
func (s drawerSink) Wants(c *till.Commit) bool {
	if d, row := s.current(); d == nil || !row.Drawer {
		return false
	}
	for i := range c.Events {
		if e := &c.Events[i]; e.DrawerOpened != nil || e.ReceiptSealed != nil {
			return true
		}
	}
	return false
}

// Deliver implements outbox.Sink.
func (s drawerSink) Deliver(ctx context.Context, c *till.Commit, _ bool) error {
	device, _ := s.current()
	if device == nil || s.now().Sub(c.At) > stale {
		return nil
	}
	for i := range c.Events {
		if open, err := s.opens(ctx, &c.Events[i]); err != nil || !open {
			continue
		}
		return device.Kick(ctx, 0)
	}
	return nil
}

// opens says whether the event opens the drawer: a sealed receipt only if
// money goes in or out.
func (s drawerSink) opens(ctx context.Context, e *till.Event) (bool, error) {
	if e.ReceiptSealed == nil {
		return e.DrawerOpened != nil, nil
	}
	f, err := s.maker.Find(ctx, e.ReceiptSealed.Receipt)
	return err == nil && f.Receipt.Drawer(), err
}
