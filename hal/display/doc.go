// Package display drives the customer display (Kundenanzeige): two lines of 20
// characters on a pole.
//
// It follows the command sets of Epson's DM-D series and of the CD5220, held as
// data (CommandSet). Both were taken from memory of the makers' sheets and from
// the public capability database of receipt printers; they were not tried on
// hardware, and a CommandSet of your own can be given instead. Displays answer
// nothing, so nothing is proven: a failed write is all that is ever noticed.
//
// It does not know what a receipt is, does not format money and does not repeat
// by itself what a display lost with its power: call Refresh. A Display owns one
// goroutine per open link, which waits for its end; Close waits for it.
package display
