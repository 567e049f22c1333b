package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/tresen-pos/tresen/firmware/paper"
	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/slip"
	"github.com/tresen-pos/tresen/pos/till"
)

// ReceiptList is a page of receipts, newest first.
type ReceiptList struct {
	Rows []book.Row `json:"rows"`
	More bool       `json:"more"`
}

// ReceiptPage is a receipt with its seal and its paper.
type ReceiptPage struct {
	Receipt  *till.Receipt `json:"receipt"`
	Seal     *fiscal.Seal  `json:"seal"`
	Row      book.Row      `json:"row"`
	VoidedBy uint64        `json:"voidedBy"`
	Paper    slip.Paper    `json:"paper"`
}

// ShiftList is a list of shifts, newest first.
type ShiftList struct {
	Rows []till.Shift `json:"rows"`
}

// ShiftPage is a shift with its receipts and its sheet.
type ShiftPage struct {
	Shift    till.Shift `json:"shift"`
	Receipts []book.Row `json:"receipts"`
	Paper    slip.Paper `json:"paper"`
}

// ClosingList is a list of closings, newest first.
type ClosingList struct {
	Rows []till.Closing `json:"rows"`
}

// ClosingPage is a closing with its paper.
type ClosingPage struct {
	Closing till.Closing `json:"closing"`
	Paper   slip.Paper   `json:"paper"`
}

// ReportPage is an X report on the screen.
type ReportPage struct {
	Shift *till.Shift `json:"shift"`
	Day   till.Totals `json:"day"`
	Paper slip.Paper  `json:"paper"`
}

// Rows are rows of master data.
type Rows struct {
	Rows []json.RawMessage `json:"rows"`
}

// ChangeList is a page of changes, newest first.
type ChangeList struct {
	Rows []book.Change `json:"rows"`
	More bool          `json:"more"`
}

// screenColumns is the width of papers on a screen.
const screenColumns = 42

// number reads a query or path value; absent is 0.
func (c *call) number(name string) (uint64, error) {
	text := c.r.PathValue(name)
	if text == "" {
		text = c.r.URL.Query().Get(name)
	}
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, fault(http.StatusBadRequest, "badRequest", strconv.Quote(text)+" is no number.", "").with("field", name)
	}
	return n, nil
}

// days reads from and to as days of the shop; to is inclusive for people.
func (c *call) days() (from, to time.Time, err error) {
	var zone *time.Location
	c.Engine.Read(func(s *till.State) { zone = s.Location() })
	read := func(name string) (t time.Time) {
		text := c.r.URL.Query().Get(name)
		if text == "" || err != nil {
			return t
		}
		if t, err = time.ParseInLocation(time.DateOnly, text, zone); err != nil {
			err = fault(http.StatusBadRequest, "badRequest", strconv.Quote(text)+" is no day.", "Write 2026-01-31.").with("field", name)
		}
		return t
	}
	from, to = read("from"), read("to")
	if !to.IsZero() {
		to = to.AddDate(0, 0, 1)
	}
	return from, to, err
}

// fresh waits until the book has what was answered before this question.
func (c *call) fresh() error { return c.Book.Wait(c.r.Context(), c.Engine.Latest()) }

func getState(c *call) (any, error) {
	_, raw, err := c.view()
	return json.RawMessage(raw), err
}

func getReceipts(c *call) (any, error) {
	f := book.Filter{Text: c.r.URL.Query().Get("q"), By: c.r.URL.Query().Get("by"), Kind: c.r.URL.Query().Get("kind")}
	var errs [5]error
	f.From, f.To, errs[0] = c.days()
	f.Before, errs[1] = c.number("before")
	f.Shift, errs[2] = c.number("shift")
	limit, err := c.number("limit")
	f.Limit, errs[3], errs[4] = int(min(limit, 500)), err, c.fresh()
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	rows, more, err := c.Book.Receipts(f)
	if rows == nil {
		rows = []book.Row{}
	}
	return ReceiptList{Rows: rows, More: more}, err
}

func getReceipt(c *call) (any, error) {
	n, err := c.number("number")
	if err != nil {
		return nil, err
	}
	f, err := c.Maker.Find(c.r.Context(), n)
	if err != nil {
		return nil, none(err)
	}
	return ReceiptPage{Receipt: f.Receipt, Seal: f.Seal, Row: f.Row, VoidedBy: f.Row.VoidedBy,
		Paper: c.Maker.Page(f, false).Paper(screenColumns)}, nil
}

// none words a missing row.
func none(err error) error {
	if errors.Is(err, paper.ErrNone) {
		return fault(http.StatusNotFound, "notFound", "There is no such number.", "Check the number.")
	}
	return err
}

func getShifts(c *call) (any, error) {
	from, to, err := c.days()
	if err := errors.Join(err, c.fresh()); err != nil {
		return nil, err
	}
	rows, err := c.Book.Shifts(from, to)
	if err != nil {
		return nil, err
	}
	out := ShiftList{Rows: []till.Shift{}}
	c.Engine.Read(func(s *till.State) {
		if x := s.OpenShift(); x != nil && !x.At.Before(from) && (to.IsZero() || x.At.Before(to)) {
			out.Rows = append(out.Rows, *x)
		}
	})
	out.Rows = append(out.Rows, rows...)
	return out, nil
}

func getShift(c *call) (any, error) {
	id, err := c.number("id")
	if err != nil {
		return nil, err
	}
	x, doc, err := c.Maker.Shift(c.r.Context(), id, false)
	if err != nil {
		return nil, none(err)
	}
	rows, _, err := c.Book.Receipts(book.Filter{Shift: id, From: x.At, Limit: 500})
	if rows == nil {
		rows = []book.Row{}
	}
	return ShiftPage{Shift: x, Receipts: rows, Paper: doc.Paper(screenColumns)}, err
}

func getClosings(c *call) (any, error) {
	if err := c.fresh(); err != nil {
		return nil, err
	}
	rows, err := c.Book.Closings()
	if rows == nil {
		rows = []till.Closing{}
	}
	return ClosingList{Rows: rows}, err
}

func getClosing(c *call) (any, error) {
	n, err := c.number("number")
	if err != nil {
		return nil, err
	}
	z, doc, err := c.Maker.Closing(c.r.Context(), n, false)
	if err != nil {
		return nil, none(err)
	}
	return ClosingPage{Closing: z, Paper: doc.Paper(screenColumns)}, nil
}

func getReport(c *call) (any, error) {
	r := till.Reported{}
	c.Engine.Read(func(s *till.State) { r.Shift, r.Day = s.OpenShift(), s.DayTotals() })
	doc := c.Maker.Report(&r, &till.Commit{At: c.server.o.Now()})
	return ReportPage{Shift: r.Shift, Day: r.Day, Paper: doc.Paper(screenColumns)}, nil
}

func getMaster(c *call) (any, error) {
	kind := catalog.Kind(c.r.PathValue("kind"))
	out := Rows{Rows: []json.RawMessage{}}
	var err error
	c.Engine.Read(func(s *till.State) {
		for _, id := range s.Catalog.IDs(kind) {
			var raw json.RawMessage
			if raw, err = s.Catalog.Row(kind, id); err != nil {
				return
			}
			out.Rows = append(out.Rows, hidePIN(kind, raw))
		}
	})
	if _, known := catalogKinds[kind]; !known {
		return nil, fault(http.StatusNotFound, "notFound", "There is no such kind of master data.", "")
	}
	return out, err
}

var catalogKinds = func() map[catalog.Kind]bool {
	m := map[catalog.Kind]bool{}
	for _, k := range catalog.Kinds {
		m[k] = true
	}
	return m
}()

// pinSet stands for a PIN's hash, which never leaves the box.
const pinSet = "set"

// hidePIN keeps hashes on the box.
func hidePIN(k catalog.Kind, raw json.RawMessage) json.RawMessage {
	if k != catalog.KindEmployee || len(raw) == 0 {
		return raw
	}
	var e catalog.Employee
	if json.Unmarshal(raw, &e) != nil || e.PIN == "" {
		return raw
	}
	e.PIN = pinSet
	out, err := json.Marshal(e)
	if err != nil {
		return nil
	}
	return out
}

func getChanges(c *call) (any, error) {
	before, err1 := c.number("before")
	limit, err2 := c.number("limit")
	if err := errors.Join(err1, err2, c.fresh()); err != nil {
		return nil, err
	}
	q := c.r.URL.Query()
	rows, more, err := c.Book.Changes(q.Get("kind"), q.Get("id"), before, int(min(limit, 500)))
	out := ChangeList{Rows: []book.Change{}, More: more}
	for _, x := range rows {
		x.Old, x.New = hidePIN(x.Kind, x.Old), hidePIN(x.Kind, x.New)
		out.Rows = append(out.Rows, x)
	}
	return out, err
}

func getTSE(c *call, w http.ResponseWriter) error {
	f := &file{w: w, name: "Export_Unixt_" + strconv.FormatInt(c.server.o.Now().Unix(), 10) + ".tar"}
	err := c.Unit.Export(c.r.Context(), f)
	switch {
	case err != nil && f.began:
		// Half a file must not look like a whole one.
		panic(http.ErrAbortHandler)
	case err != nil:
		c.server.o.Log.Warn("export of the signing unit", "error", err)
		return fault(http.StatusServiceUnavailable, "signing", "The signing unit does not answer.", "Plug the signing unit in again.")
	}
	return nil
}

// file is an answer to be saved; its head goes out with the first byte.
type file struct {
	w     http.ResponseWriter
	name  string
	began bool
}

func (f *file) Write(b []byte) (int, error) {
	if !f.began {
		f.began = true
		f.w.Header().Set("Content-Type", "application/x-tar")
		f.w.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
		f.w.Header().Set("Cache-Control", "no-store")
	}
	return f.w.Write(b)
}
