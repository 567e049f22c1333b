package box

import (
	"errors"
	"testing"

	"github.com/tresen-pos/tresen/firmware/health"
	"github.com/tresen-pos/tresen/firmware/web/i18n"
	"github.com/tresen-pos/tresen/hal/printer"
)

// TestFindingsSpeak: whatever the box can find stands in the catalogue in every
// language, and its English is what the log says.
func TestFindingsSpeak(t *testing.T) {
	cause := errors.New("the cause")
	all := []health.Check{printerFailed(cause), signingMissing("gone"), bookRebuilding(), bookRebuilt(), journalDamaged(cause)}
	for code := range titles {
		all = append(all, ready(code))
	}
	reasons := 0
	for r := printer.PaperOut; r.Code() != ""; r++ {
		all = append(all, printerTrouble(r))
		reasons++
	}
	if reasons < 9 {
		t.Errorf("only %d reasons of a printer", reasons)
	}
	for _, c := range all {
		keys := map[string]string{"check." + c.Code: c.Title, "finding." + c.Finding: c.Message}
		if c.Hint != "" {
			keys["finding."+c.Finding+".hint"] = c.Hint
		}
		if c.Severity != health.OK && c.Hint == "" {
			t.Errorf("%s %s says nothing about what to do", c.Code, c.Finding)
		}
		for key, english := range keys {
			if got := i18n.T("en", key, nil); got != english {
				t.Errorf("%s: the catalogue says %q, the check %q", key, got, english)
			}
			if got := i18n.T("de", key, nil); got == key || got == english {
				t.Errorf("%s is not translated: %q", key, got)
			}
		}
	}
}
