package scannersim

import "strings"

// stroke is how one character is typed.
type stroke struct {
	key   uint16
	shift bool
	altGr bool
	dead  bool // a blank must follow
}

// Modifier and other keys without a character.
const (
	enter, tab, leftCtrl, leftShift, leftAlt, capsLock, rightAlt = 28, 15, 29, 42, 56, 58, 100
)

// strokes reads "character key" pairs; a prefix of the key tells the level.
func strokes(spec string) map[rune]stroke {
	m := map[rune]stroke{' ': {key: 57}}
	f := strings.Fields(spec)
	for i := 0; i+1 < len(f); i += 2 {
		s := stroke{}
		for _, c := range f[i+1] {
			switch c {
			case 'S':
				s.shift = true
			case 'G':
				s.altGr = true
			case 'D':
				s.dead = true
			default:
				s.key = s.key*10 + uint16(c-'0')
			}
		}
		m[[]rune(f[i])[0]] = s
	}
	for c := 'a'; c <= 'z'; c++ { // capitals are the small letters with Shift
		if s, ok := m[c]; ok {
			s.shift = true
			m[c-'a'+'A'] = s
		}
	}
	return m
}

const digits = "1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9 10 0 11 "

const letters = "q 16 w 17 e 18 r 19 t 20 u 22 i 23 o 24 p 25 a 30 s 31 d 32 f 33 g 34 h 35 j 36 k 37 l 38 " +
	"x 45 c 46 v 47 b 48 n 49 m 50 , 51 . 52 "

var us = strokes(digits + letters + "y 21 z 44 - 12 = 13 [ 26 ] 27 ; 39 ' 40 ` 41 \\ 43 / 53 " +
	"! S2 @ S3 # S4 $ S5 % S6 ^ S7 & S8 * S9 ( S10 ) S11 _ S12 + S13 { S26 } S27 : S39 \" S40 ~ S41 | S43 < S51 > S52 ? S53")

var german = strokes(digits + letters + "z 21 y 44 ß 12 ´ D13 ü 26 + 27 ö 39 ä 40 ^ D41 # 43 - 53 < 86 " +
	"! S2 \" S3 § S4 $ S5 % S6 & S7 / S8 ( S9 ) S10 = S11 ? S12 ` DS13 Ü S26 * S27 Ö S39 Ä S40 ° S41 ' S43 ; S51 : S52 _ S53 > S86 " +
	"² G3 ³ G4 { G8 [ G9 ] G10 } G11 \\ G12 @ G16 € G18 ~ G27 | G86 µ G50")

// keypadKeys are the keypad's digits.
var keypadKeys = [10]uint16{82, 79, 80, 81, 75, 76, 77, 71, 72, 73}
