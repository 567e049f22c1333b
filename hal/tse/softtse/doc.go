// Package softtse is a software TSE: a demonstration unit without certification that lives in a folder, as a TSE stick lives
// in a mounted volume. It is for development, training and demonstration; its log messages, certificates and exports say so.
//
// It writes log messages of BSI TR-03151 v1.0.1 (version 2) with unixTime, signed with ecdsa-plain-SHA256 on P-256 or with
// ecdsa-plain-SHA384 on brainpoolP384r1 (TR-03111), and the export TAR of TR-03153-1. It does not do: users and PINs, update
// of transactions, deletion of exported logs, de-registration, decommissioning, filtered exports.
//
// Storage (see DESIGN.md in this folder): unit.json holds the key and is the marker that the medium is there; log-NNNNNNNN.seg
// hold the log messages. Start and Finish return after one fdatasync. Numbers never repeat, whatever instant power is lost.
//
// A handle is safe for concurrent use; its calls run strictly one after the other (Export and Entries only take a snapshot
// under the lock). When the folder is taken away every call returns tse.ErrGone; when it is back the same handle works again by
// reading its state anew. The package starts no goroutine.
package softtse
