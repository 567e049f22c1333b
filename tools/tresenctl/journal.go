package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tresen-pos/tresen/pos/journal"
)

var journalCommands = []command{
	{"verify", "[-progress] DIR", "read every byte: checksums, numbers, hash chain", journalVerify},
	{"dump", "[-from N] [-to N] [-type T] [-hash] DIR", "print records, one JSON object per line", journalDump},
	{"stat", "[-progress] DIR", "count records, bytes, segments, epochs, types", journalStat},
}

func runJournal(args []string, stdout, stderr io.Writer) int {
	return dispatch("tresenctl journal", journalCommands, args, stdout, stderr)
}

// remedy is what to do about damage, in words for the person at the keyboard.
const remedy = `Do not start selling on this journal. Copy the whole folder to another disk first; all records before the damage
can be read ("tresenctl journal dump"). Then restore the folder from the replica or the newest backup.`

// flags parses the flags of a journal command, whose one argument is the folder.
func flags(f *flag.FlagSet, args []string, stderr io.Writer) (dir string, ok bool) {
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprintf(stderr, "usage: tresenctl journal %s [flags] DIR\n", f.Name())
		f.PrintDefaults()
	}
	if f.Parse(args) != nil {
		return "", false
	}
	if f.NArg() != 1 {
		f.Usage()
		return "", false
	}
	return f.Arg(0), true
}

// trouble prints an error and returns the exit code it stands for.
func trouble(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "tresenctl: %v\n", err)
	var bad *journal.DamageError
	if errors.As(err, &bad) {
		fmt.Fprintln(stderr, remedy)
		return exitFound
	}
	return exitUsage
}

func journalVerify(args []string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("verify", flag.ContinueOnError)
	show := f.Bool("progress", isTerminal(stderr), "show progress on standard error")
	dir, ok := flags(f, args, stderr)
	if !ok {
		return exitUsage
	}
	p := newProgress(*show, stderr)
	r, err := journal.Verify(dir, journal.Options{Progress: p.bytes})
	p.end()
	if err != nil {
		return trouble(stderr, err)
	}
	fmt.Fprintf(stdout, "%d records in %d segments, %d spares, head hash %x\n", r.Records, r.Segments, r.Spares, r.HeadHash)
	if r.TornBytes > 0 {
		fmt.Fprintf(stdout, "%d bytes belong to no record: a write that a power cut tore before it was acknowledged, or changed unused space. No record is lost; the next start clears them.\n", r.TornBytes)
	}
	if len(r.Damage) == 0 {
		fmt.Fprintln(stdout, "no damage found")
		return exitOK
	}
	for _, d := range r.Damage {
		fmt.Fprintln(stdout, d)
	}
	fmt.Fprintln(stdout, remedy)
	return exitFound
}

// dumped is one line of a dump. Exactly one of Payload and PayloadBytes is set.
type dumped struct {
	Seq          uint64          `json:"seq"`
	Epoch        uint32          `json:"epoch"`
	Time         time.Time       `json:"time"`
	Type         string          `json:"type"`
	Payload      json.RawMessage `json:"payload,omitempty"`
	PayloadBytes []byte          `json:"payload_base64,omitempty"`
	Prev         string          `json:"prev,omitempty"`
	Hash         string          `json:"hash,omitempty"`
}

func journalDump(args []string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("dump", flag.ContinueOnError)
	from := f.Uint64("from", 1, "first record")
	to := f.Uint64("to", 0, "last record, 0 for the end")
	kind := f.String("type", "", "only this type; a * at the end stands for the rest")
	hash := f.Bool("hash", false, "print the hashes as well")
	dir, ok := flags(f, args, stderr)
	if !ok {
		return exitUsage
	}
	j, err := journal.OpenReadOnly(dir, journal.Options{})
	if err != nil {
		return trouble(stderr, err)
	}
	defer j.Close()
	out := json.NewEncoder(stdout)
	out.SetEscapeHTML(false)
	for rec, err := range j.Read(*from, *to) {
		if err != nil {
			return trouble(stderr, err)
		}
		if !typeMatches(*kind, rec.Type) {
			continue
		}
		if err := out.Encode(line(rec, *hash)); err != nil {
			return trouble(stderr, fmt.Errorf("print record %d: %w", rec.Seq, err))
		}
	}
	if bad := j.Damage(); bad != nil {
		return trouble(stderr, bad)
	}
	return exitOK
}

func typeMatches(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == "" || pattern == name
}

func line(rec journal.Record, hash bool) dumped {
	d := dumped{Seq: rec.Seq, Epoch: rec.Epoch, Time: rec.Time, Type: rec.Type}
	if json.Valid(rec.Payload) {
		d.Payload = rec.Payload
	} else {
		d.PayloadBytes = rec.Payload
	}
	if hash {
		d.Prev, d.Hash = fmt.Sprintf("%x", rec.Prev), fmt.Sprintf("%x", rec.Hash)
	}
	return d
}

// summary is what stat counts.
type summary struct {
	records, bytes int64
	first, last    time.Time
	epochs         map[uint32]bool
	types          map[string]int
}

func journalStat(args []string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("stat", flag.ContinueOnError)
	show := f.Bool("progress", isTerminal(stderr), "show progress on standard error")
	dir, ok := flags(f, args, stderr)
	if !ok {
		return exitUsage
	}
	j, err := journal.OpenReadOnly(dir, journal.Options{})
	if err != nil {
		return trouble(stderr, err)
	}
	defer j.Close()
	p := newProgress(*show, stderr)
	s, err := summarise(j, p)
	p.end()
	s.print(stdout, j.Stats())
	if err == nil && j.Damage() != nil {
		err = j.Damage()
	}
	if err != nil {
		return trouble(stderr, err)
	}
	return exitOK
}

// summarise reads all records it can.
func summarise(j *journal.Journal, p *progress) (summary, error) {
	s := summary{epochs: map[uint32]bool{}, types: map[string]int{}}
	head := int64(j.Head())
	for rec, err := range j.Read(0, 0) {
		if err != nil {
			return s, err
		}
		if s.records == 0 {
			s.first = rec.Time
		}
		s.records++
		s.bytes += int64(len(rec.Payload))
		s.last = rec.Time
		s.epochs[rec.Epoch] = true
		s.types[rec.Type]++
		if s.records%65536 == 0 {
			p.bytes(s.records, head)
		}
	}
	return s, nil
}

func (s summary) print(w io.Writer, stats journal.Stats) {
	fmt.Fprintf(w, "records   %d\n", s.records)
	fmt.Fprintf(w, "payload   %d bytes\n", s.bytes)
	fmt.Fprintf(w, "segments  %d in use, %d spare\n", stats.Segments, stats.Spares)
	fmt.Fprintf(w, "epochs    %d\n", len(s.epochs))
	if s.records > 0 {
		fmt.Fprintf(w, "first     %s\n", s.first.Format(time.RFC3339Nano))
		fmt.Fprintf(w, "last      %s\n", s.last.Format(time.RFC3339Nano))
	}
	if stats.TornBytes > 0 {
		fmt.Fprintf(w, "torn      %d bytes that were never acknowledged\n", stats.TornBytes)
	}
	for _, name := range slices.Sorted(maps.Keys(s.types)) {
		fmt.Fprintf(w, "type      %8d  %s\n", s.types[name], name)
	}
}
