package catalog

import "github.com/tresen-pos/tresen/pos/money"

// Group is a folder of articles (Warengruppe). Groups nest two levels deep.
type Group struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Parent     string `json:"parent,omitempty"`
	Color      string `json:"color,omitempty"` // #rrggbb
	Sort       int    `json:"sort"`
	NoDiscount bool   `json:"noDiscount,omitempty"`
	Active     bool   `json:"active"`
}

// Article is what is sold. Price is gross per piece or unit. VAT names the
// class for eating in and for goods over the counter, TakeAway the class when
// taken away; an empty TakeAway means the same class.
type Article struct {
	ID        string      `json:"id"`
	PLU       string      `json:"plu"`
	Name      string      `json:"name"`
	Group     string      `json:"group"`
	Price     money.Cents `json:"price"`
	FreePrice bool        `json:"freePrice,omitempty"` // price is asked at the till
	VAT       string      `json:"vat"`
	TakeAway  string      `json:"takeAway,omitempty"`
	Barcodes  []string    `json:"barcodes,omitempty"`
	Color     string      `json:"color,omitempty"`
	Sort      int         `json:"sort"`
	Active    bool        `json:"active"`
}

// VATClass returns the class that applies, by the eat-in/take-away switch.
func (a Article) VATClass(takeAway bool) string {
	if takeAway && a.TakeAway != "" {
		return a.TakeAway
	}
	return a.VAT
}

// Discount is a named reduction (Rabatt), by percent or by amount, not both.
type Discount struct {
	ID      string      `json:"id"`
	Code    string      `json:"code"`
	Name    string      `json:"name"`
	Percent money.Rate  `json:"percent,omitempty"`
	Amount  money.Cents `json:"amount,omitempty"`
	Active  bool        `json:"active"`
}

// Payment kinds as DSFinV-K 2.4 names them (ZAHLART_TYP).
const (
	Bar         = "Bar"
	Unbar       = "Unbar"
	ECKarte     = "ECKarte"
	Kreditkarte = "Kreditkarte"
	ElZahlung   = "ElZahlungsdienstleister"
	Guthaben    = "Guthabenkarte"
)

// Tender is a way to pay (Zahlart).
type Tender struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`             // one of the payment kinds above
	Drawer bool   `json:"drawer,omitempty"` // opens the drawer
	Sort   int    `json:"sort"`
	Active bool   `json:"active"`
}

// Cash reports whether the tender is money in the drawer.
func (t Tender) Cash() bool { return t.Type == Bar }
