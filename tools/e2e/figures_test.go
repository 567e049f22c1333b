package e2e

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/image/draw"

	"github.com/tresen-pos/tresen/fiscal/tselog"
	"github.com/tresen-pos/tresen/pos/till"
)

// zEqualsReceipts adds up the receipts of the API by itself and compares.
func (s *stage) zEqualsReceipts() {
	s.t.Helper()
	var page struct{ Closing till.Closing }
	fatal(s.t, s.boss.Get("/api/v1/closings/1", &page))
	z := page.Closing
	var turnover, tips, cash, deposits, withdrawals, difference int64
	vat, tenders := map[till.Tax]till.VATSum{}, map[string]int64{}
	sales, voids := 0, 0
	for n := z.Totals.First; n <= z.Totals.Last; n++ {
		r := s.receipt(n)
		for _, p := range r.Payments {
			if p.Type == "Bar" {
				cash += int64(p.Amount + p.Tip)
			}
			if r.Kind == till.Sale || r.Kind == till.Void {
				tenders[p.Tender] += int64(p.Amount)
			}
		}
		switch r.Kind {
		case till.Sale:
			sales++
		case till.Void:
			voids++
		case till.Deposit:
			deposits += int64(r.Total)
		case till.Withdrawal:
			withdrawals += int64(r.Total)
		case till.Difference:
			difference += int64(r.Total)
		}
		if r.Kind != till.Sale && r.Kind != till.Void {
			continue
		}
		turnover += int64(r.Total)
		tips += int64(r.Tip)
		for _, v := range r.VAT {
			x := vat[v.Tax]
			x.Gross, x.Net, x.VAT = x.Gross+v.Gross, x.Net+v.Net, x.VAT+v.VAT
			vat[v.Tax] = x
		}
	}
	equal := func(what string, got, want int64) {
		s.t.Helper()
		if got != want {
			s.t.Errorf("Z says %s %d, the receipts add up to %d", what, got, want)
		}
	}
	t := z.Totals
	equal("turnover", int64(t.Turnover), turnover)
	equal("tips", int64(t.Tips), tips)
	equal("cash", int64(t.Cash), cash)
	equal("deposits", int64(t.Deposits), deposits)
	equal("withdrawals", int64(t.Withdrawals), withdrawals)
	equal("difference", int64(t.Difference), difference)
	equal("sales", int64(t.Receipts), int64(sales))
	equal("voids", int64(t.Voids), int64(voids))
	for id, x := range t.Tenders {
		equal("by "+x.Name, int64(x.Amount), tenders[id])
	}
	for _, v := range t.VAT {
		x := vat[v.Tax]
		equal("gross", int64(v.Gross), int64(x.Gross))
		equal("net", int64(v.Net), int64(x.Net))
		equal("VAT", int64(v.VAT), int64(x.VAT))
	}
	if sales < 30 || voids != 1 || len(t.VAT) < 2 || len(t.Tenders) < 2 || t.Tips == 0 || t.Discounts == 0 || t.LineVoids == 0 {
		s.t.Errorf("the day was too thin to prove anything: %+v", t)
	}
}

func (s *stage) receipt(n uint64) till.Receipt {
	s.t.Helper()
	var page struct{ Receipt till.Receipt }
	fatal(s.t, s.boss.Get("/api/v1/receipts/"+itoa(n), &page))
	return page.Receipt
}

// codesOnPaper reads the QR codes off the drawn paper with a reader that is not
// ours and checks their signatures with a verifier that shares no code with
// the signer.
func (s *stage) codesOnPaper() {
	s.t.Helper()
	checked := 0
	for _, p := range s.sim.Papers() {
		if !strings.Contains(p.Text(), "Prüfwert") {
			continue
		}
		raw, err := p.PNG()
		fatal(s.t, err)
		code := s.scan(raw)
		m, err := tselog.FromQR(code)
		fatal(s.t, err)
		key := strings.Split(code, ";")
		pub, err := tselog.ParsePublicKey(base64Bytes(s.t, key[len(key)-1]))
		fatal(s.t, err)
		fatal(s.t, tselog.Verify(m, pub))
		if !strings.HasPrefix(code, "V0;DEMO-") {
			s.t.Errorf("the code does not say that it is a demonstration: %s", code)
		}
		if !strings.Contains(p.Text(), "DEMONSTRATION") {
			s.t.Errorf("the paper does not say that it is a demonstration:\n%s", p.Text())
		}
		checked++
	}
	if checked < 30 {
		s.t.Errorf("only %d receipts with a code came out", checked)
	}
	s.t.Logf("%d codes read off the paper and verified", checked)
}

// scan reads the code the way a phone does: it looks again, from another
// distance, until one look succeeds.
func (s *stage) scan(raw []byte) string {
	s.t.Helper()
	img, err := png.Decode(bytes.NewReader(raw))
	fatal(s.t, err)
	var last error
	for _, percent := range []int{100, 200, 150, 75, 250} {
		source := gozxing.NewLuminanceSourceFromImage(scaled(img, percent))
		for _, binarizer := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(source), gozxing.NewGlobalHistgramBinarizer(source)} {
			bitmap, err := gozxing.NewBinaryBitmap(binarizer)
			fatal(s.t, err)
			hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
			res, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
			if err == nil {
				return res.GetText()
			}
			last = err
		}
	}
	s.t.Fatalf("no code can be read off the paper: %v", last)
	return ""
}

func scaled(img image.Image, percent int) image.Image {
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx()*percent/100, b.Dy()*percent/100))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, b, draw.Src, nil)
	return out
}

func itoa(n uint64) string { return strconv.FormatUint(n, 10) }

func base64Bytes(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	fatal(t, err)
	return raw
}
