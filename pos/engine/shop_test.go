package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

const dir = "/journal"

// soak scales the long campaigns: SOAK=10 runs ten times as many.
func soak(n int) int {
	if k, err := strconv.Atoi(os.Getenv("SOAK")); err == nil && k > 0 {
		return n * 20 * k
	}
	return n
}

// shop is a box without devices but its signing unit: a disk that forgets what
// was not synced, a unit that forgets nothing, and the engine between them. It
// lives in a synctest bubble, where time stands still until all wait.
type shop struct {
	t    *testing.T
	disk *memdisk.Disk
	unit *device
	life uint64 // counts starts; also the seed of the next crash

	journal *journal.Journal
	engine  *engine.Engine
	sealer  engine.Sealer
	stop    context.CancelFunc
	follow  sync.WaitGroup

	mu        sync.Mutex // guards all below
	now       time.Time
	dead      error // why the box fell down
	published []*till.Commit
	receipts  map[uint64]*till.Receipt
	early     []string // published before they were durable

	acked map[uint64]engine.Result // by the screen's number
}

func newShop(t *testing.T) *shop {
	s := &shop{t: t, disk: memdisk.New(0), unit: newDevice("5e41"), now: tilltest.Opening,
		acked: map[uint64]engine.Result{}, receipts: map[uint64]*till.Receipt{}}
	s.sealer = newSealer(s.unit)
	t.Cleanup(func() { // of a test that failed
		if s.engine != nil {
			s.stop()
			_ = s.journal.Close()
		}
	})
	return s
}

// bubble runs a test in a shop that was started and has its master data.
func bubble(t *testing.T, f func(t *testing.T, s *shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.start()
		s.seed()
		f(t, s)
		s.close()
	})
}

func (s *shop) options() journal.Options {
	return journal.Options{FS: s.disk, SegmentSize: 32 << 10, Now: s.clock, Fatal: func(err error) { s.die(err) }}
}

func (s *shop) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *shop) setClock(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = t
}

func (s *shop) die(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead == nil {
		s.dead = err
	}
}

func (s *shop) fallen() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead != nil
}

// start opens the journal, replays it and brings the engine to life; false if
// the power went off meanwhile.
func (s *shop) start() bool {
	s.t.Helper()
	s.life++
	j, err := journal.Open(dir, s.options())
	if err != nil {
		if !errors.Is(err, memdisk.ErrPowerCut) {
			s.t.Fatalf("open journal: %v", err)
		}
		return false
	}
	state, _ := replay(s.t, j)
	ctx, stop := context.WithCancel(s.t.Context())
	s.journal, s.stop = j, stop
	e := engine.New(engine.Options{Journal: j, State: state, Sealer: s.sealer, Now: s.clock, Archive: s,
		Fatal: func(err error) {
			s.die(err)
			runtime.Goexit()
		}})
	s.engine = e
	go e.Run(ctx)
	s.follow.Go(func() {
		for run, err := range e.Follow(ctx, 1) {
			s.saw(j, run, err)
		}
	})
	return true
}

// saw is a follower that begins anew with each start.
func (s *shop) saw(j *journal.Journal, run []*till.Commit, err error) {
	durable := j.Durable()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.dead == nil {
		s.early = append(s.early, err.Error())
	}
	for _, c := range run {
		if c.Seq > durable {
			s.early = append(s.early, fmt.Sprintf("commit %d published while %d were durable", c.Seq, durable))
		}
		if n := uint64(len(s.published)); c.Seq > n {
			if c.Seq != n+1 {
				s.early = append(s.early, fmt.Sprintf("commit %d published after %d", c.Seq, n))
			}
			s.published = append(s.published, c)
		}
		for i := range c.Events {
			if r := c.Events[i].ReceiptPrepared; r != nil {
				s.receipts[r.Number] = r
			}
		}
	}
}

// Receipt implements engine.Archive.
func (s *shop) Receipt(_ context.Context, n uint64) (*till.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.receipts[n], nil
}

// replay reads the whole journal into a state, and the books a second time.
func replay(t *testing.T, j *journal.Journal) (*till.State, []*till.Commit) {
	t.Helper()
	state, ledger := till.New(), tilltest.NewLedger()
	var commits []*till.Commit
	for rec, err := range j.Read(1, 0) {
		if err != nil {
			t.Fatalf("read journal: %v", err)
		}
		c, err := engine.Decode(rec)
		if err != nil {
			t.Fatal(err)
		}
		if err := state.Apply(c); err != nil {
			t.Fatalf("replay: %v", err)
		}
		if err := ledger.Saw(c); err != nil {
			t.Fatalf("books: %v", err)
		}
		commits = append(commits, c)
	}
	if err := ledger.Compare(state); err != nil {
		t.Fatalf("books: %v", err)
	}
	return state, commits
}

// seed takes in the master data, if they are not there yet.
func (s *shop) seed() {
	s.t.Helper()
	if s.engine.Latest() > 0 {
		return
	}
	if _, err := s.engine.Do(s.t.Context(), "", till.Import{Rows: tilltest.Rows()}); err != nil && !s.fallen() {
		s.t.Fatal(err)
	}
}

// down ends engine and journal, as a stop or after a fall.
func (s *shop) down() {
	s.t.Helper()
	if s.engine == nil {
		return
	}
	s.stop()
	synctest.Wait()
	s.follow.Wait()
	if err := s.journal.Close(); err != nil && !s.fallen() {
		s.t.Fatalf("close journal: %v", err)
	}
	s.engine, s.journal = nil, nil
}

// crash takes the power from the box, wherever it is.
func (s *shop) crash() {
	s.t.Helper()
	s.die(memdisk.ErrPowerCut)
	s.disk.CutPower()
	s.recover()
}

// recover starts again after a fall, until the start itself survives.
func (s *shop) recover() {
	s.t.Helper()
	s.down()
	s.disk.Crash(s.life)
	s.unit.set(func(d *device) { d.on = func(string) error { return nil } })
	s.sealer = newSealer(s.unit)
	s.mu.Lock()
	s.dead = nil
	published := s.published
	s.mu.Unlock()
	for !s.start() {
		s.disk.Crash(s.life)
	}
	s.kept(published)
}

// kept demands that what was published is still there, unchanged.
func (s *shop) kept(published []*till.Commit) {
	s.t.Helper()
	_, commits := replay(s.t, s.journal)
	if len(commits) < len(published) {
		s.t.Fatalf("%d commits were published, %d survived", len(published), len(commits))
	}
	for i, c := range published {
		if encode(s.t, c) != encode(s.t, commits[i]) {
			s.t.Fatalf("commit %d was published as %s and survived as %s", c.Seq, encode(s.t, c), encode(s.t, commits[i]))
		}
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// submit sends one command of the screen; false if the box fell meanwhile and
// nothing is known.
func (s *shop) submit(by string, n uint64, c till.Command) (engine.Result, bool) {
	s.t.Helper()
	if till.PastReceipt(c) > 0 {
		synctest.Wait() // the archive is filled by a follower
	}
	reply, err := s.engine.Submit(s.t.Context(), "c-1", by, []engine.Numbered{{N: n, Do: c}})
	if s.fallen() {
		return engine.Result{}, false
	}
	if err != nil {
		s.t.Fatalf("submit %s: %v", c.Op(), err)
	}
	r := reply.Results[0]
	if r.Err == nil {
		if before, ok := s.acked[n]; ok && (before.Seq != r.Seq || before.Receipt != r.Receipt || before.Closing != r.Closing) {
			s.t.Fatalf("command %d (%s) was answered %+v and is now %+v", n, c.Op(), before, r)
		}
		s.acked[n] = r
	}
	return r, true
}

// must sends a command that has to be accepted.
func (s *shop) must(n uint64, c till.Command) engine.Result {
	s.t.Helper()
	r, ok := s.submit(tilltest.Owner, n, c)
	if !ok || r.Err != nil {
		s.t.Fatalf("%s: answered %v, error %v", c.Op(), ok, r.Err)
	}
	return r
}

// close stops the box in good order and audits what it leaves.
func (s *shop) close() {
	s.t.Helper()
	synctest.Wait()
	var running string
	s.engine.Read(func(x *till.State) { running = encode(s.t, x) })
	s.down()
	j, err := journal.Open(dir, s.options())
	if err != nil {
		s.t.Fatal(err)
	}
	defer j.Close()
	state, commits := replay(s.t, j)
	if got := encode(s.t, state); got != running {
		s.t.Errorf("replay gives\n%s\nthe running state was\n%s", got, running)
	}
	s.audit(state, commits)
}

// audit holds journal, answers and signing unit against each other.
func (s *shop) audit(state *till.State, commits []*till.Commit) {
	s.t.Helper()
	for _, e := range append(s.early, s.unit.twice...) {
		s.t.Error(e)
	}
	type tap struct {
		client string
		n      uint64
	}
	seen := map[tap]uint64{}
	var seals []fiscal.Seal
	records := map[uint64]fiscal.Record{}
	for _, c := range commits {
		if x := (tap{c.Client, c.N}); c.Client != "" {
			if seen[x] > 0 {
				s.t.Errorf("command %d of %s is in commits %d and %d", c.N, c.Client, seen[x], c.Seq)
			}
			seen[x] = c.Seq
		}
		for i := range c.Events {
			if r := c.Events[i].ReceiptPrepared; r != nil {
				records[r.Number] = r.Record()
			}
			if x := c.Events[i].ReceiptSealed; x != nil {
				seals = append(seals, x.Seal)
				if x.Seal.Outage == nil && x.Seal.ProcessData != data(records[x.Receipt]) {
					s.t.Errorf("receipt %d is signed as %s, it says %s", x.Receipt, x.Seal.ProcessData, data(records[x.Receipt]))
				}
			}
		}
	}
	for n, r := range s.acked {
		if got := seen[tap{"c-1", n}]; got != r.Seq {
			s.t.Errorf("command %d was acknowledged as commit %d, it is %d", n, r.Seq, got)
		}
	}
	if len(state.Unsealed)+len(state.Aborting) > 0 {
		s.t.Errorf("unsealed %v, aborting %v", state.Unsealed, state.Aborting)
	}
	s.auditUnit(state, seals)
}

// auditUnit: every signature in the unit belongs to exactly one receipt, and
// nothing is open but open orders.
func (s *shop) auditUnit(state *till.State, seals []fiscal.Seal) {
	s.t.Helper()
	owners := map[uint64]int{}
	for _, x := range seals {
		if x.Outage == nil && x.Serial == s.unit.serial {
			owners[x.Transaction]++
		}
	}
	for n, f := range s.unit.ended {
		want := 1
		if f.data == aborted {
			want = 0
		}
		if owners[n] != want {
			s.t.Errorf("transaction %d (%s) is the seal of %d receipts", n, f.data, owners[n])
		}
	}
	orders := map[uint64]string{}
	for id, o := range state.Orders {
		if o.Process != nil && o.Process.Serial == s.unit.serial {
			orders[o.Process.Transaction] = id
		} else if state.Outage == nil && o.Process == nil {
			s.t.Errorf("open order %s has no transaction", id)
		}
	}
	for n, process := range s.unit.open {
		if orders[n] != process {
			s.t.Errorf("transaction %d of %s is open and belongs to nobody", n, process)
		}
	}
}
