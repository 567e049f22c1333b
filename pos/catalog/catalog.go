// Package catalog holds the master data (Stammdaten) of a shop: articles,
// groups, dated VAT, discounts, tenders, people, company, printers. Prices and
// rates are asked for as of a day.
//
// Every change arrives as one whole row (kind, id, JSON), so that old and new
// values can be told for as long as the books are kept (GoBD Rz. 89, 107 ff.).
// The package checks rows and keeps them; it does not decide who may change
// them and has no goroutines.
package catalog

import "sort"

// Catalog is all master data at one moment.
type Catalog struct {
	Articles  map[string]Article  `json:"articles"`
	Groups    map[string]Group    `json:"groups"`
	VAT       map[string]VATClass `json:"vat"`
	Discounts map[string]Discount `json:"discounts"`
	Tenders   map[string]Tender   `json:"tenders"`
	Roles     map[string]Role     `json:"roles"`
	Employees map[string]Employee `json:"employees"`
	Printers  map[string]Printer  `json:"printers"`
	Company   Company             `json:"company"`
	Register  Register            `json:"register"`
	Layout    Layout              `json:"layout"`

	codes codes // follows from Articles; nil unless KeepCodes was called
}

// New returns an empty catalog.
func New() Catalog {
	return Catalog{
		Articles: map[string]Article{}, Groups: map[string]Group{}, VAT: map[string]VATClass{},
		Discounts: map[string]Discount{}, Tenders: map[string]Tender{}, Roles: map[string]Role{},
		Employees: map[string]Employee{}, Printers: map[string]Printer{},
		Layout: Layout{ID: "layout", Columns: 5, Rows: 4, AskFloat: true, Theme: "auto"},
	}
}

// Drawer returns the active printer that carries the cash drawer, the first
// by id; false when there is none.
func (c *Catalog) Drawer() (Printer, bool) {
	for _, id := range SortedIDs(c.Printers) {
		if p := c.Printers[id]; p.Active && p.Drawer {
			return p, true
		}
	}
	return Printer{}, false
}

// SortedIDs returns the keys of a table in ascending order.
func SortedIDs[V any](m map[string]V) []string {
	ids := make([]string, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}
