package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/pos/journal"
)

// sample writes a journal of ten records in small segments and returns its folder.
func sample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	o := journal.Options{SegmentSize: 1024, Now: func() time.Time { now = now.Add(time.Second); return now }}
	j, err := journal.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		e := journal.Entry{Type: "shift.opened/1", Payload: []byte(`{"float":10000,"note":"a<b"}`)}
		if i%2 == 1 {
			e = journal.Entry{Type: "raw/1", Payload: []byte{0xff, byte(i)}}
		}
		if _, err := j.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.TopUp(); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func tresenctl(t *testing.T, wantCode int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(args, &out, &errs); code != wantCode {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, code, wantCode, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

func wantParts(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("%q is not in:\n%s", p, got)
		}
	}
}

// damage flips a byte in the payload of the first record.
func damage(t *testing.T, dir string) {
	t.Helper()
	name := filepath.Join(dir, "00000001.seg")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b[512+80] ^= 1
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestVerify(t *testing.T) {
	dir := sample(t)
	out, errs := tresenctl(t, exitOK, "journal", "verify", dir)
	wantParts(t, out, "10 records in ", ", 2 spares, head hash ", "no damage found")
	if errs != "" {
		t.Errorf("stderr without a terminal: %q", errs)
	}
	_, errs = tresenctl(t, exitOK, "journal", "verify", "-progress", dir)
	wantParts(t, errs, "100 %")
	damage(t, dir)
	out, _ = tresenctl(t, exitFound, "journal", "verify", dir)
	wantParts(t, out, "00000001.seg at byte 512 (record 1): checksum does not match", "Copy the whole folder")
}

func TestDump(t *testing.T) {
	dir := sample(t)
	cases := []struct {
		args []string
		seqs []uint64
	}{
		{nil, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{[]string{"-from", "4", "-to", "6"}, []uint64{4, 5, 6}},
		{[]string{"-from", "9"}, []uint64{9, 10}},
		{[]string{"-type", "raw/1"}, []uint64{2, 4, 6, 8, 10}},
		{[]string{"-type", "shift.*", "-to", "3"}, []uint64{1, 3}},
		{[]string{"-from", "11"}, nil},
	}
	for _, c := range cases {
		out, _ := tresenctl(t, exitOK, append(append([]string{"journal", "dump"}, c.args...), dir)...)
		var got []uint64
		for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
			var d dumped
			if err := dec.Decode(&d); err != nil {
				t.Fatal(err)
			}
			got = append(got, d.Seq)
		}
		if len(got) != len(c.seqs) {
			t.Fatalf("%v: got %v, want %v", c.args, got, c.seqs)
		}
		for i := range got {
			if got[i] != c.seqs[i] {
				t.Fatalf("%v: got %v, want %v", c.args, got, c.seqs)
			}
		}
	}
}

func TestDumpLines(t *testing.T) {
	dir := sample(t)
	out, _ := tresenctl(t, exitOK, "journal", "dump", "-to", "2", dir)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	wantParts(t, lines[0], `{"seq":1,"epoch":1,"time":"2026-03-01T08:00:`, `"type":"shift.opened/1","payload":{"float":10000,"note":"a<b"}}`)
	wantParts(t, lines[1], `"type":"raw/1","payload_base64":"/wE="}`)
	out, _ = tresenctl(t, exitOK, "journal", "dump", "-to", "1", "-hash", dir)
	wantParts(t, out, `"prev":"`+strings.Repeat("00", 32)+`"`, `"hash":"`)
	damage(t, dir)
	out, errs := tresenctl(t, exitFound, "journal", "dump", dir)
	wantParts(t, errs, "journal damaged in 00000001.seg", "Copy the whole folder")
	if out != "" {
		t.Errorf("records behind the damage were printed: %s", out)
	}
}

func TestStat(t *testing.T) {
	dir := sample(t)
	out, _ := tresenctl(t, exitOK, "journal", "stat", dir)
	wantParts(t, out, "records   10\n", "payload   150 bytes\n", " in use, 2 spare\n", "epochs    1\n", "first     2026-03-01T08:00:",
		"type             5  raw/1\n", "type             5  shift.opened/1\n")
	damage(t, dir)
	out, errs := tresenctl(t, exitFound, "journal", "stat", dir)
	wantParts(t, out, "records   0\n")
	wantParts(t, errs, "damaged")
}

func TestUsage(t *testing.T) {
	cases := []struct {
		code int
		args []string
		want string
	}{
		{exitUsage, nil, "usage: tresenctl COMMAND"},
		{exitUsage, []string{"journl"}, `there is no command "journl"`},
		{exitUsage, []string{"journal"}, "usage: tresenctl journal COMMAND"},
		{exitUsage, []string{"journal", "verify"}, "usage: tresenctl journal verify"},
		{exitUsage, []string{"journal", "dump", "a", "b"}, "usage: tresenctl journal dump"},
		{exitUsage, []string{"journal", "dump", "-x", "a"}, "-x"},
		{exitUsage, []string{"journal", "stat", "/does/not/exist"}, "/does/not/exist"},
		{exitUsage, []string{"journal", "verify", "/does/not/exist"}, "/does/not/exist"},
		{exitOK, []string{"help"}, "check, print or summarise a journal"},
	}
	for _, c := range cases {
		out, errs := tresenctl(t, c.code, c.args...)
		wantParts(t, out+errs, c.want)
	}
}
