package slip

import (
	"encoding/base64"

	"github.com/tresen-pos/tresen/fiscal"
)

// fiscalBlock is the readable form of what the QR code holds: §6 nos. 2, 4, 6
// and 7 KassenSichV. Long values wrap, they are never cut.
func (c Context) fiscalBlock(s *fiscal.Seal) []Block {
	switch {
	case s == nil:
		return append([]Block{mark("NOCH NICHT SIGNIERT")}, c.serials(fiscal.Seal{})...)
	case s.Outage != nil:
		return c.outage(*s)
	}
	blocks := []Block{
		Row{Left: "Transaktionsnummer", Right: number(s.Transaction)},
		Row{Left: "Start", Right: c.stamp(s.Start)},
		Row{Left: "Ende", Right: c.stamp(s.End)},
		Row{Left: "Signaturzähler", Right: number(s.Counter)},
	}
	blocks = append(blocks, c.serials(*s)...)
	blocks = append(blocks, long("Prüfwert", base64.StdEncoding.EncodeToString(s.Signature))...)
	if c.QR != "" {
		blocks = append(blocks, Feed{Lines: 1}, QR{Data: c.QR}, Feed{Lines: 1})
	}
	return blocks
}

// outage takes the place of the signature: AEAO to §146a no. 7 wants a clear
// mark, which stands at top and bottom, and the times of the register. What is
// known of the unit is shown.
func (c Context) outage(s fiscal.Seal) []Block {
	blocks := []Block{Row{Left: "Ausfall seit", Right: c.stamp(s.Outage.Since), Style: Style{Bold: true}}}
	if !s.Outage.Until.IsZero() {
		blocks = append(blocks, Row{Left: "bis", Right: c.stamp(s.Outage.Until)})
	}
	blocks = append(blocks, pairs("Grund", s.Outage.Reason)...)
	if s.Transaction > 0 { // begun before the unit went away
		blocks = append(blocks, Row{Left: "Transaktionsnummer", Right: number(s.Transaction)})
	}
	return append(blocks, c.serials(s)...)
}

// serials are those of the register and of its signing unit.
func (c Context) serials(s fiscal.Seal) []Block {
	register, unit := s.ClientID, s.Serial
	if register == "" {
		register = c.Register.Serial
	}
	if unit == "" {
		unit = c.Unit
	}
	return append(long("Seriennummer Kasse", register), long("Seriennummer TSE", unit)...)
}

// long is a label with a value that may need lines of its own.
func long(label, value string) []Block {
	if value == "" {
		return nil
	}
	if len(value) <= 20 {
		return []Block{Row{Left: label, Right: value}}
	}
	return []Block{Text{Text: label}, Text{Text: value}}
}
