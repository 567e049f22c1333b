// Package tselog reads, writes and verifies the log messages of a technical security system (Technische
// Sicherheitseinrichtung, TSE), the export TAR that holds them, and the V0 QR code of a receipt.
//
// It follows BSI TR-03151 v1.0.1 (log messages of version 2) and TR-03151-1 v1.1.0 (version 3), TR-03153-1 v1.1.1 (export TAR,
// rules for auditors in ch. 10), TR-03116-5 (algorithms), and DSFinV-K 2.4 Anhang I (QR code). Signatures are verified over the
// bytes as they stand in the file, never over bytes encoded anew.
//
// The elliptic curves here are code of their own: they share nothing with a signer but hash functions and math/big, so that a
// mistake in a signing unit cannot hide itself. They do not run in constant time, which verification does not need.
//
// It does not do: EC-Schnorr (ecsdsa-plain), card-verifiable certificates, revocation lists. It starts no goroutine.
package tselog
