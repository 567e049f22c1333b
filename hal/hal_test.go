package hal_test

import (
	"testing"

	"github.com/tresen-pos/tresen/hal"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{hal.Absent.String(), "absent"},
		{hal.Found.String(), "found"},
		{hal.Failed.String(), "failed"},
		{hal.State(9).String(), "state 9"},
		{hal.Fine.String(), "fine"},
		{hal.Warning.String(), "warning"},
		{hal.Fault.String(), "fault"},
		{hal.Severity(9).String(), "severity 9"},
		{hal.Info{Kind: "printer"}.String(), "printer"},
		{hal.Info{Kind: "printer", Maker: "EPSON", Model: "TM-T20", Address: "tcp a:9100"}.String(), "printer EPSON TM-T20 at tcp a:9100"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	var s hal.Status
	if s.State != hal.Absent {
		t.Errorf("got %v, want the zero status to be absent", s.State)
	}
}
