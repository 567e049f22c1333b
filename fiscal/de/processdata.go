package de

import (
	"encoding/base64"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/money"
)

// ProcessData writes a record as Kassenbeleg-V1 (DSFinV-K 2.4 Anhang I):
//
//	Beleg^19%_7%_§24(1)3_§24(1)1_0%^10.00:Bar_64.30:Unbar
//
// Amounts are gross with two decimals; payments are summed by kind and
// currency, sums of zero left out, sorted by the text of their key.
func ProcessData(r fiscal.Record) string {
	slots := [5]money.Cents{}
	for _, g := range r.Gross {
		slots[slot(g.Key)] += g.Amount
	}
	gross := make([]string, len(slots))
	for i, a := range slots {
		gross[i] = a.Plain()
	}
	return string(r.Kind) + "^" + strings.Join(gross, "_") + "^" + payments(r.Paid)
}

// slot is the place of a VAT key (UST_SCHLUESSEL) among the five amounts: keys
// 5 to 8 share the last; historical two-digit keys go by their last digit.
func slot(key int) int {
	if d := key % 10; d >= 1 && d <= 4 {
		return d - 1
	}
	return 4
}

func payments(paid []fiscal.Paid) string {
	sums := map[string]money.Cents{}
	for _, p := range paid {
		key := "Unbar"
		if p.Cash {
			key = "Bar"
		}
		if p.Currency != "" {
			key += ":" + p.Currency
		}
		sums[key] += p.Amount
	}
	keys := make([]string, 0, len(sums))
	for k, a := range sums {
		if a != 0 {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	for i, k := range keys {
		keys[i] = sums[k].Plain() + ":" + k
	}
	return strings.Join(keys, "_")
}

// qrTime is the form of both times in the QR code, UTC.
const qrTime = "2006-01-02T15:04:05.000Z"

// QR writes the code of a signed receipt, version V0 with 12 fields; empty
// for a receipt without a signature.
func QR(s fiscal.Seal) string {
	if !s.Signed() {
		return ""
	}
	return strings.Join([]string{"V0", s.ClientID, s.ProcessType, s.ProcessData,
		fmt.Sprint(s.Transaction), fmt.Sprint(s.Counter), qrStamp(s.Start), qrStamp(s.End),
		s.Algorithm, s.TimeFormat, base64.StdEncoding.EncodeToString(s.Signature),
		base64.StdEncoding.EncodeToString(s.PublicKey)}, ";")
}

func qrStamp(t time.Time) string { return t.UTC().Format(qrTime) }
