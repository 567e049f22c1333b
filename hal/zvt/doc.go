// Package zvt drives card terminals (PT) from a cash register (ECR) by ZVT: a
// byte-exact codec and a Client for payments, reversals, receipts and upkeep.
//
// It follows PA00P015 revision 13.08 (25 May 2018) and the transport document
// PA00P016_04 (2016), over TCP and over serial frames; field corrections are
// named where they apply. Revisions 13.09 to 13.13 were not read. Nothing here
// was tried on hardware yet.
//
// It does not lay out receipts, keep a journal, or decide what a till does with
// an unclear payment; it never repeats a payment by itself. It does not use
// message sequence ids (tag 1F73), receipt mirroring (tag 1F1F), TLS or the
// port for services that the terminal starts. Bytes with card data are masked
// before they leave the session; only a recorder below the link sees them.
//
// Each session has one reader goroutine, which belongs to the Client's call that
// opened it; the call ends only after the reader did.
package zvt
