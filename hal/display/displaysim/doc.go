// Package displaysim is a customer display of two lines that exists only in
// memory: it listens on a real TCP port, as a serial display behind a network
// adapter does, and interprets what it gets into its two lines.
//
// It follows the Epson DM-D and the CD5220 command lists as far as they are
// known from memory, and skips the commands it knows by length only; it shares
// no code with the driver it tests. Nothing it receives can make it panic or
// grow.
//
// A Sim owns one goroutine that accepts and one per connection (one at a time);
// Close waits for both.
package displaysim
