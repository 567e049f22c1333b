package till

import (
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
)

// State is everything the rules need to decide the next command. It does not
// grow with the number of receipts.
type State struct {
	Seq      uint64            `json:"seq"` // of the last commit applied
	Time     time.Time         `json:"time,omitzero"`
	Catalog  catalog.Catalog   `json:"catalog"`
	Headers  []catalog.Company `json:"headers"` // every company row there ever was
	Orders   map[string]*Order `json:"orders"`
	OrderNo  uint64            `json:"orderNo"`         // of the last one opened
	Shift    *Shift            `json:"shift,omitempty"` // nil: none is open
	Shifts   uint64            `json:"shifts"`          // number of the last one
	Receipts uint64            `json:"receipts"`        // number of the last one
	Day      Totals            `json:"day"`             // since the last closing
	DayFrom  uint64            `json:"dayFrom"`         // first commit of the day
	DayStart time.Time         `json:"dayStart,omitzero"`
	Closings uint64            `json:"closings"` // number of the last Z
	Grand    money.Cents       `json:"grand"`    // turnover since the first receipt

	Unsealed map[uint64]Receipt `json:"unsealed"` // prepared, seal not yet recorded
	Aborting map[string]Abort   `json:"aborting"` // cancelled, device process not yet ended
	Voided   map[uint64]uint64  `json:"voided"`   // receipt -> receipt that voids it
	Outage   *fiscal.Outage     `json:"outage,omitempty"`
	// Transaction is the highest number the signing unit has given, and Unit
	// the serial of the unit that gave it.
	Transaction uint64             `json:"transaction,omitempty"`
	Unit        string             `json:"unit,omitempty"`
	Clients     map[string]*Client `json:"clients"`
}

// Order is a basket that is not paid yet (Vorgang).
type Order struct {
	ID       string         `json:"id"`
	Number   uint64         `json:"number"` // runs within the day, for calling out
	Label    string         `json:"label,omitempty"`
	By       string         `json:"by"`
	At       time.Time      `json:"at"`
	TakeAway bool           `json:"takeAway,omitempty"`
	Parked   bool           `json:"parked,omitempty"`
	Lines    []Line         `json:"lines"`
	Discount *Discount      `json:"discount,omitempty"`
	Payments []Payment      `json:"payments,omitempty"`
	Process  *fiscal.Opened `json:"process,omitempty"` // nil: the device has not begun it
}

// Line is an article in an order. Both tax treatments are frozen when it is
// added, so a change of master data never touches a running order.
type Line struct {
	ID       string      `json:"id"`
	Article  string      `json:"article"`
	PLU      string      `json:"plu"`
	Name     string      `json:"name"`
	Group    string      `json:"group"`
	Qty      money.Qty   `json:"qty"`
	Price    money.Cents `json:"price"` // gross, per piece
	EatIn    Tax         `json:"eatIn"`
	TakeAway Tax         `json:"takeAway"`
	NoRebate bool        `json:"noRebate,omitempty"` // its group takes no discount
	Discount *Discount   `json:"discount,omitempty"`
	By       string      `json:"by"`
	At       time.Time   `json:"at"`
}

// Tax is a rate with its key (UST_SCHLUESSEL).
type Tax struct {
	Key  int        `json:"key"`
	Rate money.Rate `json:"rate"`
}

// Discount is a reduction given: by percent, or by a fixed amount.
type Discount struct {
	ID      string      `json:"id,omitempty"` // of the named discount, if it is one
	Name    string      `json:"name"`
	Percent money.Rate  `json:"percent,omitempty"`
	Amount  money.Cents `json:"amount,omitempty"`
	By      string      `json:"by,omitempty"` // who gave it, within his or her cap; empty in old books
}

// Payment is one tender of an order. Given is what the customer handed over,
// Tip what of it is for the staff; change = Given - Amount - Tip.
type Payment struct {
	Tender string      `json:"tender"`
	Name   string      `json:"name"`
	Type   string      `json:"type"`
	Amount money.Cents `json:"amount"`
	Given  money.Cents `json:"given,omitempty"`
	Tip    money.Cents `json:"tip,omitempty"`
	Drawer bool        `json:"drawer,omitempty"`
}

// Abort is a cancelled order whose device process must still be ended.
type Abort struct {
	Process *fiscal.Opened `json:"process,omitempty"`
	At      time.Time      `json:"at"`
}

// Client remembers what a screen has already been answered, so that a repeated
// tap is recognised. Recent holds the latest accepted commands, oldest first.
type Client struct {
	Last   uint64    `json:"last"`
	Seen   time.Time `json:"seen"`
	Recent []Answer  `json:"recent"`
}

// Answer is what became of one command.
type Answer struct {
	N       uint64 `json:"n"`
	Seq     uint64 `json:"seq"`
	Receipt uint64 `json:"receipt,omitempty"` // prepared by it
	Closing uint64 `json:"closing,omitempty"`
}

// recentAnswers bounds Client.Recent; a screen sends at most this many
// commands in one request.
const recentAnswers = 64

// New returns the state before the first commit.
func New() *State {
	return &State{
		Catalog: catalog.New(), Orders: map[string]*Order{}, Unsealed: map[uint64]Receipt{},
		Aborting: map[string]Abort{}, Voided: map[uint64]uint64{}, Clients: map[string]*Client{},
		Day: NewTotals(), DayFrom: 1,
	}
}

// Location is the time zone of the shop; UTC until a company is set.
func (s *State) Location() *time.Location {
	return s.Catalog.Company.Location()
}

// day is the calendar day of t in the shop, 2006-01-02.
func (s *State) day(t time.Time) string { return t.In(s.Location()).Format(time.DateOnly) }

func (o *Order) line(id string) int {
	for i := range o.Lines {
		if o.Lines[i].ID == id {
			return i
		}
	}
	return -1
}
