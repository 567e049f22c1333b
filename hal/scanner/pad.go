package scanner

import (
	"strconv"

	"golang.org/x/text/encoding/charmap"
)

// padChar is the character of Alt and digits on the keypad, as Windows reads it:
// with a leading zero its number in Windows-1252, else in code page 850 (the one
// of Western Europe). Numbers below 32 stay control characters: 29 is GS.
func padChar(digits []byte) rune {
	n, err := strconv.ParseUint(string(digits), 10, 32)
	if err != nil {
		return '\ufffd'
	}
	b := byte(n)
	switch {
	case b < 0x80:
		return rune(b)
	case digits[0] == '0':
		return charmap.Windows1252.DecodeByte(b)
	}
	return charmap.CodePage850.DecodeByte(b)
}
