package slip

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

// Promises of a receipt, for any receipt on any paper:
//  1. no line is wider than the paper;
//  2. everything §6 KassenSichV demands is there, uncut;
//  3. an outage, a copy, a demonstration and a training page say so in
//     inverted type before the first and after the last other line;
//  4. every amount stands at the right margin (or before its VAT letter).
func TestReceiptIsLegal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s, c := anyReceipt(t), anySeal(t), anyContext(t)
		columns := rapid.SampledFrom([]int{32, 42, 48}).Draw(t, "columns")
		lines := Receipt(r, s, c).Lay(columns)
		fits(t, lines, columns)
		all := squeeze(strings.Join(texts(lines), ""))
		for name, want := range legal(r, s, c) {
			if !strings.Contains(all, squeeze(clean(want))) {
				t.Fatalf("%s %q is missing on\n%s", name, want, render(lines, columns))
			}
		}
		marksAreAround(t, lines, s, c)
		amountsAtTheMargin(t, lines, columns)
		if s.Signed() && c.QR != "" && !hasQR(lines, c.QR) {
			t.Fatalf("the QR code is missing")
		}
	})
}

// legal lists what must be readable, with its number in §6 KassenSichV.
func legal(r till.Receipt, s *fiscal.Seal, c Context) map[string]string {
	must := map[string]string{
		"1 name": c.Company.Name, "1 street": c.Company.Street, "1 town": c.Company.Zip + " " + c.Company.City,
		"2 day":   "Datum" + r.Ended.In(c.Company.Location()).Format("02.01.2006"),
		"2 start": "Beginn" + c.stamp(r.Started), "2 end": "Ende" + c.stamp(r.Ended),
		"number": "Beleg " + number(r.Number), "6 register": c.Register.Serial,
	}
	for i, l := range r.Lines {
		must[fmt.Sprint("3 goods ", i)] = l.Name
		if l.Qty != money.One {
			must[fmt.Sprint("3 quantity ", i)] = l.Qty.German() + " x " + l.Price.German()
		}
	}
	for i, v := range r.VAT {
		must[fmt.Sprint("5 rate ", i)] = percent(v)
		for name, x := range map[string]money.Cents{"net": v.Net, "tax": v.VAT, "gross": v.Gross} {
			must[fmt.Sprint("5 ", name, i)] = x.German()
		}
		must[fmt.Sprint("5 exemption ", i)] = exemption(v.Key)
	}
	for i, p := range r.Payments {
		must[fmt.Sprint("payment ", i)] = (p.Amount + p.Tip).German()
	}
	if s.Outage != nil {
		must["outage"], must["since"], must["cause"] = "TSE AUSGEFALLEN", c.stamp(s.Outage.Since), s.Outage.Reason
		return must
	}
	must["4 transaction"] = "Transaktionsnummer" + number(s.Transaction)
	must["2 start of the unit"], must["2 end of the unit"] = "Start"+c.stamp(s.Start), "Ende"+c.stamp(s.End)
	must["6 unit"] = s.Serial
	must["7 counter"] = "Signaturzähler" + number(s.Counter)
	must["7 signature"] = base64.StdEncoding.EncodeToString(s.Signature)
	return must
}

func marksAreAround(t fatal, lines []Line, s *fiscal.Seal, c Context) {
	t.Helper()
	for text, want := range map[string]bool{"KOPIE": c.Copy, "TRAINING–KEINBELEG": c.Training,
		"DEMONSTRATION–KEINEZERTIFIZIERTETSE": s.Demo || c.Demo, "TSEAUSGEFALLEN": s.Outage != nil} {
		top, bottom := inverted(lines, 1), inverted(lines, -1)
		if strings.Contains(top, text) != want || strings.Contains(bottom, text) != want {
			t.Fatalf("mark %s: want %v, top %q, bottom %q", text, want, top, bottom)
		}
	}
}

// inverted joins the inverted lines at one end of the page.
func inverted(lines []Line, step int) string {
	at := 0
	if step < 0 {
		at = len(lines) - 2 // before the cut
	}
	var found []string
	for ; at >= 0 && at < len(lines) && lines[at].Invert; at += step {
		if step > 0 {
			found = append(found, squeeze(lines[at].Text))
		} else {
			found = append([]string{squeeze(lines[at].Text)}, found...)
		}
	}
	return strings.Join(found, "")
}

var amount = regexp.MustCompile(`-?[0-9.]+,[0-9]{2}( €)?( [A-Z ])?$`)

// amountsAtTheMargin looks at the rows whose last word is an amount.
func amountsAtTheMargin(t fatal, lines []Line, columns int) {
	t.Helper()
	for _, l := range lines {
		if !amount.MatchString(l.Text) || l.Align != Left || strings.Contains(l.Text, " x ") {
			continue
		}
		if want := (Style{Wide: l.Wide}).width(columns); runes(l.Text) != want {
			t.Fatalf("amount not at the margin: %q", l.Text)
		}
	}
}

func hasQR(lines []Line, data string) bool {
	for _, l := range lines {
		if l.QR != nil && l.QR.Data == data {
			return true
		}
	}
	return false
}

var (
	drawCents = rapid.Custom(func(t *rapid.T) money.Cents {
		return money.Cents(rapid.Int64Range(-int64(money.MaxCents), int64(money.MaxCents)).Draw(t, "cents"))
	})
	// Names have letters only, so that no name looks like an amount.
	drawName = rapid.StringMatching(`[A-Za-zäöüßÄÖÜé]{1,40}( [A-Za-zäöüß&.-]{1,30}){0,4}`)
	drawTime = rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "time"), 0)
	})
)

func anyReceipt(t *rapid.T) till.Receipt {
	kinds := []string{till.Sale, till.Sale, till.Void, till.Float, till.Deposit, till.Withdrawal, till.Difference}
	r := till.Receipt{Number: rapid.Uint64Range(1, 1e9).Draw(t, "number"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
		Started: drawTime.Draw(t, "start"), Ended: drawTime.Draw(t, "end"), ByName: drawName.Draw(t, "by"),
		TakeAway: rapid.Bool().Draw(t, "away"), Total: drawCents.Draw(t, "total"), Reason: drawName.Draw(t, "reason")}
	if r.Kind != till.Sale && r.Kind != till.Void {
		r.Payments = []till.Payment{{Name: r.Kind, Type: catalog.Bar, Amount: r.Total}}
		return r
	}
	seen := map[till.Tax]bool{}
	for range rapid.IntRange(1, 5).Draw(t, "lines") {
		tax := till.Tax{Key: rapid.IntRange(1, 12).Draw(t, "key"), Rate: money.Rate(rapid.IntRange(0, 2500).Draw(t, "rate"))}
		price := money.Cents(rapid.Int64Range(0, 1_000_000).Draw(t, "price"))
		qty := money.Qty(rapid.Int64Range(-99_000, 99_000).Draw(t, "qty"))
		r.Lines = append(r.Lines, till.Sold{Name: drawName.Draw(t, "name"), Qty: qty, Price: price, Tax: tax,
			Discount: drawCents.Draw(t, "discount"), Share: drawCents.Draw(t, "share"), Total: qty.Times(price)})
		if !seen[tax] {
			seen[tax] = true
			r.VAT = append(r.VAT, till.VATSum{Tax: tax, Gross: drawCents.Draw(t, "gross"), Net: drawCents.Draw(t, "net"), VAT: drawCents.Draw(t, "tax")})
		}
	}
	for range rapid.IntRange(1, 3).Draw(t, "payments") {
		p := till.Payment{Name: drawName.Draw(t, "tender"), Amount: money.Cents(rapid.Int64Range(0, 1e8).Draw(t, "paid")),
			Tip: money.Cents(rapid.Int64Range(0, 1e4).Draw(t, "tip"))}
		p.Given = p.Amount + p.Tip + money.Cents(rapid.Int64Range(0, 1e4).Draw(t, "change"))
		r.Tip += p.Tip
		r.Payments = append(r.Payments, p)
	}
	return r
}

func anySeal(t *rapid.T) *fiscal.Seal {
	s := &fiscal.Seal{ClientID: "TRESEN-0001", Demo: rapid.Bool().Draw(t, "demo")}
	if rapid.Bool().Draw(t, "outage") {
		s.Outage = &fiscal.Outage{Since: drawTime.Draw(t, "since"), Reason: drawName.Draw(t, "cause")}
		return s
	}
	s.Serial = rapid.StringMatching(`[0-9a-f]{64}`).Draw(t, "serial")
	s.Transaction = rapid.Uint64().Draw(t, "transaction")
	s.Counter = rapid.Uint64().Draw(t, "counter")
	s.Start, s.End = drawTime.Draw(t, "began"), drawTime.Draw(t, "ended")
	s.Signature = rapid.SliceOfN(rapid.Byte(), 64, 132).Draw(t, "signature")
	return s
}

func anyContext(t *rapid.T) Context {
	c := context()
	c.Company.Name, c.Company.Street = drawName.Draw(t, "company"), drawName.Draw(t, "street")
	c.Company.City = drawName.Draw(t, "city")
	c.Company.Footer = nil
	c.QR = rapid.SampledFrom([]string{"", qrText}).Draw(t, "qr")
	c.Copy, c.Training = rapid.Bool().Draw(t, "copy"), rapid.Bool().Draw(t, "training")
	c.Demo = rapid.Bool().Draw(t, "demo register")
	return c
}
