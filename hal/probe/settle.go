package probe

import "time"

// settle waits until a burst of events is over: quiet after the last, but no
// longer than limit after the first, so that a device that chatters without end
// hides no other.
type settle struct {
	quiet, limit time.Duration
	first, last  time.Time
	pending      bool
}

func (s *settle) hear(now time.Time) {
	if !s.pending {
		s.pending, s.first = true, now
	}
	s.last = now
}

// due is when to look; it counts only while pending.
func (s *settle) due() time.Time {
	quiet, limit := s.last.Add(s.quiet), s.first.Add(s.limit)
	if limit.Before(quiet) {
		return limit
	}
	return quiet
}
