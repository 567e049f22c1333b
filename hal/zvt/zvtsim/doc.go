// Package zvtsim is a card terminal made of software: it speaks ZVT (PA00P015
// 13.08) from the terminal's side, over TCP or serial frames, meets cards as it is
// told, and keeps books of what was really charged.
//
// It takes faults at every protocol step. Where the specification contradicts
// itself (is an unacknowledged payment kept or reversed?) an option chooses. After
// an automatic reversal it repeats the booking before; what real terminals repeat
// there was not tried on hardware. It knows no host, no cryptography, no message
// sequence ids. Listen starts one goroutine that serves connections one after the
// other, as terminals do; Close ends it and waits.
package zvtsim
