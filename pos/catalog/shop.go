package catalog

import (
	"sync"
	"time"
)

// Company is the head and foot of every receipt. Show lists the header fields
// to print beyond name and address, which §6 KassenSichV demands always:
// owner, phone, email, vatId, taxNumber.
type Company struct {
	ID        string   `json:"id"` // always "company"
	Name      string   `json:"name"`
	Owner     string   `json:"owner,omitempty"`
	Street    string   `json:"street"`
	Zip       string   `json:"zip"`
	City      string   `json:"city"`
	Phone     string   `json:"phone,omitempty"`
	Email     string   `json:"email,omitempty"`
	VATID     string   `json:"vatId,omitempty"`
	TaxNumber string   `json:"taxNumber,omitempty"`
	Show      []string `json:"show,omitempty"`
	Footer    []string `json:"footer,omitempty"`
	TimeZone  string   `json:"timeZone"` // IANA name, Europe/Berlin
	Currency  string   `json:"currency"` // ISO 4217
}

// Register is the identity of this sales point. Serial is the clientId the
// TSE knows, at most 30 characters of A-Z a-z 0-9 and minus.
type Register struct {
	ID     string `json:"id"` // always "register"
	Serial string `json:"serial"`
	Name   string `json:"name"`
}

// Printer is a receipt printer (Bondrucker). Link is tcp:HOST:PORT or
// file:PATH. Columns is 42 or 48 on 80 mm, 32 on 58 mm paper.
type Printer struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Link     string `json:"link"`
	Columns  int    `json:"columns"`
	CodePage string `json:"codePage"` // cp858, cp1252, cp437, cp850
	PageNo   int    `json:"pageNo"`   // number n of ESC t n; -1: the usual one
	QR       string `json:"qr"`       // raster or native
	// Proof is how the printer proves that a job is on paper: status (the
	// usual way), processId (GS ( H, Epson and few others: the strongest), or
	// none for links that never answer. Empty means status.
	Proof  string `json:"proof,omitempty"`
	Cut    bool   `json:"cut"`
	Drawer bool   `json:"drawer"` // a cash drawer hangs on it
	Active bool   `json:"active"`
}

// Layout is how the till shows its articles, and how it treats logins.
type Layout struct {
	ID            string `json:"id"` // always "layout"
	Columns       int    `json:"columns"`
	Rows          int    `json:"rows"`
	AskFloat      bool   `json:"askFloat"`      // count the float when a shift opens
	PINLess       bool   `json:"pinLess"`       // tap a name to log in
	SingleUser    bool   `json:"singleUser"`    // no choice of names
	LogoutAfter   bool   `json:"logoutAfter"`   // back to the login after each receipt
	TakeAway      bool   `json:"takeAway"`      // show the eat-in/take-away switch
	TakeAwayFirst bool   `json:"takeAwayFirst"` // orders start as take-away
	Theme         string `json:"theme"`         // light, dark, auto
}

// Location is the company's time zone, UTC when it has none. Check refuses
// names that do not load, so a stored name always does.
func (x Company) Location() *time.Location {
	if l, ok := zones.Load(x.TimeZone); ok {
		return l.(*time.Location)
	}
	l, err := time.LoadLocation(x.TimeZone)
	if err != nil {
		l = time.UTC
	}
	zones.Store(x.TimeZone, l)
	return l
}

// zones caches loaded time zones; loading reads a file or embedded data.
var zones sync.Map
