// Package tilltest is test support for those who sell: a small shop, random
// shop days (Day), and books kept a second time by other arithmetic (Ledger)
// to hold against the rules of pos/till. Programs never import it.
//
// The package has no clock and no randomness of its own: the caller picks. It
// has no goroutines, and its values belong to one.
package tilltest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
)

// People of the shop: Olga may all, Karl sells, gives discounts up to 10 % and
// moves cash, Tina only sells, Gero has left.
const (
	Owner   = "olga"
	Cashier = "karl"
	Trainee = "tina"
	Gone    = "gero"
)

// Articles, by what is special about them.
const (
	Espresso = "espresso" // 2.50, general rate
	Cake     = "cake"     // 4.20, eaten in general rate until 2025, reduced from 2026; away reduced
	Beans    = "beans"    // 28.00 a kilo, reduced rate
	Tobacco  = "tobacco"  // 8.40, its group takes no discount
	Voucher  = "voucher"  // free price, not taxable
	Freebie  = "freebie"  // costs nothing
	Former   = "former"   // no longer sold
	Future   = "future"   // its VAT begins in 2030
)

// Berlin is where the shop is.
var Berlin = func() *time.Location {
	l, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return time.FixedZone("CET", 3600) // no zone data: winter, as the days here are
	}
	return l
}()

// Opening is when the shop's books begin: on the last evening with 19 % on
// food eaten in.
var Opening = time.Date(2025, 12, 31, 20, 0, 0, 0, Berlin)

func row(kind catalog.Kind, id string, v any) till.SetMaster {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("tilltest: %s %s: %v", kind, id, err)) // plain structs always encode
	}
	return till.SetMaster{Kind: kind, ID: id, Value: raw}
}

// Rows are the shop's master data, in an order in which they can be imported.
func Rows() []till.SetMaster {
	rows := []till.SetMaster{
		row(catalog.KindCompany, "company", catalog.Company{ID: "company", Name: "Café Probe", Street: "Am Markt 1",
			Zip: "10115", City: "Berlin", TimeZone: "Europe/Berlin", Currency: "EUR"}),
		row(catalog.KindRegister, "register", catalog.Register{ID: "register", Serial: "TEST-0001", Name: "Theke"}),
	}
	return append(append(append(rows, vat()...), goods()...), people()...)
}

func vat() []till.SetMaster {
	rate := func(id string, rates ...catalog.DatedRate) till.SetMaster {
		return row(catalog.KindVAT, id, catalog.VATClass{ID: id, Name: id, Rates: rates, Active: true})
	}
	return []till.SetMaster{
		rate("general", catalog.DatedRate{From: "2007-01-01", Rate: 1900, Key: 1}),
		rate("reduced", catalog.DatedRate{From: "1983-07-01", Rate: 700, Key: 2}),
		rate("eatin", catalog.DatedRate{From: "2026-01-01", Rate: 700, Key: 2},
			catalog.DatedRate{From: "2024-01-01", Rate: 1900, Key: 1}), // §12 Abs. 2 Nr. 15 UStG
		rate("untaxed", catalog.DatedRate{From: "2000-01-01", Rate: 0, Key: 5}),
		rate("later", catalog.DatedRate{From: "2030-01-01", Rate: 1900, Key: 1}),
	}
}

func goods() []till.SetMaster {
	group := func(id, parent string, noDiscount bool) till.SetMaster {
		return row(catalog.KindGroup, id, catalog.Group{ID: id, Name: id, Parent: parent, NoDiscount: noDiscount, Active: true})
	}
	article := func(a catalog.Article) till.SetMaster {
		a.Name, a.PLU = "Name of "+a.ID, "plu-"+a.ID
		return row(catalog.KindArticle, a.ID, a)
	}
	return []till.SetMaster{
		group("drinks", "", false), group("food", "", false), group("cakes", "food", false),
		group("fixed", "", true), group("smokes", "fixed", false),
		article(catalog.Article{ID: Espresso, Group: "drinks", Price: 250, VAT: "general", Active: true}),
		article(catalog.Article{ID: Cake, Group: "cakes", Price: 420, VAT: "eatin", TakeAway: "reduced", Active: true}),
		article(catalog.Article{ID: Beans, Group: "food", Price: 2800, VAT: "reduced", Active: true}),
		article(catalog.Article{ID: Tobacco, Group: "smokes", Price: 840, VAT: "general", Active: true}),
		article(catalog.Article{ID: Voucher, Group: "drinks", FreePrice: true, VAT: "untaxed", Active: true}),
		article(catalog.Article{ID: Freebie, Group: "drinks", VAT: "general", Active: true}),
		article(catalog.Article{ID: Former, Group: "drinks", Price: 100, VAT: "general"}),
		article(catalog.Article{ID: Future, Group: "drinks", Price: 100, VAT: "later", Active: true}),
		row(catalog.KindDiscount, "regular", catalog.Discount{ID: "regular", Code: "1", Name: "Stammgast", Percent: 1000, Active: true}),
		row(catalog.KindDiscount, "euro", catalog.Discount{ID: "euro", Code: "2", Name: "Ein Euro", Amount: 100, Active: true}),
		row(catalog.KindDiscount, "old", catalog.Discount{ID: "old", Code: "3", Name: "Eröffnung", Percent: 5000}),
		row(catalog.KindTender, "cash", catalog.Tender{ID: "cash", Name: "Bar", Type: catalog.Bar, Drawer: true, Active: true}),
		row(catalog.KindTender, "card", catalog.Tender{ID: "card", Name: "Karte", Type: catalog.ECKarte, Active: true}),
		row(catalog.KindTender, "voucher", catalog.Tender{ID: "voucher", Name: "Gutschein", Type: catalog.Guthaben, Active: true}),
		row(catalog.KindTender, "cheque", catalog.Tender{ID: "cheque", Name: "Scheck", Type: catalog.Unbar}),
	}
}

func people() []till.SetMaster {
	role := func(id string, rights ...catalog.Right) till.SetMaster {
		return row(catalog.KindRole, id, catalog.Role{ID: id, Name: id, Rights: rights, Active: true})
	}
	person := func(e catalog.Employee) till.SetMaster {
		e.Name, e.FullName, e.PIN = "Name of "+e.ID, "Full name of "+e.ID, "hash of "+e.ID
		return row(catalog.KindEmployee, e.ID, e)
	}
	return []till.SetMaster{
		role("boss", catalog.Rights...),
		role("seller", catalog.IssueBills, catalog.GiveDiscount, catalog.PlusMinus, catalog.VoidOrders, catalog.MoveCash),
		role("learner", catalog.IssueBills),
		person(catalog.Employee{ID: Owner, Role: "boss", DiscountCap: 10000, Active: true}),
		person(catalog.Employee{ID: Cashier, Role: "seller", DiscountCap: 1000, Active: true}),
		person(catalog.Employee{ID: Trainee, Role: "learner", Active: true}),
		person(catalog.Employee{ID: Gone, Role: "boss"}),
	}
}

// Import is the first commit of the shop's books.
func Import() (*till.Commit, error) {
	in := till.Input{At: Opening, Do: till.Import{Rows: Rows()}}
	events, err := till.Decide(till.New(), in)
	if err != nil {
		return nil, fmt.Errorf("import the test shop: %w", err)
	}
	return &till.Commit{Op: in.Do.Op(), Events: events, Seq: 1, At: in.At}, nil
}

// Shop is the state of the books with the master data in them, nothing sold.
func Shop() (*till.State, error) {
	c, err := Import()
	if err != nil {
		return nil, err
	}
	s := till.New()
	return s, s.Apply(c)
}
