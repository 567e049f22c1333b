package scanner

// Key codes of linux/input-event-codes.h that are not in a layout's rows.
const (
	keyTab        = 15
	keyEnter      = 28
	keyLeftCtrl   = 29
	keyLeftShift  = 42
	keyRightShift = 54
	keyLeftAlt    = 56
	keySpace      = 57
	keyCapsLock   = 58
	keyNumLock    = 69
	keyScrollLock = 70
	keyKPEnter    = 96
	keyRightCtrl  = 97
	keyRightAlt   = 100
	keyLeftMeta   = 125
	keyRightMeta  = 126
	keyMax        = 0x2ff
)

// Layout says which characters the scanner believes to be on which keys: the
// country setting on the scanner's programming sheet.
type Layout byte

// The layouts. US is what most scanners leave the factory with.
const (
	US Layout = iota
	German
)

// row is a run of neighbouring keys; a blank means nothing there.
type row struct {
	first               uint16
	plain, shift, altGr string
}

var usRows = []row{
	{first: 2, plain: "1234567890-=", shift: "!@#$%^&*()_+"},
	{first: 16, plain: "qwertyuiop[]", shift: "QWERTYUIOP{}"},
	{first: 30, plain: "asdfghjkl;'`", shift: "ASDFGHJKL:\"~"},
	{first: 43, plain: "\\zxcvbnm,./", shift: "|ZXCVBNM<>?"},
	{first: 86, plain: "\\", shift: "|"},
}

var germanRows = []row{
	{first: 2, plain: "1234567890ß´", shift: "!\"§$%&/()=?`", altGr: " ²³   {[]}\\ "},
	{first: 16, plain: "qwertzuiopü+", shift: "QWERTZUIOPÜ*", altGr: "@ €        ~"},
	{first: 30, plain: "asdfghjklöä^", shift: "ASDFGHJKLÖÄ°"},
	{first: 43, plain: "#yxcvbnm,.-", shift: "'YXCVBNM;:_", altGr: "       µ   "},
	{first: 86, plain: "<", shift: ">", altGr: "|"},
}

// keypad is the same everywhere; Num Lock is taken as on, because a scanner that
// types on the keypad means digits.
var keypad = map[uint16]rune{55: '*', 71: '7', 72: '8', 73: '9', 74: '-', 75: '4', 76: '5', 77: '6', 78: '+',
	79: '1', 80: '2', 81: '3', 82: '0', 83: '.', 98: '/'}

// level is one of a key's characters.
type level byte

const (
	plain level = iota
	shifted
	altGraph
)

// char returns the character on a key, 0 if there is none.
func (l Layout) char(code uint16, lv level) rune {
	if code == keySpace {
		return ' '
	}
	rows := usRows
	if l == German {
		rows = germanRows
	}
	for _, r := range rows {
		s := [...]string{r.plain, r.shift, r.altGr}[lv]
		if c := nth(s, int(code)-int(r.first)); c != ' ' {
			return c
		}
	}
	return 0
}

// nth returns rune i of s, a blank outside of it.
func nth(s string, i int) rune {
	for _, c := range s {
		if i == 0 {
			return c
		}
		i--
	}
	return ' '
}

// dead reports that a character waits for the next one on this layout.
func (l Layout) dead(c rune) bool { return l == German && (c == '^' || c == '´' || c == '`') }

// accents are the letters a dead key makes, in the order ^ ´ `.
var accents = map[rune]string{'a': "âáà", 'e': "êéè", 'i': "îíì", 'o': "ôóò", 'u': "ûúù",
	'A': "ÂÁÀ", 'E': "ÊÉÈ", 'I': "ÎÍÌ", 'O': "ÔÓÒ", 'U': "ÛÚÙ"}

// compose joins a dead key with the character after it, as Windows does: a blank
// gives the accent alone, a vowel its accented form, all else both characters.
func compose(dead, c rune) []rune {
	if c == ' ' {
		return []rune{dead}
	}
	if s, ok := accents[c]; ok {
		return []rune{nth(s, map[rune]int{'^': 0, '´': 1, '`': 2}[dead])}
	}
	return []rune{dead, c}
}

func modifier(code uint16) bool {
	switch code {
	case keyLeftCtrl, keyRightCtrl, keyLeftShift, keyRightShift, keyLeftAlt, keyRightAlt, keyLeftMeta, keyRightMeta:
		return true
	}
	return false
}
