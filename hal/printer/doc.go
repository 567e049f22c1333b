// Package printer drives ESC/POS receipt printers: it turns a laid-out Page into
// bytes, sends them once, and says honestly whether the paper is out.
//
// It follows the subset of Epson's "ESC/POS Command Reference" (rev. 3.x, as
// published for TM-T88IV and later) that also works on Bixolon, Citizen, Star in
// ESC/POS mode and the common clones. Where models differ, a Profile says so.
//
// It does not lay out text (the caller does, to Profile.Columns), does not queue
// jobs, does not retry, does not know what a receipt is. Each link session has
// one reader goroutine, which belongs to the Printer; Close waits for it.
package printer
