// Package web is the box's face to the network: the API described in API.md
// and the pages that use it. Handlers return values or errors to one wrapper;
// the table of routes is the only place where a path is written, and the
// OpenAPI document is made from it.
//
// A Server starts no goroutine but the one beside each event stream that
// follows the books; it ends before its request does. The Server knows nothing
// of devices; rules and permissions are decided in the engine.
package web
