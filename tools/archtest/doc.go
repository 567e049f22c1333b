// Package archtest is the layer test: which room may know which, how large
// files and functions may grow, and that every package says what it is. It has
// no code but its tests.
package archtest
