package printersim

// Upper halves of the code pages by their ESC t number on most printers. They
// are typed from the Unicode Consortium's mapping files, independent of the
// driver's, so that a wrong table or number shows as wrong glyphs.
var codePages = map[byte][]rune{
	0:  []rune(cp437),
	2:  []rune(cp850),
	16: []rune(win1252),
	19: []rune(cp858),
}

const (
	boxes437 = "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"

	cp437 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»" + boxes437 + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ "

	low850  = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ"
	high850 = "ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´-±‗¾¶§÷¸°¨·¹³²■ "
	cp850   = low850 + "ı" + high850
	cp858   = low850 + "€" + high850

	win1252 = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ ¡¢£¤¥¦§¨©ª«¬-®¯" +
		"°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"
)

// decode returns the glyph for a byte; a page the printer lacks falls back to
// CP437, as the real ones do.
func decode(page, b byte) rune {
	if b < 0x80 {
		return rune(b)
	}
	table, ok := codePages[page]
	if !ok {
		table = codePages[0]
	}
	return table[b-0x80]
}

// usual translates this maker's number of a code page.
func (m *machine) usual(page byte) byte {
	if u, ok := m.pages[page]; ok {
		return u
	}
	return page
}
