// Package desk serves the desk page of a shop in a laptop: the simulated
// devices as things to look at (paper roll, cash drawer, signing unit, box
// process, link to the till) and the buttons that break them.
//
// It follows no specification. It knows the devices only through the small
// interfaces in deps.go, holds no state of its own but who is watching, and
// is for one person on his own machine: no login. Changes are POST with JSON
// from the same origin only. It starts no goroutine; each watcher of the stream
// lives in the goroutine of his request.
package desk
