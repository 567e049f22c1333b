// Package web is the box's face to the network: the API described in API.md
// and the pages that use it. Handlers return values or errors to one wrapper;
// the table of routes is the only place where a path is written, and the
// OpenAPI document is made from it.
//
// A Server starts no goroutine but those of its requests. It knows nothing of
// devices; rules and permissions are decided in the engine.
package web
