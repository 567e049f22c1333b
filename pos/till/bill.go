package till

import "github.com/tresen-pos/tresen/pos/money"

// Bill is an order in figures: what each line costs after all discounts.
type Bill struct {
	Lines []BillLine
	Total money.Cents
	Saved money.Cents // sum of all discounts
}

// BillLine belongs to the line of the order with the same index.
type BillLine struct {
	Full     money.Cents // quantity x price
	Discount money.Cents // given on the line
	Share    money.Cents // of the discount on the whole order
	Total    money.Cents
	Tax      Tax
}

// Bill works out the order. A discount on the order is shared over the lines
// that may have one, by their value, so that each VAT rate bears its part.
func (o *Order) Bill() Bill {
	b := Bill{Lines: make([]BillLine, len(o.Lines))}
	weights := make([]money.Cents, len(o.Lines))
	var base money.Cents
	for i, l := range o.Lines {
		x := BillLine{Full: l.Qty.Times(l.Price), Tax: l.EatIn}
		if o.TakeAway {
			x.Tax = l.TakeAway
		}
		x.Discount = l.Discount.of(x.Full)
		x.Total = x.Full - x.Discount
		if !l.NoRebate {
			weights[i] = x.Total
			base += x.Total
		}
		b.Lines[i] = x
	}
	shares := money.Split(o.Discount.of(base), weights)
	for i := range b.Lines {
		x := &b.Lines[i]
		x.Share = shares[i]
		x.Total -= x.Share
		b.Total += x.Total
		b.Saved += x.Discount + x.Share
	}
	return b
}

// of returns what the discount takes off an amount, never more than all.
func (d *Discount) of(amount money.Cents) money.Cents {
	if d == nil || amount <= 0 {
		return 0
	}
	if d.Percent > 0 {
		return money.Percent(amount, d.Percent)
	}
	return min(d.Amount, amount)
}

// Paid is the sum of the payments so far, without tips.
func (o *Order) Paid() money.Cents {
	var sum money.Cents
	for _, p := range o.Payments {
		sum += p.Amount
	}
	return sum
}
