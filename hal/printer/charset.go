package printer

import "strings"

// The upper halves (80h to FFh) of the four code pages, as published by the
// Unicode Consortium (MICSFT/PC and MICSFT/WINDOWS mappings). U+FFFD marks an
// unused place. Position E1h of CP437 serves as both beta and sharp s.
const (
	upper437  = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0"
	upper850  = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0"
	upper1252 = "€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"
)

// upperHalf returns the table of a code page; CP858 is CP850 with the euro sign
// in place of the dotless i.
func upperHalf(name string) (string, bool) {
	switch name {
	case "CP437":
		return upper437, true
	case "CP850":
		return upper850, true
	case "CP858":
		return strings.Replace(upper850, "ı", "€", 1), true
	case "CP1252":
		return upper1252, true
	}
	return "", false
}

// charset maps runes to the bytes of one code page.
type charset map[rune]byte

func newCharset(name string) (charset, bool) {
	upper, ok := upperHalf(name)
	if !ok {
		return nil, false
	}
	cs := make(charset, 224)
	for b := byte(0x20); b < 0x7f; b++ {
		cs[rune(b)] = b
	}
	b := byte(0x80)
	for _, r := range upper {
		if r != '\ufffd' && r != '\u00a0' && r != '\u00ad' {
			cs[r] = b
		}
		b++
	}
	return cs, true
}

// substitutes spells runes that a page may lack with ones every page has. A rune
// that the code page has is never substituted.
var substitutes = map[rune]string{
	'€': "EUR", '\u00a0': " ", '\u202f': " ", '\u2009': " ", '\t': " ",
	'–': "-", '—': "-", '−': "-", '‐': "-", '\u2011': "-", '─': "-", '═': "=",
	'„': "\"", '“': "\"", '”': "\"", '‚': "'", '‘': "'", '’': "'", '‹': "<", '›': ">",
	'…': "...", '•': "*", '×': "x", '·': ".", 'ẞ': "SS", '™': "TM", '©': "(c)", '®': "(R)",
	'š': "s", 'Š': "S", 'ž': "z", 'Ž': "Z", 'č': "c", 'Č': "C", 'ć': "c", 'Ć': "C", 'đ': "d", 'Đ': "D",
	'ř': "r", 'Ř': "R", 'ě': "e", 'Ě': "E", 'ů': "u", 'Ů': "U", 'ň': "n", 'Ň': "N", 'ť': "t", 'ď': "d",
	'ł': "l", 'Ł': "L", 'ą': "a", 'ę': "e", 'ś': "s", 'Ś': "S", 'ź': "z", 'ż': "z", 'Ż': "Z", 'ń': "n",
	'ő': "ö", 'Ő': "Ö", 'ű': "ü", 'Ű': "Ü", 'ş': "s", 'Ş': "S", 'ğ': "g", 'Ğ': "G", 'İ': "I", 'ı': "i",
	'œ': "oe", 'Œ': "OE", 'ø': "o", 'Ø': "O", 'ã': "a", 'õ': "o", 'À': "A", 'Â': "A", 'Ê': "E", 'È': "E",
}

// combining marks joined to the letter before them: decomposed umlauts come from
// macOS keyboards and file names.
var combined = map[[2]rune]rune{
	{'a', '\u0308'}: 'ä', {'o', '\u0308'}: 'ö', {'u', '\u0308'}: 'ü',
	{'A', '\u0308'}: 'Ä', {'O', '\u0308'}: 'Ö', {'U', '\u0308'}: 'Ü',
	{'e', '\u0301'}: 'é', {'e', '\u0300'}: 'è', {'a', '\u0300'}: 'à',
}

// bytes encodes text, substituting what the page lacks; a rune without any
// substitute becomes a question mark, a control character nothing.
func (cs charset) bytes(text string) []byte {
	out := make([]byte, 0, len(text))
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		if i+1 < len(runes) {
			if c, ok := combined[[2]rune{r, runes[i+1]}]; ok {
				r = c
				i++
			}
		}
		out = cs.appendRune(out, r)
	}
	return out
}

func (cs charset) appendRune(out []byte, r rune) []byte {
	if b, ok := cs[r]; ok {
		return append(out, b)
	}
	sub, ok := substitutes[r]
	switch {
	case ok:
		for _, s := range sub {
			if b, ok := cs[s]; ok {
				out = append(out, b)
			} else {
				out = append(out, '?')
			}
		}
		return out
	case r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0) || r == '\u00ad' || (r >= 0x300 && r < 0x370):
		return out
	}
	return append(out, '?')
}

// Printable returns text as this printer will print it: the same runes where the
// code page has them, else their substitutes ("EUR" for the euro sign on CP437).
// Lay out with it when columns must line up; its length in runes is the length
// on paper.
func (p Profile) Printable(text string) string {
	p = p.withDefaults()
	cs, ok := newCharset(p.CodePage.Name)
	if !ok {
		return text
	}
	upper, _ := upperHalf(p.CodePage.Name)
	table := []rune(upper)
	var b strings.Builder
	for _, c := range cs.bytes(text) {
		if c < 0x80 {
			b.WriteByte(c)
		} else {
			b.WriteRune(table[c-0x80])
		}
	}
	return b.String()
}
