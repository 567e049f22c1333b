// Package tsesim simulates a TSE stick of the Swissbit family as what it is: a mounted volume whose files answer. The driver that
// ships runs against it unchanged. A softtse inside signs; its log and key are real, its certification is none.
//
// The volume is a FUSE file system mounted directly (root is needed, fusermount is not). TSE_COMM.DAT and TSE_INFO.DAT refuse an
// open without O_DIRECT and I/O that is not made of whole 512-byte blocks. The bytes follow the same public programs as package
// swissbit and were written from their description, not from the driver; what the description leaves open is read alike in both,
// so agreement of the two proves nothing there.
//
// It does not do: update of transactions and de-registration (the software unit has neither: refused with 0x100D), the older form of
// "open transaction", erasing, firmware update.
//
// A Stick owns the goroutines of the FUSE server; Close ends them. A read that a fault made hang is let go by Release or Close.
package tsesim
