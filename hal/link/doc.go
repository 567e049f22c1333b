// Package link provides byte links with deadlines to devices: TCP, serial lines
// and device files, plus a recorder, a playback and a fault wrapper for tests
// and field work. Raw USB comes later.
//
// It knows no protocol, does not reconnect, does not retry. Only a write to a
// serial line has a goroutine, which ends with the write or with Close; a Link
// is closed by the one who opened it.
package link
