package box

import (
	"github.com/tresen-pos/tresen/firmware/health"
	"github.com/tresen-pos/tresen/hal/printer"
)

// Codes of the checks. Their titles and findings in other languages are in the
// catalogue (firmware/web/i18n/status.json): check.CODE and finding.FINDING.
const (
	checkPrinter = "printer"
	checkSigning = "signing"
	checkBook    = "book"
	checkJournal = "journal"
)

// titles are the English names of what is checked.
var titles = map[string]string{checkPrinter: "Printer", checkSigning: "Signing unit", checkBook: "Lists", checkJournal: "Books"}

func finding(code string, severity health.Severity, finding, message, hint string) health.Check {
	return health.Check{Code: code, Title: titles[code], Severity: severity, Finding: finding, Message: message, Hint: hint}
}

func ready(code string) health.Check { return finding(code, health.OK, "ready", "Ready.", "") }

func printerTrouble(r printer.Reason) health.Check {
	return finding(checkPrinter, health.Warn, r.Code(), r.Sentence(), r.Remedy())
}

func printerFailed(err error) health.Check {
	c := finding(checkPrinter, health.Warn, "printer-failed", "Something cannot be printed.", "You may go on selling. Call your dealer.")
	c.Args = map[string]string{"detail": err.Error()}
	return c
}

func signingMissing(reason string) health.Check {
	c := finding(checkSigning, health.Warn, "signing-missing", "The signing unit does not answer.",
		"You may go on; receipts are marked. Plug the signing unit in again.")
	c.Args = map[string]string{"detail": reason}
	return c
}

func bookRebuilding() health.Check {
	return finding(checkBook, health.Info, "book-rebuilding",
		"The lists were damaged and are being built again from the journal.", "Nothing is lost; please wait.")
}

func bookRebuilt() health.Check {
	return finding(checkBook, health.Info, "book-rebuilt", "The lists were damaged and have been built again from the journal.",
		"Nothing is lost. If this comes back, have the data card checked.")
}

func journalDamaged(err error) health.Check {
	c := finding(checkJournal, health.Fail, "journal-damaged", "The books are damaged; this box does not sell.",
		"Do not switch off or delete anything. Call your dealer; the books can be read with tresenctl journal.")
	c.Args = map[string]string{"detail": err.Error()}
	return c
}
