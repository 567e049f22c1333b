package till_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

func setMaster(kind, id, value string) till.Command {
	return &till.SetMaster{Kind: catalog.Kind(kind), ID: id, Value: json.RawMessage(value)}
}

func price(c money.Cents) *money.Cents { return &c }

// refusal is one way to be told no.
type refusal struct {
	code string
	prep func(x *shop) // what went before, in an open shop; nil: one espresso in order o
	by   string        // empty: the owner
	do   till.Command
}

func espresso(x *shop) { x.add("l", tilltest.Espresso, 1) }
func nothing(x *shop)  {}
func freeOnly(x *shop) { x.add("l", tilltest.Freebie, 1) }
func noRebate(x *shop) { x.add("l", tilltest.Tobacco, 1) }
func counting(x *shop) { x.do(tilltest.Cashier, &till.BeginCount{}) }
func partlyPaid(x *shop) {
	espresso(x)
	x.do("", &till.Pay{Order: "o", Tender: "card", Total: 250, Amount: 50})
}
func noShift(x *shop) { counting(x); x.do(tilltest.Cashier, &till.CloseShift{Counted: 100_00}) }

// dayClosed leaves receipt 1, the float, and closing 1.
func dayClosed(x *shop) { noShift(x); x.do(tilltest.Owner, &till.CloseDayCmd{}) }

func voided(x *shop) { // receipt 2 is a sale, 3 voids it
	x.sell(tilltest.Espresso)
	x.receipt(x.do(tilltest.Owner, &till.VoidReceipt{Receipt: 2, Reason: "Irrtum"}))
}

// dear makes an espresso cost 2,000.00.
func dear(x *shop) {
	a := x.s.Catalog.Articles[tilltest.Espresso]
	a.Price = 2_000_00
	raw, err := json.Marshal(a)
	if err != nil {
		x.t.Fatal(err)
	}
	x.master("article", tilltest.Espresso, string(raw))
}

func manyPayments(x *shop) {
	x.add("l", tilltest.Espresso, 1)
	for range 50 {
		x.do("", &till.Pay{Order: "o", Tender: "card", Total: 250, Amount: 1})
	}
}

func manyLines(x *shop) {
	for i := range 500 {
		x.add(fmt.Sprint("l", i), tilltest.Espresso, 1)
	}
}

func manyOrders(x *shop) {
	for i := range 500 {
		x.do("", &till.AddLine{Order: fmt.Sprint("o", i), Line: "l", Article: tilltest.Espresso, Qty: 1000})
	}
}

func paidUnsealed(x *shop) {
	espresso(x)
	x.do("", &till.Pay{Order: "o", Tender: "cash", Total: 250})
}

func cancelled(x *shop) { espresso(x); x.do("", &till.CancelOrder{Order: "o"}) }

func addOne(article string) *till.AddLine {
	return &till.AddLine{Order: "o", Line: "m", Article: article, Qty: money.One}
}

func addQty(article string, qty money.Qty, p *money.Cents) *till.AddLine {
	return &till.AddLine{Order: "o", Line: "m", Article: article, Qty: qty, Price: p}
}

var refusals = []refusal{
	{"notLoggedIn", nil, tilltest.Gone, addOne(tilltest.Espresso)},
	{"notLoggedIn", nil, "nobody", addOne(tilltest.Espresso)},
	{"forbidden", nil, tilltest.Trainee, &till.VoidLine{Order: "o", Line: "l"}},
	{"noShift", noShift, "", addOne(tilltest.Espresso)},
	{"noShift", noShift, "", &till.Pay{Order: "o"}},
	{"noShift", noShift, "", &till.MoveCash{Amount: 1, Note: "x"}},
	{"noShift", noShift, "", &till.VoidReceipt{Receipt: 1, Reason: "x"}},
	{"noShift", noShift, "", &till.BeginCount{}},
	{"noShift", noShift, "", &till.RescueShift{}},
	{"noShift", noShift, "", &till.CloseShift{}},
	{"noShift", noShift, "", &till.ForceClose{Reason: "x"}},
	{"counting", counting, "", addOne(tilltest.Espresso)},
	{"counting", counting, "", &till.MoveCash{Amount: 1, Note: "x"}},
	{"badRequest", nil, "", &till.AddLine{Order: "not an id", Line: "l", Article: tilltest.Espresso, Qty: 1000}},
	{"badRequest", nil, "", &till.AddLine{Order: "receipt-3", Line: "l", Article: tilltest.Espresso, Qty: 1000}},
	{"badRequest", nil, "", &till.AddLine{Line: "l", Article: tilltest.Espresso, Qty: 1000}},
	{"badRequest", nil, "", setMaster("employee", "new", `{"id":"new","nickname":"x"}`)},
	{"badRequest", nil, "", setMaster("employee", "new", `7`)},
	{"unknownOrder", nothing, "", &till.VoidLine{Order: "o", Line: "l"}},
	{"unknownOrder", nothing, "", &till.Park{Order: "o"}},
	{"unknownOrder", nothing, "", &till.Resume{Order: "o"}},
	{"unknownOrder", nothing, "", &till.SetTakeAway{Order: "o"}},
	{"unknownOrder", nothing, "", &till.CancelOrder{Order: "o"}},
	{"unknownOrder", nothing, "", &till.Pay{Order: "o"}},
	{"unknownOrder", nothing, "", &till.DropPayments{Order: "o"}},
	{"unknownOrder", nothing, "", &till.GiveDiscount{Order: "o"}},
	{"unknownOrder", paidUnsealed, "", addOne(tilltest.Espresso)},
	{"unknownOrder", cancelled, "", addOne(tilltest.Espresso)},
	{"partlyPaid", partlyPaid, "", addOne(tilltest.Espresso)},
	{"partlyPaid", partlyPaid, "", &till.SetQty{Order: "o", Line: "l", Qty: 2000}},
	{"partlyPaid", partlyPaid, "", &till.CancelOrder{Order: "o"}},
	{"partlyPaid", partlyPaid, "", &till.GiveDiscount{Order: "o", Percent: 100}},
	{"unknownLine", nil, "", &till.VoidLine{Order: "o", Line: "m"}},
	{"unknownLine", nil, "", &till.SetQty{Order: "o", Line: "m", Qty: 1000}},
	{"unknownLine", nil, "", &till.GiveDiscount{Order: "o", Line: "m", Percent: 100}},
	{"badQty", nil, "", addQty(tilltest.Espresso, 0, nil)},
	{"badQty", nil, "", addQty(tilltest.Espresso, -1000, nil)},
	{"badQty", nil, "", addQty(tilltest.Espresso, money.MaxQty+1, nil)},
	{"badQty", dear, "", addQty(tilltest.Espresso, 50_001*money.One, nil)},
	{"badQty", nil, "", &till.AddLine{Order: "o", Line: "", Article: tilltest.Espresso, Qty: 1000}},
	{"badQty", nil, "", &till.SetQty{Order: "o", Line: "l", Qty: 0}},
	{"badQty", nil, "", &till.SetQty{Order: "o", Line: "l", Qty: money.MaxQty + 1}},
	{"unknownArticle", nil, "", addOne("nothing")},
	{"unknownArticle", nil, "", addOne(tilltest.Former)},
	{"priceMissing", nil, "", addOne(tilltest.Voucher)},
	{"priceFixed", nil, "", addQty(tilltest.Espresso, money.One, price(100))},
	{"badPrice", nil, "", addQty(tilltest.Voucher, money.One, price(-1))},
	{"badPrice", nil, "", addQty(tilltest.Voucher, 2*money.One, price(money.MaxCents))},
	{"noVAT", nil, "", addOne(tilltest.Future)},
	{"tooMuch", nil, "", &till.AddLine{Order: "o", Line: "l", Article: tilltest.Espresso, Qty: 1000}},
	{"tooMuch", manyLines, "", addOne(tilltest.Espresso)},
	{"tooMuch", manyOrders, "", &till.AddLine{Order: "one-more", Line: "l", Article: tilltest.Espresso, Qty: 1000}},
	{"tooMuch", manyPayments, "", &till.Pay{Order: "o", Tender: "card", Total: 250, Amount: 1}},
	{"unknownDiscount", nil, "", &till.GiveDiscount{Order: "o", ID: "nothing"}},
	{"unknownDiscount", nil, "", &till.GiveDiscount{Order: "o", ID: "old"}},
	{"badDiscount", nil, "", &till.GiveDiscount{Order: "o", Percent: 10001}},
	{"badDiscount", nil, "", &till.GiveDiscount{Order: "o", Percent: -1}},
	{"badDiscount", nil, "", &till.GiveDiscount{Order: "o", Amount: -1}},
	{"badDiscount", nil, "", &till.GiveDiscount{Order: "o", Amount: money.MaxCents + 1}},
	{"badDiscount", nil, "", &till.GiveDiscount{Order: "o", Percent: 100, Amount: 100}},
	{"noRebate", noRebate, "", &till.GiveDiscount{Order: "o", Line: "l", Percent: 100}},
	{"noRebate", noRebate, "", &till.GiveDiscount{Order: "o", Percent: 100}},
	{"discountCap", nil, tilltest.Cashier, &till.GiveDiscount{Order: "o", Percent: 1001}},
	{"discountCap", nil, tilltest.Cashier, &till.GiveDiscount{Order: "o", Line: "l", ID: "euro"}},
	{"emptyOrder", func(x *shop) { espresso(x); x.do("", &till.VoidLine{Order: "o", Line: "l"}) }, "", &till.Pay{Order: "o", Tender: "cash"}},
	{"totalChanged", nil, "", &till.Pay{Order: "o", Tender: "cash", Total: 249}},
	{"unknownTender", nil, "", &till.Pay{Order: "o", Tender: "nothing", Total: 250}},
	{"unknownTender", nil, "", &till.Pay{Order: "o", Tender: "cheque", Total: 250}},
	{"badAmount", nil, "", &till.Pay{Order: "o", Tender: "cash", Total: 250, Amount: 251}},
	{"badAmount", nil, "", &till.Pay{Order: "o", Tender: "cash", Total: 250, Amount: -1}},
	{"badAmount", nil, "", &till.Pay{Order: "o", Tender: "cash", Total: 250, Tip: -1}},
	{"badAmount", nil, "", &till.Pay{Order: "o", Tender: "cash", Total: 250, Given: -1}},
	{"badAmount", nil, "", &till.Pay{Order: "o", Tender: "card", Total: 250, Tip: money.MaxCents + 1}},
	{"badAmount", nil, "", &till.Pay{Order: "o", Tender: "cash", Total: 250, Given: money.MaxCents + 1}},
	{"badAmount", freeOnly, "", &till.Pay{Order: "o", Tender: "cash", Amount: 1}},
	{"badAmount", nothing, "", &till.MoveCash{Note: "x"}},
	{"badAmount", nothing, "", &till.MoveCash{Amount: money.MaxCents + 1, Note: "x"}},
	{"badAmount", nothing, "", &till.MoveCash{Amount: -money.MaxCents - 1, Note: "x"}},
	{"noChange", nil, "", &till.Pay{Order: "o", Tender: "card", Total: 250, Given: 300}},
	{"tooLittle", nil, "", &till.Pay{Order: "o", Tender: "cash", Total: 250, Given: 249}},
	{"tooLittle", nil, "", &till.Pay{Order: "o", Tender: "cash", Total: 250, Given: 299, Tip: 50}},
	{"notEnoughCash", nothing, "", &till.MoveCash{Amount: -100_01, Note: "Bank"}},
	{"reasonMissing", nothing, "", &till.MoveCash{Amount: 1}},
	{"reasonMissing", nothing, "", &till.MoveCash{Amount: 1, Note: " \t "}},
	{"reasonMissing", func(x *shop) { x.sell(tilltest.Espresso) }, "", &till.VoidReceipt{Receipt: 2}},
	{"reasonMissing", counting, "", &till.CloseShift{Counted: 99_99}},
	{"reasonMissing", nothing, "", &till.ForceClose{Reason: "  "}},
	{"unknownReceipt", nothing, "", &till.VoidReceipt{Receipt: 9, Reason: "x"}},
	{"unknownReceipt", nothing, "", &till.VoidReceipt{Reason: "x"}},
	{"unknownReceipt", nothing, "", &till.Reprint{}},
	{"unknownReceipt", nothing, "", &till.Reprint{Receipt: 2}},
	{"unknownReceipt", nothing, "", &till.Reprint{Closing: 1}},
	{"unknownReceipt", nothing, "", &till.Reprint{Shift: 1}}, // still open
	{"unknownReceipt", noShift, "", &till.Reprint{Shift: 2}},
	{"unknownReceipt", dayClosed, "", &till.Reprint{Receipt: 99, Closing: 1}},
	{"unknownReceipt", dayClosed, "", &till.Reprint{Receipt: 1, Closing: 1, Shift: 1<<64 - 1}},
	{"alreadyVoided", voided, "", &till.VoidReceipt{Receipt: 2, Reason: "x"}},
	{"notVoidable", voided, "", &till.VoidReceipt{Receipt: 3, Reason: "x"}},
	{"notVoidable", nothing, "", &till.VoidReceipt{Receipt: 1, Reason: "x"}},
	{"shiftOpen", nothing, "", &till.OpenShift{}},
	{"shiftOpen", nothing, "", &till.CloseDayCmd{}},
	{"badCount", noShift, "", &till.OpenShift{Float: -1}},
	{"badCount", noShift, "", &till.OpenShift{Float: money.MaxCents + 1}},
	{"badCount", noShift, "", &till.OpenShift{Float: 1, Count: till.Count{100: 1}}},
	{"badCount", noShift, "", &till.OpenShift{Count: till.Count{0: 1}}},
	{"badCount", noShift, "", &till.OpenShift{Count: till.Count{50_001: 1}}},
	{"badCount", noShift, "", &till.OpenShift{Count: till.Count{100: -1}}},
	{"badCount", noShift, "", &till.OpenShift{Count: till.Count{100: 100_001}}},
	{"badCount", noShift, "", &till.OpenShift{Count: till.Count{50_000: 100_000, 20_000: 100_000, 10_000: 100_000, 5_000: 100_000, 40_000: 100_000}}},
	{"badCount", noShift, "", &till.OpenShift{Count: manyCoins()}},
	{"badCount", counting, "", &till.CloseShift{Counted: -1}},
	{"notCounting", nothing, "", &till.CloseShift{Counted: 100_00}},
	{"nothingToClose", dayClosed, "", &till.CloseDayCmd{}},
	{"notAwaited", nothing, "", till.RecordSeal{Receipt: 99}},
	{"notEmpty", nothing, "", till.Import{Rows: tilltest.Rows()}},
	{"master.badId", nil, "", setMaster("company", "another", `{"id":"company","name":"x","street":"x","city":"x","timeZone":"UTC"}`)},
	{"master.badJSON", nil, "", setMaster("article", "x", `{"id":"x","colour":"#000000"}`)},
	{"master.badJSON", nil, "", setMaster("article", "x", ``)},
	{"master.unknownKind", nil, "", setMaster("weather", "x", `{}`)},
	{"master.fixed", nil, "", setMaster("register", "register", `{"id":"register","serial":"OTHER-1","name":"x"}`)},
	{"master.lastAdmin", nil, "", setMaster("role", "boss", `{"id":"boss","name":"Chef","rights":["bill"],"active":true}`)},
}

func manyCoins() till.Count {
	c := till.Count{}
	for i := range money.Cents(21) {
		c[i+1] = 1
	}
	return c
}

func TestRefusals(t *testing.T) {
	reached := map[string]bool{}
	for i, c := range refusals {
		t.Run(fmt.Sprintf("%d %s %s", i, c.do.Op(), c.code), func(t *testing.T) {
			x := openShop(t)
			if c.prep == nil {
				c.prep = espresso
			}
			c.prep(x)
			if c.by == "" {
				c.by = tilltest.Owner
			}
			got := x.refused(c.by, c.do)
			if got != c.code {
				t.Errorf("got %q, want %q", got, c.code)
			}
			reached[got] = true
		})
	}
	for code := range otherRefusals(t) {
		reached[code] = true
	}
	for _, code := range codesInSource(t) {
		if !reached[code] && code != "master." { // its codes belong to catalog
			t.Errorf("no test reaches refusal %q", code)
		}
	}
}

// otherRefusals are those that need no open shop.
func otherRefusals(t *testing.T) map[string]bool {
	codes := map[string]bool{}
	_, err := till.Parse("dance", nil)
	codes[codeOf(t, err)] = true
	_, err = till.Decide(till.New(), till.Input{Do: &till.OpenShift{}})
	codes[codeOf(t, err)] = true
	return codes
}

func codeOf(t *testing.T, err error) string {
	t.Helper()
	r, ok := err.(*till.Refusal)
	if !ok {
		t.Fatalf("%v is no refusal", err)
	}
	return r.Code
}

var refuseCall = regexp.MustCompile(`refuse\(\s*"([A-Za-z.]+)"`)

// codesInSource lists the codes of all refusals the package can give.
func codesInSource(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range refuseCall.FindAllStringSubmatch(string(src), -1) {
			codes = append(codes, m[1])
		}
	}
	if len(codes) < 40 {
		t.Fatalf("only %d refusals found: has refuse got another name?", len(codes))
	}
	return codes
}

// TestImportNamesTheBadRow: a refusal inside an import names the row.
func TestImportNamesTheBadRow(t *testing.T) {
	rows := []till.SetMaster{{Kind: catalog.KindGroup, ID: "g", Value: json.RawMessage(`{"id":"g"}`)}}
	_, err := till.Decide(till.New(), till.Input{At: time.Now(), Do: till.Import{Rows: rows}})
	if err == nil || !strings.Contains(err.Error(), "group g: master.missing") {
		t.Errorf("got %v", err)
	}
}

// TestOutageIsNotRefused: with the unit missing, selling goes on.
func TestOutageIsNotRefused(t *testing.T) {
	x := openShop(t)
	x.do("", till.BeginOutage{Reason: "gezogen"})
	x.add("l", tilltest.Espresso, 1)
	events := x.do(tilltest.Cashier, &till.Pay{Order: "o", Tender: "cash", Total: 250})
	n := events[len(events)-1].ReceiptPrepared.Number
	x.do("", till.RecordSeal{Receipt: n, Seal: fiscal.Seal{Outage: x.s.Outage}})
	if x.s.Day.Unsigned != 1 || x.s.Shift.Totals.Unsigned != 1 {
		t.Errorf("unsigned: day %d, shift %d", x.s.Day.Unsigned, x.s.Shift.Totals.Unsigned)
	}
}
