package slip

import (
	"strings"

	"github.com/tresen-pos/tresen/pos/till"
)

// letters names each tax of a receipt by a letter. The usual keys have the
// same letter on every receipt (A general, B reduced, …); a second rate of
// the same key, as in a night when rates change, gets a letter after those.
func letters(vat []till.VATSum) map[till.Tax]string {
	names := map[till.Tax]string{}
	taken := map[byte]bool{}
	free := byte('I')
	for _, v := range vat {
		letter := byte('A' + v.Key - 1)
		if v.Key < 1 || v.Key > 8 || taken[letter] {
			letter = free
			if free < 'Z' {
				free++
			}
		}
		taken[letter] = true
		names[v.Tax] = string(letter)
	}
	return names
}

// vatTable is amount and tax by rate (§6 no. 5 KassenSichV), with the reason
// where there is no tax.
func vatTable(vat []till.VATSum, letters map[till.Tax]string) []Block {
	t := Table{Head: []string{"USt", "Netto", "Steuer", "Brutto"}}
	var notes []Block
	for _, v := range vat {
		name := clean(letters[v.Tax] + " " + percent(v))
		t.Rows = append(t.Rows, []string{name, v.Net.German(), v.VAT.German(), v.Gross.German()})
		if n := exemption(v.Key); n != "" {
			notes = append(notes, Text{Text: clean(letters[v.Tax] + " " + n)})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return append([]Block{t}, notes...)
}

func percent(v till.VATSum) string { return strings.ReplaceAll(v.Rate.German(), " ", "") }

// exemption is the note for keys without tax, by UST_SCHLUESSEL of DSFinV-K
// 2.4.
func exemption(key int) string {
	switch key {
	case 5:
		return "nicht steuerbar"
	case 6:
		return "steuerfrei (Steuerbefreiung nach UStG)"
	case 7:
		return "Umsatzsteuer nicht ermittelbar"
	case 8:
		return "Nullsteuersatz nach §12 Abs. 3 UStG"
	}
	return ""
}
