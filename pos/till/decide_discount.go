package till

import (
	"maps"
	"slices"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
)

// GiveDiscount sets the discount of a line or, with an empty line, of the
// order: a named one, or one by percent or amount. Nothing set takes it away.
type GiveDiscount struct {
	Order   string      `json:"order"`
	Line    string      `json:"line,omitempty"`
	ID      string      `json:"id,omitempty"`
	Percent money.Rate  `json:"percent,omitempty"`
	Amount  money.Cents `json:"amount,omitempty"`
}

func (*GiveDiscount) Op() string { return "discount" }

func (c *GiveDiscount) decide(s *State, in Input) ([]Event, error) {
	o, err := s.open(in, c.Order)
	if err != nil {
		return nil, err
	}
	if err := s.may(in, catalog.GiveDiscount); err != nil {
		return nil, err
	}
	d, err := c.discount(s)
	if err != nil {
		return nil, err
	}
	if d != nil {
		d.By = in.By
	}
	base, err := c.base(o)
	if err != nil {
		return nil, err
	}
	if err := s.withinCap(in.By, d, base); err != nil {
		return nil, err
	}
	e := &Discounted{Order: c.Order, Line: c.Line, Discount: d}
	if d == nil {
		return []Event{{Discounted: e}}, nil // to take one away is always right
	}
	then := *o
	then.Lines = slices.Clone(o.Lines)
	if err := then.discounted(e); err != nil {
		return nil, err
	}
	if err := s.capsHold(&then, in.By); err != nil {
		return nil, err
	}
	return []Event{{Discounted: e}}, nil
}

// discount resolves the command to what is given; nil takes a discount away.
func (c *GiveDiscount) discount(s *State) (*Discount, error) {
	if c.ID != "" {
		d, ok := s.Catalog.Discounts[c.ID]
		if !ok || !d.Active {
			return nil, refuse("unknownDiscount", "This discount no longer exists.", "Choose another one.")
		}
		return &Discount{ID: d.ID, Name: d.Name, Percent: d.Percent, Amount: d.Amount}, nil
	}
	switch {
	case c.Percent == 0 && c.Amount == 0:
		return nil, nil
	case c.Percent != 0 && c.Amount != 0, c.Percent < 0, c.Percent > 10000, c.Amount < 0, c.Amount > money.MaxCents:
		return nil, refuse("badDiscount", "This discount is not possible.", "Enter 1 to 100 % or an amount.")
	}
	return &Discount{Name: "Rabatt", Percent: c.Percent, Amount: c.Amount}, nil
}

// base is the amount the discount is taken off.
func (c *GiveDiscount) base(o *Order) (money.Cents, error) {
	if c.Line != "" {
		i := o.line(c.Line)
		if i < 0 {
			return 0, refuse("unknownLine", "This line is no longer in the order.", "")
		}
		if o.Lines[i].NoRebate {
			return 0, refuse("noRebate", "No discount is given on this article.", "")
		}
		return o.Lines[i].Qty.Times(o.Lines[i].Price), nil
	}
	var base money.Cents
	for i, x := range o.Bill().Lines {
		if !o.Lines[i].NoRebate {
			base += x.Full - x.Discount
		}
	}
	if base == 0 {
		return 0, refuse("noRebate", "No discount is given on this order.", "")
	}
	return base, nil
}

// withinCap holds an employee to the highest discount he or she may give. An
// amount counts as its share of what it is taken off at that moment.
func (s *State) withinCap(employee string, d *Discount, base money.Cents) error {
	if d == nil || employee == "" {
		return nil
	}
	limit := s.Catalog.Employees[employee].DiscountCap
	if d.Percent > limit || d.Amount > 0 && d.of(base) > money.Percent(base, limit) {
		return overCap(limit)
	}
	return nil
}

func overCap(limit money.Rate) error {
	return refuse("discountCap", "You may give at most "+limit.German()+".",
		"Ask somebody who may give more.").with("cap", int64(limit))
}

// capsHold looks at all discounts of an order together: one on the lines and
// one on the order add up, and an amount weighs more once lines are gone. What
// is too much passes if by, who acts now, may give as much.
func (s *State) capsHold(o *Order, by string) error {
	saved, discounts, b := map[string]money.Cents{}, 0, o.Bill()
	var full money.Cents
	for i, x := range b.Lines {
		if o.Lines[i].NoRebate {
			continue
		}
		full += x.Full
		if d := o.Lines[i].Discount; d != nil {
			saved[d.By] += x.Discount
			discounts++
		}
		if o.Discount != nil {
			saved[o.Discount.By] += x.Share
		}
	}
	within := func(who string, sum money.Cents) bool {
		// Each discount was rounded by itself: a cent each may be too much.
		return sum <= money.Percent(full, s.Catalog.Employees[who].DiscountCap)+money.Cents(discounts+1)
	}
	delete(saved, "") // of old books, which do not say who
	for _, who := range slices.Sorted(maps.Keys(saved)) {
		if !within(who, saved[who]) && !within(by, b.Saved) {
			return overCap(s.Catalog.Employees[who].DiscountCap)
		}
	}
	return nil
}
