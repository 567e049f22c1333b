// Package swissbit drives the Swissbit family of TSE sticks: USB, SD and microSD media whose FAT volume holds TSE_COMM.DAT,
// TSE_INFO.DAT and TSE_TAR.001 onwards. It is plain file I/O with O_DIRECT, without the maker's library.
//
// The maker publishes no edition of this protocol. The bytes follow two open programs that agree on most commands: swissbit-tse-rs
// (MIT) and the facts to be seen in fiskaltrust/middleware; what one of them alone shows is marked [1x], what neither shows and
// is our reading is marked [unverified]. Nothing was tried on hardware. Names and errors are those of TR-03151 (package tse).
//
// It does not do: log out, decommission, filtered or incremental export, deletion of exported logs and firmware update (no
// public program shows their commands); the older form of "open transaction" (0x91); USB reset; finding the stick among volumes;
// any try of a PUK or PIN that could block the stick.
//
// A Device owns the stick: it holds a flock on TSE_COMM.DAT, and its calls run strictly one after the other, each in a goroutine
// of its own so that a read that hangs in the kernel cannot hang the caller. There is never more than one such goroutine. Close
// waits for it for a moment; one that still hangs then ends, and lets go of the files, when the kernel lets go of it.
package swissbit
