package catalog

import "github.com/tresen-pos/tresen/pos/money"

// VATClass is a tax treatment (Steuersatz) whose rate changes over time, such
// as "food eaten in": 19 % until 2025, 7 % since 2026 (§12 Abs. 2 Nr. 15 UStG).
type VATClass struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Rates  []DatedRate `json:"rates"` // by date, the earliest first
	Active bool        `json:"active"`
}

// DatedRate is a rate from a day on. Key is the UST_SCHLUESSEL of DSFinV-K
// 2.4: 1 general, 2 reduced, 3 and 4 averages of §24 UStG, 5 not taxable,
// 6 tax free, 7 not determinable, 8 zero rate of §12 Abs. 3 UStG.
type DatedRate struct {
	From string     `json:"from"` // day, 2006-01-02, inclusive
	Rate money.Rate `json:"rate"`
	Key  int        `json:"key"`
}

// On returns the rate in force on day (2006-01-02), false before the first.
func (c VATClass) On(day string) (DatedRate, bool) {
	for i := len(c.Rates) - 1; i >= 0; i-- {
		if c.Rates[i].From <= day {
			return c.Rates[i], true
		}
	}
	return DatedRate{}, false
}
