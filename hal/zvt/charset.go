package zvt

import (
	"strings"
	"unicode/utf8"
)

// Charset is how a terminal writes its texts. CP437 is the specification's rule;
// many write Latin-1 nevertheless, so a setting per terminal overrides it.
type Charset int

// Guess is the zero value: it looks at the umlauts and takes CP437 in doubt.
const (
	Guess Charset = iota
	CP437
	Latin1
	UTF8
	ZVT7 // ASCII with [ \ ] { | } ~ as Ä Ö Ü ä ö ü ß
)

// upper437 is the upper half of CP437 (Unicode's MICSFT/PC mapping, with sharp s
// at E1h).
const upper437 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0"

var (
	runes437 = []rune(upper437)
	zvt7     = strings.NewReplacer("[", "Ä", `\`, "Ö", "]", "Ü", "{", "ä", "|", "ö", "}", "ü", "~", "ß")
)

// Decode turns a terminal's text into a string without control characters except
// line feed.
func (c Charset) Decode(b []byte) string {
	if c == Guess {
		c = guess(b)
	}
	var s strings.Builder
	switch c {
	case UTF8:
		s.WriteString(strings.ToValidUTF8(string(b), "?"))
	default:
		for _, x := range b {
			switch {
			case x >= 0x80 && c == Latin1:
				s.WriteRune(rune(x))
			case x >= 0x80:
				s.WriteRune(runes437[x-0x80])
			default:
				s.WriteByte(x)
			}
		}
	}
	out := s.String()
	if c == ZVT7 {
		out = zvt7.Replace(out)
	}
	return strings.Map(printable, out)
}

// printable drops control characters; CR LF and LF stay as LF.
func printable(r rune) rune {
	if r < 0x20 && r != '\n' || r == 0x7f {
		return -1
	}
	return r
}

// guess decides by the German letters each charset would mean.
func guess(b []byte) Charset {
	latin, pc, high := 0, 0, false
	for _, c := range b {
		high = high || c >= 0x80
		switch c {
		case 0xe4, 0xf6, 0xfc, 0xdf, 0xc4, 0xd6, 0xdc:
			latin++
		case 0x84, 0x94, 0x81, 0xe1, 0x8e, 0x99, 0x9a:
			pc++
		}
	}
	switch {
	case high && utf8.Valid(b):
		return UTF8
	case latin > pc:
		return Latin1
	}
	return CP437
}
