package health_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/firmware/health"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func board() (*health.Board, func(time.Duration)) {
	now := start
	return health.New(func() time.Time { return now }), func(d time.Duration) { now = now.Add(d) }
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// TestChanges: only what is new wakes the watchers, and only another finding
// begins a new time.
func TestChanges(t *testing.T) {
	b, pass := board()
	first := health.Check{Code: "printer", Title: "Printer", Severity: health.Warn, Finding: "paper-out", Message: "No paper.", Hint: "Insert a roll."}
	b.Set(first)
	for _, c := range []struct {
		name       string
		change     func(*health.Check)
		wakes, new bool
	}{
		{"the same", func(*health.Check) {}, false, false},
		{"another detail", func(c *health.Check) { c.Args = map[string]string{"detail": "x"} }, true, false},
		{"the detail changes", func(c *health.Check) { c.Args = map[string]string{"detail": "y"} }, true, false},
		{"another hint", func(c *health.Check) { c.Hint = "Call service." }, true, false},
		{"another title", func(c *health.Check) { c.Title = "Bon printer" }, true, false},
		{"worse", func(c *health.Check) { c.Severity = health.Fail }, true, true},
		{"another finding", func(c *health.Check) { c.Finding = "cover-open" }, true, true},
		{"another sentence", func(c *health.Check) { c.Message = "Its cover is open." }, true, true},
		{"the same again", func(*health.Check) {}, false, false},
	} {
		before, _ := b.Get("printer")
		next := before
		c.change(&next)
		changed := b.Changed()
		pass(time.Second)
		b.Set(next)
		after, _ := b.Get("printer")
		if closed(changed) != c.wakes || after.Since.After(before.Since) != c.new {
			t.Errorf("%s: woke %v, since %s then %s", c.name, closed(changed), before.Since, after.Since)
		}
	}
}

func TestDropAndTouch(t *testing.T) {
	b, _ := board()
	b.Set(health.Check{Code: "a"})
	changed := b.Changed()
	b.Drop("nothing")
	if closed(changed) {
		t.Error("dropping nothing wakes the watchers")
	}
	b.Drop("a")
	if _, ok := b.Get("a"); ok || !closed(changed) {
		t.Error("dropped in silence, or not at all")
	}
	changed = b.Changed()
	b.Touch()
	if !closed(changed) {
		t.Error("a touch wakes nobody")
	}
}

// TestOrder: the worst first, then by code.
func TestOrder(t *testing.T) {
	b, _ := board()
	for code, s := range map[string]health.Severity{"d": health.OK, "c": health.OK, "b": health.Warn, "a": health.Info, "e": health.Fail} {
		b.Set(health.Check{Code: code, Severity: s})
	}
	var got []string
	for _, c := range b.Checks() {
		got = append(got, c.Code)
	}
	if want := []string{"e", "b", "a", "c", "d"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
