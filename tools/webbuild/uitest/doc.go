// Package uitest tests the TypeScript of the pages where it runs: in Chromium.
// The checks themselves are TypeScript too (firmware/web/ui/test) and are
// bundled by the test; the figures of orders come from pos/till. It has tests
// only.
package uitest
