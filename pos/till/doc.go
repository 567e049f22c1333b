// Package till holds the rules of selling: orders, payment, receipts, shifts,
// cash and closings. They are pure: Decide turns a state, a command and a time
// into events or a refusal; Apply turns a state and events into the next state.
// Neither knows a clock, disk, device, goroutine or randomness, so replaying
// the journal always gives the same state.
//
// Law: §146a AO, KassenSichV (2024), GoBD; terms and keys of DSFinV-K 2.4.
// Signing, printing and storing are done by others, who follow the events.
package till
