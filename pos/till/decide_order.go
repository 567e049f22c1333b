package till

import (
	"regexp"
	"strings"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
)

// AddLine puts an article into an order, and opens the order if it is new.
// The screen makes both ids, so that a repeated tap changes nothing.
type AddLine struct {
	Order    string       `json:"order"`
	Line     string       `json:"line"`
	Article  string       `json:"article"`
	Qty      money.Qty    `json:"qty"`
	Price    *money.Cents `json:"price,omitempty"`    // only for articles with free price
	TakeAway bool         `json:"takeAway,omitempty"` // of a new order
}

// SetQty makes a line have that many pieces.
type SetQty struct {
	Order  string    `json:"order"`
	Line   string    `json:"line"`
	Qty    money.Qty `json:"qty"`
	Reason string    `json:"reason,omitempty"`
}

// VoidLine takes a line off the order.
type VoidLine struct {
	Order  string `json:"order"`
	Line   string `json:"line"`
	Reason string `json:"reason,omitempty"`
}

// SetTakeAway switches between eating in and taking away, with its VAT.
type SetTakeAway struct {
	Order    string `json:"order"`
	TakeAway bool   `json:"takeAway"`
}

// Park sets the order aside under a label.
type Park struct {
	Order string `json:"order"`
	Label string `json:"label"`
}

// Resume takes a parked order up again.
type Resume struct {
	Order string `json:"order"`
}

// CancelOrder ends an order without a sale.
type CancelOrder struct {
	Order  string `json:"order"`
	Reason string `json:"reason,omitempty"`
}

func (*AddLine) Op() string     { return "addLine" }
func (*SetQty) Op() string      { return "setQty" }
func (*VoidLine) Op() string    { return "voidLine" }
func (*SetTakeAway) Op() string { return "setTakeAway" }
func (*Park) Op() string        { return "park" }
func (*Resume) Op() string      { return "resume" }
func (*CancelOrder) Op() string { return "cancelOrder" }

var screenID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`)

// Bounds of what one order may hold; they keep a stuck key from filling the
// disk.
const (
	maxOrders   = 500
	maxLines    = 500
	maxPayments = 50
	maxText     = 200
)

func (c *AddLine) decide(s *State, in Input) ([]Event, error) {
	if err := s.startable(in, c.Order); err != nil {
		return nil, err
	}
	if !screenID.MatchString(c.Line) || c.Qty <= 0 || c.Qty > money.MaxQty {
		return nil, refuse("badQty", "This quantity is not possible.", "Enter a quantity above zero.")
	}
	a, ok := s.Catalog.Articles[c.Article]
	if !ok || !a.Active {
		return nil, refuse("unknownArticle", "This article is no longer sold.", "Choose another one.").with("article", c.Article)
	}
	price, err := c.price(a)
	if err != nil {
		return nil, err
	}
	line, err := s.newLine(c, a, price, in)
	if err != nil {
		return nil, err
	}
	var events []Event
	if o := s.Orders[c.Order]; o == nil {
		if len(s.Orders) >= maxOrders {
			return nil, refuse("tooMuch", "Too many orders are open.", "Pay or cancel some of them first.")
		}
		events = append(events, Event{OrderOpened: &OrderOpened{Order: c.Order, Number: s.OrderNo%999 + 1, TakeAway: c.TakeAway}})
	} else if o.line(c.Line) >= 0 || len(o.Lines) >= maxLines {
		return nil, refuse("tooMuch", "This order is full, or the line exists already.", "Start a new order.")
	}
	return append(events, Event{LineAdded: &LineAdded{Order: c.Order, Line: line}}), nil
}

func (c *AddLine) price(a catalog.Article) (money.Cents, error) {
	if c.Price == nil {
		if a.FreePrice {
			return 0, refuse("priceMissing", "This article needs a price.", "Enter the price.")
		}
		return a.Price, nil
	}
	if !a.FreePrice {
		return 0, refuse("priceFixed", "The price of this article is fixed.", "Use a discount instead.")
	}
	if *c.Price < 0 || c.Qty.Times(*c.Price) > money.MaxCents {
		return 0, refuse("badPrice", "This price is not possible.", "Enter a smaller price.")
	}
	return *c.Price, nil
}

func (s *State) newLine(c *AddLine, a catalog.Article, price money.Cents, in Input) (Line, error) {
	eat, ok1 := s.tax(a.VATClass(false), in)
	away, ok2 := s.tax(a.VATClass(true), in)
	if !ok1 || !ok2 {
		return Line{}, refuse("noVAT", "No VAT rate is in force for this article today.",
			"Enter a rate that is valid from today or earlier.").with("article", a.ID)
	}
	if c.Qty.Times(price) > money.MaxCents {
		return Line{}, refuse("badQty", "This quantity is not possible.", "Enter a smaller quantity.")
	}
	return Line{ID: c.Line, Article: a.ID, PLU: a.PLU, Name: a.Name, Group: a.Group, Qty: c.Qty,
		Price: price, EatIn: eat, TakeAway: away, NoRebate: s.noRebate(a.Group), By: in.By, At: in.At}, nil
}

func (s *State) tax(class string, in Input) (Tax, bool) {
	r, ok := s.Catalog.VAT[class].On(s.day(in.At))
	return Tax{Key: r.Key, Rate: r.Rate}, ok
}

func (s *State) noRebate(group string) bool {
	g := s.Catalog.Groups[group]
	return g.NoDiscount || s.Catalog.Groups[g.Parent].NoDiscount
}

// startable refuses what no order can be begun or changed for.
func (s *State) startable(in Input, order string) error {
	if err := s.may(in, catalog.IssueBills); err != nil {
		return err
	}
	if err := s.selling(); err != nil {
		return err
	}
	if !screenID.MatchString(order) || strings.HasPrefix(order, processPrefix) {
		return refuse("badRequest", "An order needs an id of letters, digits and minus.", "").with("order", order)
	}
	if s.ending(order) {
		return unknownOrder(order)
	}
	if o := s.Orders[order]; o != nil && len(o.Payments) > 0 {
		return refuse("partlyPaid", "Part of this order is paid.", "Take the payments back before you change it.")
	}
	return nil
}

// ending reports whether an order of that id was paid or cancelled and the
// signing unit has not heard of it yet: its id must not name a second process.
func (s *State) ending(order string) bool {
	if _, ok := s.Aborting[order]; ok {
		return true
	}
	for _, r := range s.Unsealed {
		if r.Process == order {
			return true
		}
	}
	return false
}

// open returns an order that may be changed.
func (s *State) open(in Input, id string) (*Order, error) {
	if err := s.startable(in, id); err != nil {
		return nil, err
	}
	o := s.Orders[id]
	if o == nil {
		return nil, unknownOrder(id)
	}
	return o, nil
}

func (s *State) openLine(in Input, order, line string) (*Line, error) {
	o, err := s.open(in, order)
	if err != nil {
		return nil, err
	}
	i := o.line(line)
	if i < 0 {
		return nil, refuse("unknownLine", "This line is no longer in the order.", "")
	}
	return &o.Lines[i], nil
}

func (c *SetQty) decide(s *State, in Input) ([]Event, error) {
	l, err := s.openLine(in, c.Order, c.Line)
	if err != nil {
		return nil, err
	}
	if err := s.may(in, catalog.PlusMinus); err != nil {
		return nil, err
	}
	switch {
	case c.Qty <= 0 || c.Qty > money.MaxQty || c.Qty.Times(l.Price) > money.MaxCents:
		return nil, refuse("badQty", "This quantity is not possible.", "Enter a quantity above zero.")
	case c.Qty == l.Qty:
		return nil, nil
	case c.Qty > l.Qty:
		return []Event{{LineRaised: &LineRaised{Order: c.Order, Line: c.Line, By: c.Qty - l.Qty}}}, nil
	}
	return voidQty(c.Order, l, l.Qty-c.Qty, c.Reason), nil
}

func (c *VoidLine) decide(s *State, in Input) ([]Event, error) {
	l, err := s.openLine(in, c.Order, c.Line)
	if err != nil {
		return nil, err
	}
	if err := s.may(in, catalog.VoidOrders); err != nil {
		return nil, err
	}
	return voidQty(c.Order, l, l.Qty, c.Reason), nil
}

func voidQty(order string, l *Line, q money.Qty, reason string) []Event {
	return []Event{{LineVoided: &LineVoided{Order: order, Line: l.ID, Name: l.Name, Qty: q,
		Amount: q.Times(l.Price), Reason: short(reason)}}}
}

func (c *SetTakeAway) decide(s *State, in Input) ([]Event, error) {
	o, err := s.open(in, c.Order)
	if err != nil || o.TakeAway == c.TakeAway {
		return nil, err
	}
	return []Event{{TakeAwaySet: &TakeAwaySet{Order: c.Order, TakeAway: c.TakeAway}}}, nil
}

func (c *Park) decide(s *State, in Input) ([]Event, error) {
	if _, err := s.open(in, c.Order); err != nil {
		return nil, err
	}
	return []Event{{OrderParked: &OrderParked{Order: c.Order, Label: short(c.Label)}}}, nil
}

func (c *Resume) decide(s *State, in Input) ([]Event, error) {
	o, err := s.open(in, c.Order)
	if err != nil || !o.Parked {
		return nil, err
	}
	return []Event{{OrderResumed: &OrderRef{Order: c.Order}}}, nil
}

func (c *CancelOrder) decide(s *State, in Input) ([]Event, error) {
	o, err := s.open(in, c.Order)
	if err != nil {
		return nil, err
	}
	if len(o.Lines) > 0 {
		if err := s.may(in, catalog.VoidOrders); err != nil {
			return nil, err
		}
	}
	return []Event{{OrderCancelled: &OrderCancelled{Order: c.Order, Reason: short(c.Reason),
		Amount: o.Bill().Total, Lines: o.Lines}}}, nil
}

// short bounds free text to what a receipt and an auditor can bear. Blanks
// alone are no text. Invalid bytes are replaced as the journal will do.
func short(s string) string {
	s = strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD"))
	r := []rune(s)
	if len(r) > maxText {
		return string(r[:maxText])
	}
	return s
}
