// Package printersim is a thermal receipt printer that exists only in memory: it
// listens on a real TCP port, speaks ESC/POS from the far side, draws what it
// prints onto paper, opens a cash drawer and breaks down on request.
//
// It follows Epson's "ESC/POS Command Reference" (rev. 3.x) for the commands the
// trade uses and skips the others by their length; nothing it receives can make
// it panic or grow without bound. It shares no code with the driver it tests.
// It does not draw barcodes, column images or stored graphics.
//
// A Sim owns one goroutine that accepts, two per connection (one at a time, as
// printers do) and one that paces slow printing; Close waits for all of them.
package printersim
