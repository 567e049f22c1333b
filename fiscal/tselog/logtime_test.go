package tselog

import (
	"errors"
	"testing"
	"time"
)

func TestTimeFormats(t *testing.T) {
	at := time.Date(2021, 7, 23, 10, 12, 55, 0, time.UTC)
	for _, c := range []struct {
		format string
		time   time.Time
		der    string
	}{
		{UnixTime, at, "020460fa9627"},
		{UnixTime, time.Unix(1<<31, 0).UTC(), "02050080000000"}, // 2038: a leading zero keeps it positive
		{UnixTime, time.Unix(0, 0).UTC(), "020100"},
		{UTCTimeSeconds, at, "170d3231303732333130313235355a"},
		{UTCTime, at.Truncate(time.Minute), "170b323130373233313031325a"},
		{GeneralizedTime, at, "180f32303231303732333130313235355a"},
		{GeneralizedMillis, at.Add(7 * time.Millisecond), "181332303231303732333130313235352e3030375a"},
	} {
		want := unhex(t, c.der)
		in := Time{c.time, c.format}
		if got := in.put(nil); string(got) != string(want) {
			t.Errorf("%s: %x, want %s", c.format, got, c.der)
		}
		got, err := logTime(&reader{want})
		if err != nil || got != in || !in.known() {
			t.Errorf("%s: %+v, %v", c.format, got, err)
		}
	}
	for name, der := range map[string]string{
		"UTCTime with an offset": "1711 3231303732333130313235352b30313030",
		"two digits of fraction": "1812 32303231303732333130313235352e30305a",
		"hour 24":                "170d 3231303732333234313235355a",
		"letters":                "170d 3231303732333130313261615a",
		"empty":                  "1700",
		"cut":                    "170d 32",
		"other tag":              "0404 60fa9627",
	} {
		b := unhex(t, stripSpaces(der))
		if got, err := logTime(&reader{b}); err == nil {
			t.Errorf("%s: taken as %v", name, got)
		}
	}
	for name, bad := range map[string]Time{
		"fraction in unixTime": {at.Add(time.Millisecond), UnixTime},
		"before 1970":          {time.Unix(-1, 0).UTC(), UnixTime},
		"seconds in utcTime":   {at, UTCTime},
		"2050 in utcTime":      {at.AddDate(50, 0, 0), UTCTimeSeconds},
		"microseconds":         {at.Add(time.Microsecond), GeneralizedMillis},
		"no format":            {at, ""},
	} {
		if bad.known() {
			t.Errorf("%s: said to fit", name)
		}
	}
}

func stripSpaces(s string) string {
	out := ""
	for _, c := range s {
		if c != ' ' {
			out += string(c)
		}
	}
	return out
}

func TestSerialNumbers(t *testing.T) {
	serial := "0420" + "0102030405060708091011121314151617181920212223242526272829303132"
	plain := "302f302d" + serial + "3009" + "0101ff" + "010100" + "0101ff" // version 3: system, audit, transaction
	list, err := ParseSerials(unhex(t, plain))
	if err != nil || len(list) != 1 || !list[0].System || list[0].Audit || !list[0].Transaction {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := ParseSerials(unhex(t, "3000")); err != nil || len(list) != 0 {
		t.Errorf("no keys: %v, %v", list, err)
	}
	for name, der := range map[string]string{
		"boolean 1":       "302f302d" + serial + "3009" + "010101" + "010100" + "0101ff",
		"two booleans":    "302c302a" + serial + "3006" + "0101ff" + "010100",
		"four booleans":   "30323030" + serial + "300c" + "0101ff" + "010100" + "0101ff" + "0101ff",
		"bytes after":     plain + "00",
		"short serial":    "3010300e" + "040101" + "3009" + "0101ff" + "010100" + "0101ff",
		"integer for set": "302f022d" + serial + "3009" + "0101ff" + "010100" + "0101ff",
	} {
		if list, err := ParseSerials(unhex(t, der)); !errors.Is(err, errDER) {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
}
