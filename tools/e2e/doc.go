// Package e2e tests the whole box from outside: the real firmware as a process,
// driven over HTTP and by a browser, with simulated devices on real links. It
// has no code but its tests and the rig they share.
package e2e
