package scanner

import (
	"time"
	"unicode"
)

// maxCode is the longest code in characters; a QR code holds 7,089 digits.
const maxCode = 7200

// assembler turns key events into codes. It holds no clock: gaps are measured
// between the events' own times.
type assembler struct {
	o    Opts
	text []rune
	dead rune // dead key that waits for the next character

	down   map[uint16]bool // keys held, modifiers among them
	caps   bool
	pad    []byte // digits of Alt+numpad so far
	last   time.Time
	quiet  bool // no event yet, or the last pause has been dealt with
	lost   bool // after SYN_DROPPED, until the next report
	doubt  Doubt
	ending bool // the suffix has come, its report has not
	tail   bool // the next code may be the rest of one that was cut
	tailAt time.Time
}

func newAssembler(o Opts) *assembler {
	return &assembler{o: o, down: map[uint16]bool{}, quiet: true}
}

// push takes one event and emits the codes it ends: none, one, or two when a
// pause before it has shown that the code before was cut.
func (a *assembler) push(e Event, emit func(Code)) {
	switch {
	case e.Type == evSyn && e.Code == synDropped:
		a.lost = true
		a.note(Gap)
	case e.Type == evSyn && e.Code == synReport:
		if a.lost { // held keys are not known any more
			a.lost = false
			a.letGo()
		}
		a.overlap()
		if a.ending {
			a.end(emit)
		}
	case e.Type == evKey && !a.lost && e.Code <= keyMax:
		a.pause(e.at(), emit)
		a.key(e)
	}
}

// note keeps the first doubt about the code at hand.
func (a *assembler) note(d Doubt) {
	if a.doubt == NoDoubt {
		a.doubt = d
	}
}

// pause ends what was gathered when the time between two key events is longer
// than a scanner ever waits. The clock may step back: that is no pause.
func (a *assembler) pause(now time.Time, emit func(Code)) {
	if !a.quiet && now.Sub(a.last) > a.o.longest() {
		a.idle(emit)
	}
	a.last, a.quiet = now, false
}

// idle says that no key has come for longer than a scanner waits. What was begun
// is cut, and what comes next may be its tail. Scanners hold nothing over a
// pause, so a key that still seems held was released unseen.
func (a *assembler) idle(emit func(Code)) {
	a.quiet = true
	begun := len(a.down) > 0
	switch {
	case a.ending:
		a.end(emit)
	case a.o.Burst && len(a.text) < a.o.MinLength:
		begun = begun || len(a.text) > 0
		a.forget()
	case a.o.Suffix == NoSuffix:
		a.finish(emit)
	default:
		begun = begun || len(a.text) > 0
		a.note(Cut)
		a.finish(emit)
	}
	if begun {
		a.tail, a.tailAt = true, a.last
	}
	a.letGo()
}

// open starts a code with its first key. On a keyboard the keys before it are a
// person's, unless they were a moment ago.
func (a *assembler) open() {
	if a.tail && (!a.o.Burst || a.last.Sub(a.tailAt) < a.o.Idle) {
		a.note(Cut)
	}
	a.tail = false
}

func (a *assembler) letGo() {
	clear(a.down)
	a.caps, a.pad = false, nil
}

func (a *assembler) forget() { a.text, a.dead, a.doubt, a.ending = nil, 0, NoDoubt, false }

// overlap looks at the keys held after a report. A scanner presses one at a time.
func (a *assembler) overlap() {
	n := 0
	for code := range a.down {
		if !modifier(code) {
			n++
		}
	}
	if n > 1 && !a.o.Rollover {
		a.note(Mixed)
	}
}

func (a *assembler) key(e Event) {
	switch e.Value {
	case pressed:
		if a.down[e.Code] {
			a.note(Stuck)
		}
		a.down[e.Code] = true
		if !modifier(e.Code) {
			a.press(e.Code)
		}
	case released:
		if !a.down[e.Code] { // alone before a pause it is forgotten with it
			a.note(Stuck)
		}
		delete(a.down, e.Code)
		if e.Code == keyLeftAlt && len(a.pad) > 0 {
			a.put(padChar(a.pad))
			a.pad = nil
		}
	}
}

func (a *assembler) shift() bool { return a.down[keyLeftShift] || a.down[keyRightShift] }
func (a *assembler) ctrl() bool  { return a.down[keyLeftCtrl] || a.down[keyRightCtrl] }

// altGr: some scanners send Ctrl+Alt for it, as Windows does.
func (a *assembler) altGr() bool {
	return a.down[keyRightAlt] || a.down[keyLeftAlt] && a.down[keyLeftCtrl]
}

func (a *assembler) press(code uint16) {
	if len(a.text) == 0 {
		a.open()
	}
	c, onPad := keypad[code]
	switch {
	case a.ends(code):
		a.suffix(false)
	case code == keyEnter || code == keyKPEnter:
		a.put('\r')
	case code == keyTab:
		a.put('\t')
	case code == keyCapsLock:
		a.caps = !a.caps
	case code == keyNumLock || code == keyScrollLock: // states of no interest here
	case a.o.GSKey != 0 && code == a.o.GSKey:
		a.put(gs)
	case onPad && a.down[keyLeftAlt] && unicode.IsDigit(c):
		if len(a.pad) < 5 {
			a.pad = append(a.pad, byte(c))
		}
	case onPad:
		a.put(c)
	default:
		a.character(code)
	}
}

// ends: Ctrl+M and Ctrl+I never get here, they are characters first.
func (a *assembler) ends(code uint16) bool {
	switch code {
	case keyEnter, keyKPEnter:
		return a.o.Suffix&Enter != 0
	case keyTab:
		return a.o.Suffix&Tab != 0
	}
	return false
}

// gs is the GS1 field separator that FNC1 stands for.
const gs = 0x1d

func (a *assembler) character(code uint16) {
	if a.ctrl() && !a.altGr() {
		a.control(code)
		return
	}
	lv := plain
	switch {
	case a.altGr():
		lv = altGraph
	case a.shift():
		lv = shifted
	}
	c := a.o.Layout.char(code, lv)
	if a.caps && unicode.IsLetter(c) && c != 'ß' {
		c = swapCase(c)
	}
	switch {
	case c == 0:
		a.note(Unlisted)
	case a.o.GSAs != 0 && c == a.o.GSAs:
		a.put(gs)
	default:
		a.typed(c)
	}
}

func swapCase(c rune) rune {
	if unicode.IsUpper(c) {
		return unicode.ToLower(c)
	}
	return unicode.ToUpper(c)
}

// control is Ctrl with a key: the control character of the same low five bits.
// Scanners mean the US position where the layout has no such character.
func (a *assembler) control(code uint16) {
	for _, c := range []rune{a.o.Layout.char(code, plain), US.char(code, plain), US.char(code, shifted)} {
		if c |= 0x20 * b2r(c >= 'A' && c <= 'Z'); c >= 'a' && c <= 'z' || c >= '[' && c <= '_' || c == '@' {
			c &= 0x1f
			switch {
			case (c == '\r' || c == '\n') && a.o.Suffix&Enter != 0, c == '\t' && a.o.Suffix&Tab != 0:
				a.suffix(true)
			default:
				a.put(c)
			}
			return
		}
	}
	a.note(Unlisted)
}

func b2r(b bool) rune {
	if b {
		return 1
	}
	return 0
}

// put adds a character as it is.
func (a *assembler) put(c rune) {
	if a.dead != 0 {
		a.add(a.dead)
		a.dead = 0
	}
	a.add(c)
}

// typed adds a layout's character, through a waiting dead key.
func (a *assembler) typed(c rune) {
	switch {
	case a.dead != 0:
		for _, r := range compose(a.dead, c) {
			a.add(r)
		}
		a.dead = 0
	case a.o.Layout.dead(c):
		a.dead = c
	default:
		a.add(c)
	}
}

func (a *assembler) add(c rune) {
	if len(a.text) >= maxCode {
		a.note(TooLong)
		return
	}
	a.text = append(a.text, c)
}

// suffix marks the end of a code; the report that follows delivers it. A modifier
// held at it was never released, except the Ctrl that made it.
func (a *assembler) suffix(byCtrl bool) {
	for code := range a.down {
		ctrl := code == keyLeftCtrl || code == keyRightCtrl
		if modifier(code) && !(byCtrl && ctrl) {
			a.note(Stuck)
		}
	}
	a.ending = true
}

// end delivers a code whose suffix has come; short runs on a device that may be a
// keyboard are a person's.
func (a *assembler) end(emit func(Code)) {
	a.ending = false
	if a.o.Burst && len(a.text) < a.o.MinLength {
		a.forget()
		return
	}
	a.finish(emit)
}

func (a *assembler) finish(emit func(Code)) {
	if a.dead != 0 {
		a.text = append(a.text, a.dead)
	}
	if len(a.text) > 0 {
		emit(newCode(string(a.text), a.doubt))
	}
	a.forget()
}
