package scannersim

import (
	"fmt"

	"golang.org/x/text/encoding/charmap"
)

func tap(key uint16) []keyEvent { return []keyEvent{{key, true}, {key, false}} }

func with(mod uint16, inner []keyEvent) []keyEvent {
	return append(append([]keyEvent{{mod, true}}, inner...), keyEvent{mod, false})
}

// keys spells a text as this scanner does.
func (s *Sim) keys(text string) ([]keyEvent, error) {
	var out []keyEvent
	for _, r := range text {
		k, err := s.char(r)
		if err != nil {
			return nil, err
		}
		out = append(out, k...)
	}
	return out, nil
}

func (s *Sim) char(r rune) ([]keyEvent, error) {
	layout := us
	if s.o.German {
		layout = german
	}
	switch {
	case r == 0x1d && s.o.GSCtrl:
		return with(leftCtrl, tap(us[']'].key)), nil
	case s.o.AltCode, r < 0x20:
		return altCode(r)
	case s.o.Keypad && r >= '0' && r <= '9':
		return tap(keypadKeys[r-'0']), nil
	}
	st, ok := layout[r]
	if !ok {
		return nil, fmt.Errorf("simulated scanner: no key for %q", r)
	}
	keys := tap(st.key)
	if st.shift {
		keys = with(leftShift, keys)
	}
	if st.altGr {
		keys = with(rightAlt, keys)
	}
	if st.dead {
		keys = append(keys, tap(57)...)
	}
	return keys, nil
}

// altCode is Alt with a zero and three digits of Windows-1252.
func altCode(r rune) ([]keyEvent, error) {
	b, ok := charmap.Windows1252.EncodeRune(r)
	if !ok {
		return nil, fmt.Errorf("simulated scanner: %q is not in Windows-1252", r)
	}
	var pad []keyEvent
	for _, d := range fmt.Sprintf("%04d", b) {
		pad = append(pad, tap(keypadKeys[d-'0'])...)
	}
	return with(leftAlt, pad), nil
}
