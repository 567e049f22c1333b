// Package link provides byte links with deadlines to devices: TCP and device
// files, plus a recorder, a playback and a fault wrapper for tests and field
// work. Serial lines and raw USB come later.
//
// It knows no protocol, does not reconnect, does not retry. It starts no
// goroutine; a Link is closed by the one who opened it.
package link
