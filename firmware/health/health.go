// Package health is the board of named checks: what is wrong with the box, how
// bad it is, since when, and what to do. Whoever owns a device or duty sets its
// check; screens watch the board. It has no goroutines.
package health

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Severity of a check.
type Severity string

// The severities, from fine to unfit to sell.
const (
	OK   Severity = "ok"
	Info Severity = "info"
	Warn Severity = "warn"
	Fail Severity = "fail"
)

// Check is one named finding. Title, Message and Hint are English; whoever
// shows them finds other languages by Code and Finding.
type Check struct {
	Code     string            `json:"code"` // of the device or duty; stable, also in logs
	Title    string            `json:"title"`
	Severity Severity          `json:"severity"`
	Finding  string            `json:"finding"` // stable code of what was found
	Message  string            `json:"message"`
	Hint     string            `json:"hint,omitempty"`
	Args     map[string]string `json:"args,omitempty"` // details for the technician
	Since    time.Time         `json:"since"`          // of this severity and finding
}

// Board holds the latest finding of every check.
type Board struct {
	now func() time.Time

	mu      sync.Mutex // guards all below
	checks  map[string]Check
	changed chan struct{} // closed and replaced on every change
}

// New returns an empty board.
func New(now func() time.Time) *Board {
	return &Board{now: now, checks: map[string]Check{}, changed: make(chan struct{})}
}

// Set stores a finding; an unchanged one keeps its time.
func (b *Board) Set(c Check) {
	b.mu.Lock()
	defer b.mu.Unlock()
	old, ok := b.checks[c.Code]
	same := ok && old.Severity == c.Severity && old.Finding == c.Finding && old.Message == c.Message
	if same && old.Title == c.Title && old.Hint == c.Hint && maps.Equal(old.Args, c.Args) {
		return
	}
	c.Since = b.now().UTC()
	if same {
		c.Since = old.Since
	}
	b.checks[c.Code] = c
	b.wake()
}

// Drop forgets a check whose subject is gone.
func (b *Board) Drop(code string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.checks[code]; ok {
		delete(b.checks, code)
		b.wake()
	}
}

func (b *Board) wake() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// Touch wakes the watchers although no check changed.
func (b *Board) Touch() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wake()
}

// Changed is closed at the next change.
func (b *Board) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

// Checks lists all findings, the worst first, then by code.
func (b *Board) Checks() []Check {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Check, 0, len(b.checks))
	for _, c := range b.checks {
		out = append(out, c)
	}
	slices.SortFunc(out, func(x, y Check) int {
		if d := rank(y.Severity) - rank(x.Severity); d != 0 {
			return d
		}
		return strings.Compare(x.Code, y.Code)
	})
	return out
}

// Get returns one finding.
func (b *Board) Get(code string) (Check, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.checks[code]
	return c, ok
}

func rank(s Severity) int {
	return slices.Index([]Severity{OK, Info, Warn, Fail}, s)
}
