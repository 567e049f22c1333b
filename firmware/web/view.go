package web

import (
	"encoding/json"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
)

// View is everything a till needs to show itself.
type View struct {
	Seq      uint64                 `json:"seq"`
	Box      string                 `json:"box"`
	Time     time.Time              `json:"time"`
	Company  catalog.Company        `json:"company"`
	Register catalog.Register       `json:"register"`
	Catalog  Catalog                `json:"catalog"`
	Orders   map[string]*till.Order `json:"orders"`
	Shift    *till.Shift            `json:"shift"`
	Day      till.Totals            `json:"day"`
	Receipts uint64                 `json:"receipts"`
	Closings uint64                 `json:"closings"`
	Last     *book.Row              `json:"last"`
	Outage   *fiscal.Outage         `json:"outage"`
}

// Patch is what of a View changed: top-level fields, each whole; of orders only
// those that changed, null when gone.
type Patch map[string]any

// Catalog is the master data a till shows.
type Catalog struct {
	Articles  []catalog.Article  `json:"articles"`
	Groups    []catalog.Group    `json:"groups"`
	VAT       []catalog.VATClass `json:"vat"`
	Discounts []catalog.Discount `json:"discounts"`
	Tenders   []catalog.Tender   `json:"tenders"`
	Employees []Person           `json:"employees"`
	Layout    catalog.Layout     `json:"layout"`
}

// values lists a table by id.
func values[V any](m map[string]V) []V {
	out := make([]V, 0, len(m))
	for _, id := range catalog.SortedIDs(m) {
		out = append(out, m[id])
	}
	return out
}

func catalogOf(s *till.State) Catalog {
	c := &s.Catalog
	return Catalog{Articles: values(c.Articles), Groups: values(c.Groups), VAT: values(c.VAT),
		Discounts: values(c.Discounts), Tenders: values(c.Tenders), Employees: people(s), Layout: c.Layout}
}

// topic is a top-level field of View that patches replace whole.
type topic string

const (
	topicCompany  topic = "company"
	topicRegister topic = "register"
	topicCatalog  topic = "catalog"
	topicShift    topic = "shift"
	topicDay      topic = "day"
	topicReceipts topic = "receipts"
	topicClosings topic = "closings"
	topicLast     topic = "last"
	topicOutage   topic = "outage"
)

// touched collects what a run of commits changed.
type touched struct {
	topics map[topic]bool
	orders map[string]bool
	people bool // who may log in, or what they may do
}

func touchedBy(run []*till.Commit) touched {
	t := touched{topics: map[topic]bool{}, orders: map[string]bool{}}
	for _, c := range run {
		for i := range c.Events {
			t.event(&c.Events[i])
		}
	}
	return t
}

func (t *touched) event(e *till.Event) {
	if id := e.Order(); id != "" {
		t.orders[id] = true
	}
	switch {
	case e.ReceiptPrepared != nil:
		t.orders[e.ReceiptPrepared.Process] = true
		t.add(topicReceipts, topicShift, topicDay, topicLast)
	case e.ReceiptSealed != nil:
		t.add(topicShift, topicDay, topicLast)
	case e.ShiftOpened != nil, e.ShiftClosed != nil, e.ShiftCounting != nil, e.ShiftRescued != nil:
		t.add(topicShift, topicDay)
	case e.LineVoided != nil, e.OrderCancelled != nil, e.DrawerOpened != nil:
		t.add(topicShift, topicDay)
	case e.DayClosed != nil:
		t.add(topicClosings, topicDay, topicLast) // the last receipt now has a closing
	case e.OutageBegan != nil, e.OutageEnded != nil:
		t.add(topicOutage)
	case e.MasterChanged != nil:
		t.master(e.MasterChanged.Kind)
	}
}

func (t *touched) master(k catalog.Kind) {
	switch k {
	case catalog.KindCompany:
		t.add(topicCompany)
	case catalog.KindRegister:
		t.add(topicRegister)
	case catalog.KindPrinter, catalog.KindRole:
	case catalog.KindEmployee:
		t.people = true
		t.add(topicCatalog)
	default:
		t.add(topicCatalog)
	}
}

func (t *touched) add(topics ...topic) {
	for _, x := range topics {
		t.topics[x] = true
	}
}

func (t *touched) empty() bool { return len(t.topics) == 0 && len(t.orders) == 0 }

// patch is the JSON of what was touched, as the state has it now. It counts as
// the number given: the state may be ahead by commits that are yet to come, or
// to be lost with the power.
func (c *call) patch(t touched, seq uint64) (raw []byte, err error) {
	out := Patch{}
	last, err := c.last(t.topics[topicLast])
	if err != nil {
		return nil, err
	}
	c.Engine.Read(func(s *till.State) {
		out["seq"] = seq
		for x := range t.topics {
			out[string(x)] = topicOf(s, x, last)
		}
		if len(t.orders) > 0 {
			orders := map[string]*till.Order{}
			for id := range t.orders {
				orders[id] = s.Orders[id]
			}
			out["orders"] = orders
		}
		raw, err = json.Marshal(out)
	})
	return raw, err
}

// view is the JSON of everything, at least up to seq, which is durable.
func (c *call) view() (seq uint64, raw []byte, err error) {
	last, err := c.last(true)
	if err != nil {
		return 0, nil, err
	}
	seq = c.Engine.Latest()
	c.Engine.Read(func(s *till.State) {
		v := View{Seq: seq, Box: c.server.box, Time: c.server.o.Now(), Company: s.Catalog.Company,
			Register: s.Catalog.Register, Catalog: catalogOf(s), Orders: s.Orders, Shift: s.Shift, Day: s.Day,
			Receipts: s.Receipts, Closings: s.Closings, Last: last, Outage: s.Outage}
		raw, err = json.Marshal(v)
	})
	return seq, raw, err
}

func topicOf(s *till.State, x topic, last *book.Row) any {
	switch x {
	case topicCompany:
		return s.Catalog.Company
	case topicRegister:
		return s.Catalog.Register
	case topicCatalog:
		return catalogOf(s)
	case topicShift:
		return s.OpenShift()
	case topicDay:
		return s.Day
	case topicReceipts:
		return s.Receipts
	case topicClosings:
		return s.Closings
	case topicLast:
		return last
	case topicOutage:
		return s.Outage
	}
	return nil
}

// last is the newest receipt's row, nil before the first.
func (c *call) last(wanted bool) (*book.Row, error) {
	if !wanted {
		return nil, nil
	}
	ctx := c.r.Context()
	if err := c.Book.Wait(ctx, c.Engine.Latest()); err != nil {
		return nil, err
	}
	rows, _, err := c.Book.Receipts(book.Filter{Limit: 1})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}
