package main

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// sourceDate is the time written into file systems and shown as the build's:
// SOURCE_DATE_EPOCH (seconds) when set, else that of the checkout's last commit,
// else, for a source archive, a fixed day. Never the time of the build.
// Source: https://reproducible-builds.org/specs/source-date-epoch/
func (b *builder) sourceDate(ctx context.Context) time.Time {
	if t, ok := parseDate(os.Getenv("SOURCE_DATE_EPOCH")); ok {
		return t
	}
	out, err := exec.CommandContext(ctx, "git", "-C", b.checkout, "log", "-1", "--format=%ct").Output()
	if err == nil {
		if t, ok := parseDate(strings.TrimSpace(string(out))); ok {
			return t
		}
	}
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
}

func parseDate(s string) (time.Time, bool) {
	sec, err := strconv.ParseInt(s, 10, 64)
	return time.Unix(sec, 0).UTC(), err == nil && sec > 0
}
