package journal_test

import (
	"errors"
	"flag"
	"strconv"
	"syscall"
	"testing"

	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
	"pgregory.net/rapid"
)

// machine is a journal and what a person with a notebook would know about it.
type machine struct {
	d       *memdisk.Disk
	size    int64
	j       *journal.Journal
	written int // records that Append took, or may have taken
	acked   int // records that Sync promised
	hashes  map[uint64][32]byte
	epoch   uint32
}

// TestPromises runs random histories of appending, syncing, failing disks, power cuts and restarts, and holds the journal to
// four promises:
//
//  1. What Sync acknowledged is there after every crash, unchanged, under the number it was given.
//  2. Numbers have no gap and no double, and each record's previous hash is the hash of the one before, for ever the same.
//  3. Nothing is there that was not appended, and nothing behind the last record that was.
//  4. An honest disk is never called damaged, and after every opening the journal can be written.
func TestPromises(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", strconv.Itoa(soak(20))); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{d: memdisk.New(0), size: rapid.SampledFrom([]int64{1024, 1536, 4096, 16384}).Draw(t, "segment size"),
			hashes: map[uint64][32]byte{}}
		m.open(t)
		t.Repeat(map[string]func(*rapid.T){
			"append":  m.append,
			"append2": m.append, // twice as often
			"sync":    m.sync,
			"sync2":   m.sync,
			"restart": m.restart,
			"kill":    m.kill,
			"crash":   m.crash,
			"cut":     m.cut,
			"fail":    m.fail,
			"flipped": m.flip,
			"":        m.check,
		})
		m.j.Close()
	})
}

// open opens the journal and checks all it holds against the notebook.
func (m *machine) open(t *rapid.T) {
	m.size = rapid.SampledFrom([]int64{m.size, m.size, 1024, 4096}).Draw(t, "new segment size")
	j, err := journal.Open(dir, options(m.d, m.size))
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	_ = j.TopUp()
	m.j = j
	head := int(j.Head())
	if head < m.acked || head > m.written {
		t.Fatalf("head %d, want %d to %d", head, m.acked, m.written)
	}
	if j.Epoch() <= m.epoch {
		t.Fatalf("epoch went from %d to %d", m.epoch, j.Epoch())
	}
	m.epoch = j.Epoch()
	for seq := range m.hashes {
		if seq > uint64(head) {
			delete(m.hashes, seq) // it was never acknowledged and is gone
		}
	}
	m.acked, m.written = head, head // Open made it durable
	m.check(t)
}

// check reads everything.
func (m *machine) check(t *rapid.T) {
	n := 0
	var prev [32]byte
	for rec, err := range m.j.Read(0, 0) {
		if err != nil {
			t.Fatalf("Read behind %d: %v", n, err)
		}
		n++
		want := entry(n)
		if rec.Seq != uint64(n) || rec.Type != want.Type || string(rec.Payload) != string(want.Payload) || rec.Prev != prev {
			t.Fatalf("record %d: got %+v", n, rec)
		}
		if old, ok := m.hashes[rec.Seq]; ok && old != rec.Hash {
			t.Fatalf("hash of record %d has changed", n)
		}
		m.hashes[rec.Seq], prev = rec.Hash, rec.Hash
	}
	if n != int(m.j.Head()) || prev != m.j.HeadHash() {
		t.Fatalf("read %d records, head is %d", n, m.j.Head())
	}
}

func (m *machine) append(t *rapid.T) {
	var entries []journal.Entry
	for range rapid.IntRange(1, 6).Draw(t, "records") {
		m.written++
		entries = append(entries, entry(m.written))
	}
	last, err := m.j.Append(entries...)
	if err != nil || int(last) != m.written {
		t.Fatalf("Append: got %d, %v, want %d", last, err, m.written)
	}
	_ = m.j.TopUp()
}

func (m *machine) sync(t *rapid.T) {
	upTo := rapid.IntRange(m.acked, m.written).Draw(t, "up to")
	if err := m.j.Sync(uint64(upTo)); err != nil {
		t.Fatalf("Sync: %v", err)
	}
	m.acked = upTo
}

// restart closes and opens.
func (m *machine) restart(t *rapid.T) {
	if err := m.j.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	m.acked = m.written
	m.open(t)
}

// kill ends the process but not the machine: what was written is still in the page cache.
func (m *machine) kill(t *rapid.T) {
	c := m.d.Clone()
	m.d.CutPower()
	m.j.Close()
	m.d = c
	m.open(t)
}

// crash cuts the power between two calls.
func (m *machine) crash(t *rapid.T) {
	m.d.CutPower()
	m.j.Close()
	m.d.Crash(rapid.Uint64().Draw(t, "seed"))
	m.open(t)
}

// cut cuts it in the middle of a call.
func (m *machine) cut(t *rapid.T) {
	m.d.Arm(memdisk.Fault{Ops: memdisk.OpChange, Nth: rapid.IntRange(1, 12).Draw(t, "call"), Cut: true})
	m.work(t)
	m.d.Crash(rapid.Uint64().Draw(t, "seed"))
	m.open(t)
}

// fail lets a call fail; the process ends, as Fatal demands, and is started again, perhaps after a power cut.
func (m *machine) fail(t *rapid.T) {
	op := rapid.SampledFrom([]memdisk.Op{memdisk.OpWrite, memdisk.OpDatasync, memdisk.OpChange}).Draw(t, "op")
	m.d.Arm(memdisk.Fault{Ops: op, Nth: rapid.IntRange(1, 8).Draw(t, "call"), Err: syscall.EIO, Short: rapid.Bool().Draw(t, "short")})
	m.work(t)
	m.d.Disarm()
	if rapid.Bool().Draw(t, "power cut") {
		m.d.Crash(rapid.Uint64().Draw(t, "seed"))
	}
	m.open(t)
}

// work appends and syncs until something fails or the fault must have come, and closes.
func (m *machine) work(t *rapid.T) {
	for range 8 {
		m.written += 2
		last, err := m.j.Append(entry(m.written-1), entry(m.written))
		if errors.Is(err, journal.ErrNoSpace) {
			m.written -= 2
			break
		}
		if err == nil {
			err = m.j.Sync(last)
		}
		if err != nil {
			break
		}
		m.acked = m.written
		_ = m.j.TopUp()
	}
	if m.j.Close() == nil {
		m.acked = int(m.j.Head())
	}
}

// flip changes a byte of a copy: it is either called damage or nothing is lost.
func (m *machine) flip(t *rapid.T) {
	c := m.d.Clone()
	names := segments(c)
	name := rapid.SampledFrom(names).Draw(t, "file")
	c.Flip(name, int64(rapid.IntRange(0, len(c.ReadFile(name))-1).Draw(t, "byte")), 1<<rapid.IntRange(0, 7).Draw(t, "bit"))
	r, err := journal.Verify(dir, options(c, m.size))
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	// A record that was not acknowledged may be lost without a word, an acknowledged one may not; the mark behind it is visible here.
	if len(r.Damage) == 0 && int(r.Head) < m.acked {
		t.Fatalf("head %d without damage, %d were acknowledged", r.Head, m.acked)
	}
}
