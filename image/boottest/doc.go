// Package boottest boots the card image as it is shipped, sells, pulls the
// plug and looks at what is left.
//
// The test is behind the build tag "boottest" because it needs the image,
// QEMU and about a minute; "make boottest" builds the one, installs the other
// and runs it. What QEMU's board does not show (boot ROM, SD controller, GPIO,
// a card that lies about flushes) is not tested here.
package boottest
