package softtse

import (
	"fmt"
	"strings"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Characters of ASN.1 PrintableString besides letters, digits and space, and those of them a client id may have
// (TR-03151-1 v1.1.0: the id becomes part of a file name).
const (
	printableMarks = "'()+,-./:=?"
	clientMarks    = "'()+,-.="
)

func printable(s string) bool { return only(s, printableMarks) }

func only(s, marks string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		digit := '0' <= c && c <= '9'
		if !letter && !digit && c != ' ' && strings.IndexByte(marks, c) < 0 {
			return false
		}
	}
	return true
}

func checkClientID(id string) error {
	if id == "" || len(id) > MaxClientID {
		return fmt.Errorf("%w: a client id has 1 to %d characters", tse.ErrParameter, MaxClientID)
	}
	if !only(id, clientMarks) {
		return fmt.Errorf("%w: a client id takes letters, digits, space and %s", tse.ErrParameter, clientMarks)
	}
	return nil
}

func checkTransaction(clientID, processType string, processData []byte) error {
	if err := checkClientID(clientID); err != nil {
		return err
	}
	if len(processType) > MaxProcessType || !printable(processType) {
		return fmt.Errorf("%w: process type %q", tse.ErrParameter, processType)
	}
	if len(processData) > MaxProcessData {
		return fmt.Errorf("%w: process data of %d bytes, at most %d", tse.ErrParameter, len(processData), MaxProcessData)
	}
	return nil
}
