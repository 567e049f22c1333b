// Package slip makes the pages a register prints: receipts, shift sheets,
// closings, reports and a test page. A page is a small document that knows no
// device (Doc); Lay breaks it into lines of a paper with so many columns.
//
// Contents follow §6 KassenSichV (2024), AEAO to §146a no. 7 for outages, and
// the report duties of GoBD. The language of a receipt is a setting of the law
// and thus always German; the language of the user does not matter here.
//
// The package prints nothing, knows no code pages and builds no QR text: that
// comes from the regime by way of Context. It has no goroutines.
package slip
