package tselog

import (
	"fmt"
	"time"
)

// Time is a log time as a message holds it.
type Time struct {
	Time   time.Time // UTC
	Format string    // as the QR code names it: one of the TimeFormat constants
}

// Time formats, by the names of the QR code (DSFinV-K 2.4, Anhang I).
const (
	UnixTime          = "unixTime"
	UTCTime           = "utcTime" // without seconds, as v1.0.1 allowed
	UTCTimeSeconds    = "utcTimeWithSeconds"
	GeneralizedTime   = "generalizedTime"
	GeneralizedMillis = "generalizedTimeWithMilliseconds"
)

// layouts of the formats that are text, with their tag.
var layouts = []struct {
	format, layout string
	tag            byte
}{
	{UTCTimeSeconds, "060102150405Z", tagUTCTime},
	{UTCTime, "0601021504Z", tagUTCTime},
	{GeneralizedTime, "20060102150405Z", tagGeneralized},
	{GeneralizedMillis, "20060102150405.000Z", tagGeneralized},
}

// latestUnix is the end of the year 9999, the last a text format could hold.
const latestUnix = 253402300799

func logTime(r *reader) (Time, error) {
	tag := r.peek()
	if tag == tagInteger {
		sec, err := r.number(tagInteger, "logTime")
		if err != nil {
			return Time{}, err
		}
		if sec > latestUnix {
			return Time{}, fmt.Errorf("logTime %d is after the year 9999", sec)
		}
		return Time{time.Unix(int64(sec), 0).UTC(), UnixTime}, nil
	}
	if tag != tagUTCTime && tag != tagGeneralized {
		return Time{}, fmt.Errorf("%w: logTime with tag %#02x", errDER, tag)
	}
	b, err := r.take(tag, "logTime")
	if err != nil {
		return Time{}, err
	}
	return textTime(tag, string(b))
}

func textTime(tag byte, s string) (Time, error) {
	for _, l := range layouts {
		if l.tag != tag || len(l.layout) != len(s) {
			continue
		}
		t, err := time.Parse(l.layout, s)
		if err == nil && t.Format(l.layout) == s {
			return Time{t, l.format}, nil
		}
	}
	return Time{}, fmt.Errorf("logTime %q", s)
}

func (t Time) put(b []byte) []byte {
	for _, l := range layouts {
		if l.format == t.Format {
			return put(b, l.tag, []byte(t.Time.UTC().Format(l.layout)))
		}
	}
	return putNumber(b, tagInteger, uint64(t.Time.Unix()))
}

// known tells whether the format is one this package writes and can hold the time to its last digit.
func (t Time) known() bool {
	if t.Format == UnixTime {
		return t.Time.Unix() >= 0 && t.Time.Unix() <= latestUnix && t.Time.Nanosecond() == 0
	}
	for _, l := range layouts {
		if l.format == t.Format {
			back, err := time.Parse(l.layout, t.Time.UTC().Format(l.layout))
			return err == nil && back.Equal(t.Time)
		}
	}
	return false
}
