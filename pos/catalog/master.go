package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
)

// Kind names a table of master data.
type Kind string

// The tables. Company, Register and Layout have one row each, whose id equals
// the kind.
const (
	KindArticle  Kind = "article"
	KindGroup    Kind = "group"
	KindVAT      Kind = "vat"
	KindDiscount Kind = "discount"
	KindTender   Kind = "tender"
	KindRole     Kind = "role"
	KindEmployee Kind = "employee"
	KindPrinter  Kind = "printer"
	KindCompany  Kind = "company"
	KindRegister Kind = "register"
	KindLayout   Kind = "layout"
)

// Kinds lists the tables in an order in which rows only refer backwards.
var Kinds = []Kind{KindCompany, KindRegister, KindLayout, KindVAT, KindGroup, KindArticle,
	KindDiscount, KindTender, KindRole, KindEmployee, KindPrinter}

// single reports whether the table has one row only, called like the table.
func (k Kind) single() bool {
	return k == KindCompany || k == KindRegister || k == KindLayout
}

// Needs returns the right that changing the table demands.
func (k Kind) Needs() Right {
	switch k {
	case KindArticle, KindGroup, KindDiscount:
		return EditProducts
	case KindRole, KindEmployee:
		return Administrate
	default:
		return Settings
	}
}

// Row returns the present value of a row as JSON, nil if there is none.
func (c *Catalog) Row(k Kind, id string) (json.RawMessage, error) {
	switch k {
	case KindArticle:
		return row(c.Articles, id)
	case KindGroup:
		return row(c.Groups, id)
	case KindVAT:
		return row(c.VAT, id)
	case KindDiscount:
		return row(c.Discounts, id)
	case KindTender:
		return row(c.Tenders, id)
	case KindRole:
		return row(c.Roles, id)
	case KindEmployee:
		return row(c.Employees, id)
	case KindPrinter:
		return row(c.Printers, id)
	case KindCompany:
		return single(c.Company, c.Company.ID)
	case KindRegister:
		return single(c.Register, c.Register.ID)
	case KindLayout:
		return single(c.Layout, c.Layout.ID)
	}
	return nil, fmt.Errorf("unknown kind of master data %q", k)
}

// Put stores a checked row. It is how events change the catalog.
func (c *Catalog) Put(k Kind, id string, value json.RawMessage) error {
	switch k {
	case KindArticle:
		return c.putArticle(id, value)
	case KindGroup:
		return put(c.Groups, id, value)
	case KindVAT:
		return c.putVAT(id, value)
	case KindDiscount:
		return put(c.Discounts, id, value)
	case KindTender:
		return put(c.Tenders, id, value)
	case KindRole:
		return put(c.Roles, id, value)
	case KindEmployee:
		return put(c.Employees, id, value)
	case KindPrinter:
		return put(c.Printers, id, value)
	case KindCompany:
		return replace(&c.Company, value)
	case KindRegister:
		return replace(&c.Register, value)
	case KindLayout:
		return replace(&c.Layout, value)
	}
	return fmt.Errorf("unknown kind of master data %q", k)
}

func (c *Catalog) putVAT(id string, value json.RawMessage) error {
	if err := put(c.VAT, id, value); err != nil {
		return err
	}
	rates := c.VAT[id].Rates
	sort.SliceStable(rates, func(i, j int) bool { return rates[i].From < rates[j].From })
	return nil
}

func row[V any](m map[string]V, id string) (json.RawMessage, error) {
	v, ok := m[id]
	if !ok {
		return nil, nil
	}
	return json.Marshal(v)
}

func single(v any, id string) (json.RawMessage, error) {
	if id == "" {
		return nil, nil
	}
	return json.Marshal(v)
}

func put[V any](m map[string]V, id string, value json.RawMessage) error {
	var v V
	if err := replace(&v, value); err != nil {
		return err
	}
	m[id] = v
	return nil
}

// replace decodes strictly: an unknown field is a mistake of the caller, not
// something to drop in silence.
func replace[V any](p *V, value json.RawMessage) error {
	var v V
	d := json.NewDecoder(bytes.NewReader(value))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return err
	}
	*p = v
	return nil
}

// IDs lists the rows of a table by id; none for an unknown kind.
func (c *Catalog) IDs(k Kind) []string {
	switch k {
	case KindArticle:
		return SortedIDs(c.Articles)
	case KindGroup:
		return SortedIDs(c.Groups)
	case KindVAT:
		return SortedIDs(c.VAT)
	case KindDiscount:
		return SortedIDs(c.Discounts)
	case KindTender:
		return SortedIDs(c.Tenders)
	case KindRole:
		return SortedIDs(c.Roles)
	case KindEmployee:
		return SortedIDs(c.Employees)
	case KindPrinter:
		return SortedIDs(c.Printers)
	}
	for single, id := range map[Kind]string{KindCompany: c.Company.ID, KindRegister: c.Register.ID, KindLayout: c.Layout.ID} {
		if k == single && id != "" {
			return []string{id}
		}
	}
	return nil
}
