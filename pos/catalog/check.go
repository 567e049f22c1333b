package catalog

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tresen-pos/tresen/pos/money"
)

// Problem is a row that cannot be stored: the field and what is wrong with it.
type Problem struct {
	Field, Code, Sentence string
}

func (p *Problem) Error() string { return p.Field + ": " + p.Sentence }

func problem(field, code, format string, args ...any) *Problem {
	return &Problem{Field: field, Code: code, Sentence: fmt.Sprintf(format, args...)}
}

var (
	idPattern     = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,39}$`)
	colorPattern  = regexp.MustCompile(`^(#[0-9a-fA-F]{6})?$`)
	serialPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{2,29}$`)
	linkPattern   = regexp.MustCompile(`^(tcp:[A-Za-z0-9.:\[\]-]+:[0-9]{1,5}|file:/.+)$`)
)

// Check says what is wrong with a row before it is stored, nil if nothing.
// It changes nothing.
func (c *Catalog) Check(k Kind, id string, value json.RawMessage) error {
	if !idPattern.MatchString(id) {
		return problem("id", "badId", "%q is no id: use letters, digits, dot, minus", id)
	}
	if k.single() && id != string(k) {
		return problem("id", "badId", "the only row of %s is called %s", k, k)
	}
	switch k {
	case KindArticle:
		return check(value, id, func(a Article) (string, *Problem) { return a.ID, c.article(a) })
	case KindGroup:
		return check(value, id, func(g Group) (string, *Problem) { return g.ID, c.group(g) })
	case KindVAT:
		return check(value, id, func(v VATClass) (string, *Problem) { return v.ID, vatClass(v) })
	case KindDiscount:
		return check(value, id, func(d Discount) (string, *Problem) { return d.ID, c.discount(d) })
	case KindTender:
		return check(value, id, func(t Tender) (string, *Problem) { return t.ID, tender(t) })
	case KindRole:
		return check(value, id, func(r Role) (string, *Problem) { return r.ID, c.role(r) })
	case KindEmployee:
		return check(value, id, func(e Employee) (string, *Problem) { return e.ID, c.employee(e) })
	case KindPrinter:
		return check(value, id, func(p Printer) (string, *Problem) { return p.ID, printer(p) })
	case KindCompany:
		return check(value, id, func(x Company) (string, *Problem) { return x.ID, company(x) })
	case KindRegister:
		return check(value, id, func(x Register) (string, *Problem) { return x.ID, c.register(x) })
	case KindLayout:
		return check(value, id, func(l Layout) (string, *Problem) { return l.ID, layout(l) })
	}
	return problem("kind", "unknownKind", "%q is no kind of master data", k)
}

func check[V any](value json.RawMessage, id string, f func(V) (string, *Problem)) error {
	var v V
	if err := replace(&v, value); err != nil {
		return problem("value", "badJSON", "%v", err)
	}
	own, p := f(v)
	if own != id {
		return problem("id", "badId", "the row says %q, the address says %q", own, id)
	}
	if p != nil {
		return p
	}
	return nil
}

func (c *Catalog) article(a Article) *Problem {
	if p := named(a.Name); p != nil {
		return p
	}
	if p := first(colored(a.Color), priced("price", a.Price), c.vatExists("vat", a.VAT)); p != nil {
		return p
	}
	if a.TakeAway != "" {
		if p := c.vatExists("takeAway", a.TakeAway); p != nil {
			return p
		}
	}
	if _, ok := c.Groups[a.Group]; !ok {
		return problem("group", "unknownGroup", "there is no group %q", a.Group)
	}
	if a.PLU == "" {
		return problem("plu", "missing", "an article needs a number (PLU)")
	}
	return c.codesFree(a)
}

func (c *Catalog) group(g Group) *Problem {
	if p := first(named(g.Name), colored(g.Color)); p != nil {
		return p
	}
	if g.Parent == "" {
		return nil
	}
	parent, ok := c.Groups[g.Parent]
	switch {
	case !ok:
		return problem("parent", "unknownGroup", "there is no group %q", g.Parent)
	case g.Parent == g.ID, parent.Parent != "":
		return problem("parent", "tooDeep", "groups nest two levels deep")
	}
	for _, o := range c.Groups {
		if o.Parent == g.ID {
			return problem("parent", "tooDeep", "%s has groups of its own", g.Name)
		}
	}
	return nil
}

func vatClass(v VATClass) *Problem {
	if p := named(v.Name); p != nil {
		return p
	}
	if len(v.Rates) == 0 {
		return problem("rates", "missing", "a VAT class needs a rate with the day it is valid from")
	}
	seen := map[string]bool{}
	for _, r := range v.Rates {
		if _, err := time.Parse(time.DateOnly, r.From); err != nil {
			return problem("rates", "badDate", "%q is no day: write 2026-01-31", r.From)
		}
		if r.Rate < 0 || r.Rate > 5000 {
			return problem("rates", "outOfRange", "a rate lies between 0 and 50 %%")
		}
		if r.Key < 1 || r.Key > 43 {
			return problem("rates", "outOfRange", "the tax key lies between 1 and 43")
		}
		if seen[r.From] {
			return problem("rates", "taken", "two rates begin on %s", r.From)
		}
		seen[r.From] = true
	}
	return nil
}

func (c *Catalog) discount(d Discount) *Problem {
	if p := named(d.Name); p != nil {
		return p
	}
	if (d.Percent == 0) == (d.Amount == 0) {
		return problem("percent", "missing", "a discount is either a percentage or an amount")
	}
	if d.Percent < 0 || d.Percent > 10000 || d.Amount < 0 || d.Amount > money.MaxCents {
		return problem("percent", "outOfRange", "a discount lies between 0 and 100 %%")
	}
	for _, o := range c.Discounts {
		if o.ID != d.ID && o.Active && d.Active && d.Code != "" && o.Code == d.Code {
			return problem("code", "taken", "code %s belongs to %s", d.Code, o.Name)
		}
	}
	return nil
}

func tender(t Tender) *Problem {
	kinds := []string{Bar, Unbar, ECKarte, Kreditkarte, ElZahlung, Guthaben}
	if !slices.Contains(kinds, t.Type) {
		return problem("type", "unknownType", "%q is no kind of payment: use %s", t.Type, strings.Join(kinds, ", "))
	}
	return named(t.Name)
}

func (c *Catalog) role(r Role) *Problem {
	for _, right := range r.Rights {
		if !slices.Contains(Rights, right) {
			return problem("rights", "unknownRight", "there is no right %q", right)
		}
	}
	if p := named(r.Name); p != nil {
		return p
	}
	return c.adminRemainsBeside(r)
}

// adminRemainsBeside refuses the change of a role that would lock everybody
// out, as adminRemains does for a person.
func (c *Catalog) adminRemainsBeside(r Role) *Problem {
	if r.Active && slices.Contains(r.Rights, Administrate) {
		return nil
	}
	had := false
	for id, e := range c.Employees {
		if !c.May(id, Administrate) {
			continue
		}
		if e.Role != r.ID {
			return nil
		}
		had = true
	}
	if !had {
		return nil
	}
	return problem("rights", "lastAdmin", "somebody must remain administrator")
}

func (c *Catalog) employee(e Employee) *Problem {
	if p := first(named(e.Name), namedField("fullName", e.FullName)); p != nil {
		return p
	}
	if _, ok := c.Roles[e.Role]; !ok {
		return problem("role", "unknownRole", "there is no role %q", e.Role)
	}
	if e.DiscountCap < 0 || e.DiscountCap > 10000 {
		return problem("discountCap", "outOfRange", "the cap lies between 0 and 100 %%")
	}
	return c.adminRemains(e)
}

// adminRemains refuses the change that would lock everybody out.
func (c *Catalog) adminRemains(e Employee) *Problem {
	if old, ok := c.Employees[e.ID]; !ok || !old.Active || !c.May(e.ID, Administrate) {
		return nil
	}
	if e.Active && slices.Contains(c.Roles[e.Role].Rights, Administrate) {
		return nil
	}
	for id := range c.Employees {
		if id != e.ID && c.May(id, Administrate) {
			return nil
		}
	}
	return problem("role", "lastAdmin", "somebody must remain administrator")
}

func printer(p Printer) *Problem {
	switch {
	case !linkPattern.MatchString(p.Link):
		return problem("link", "badLink", "%q is no address: write tcp:192.168.1.50:9100 or file:/dev/usb/lp0", p.Link)
	case p.Columns != 32 && p.Columns != 42 && p.Columns != 48:
		return problem("columns", "outOfRange", "a printer has 32, 42 or 48 columns")
	case p.QR != "raster" && p.QR != "native":
		return problem("qr", "unknownType", "the QR code is printed as raster or native")
	case !slices.Contains([]string{"cp858", "cp1252", "cp437", "cp850"}, p.CodePage):
		return problem("codePage", "unknownType", "%q is no code page: use cp858, cp1252, cp850 or cp437", p.CodePage)
	case !slices.Contains([]string{"", "status", "processId", "none"}, p.Proof):
		return problem("proof", "unknownType", "%q is no proof of printing: use status, processId or none", p.Proof)
	case p.PageNo < -1 || p.PageNo > 255:
		return problem("pageNo", "outOfRange", "the number of a code page lies between 0 and 255, -1 is the usual one")
	}
	return named(p.Name)
}

func company(x Company) *Problem {
	if p := first(named(x.Name), namedField("street", x.Street), namedField("city", x.City)); p != nil {
		return p
	}
	if _, err := time.LoadLocation(x.TimeZone); err != nil || x.TimeZone == "" {
		return problem("timeZone", "unknownType", "%q is no time zone: write Europe/Berlin", x.TimeZone)
	}
	if len(x.Footer) > 10 {
		return problem("footer", "tooLong", "the footer has at most 10 lines")
	}
	return nil
}

// register keeps the serial for ever once set: the TSE knows the box by it.
func (c *Catalog) register(x Register) *Problem {
	if !serialPattern.MatchString(x.Serial) {
		return problem("serial", "badSerial", "a serial has 3 to 30 letters, digits or minus")
	}
	if c.Register.Serial != "" && c.Register.Serial != x.Serial {
		return problem("serial", "fixed", "the serial of a register never changes")
	}
	return nil
}

func layout(l Layout) *Problem {
	if l.Columns < 2 || l.Columns > 12 || l.Rows < 2 || l.Rows > 12 {
		return problem("columns", "outOfRange", "the grid has 2 to 12 columns and rows")
	}
	if !slices.Contains([]string{"light", "dark", "auto"}, l.Theme) {
		return problem("theme", "unknownType", "the theme is light, dark or auto")
	}
	return nil
}

func first(ps ...*Problem) *Problem {
	for _, p := range ps {
		if p != nil {
			return p
		}
	}
	return nil
}

func named(s string) *Problem { return namedField("name", s) }

func namedField(field, s string) *Problem {
	if strings.TrimSpace(s) == "" {
		return problem(field, "missing", "%s is missing", field)
	}
	if len(s) > 200 {
		return problem(field, "tooLong", "%s is longer than 200 characters", field)
	}
	return nil
}

func colored(s string) *Problem {
	if !colorPattern.MatchString(s) {
		return problem("color", "badColor", "%q is no colour: write #aabbcc", s)
	}
	return nil
}

func priced(field string, c money.Cents) *Problem {
	if c < 0 || c > money.MaxCents {
		return problem(field, "outOfRange", "a price lies between 0 and %s", money.MaxCents.German())
	}
	return nil
}

func (c *Catalog) vatExists(field, id string) *Problem {
	if v, ok := c.VAT[id]; !ok || !v.Active {
		return problem(field, "unknownVAT", "there is no VAT class %q", id)
	}
	return nil
}
