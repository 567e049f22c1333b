package box

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tresen-pos/tresen/hal/tse"
)

func TestReasonsAreGermanAndKeepTheChain(t *testing.T) {
	for err, want := range map[error]string{
		fmt.Errorf("start: %w", tse.ErrGone): "TSE nicht eingesteckt oder nicht lesbar",
		context.DeadlineExceeded:             "TSE antwortet nicht",
		errors.New("smoke"):                  "TSE gestört: smoke",
	} {
		got := explained(err)
		var c *cause
		if !errors.As(got, &c) || c.Reason() != want {
			t.Errorf("%v: got %v, want %q", err, got, want)
		}
		if !errors.Is(got, err) {
			t.Errorf("%v is no longer in the chain", err)
		}
	}
	if explained(nil) != nil {
		t.Error("no error became one")
	}
}
