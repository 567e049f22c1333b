package swissbit

import (
	"fmt"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Word is the status word at the end of an answer. 0 is success; every other value is an error, an unknown one too.
type Word uint16

// Words the driver acts upon.
const (
	ok               Word = 0
	wordNoTime       Word = 0x1002
	wordNoTx         Word = 0x1004
	wordSyntax       Word = 0x1005
	wordMoreData     Word = 0x1006
	wordParameter    Word = 0x1007
	wordNotStarted   Word = 0x1008
	wordMaxParallel  Word = 0x1009
	wordExpired      Word = 0x100A
	wordNotAllowed   Word = 0x100D
	wordUsedUp       Word = 0x100E
	wordUnauthorised Word = 0x100F
	wordMaxClients   Word = 0x1010
	wordNoClient     Word = 0x1011
	wordNoResponse   Word = 0x1015
	wordFull         Word = 0x1017
	wordCTSSOff      Word = 0x1053
	wordSelfTest     Word = 0x1054
	wordNotPassed    Word = 0x1055
	wordAuthFailed   Word = 0x1100 // the low byte is the number of tries left
	wordPINBlocked   Word = 0x1201
	wordLoggedOut    Word = 0x1202
)

var wordTexts = map[Word]string{
	wordNoTime: "no time set", wordNoTx: "no transaction", wordSyntax: "syntax", wordMoreData: "not enough data",
	wordParameter: "bad parameter", wordNotStarted: "transaction not started", wordMaxParallel: "too many parallel transactions",
	wordExpired: "certificate expired", wordNotAllowed: "not allowed", wordUsedUp: "signatures used up",
	wordUnauthorised: "not authorised", wordMaxClients: "too many clients", wordNoClient: "client not registered",
	0x1012: "exported data not acknowledged", 0x1013: "unfinished transactions", 0x1014: "unfinished transactions of clients",
	wordNoResponse: "no response", 0x1016: "export running", wordFull: "store full", 0x1050: "PUK must be changed",
	0x1051: "PIN must be changed", wordCTSSOff: "CTSS interface off", wordSelfTest: "self-test needed",
	wordNotPassed: "self-test not passed", 0x10FD: "already initialised", 0x10FE: "decommissioned", 0x10FF: "not initialised",
	wordPINBlocked: "PIN blocked", wordLoggedOut: "not logged in", 0x1300: "self-test failed", 0x1310: "self-test failed",
	0x1320: "self-test failed", 0x2001: "export", 0x2002: "export", 0x2003: "export",
}

var wordErrors = map[Word]error{
	wordNoTime: tse.ErrTimeNotSet, wordNoTx: tse.ErrTransactionNotFound, wordNotStarted: tse.ErrTransactionNotFound,
	wordMaxParallel: tse.ErrTooManyTransactions, wordMaxClients: tse.ErrTooManyClients, wordNoClient: tse.ErrClientNotRegistered,
	wordFull: tse.ErrStorageFull, wordUsedUp: tse.ErrStorageFull, wordSyntax: tse.ErrParameter, wordParameter: tse.ErrParameter,
}

// Error names the word with its number.
func (w Word) Error() string {
	if left, failed := w.triesLeft(); failed {
		return fmt.Sprintf("TSE error %04x: PIN or PUK is wrong, %d tries left", uint16(w), left)
	}
	if t := wordTexts[w]; t != "" {
		return fmt.Sprintf("TSE error %04x: %s", uint16(w), t)
	}
	return fmt.Sprintf("TSE error %04x (unknown)", uint16(w))
}

// Is lets errors.Is find the error of package tse a word stands for.
func (w Word) Is(target error) bool {
	e := wordErrors[w]
	return e != nil && e == target
}

// triesLeft tells a failed authentication and the tries left. 0x1201 (blocked) counts as none left.
func (w Word) triesLeft() (left int, failed bool) {
	if w == wordPINBlocked {
		return 0, true
	}
	return int(w & 0xFF), w&0xFF00 == wordAuthFailed
}

// refuses tells a word that certainly means "nothing was signed". An expired certificate does not: TR-03151-1 raises it after
// the message was stored. "No response" and unknown words do not either.
func (w Word) refuses() bool {
	return w != ok && w != wordExpired && w != wordNoResponse && wordTexts[w] != ""
}
