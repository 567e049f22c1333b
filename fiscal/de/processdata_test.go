package de

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/money"
)

func gross(pairs ...int) (g []fiscal.Gross) {
	for i := 0; i+1 < len(pairs); i += 2 {
		g = append(g, fiscal.Gross{Key: pairs[i], Amount: money.Cents(pairs[i+1])})
	}
	return g
}

func cash(a money.Cents, currency ...string) fiscal.Paid {
	return fiscal.Paid{Cash: true, Amount: a, Currency: strings.Join(currency, "")}
}

func card(a money.Cents, currency ...string) fiscal.Paid {
	return fiscal.Paid{Amount: a, Currency: strings.Join(currency, "")}
}

// The first four are printed receipts and the sample of DSFinV-K Anhang I; the
// others follow from its rules.
func TestProcessData(t *testing.T) {
	for _, c := range []struct {
		name, want string
		record     fiscal.Record
	}{
		{"food and untaxed by card", "Beleg^2.90_0.00_0.00_0.00_2.10^5.00:Unbar",
			fiscal.Record{Kind: fiscal.Receipt, Gross: gross(1, 290, 5, 210), Paid: []fiscal.Paid{card(500)}}},
		{"two rates in cash", "Beleg^320.00_120.00_0.00_0.00_0.00^440.00:Bar",
			fiscal.Record{Kind: fiscal.Receipt, Gross: gross(1, 32000, 2, 12000), Paid: []fiscal.Paid{cash(44000)}}},
		{"foreign cash", "Beleg^75.33_7.99_0.00_0.00_0.00^10.00:Bar_5.00:Bar:CHF_5.00:Bar:USD_64.30:Unbar",
			fiscal.Record{Kind: fiscal.Receipt, Gross: gross(2, 799, 1, 7533),
				Paid: []fiscal.Paid{card(6430), cash(500, "USD"), cash(1000), cash(500, "CHF")}}},
		{"aborted", "AVBelegabbruch^0.00_0.00_0.00_0.00_0.00^", fiscal.Record{Kind: fiscal.Aborted}},
		{"opening float", "Beleg^0.00_0.00_0.00_0.00_0.00^50.00:Bar",
			fiscal.Record{Kind: fiscal.Receipt, Paid: []fiscal.Paid{cash(5000)}}},
		{"cash taken out", "Beleg^0.00_0.00_0.00_0.00_0.00^-50.00:Bar",
			fiscal.Record{Kind: fiscal.Receipt, Paid: []fiscal.Paid{cash(-5000)}}},
		{"void", "Beleg^-0.05_-120.00_0.00_0.00_0.00^-120.05:Unbar",
			fiscal.Record{Kind: fiscal.Receipt, Gross: gross(1, -5, 2, -12000), Paid: []fiscal.Paid{card(-12005)}}},
		{"an invoice paid later has no payment", "Beleg^1.00_0.00_0.00_0.00_0.00^",
			fiscal.Record{Kind: fiscal.Receipt, Gross: gross(1, 100)}},
		{"payments add up by kind and currency", "Beleg^0.00_0.00_0.00_0.00_0.00^3.00:Bar_2.00:Unbar_0.75:Unbar:CHF",
			fiscal.Record{Kind: fiscal.Receipt, Paid: []fiscal.Paid{cash(100), card(150), cash(200), card(50), card(75, "CHF")}}},
		{"sums of zero are left out", "Beleg^0.00_0.00_0.00_0.00_0.00^-1.00:Unbar",
			fiscal.Record{Kind: fiscal.Receipt, Paid: []fiscal.Paid{cash(100), card(-100), cash(-100)}}},
		{"amounts add up by key", "Beleg^3.00_0.00_0.00_0.00_0.00^",
			fiscal.Record{Kind: fiscal.Receipt, Gross: gross(1, 100, 1, 200)}},
		{"no grouping of thousands", "Beleg^1234567.89_0.00_0.00_0.00_0.00^",
			fiscal.Record{Kind: fiscal.Receipt, Gross: gross(1, 123456789)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ProcessData(c.record); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Each key has its place: 19 %, 7 %, §24(1)3, §24(1)1, and 0 % for 5 to 8.
func TestPlaceOfKey(t *testing.T) {
	for key, want := range map[int]int{1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 4, 8: 4, 11: 0, 12: 1, 13: 2, 14: 3} {
		if got := slot(key); got != want {
			t.Errorf("key %d: got place %d, want %d", key, got, want)
		}
		data := ProcessData(fiscal.Record{Kind: fiscal.Receipt, Gross: gross(key, 700)})
		amounts := strings.Split(strings.Split(data, "^")[1], "_")
		for i, a := range amounts {
			if (a == "7.00") != (i == want) || len(amounts) != 5 {
				t.Errorf("key %d: amounts are %v", key, amounts)
			}
		}
	}
}

func TestQR(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	s := fiscal.Seal{ClientID: "DEMO-1", ProcessType: ProcessType, ProcessData: "Beleg^2.90_0.00_0.00_0.00_2.10^5.00:Unbar",
		Transaction: 18, Counter: 49, Start: time.Date(2026, 1, 1, 0, 59, 58, 7e6, berlin),
		End: time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC), Algorithm: "ecdsa-plain-SHA384", TimeFormat: "unixTime",
		Signature: []byte{0xfb, 0xff, 1}, PublicKey: []byte{4, 0xfe, 0xff}}
	want := []string{"V0", "DEMO-1", "Kassenbeleg-V1", "Beleg^2.90_0.00_0.00_0.00_2.10^5.00:Unbar", "18", "49",
		"2025-12-31T23:59:58.007Z", "2025-12-31T23:59:59.000Z", "ecdsa-plain-SHA384", "unixTime",
		base64.StdEncoding.EncodeToString(s.Signature), base64.StdEncoding.EncodeToString(s.PublicKey)}
	got := strings.Split(QR(s), ";")
	if len(got) != 12 {
		t.Fatalf("got %d fields, want 12: %v", len(got), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("field %d: got %s, want %s", i, got[i], want[i])
		}
	}
	if got[10] != "+/8B" {
		t.Errorf("got signature %s, want base64 with padding and its standard alphabet", got[10])
	}
}

func TestNoQRWithoutSignature(t *testing.T) {
	for _, s := range []fiscal.Seal{{}, {Outage: &fiscal.Outage{}}, {Outage: &fiscal.Outage{}, Signature: []byte{1}}} {
		if got := QR(s); got != "" {
			t.Errorf("%v: got %s, want none", s, got)
		}
	}
}
