package box

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/fiscal/de"
	"github.com/tresen-pos/tresen/fiscal/tselog"
	"github.com/tresen-pos/tresen/hal/tse"
	"github.com/tresen-pos/tresen/hal/tse/softtse"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

const clientID = "DEMO-TEST-0001"

// bay is where a unit is plugged in; units lie beside it while they are not.
type bay struct {
	t    *testing.T
	dir  string
	unit *unit

	mu  sync.Mutex // guards now
	now time.Time
}

func newBay(t *testing.T) *bay {
	t.Helper()
	b := &bay{t: t, dir: filepath.Join(t.TempDir(), "tse"), now: time.Date(2026, 1, 2, 8, 0, 0, 0, time.UTC)}
	if err := firstUnit(b.dir); err != nil {
		t.Fatal(err)
	}
	b.power()
	t.Cleanup(func() {
		if err := b.unit.close(); err != nil && !errors.Is(err, tse.ErrGone) {
			t.Error(err)
		}
	})
	return b
}

// clock moves on by a second with each look.
func (b *bay) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(time.Second)
	return b.now
}

// power is a restart of the box: all it knows of the unit is gone.
func (b *bay) power() {
	b.t.Helper()
	if b.unit != nil {
		if err := b.unit.close(); err != nil {
			b.t.Fatal(err)
		}
	}
	b.unit = &unit{dir: b.dir, curve: softtse.P256, now: b.clock}
}

func (b *bay) regime() *de.Regime {
	return de.New(de.Options{Unit: b.unit, Memory: b.unit, Client: clientID, Demo: true})
}

func (b *bay) pull(name string) {
	b.t.Helper()
	if err := os.Rename(b.dir, b.dir+name); err != nil {
		b.t.Fatal(err)
	}
}

// plug puts a unit back, or a new one in.
func (b *bay) plug(name string) {
	b.t.Helper()
	err := os.Rename(b.dir+name, b.dir)
	if errors.Is(err, os.ErrNotExist) {
		err = firstUnit(b.dir)
		if err == nil {
			var u *softtse.TSE
			if u, err = softtse.Open(b.dir, softtse.Options{Now: b.clock}); err == nil {
				err = u.Close()
			}
		}
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func sale(process string, amount money.Cents, at time.Time) fiscal.Record {
	return fiscal.Record{Process: process, Kind: fiscal.Receipt, Gross: []fiscal.Gross{{Key: 1, Amount: amount}},
		Paid: []fiscal.Paid{{Cash: true, Amount: amount}}, Time: at}
}

func seal(t *testing.T, g *de.Regime, r fiscal.Record, o *fiscal.Opened) fiscal.Seal {
	t.Helper()
	s, err := g.Seal(t.Context(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func begin(t *testing.T, g *de.Regime) *fiscal.Opened {
	t.Helper()
	o, err := g.Begin(t.Context(), "o")
	if err != nil {
		t.Fatal(err)
	}
	return &o
}

func settle(t *testing.T, g *de.Regime, s fiscal.Standing) {
	t.Helper()
	if err := g.Settle(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// What is sealed carries a QR code that other people's code verifies.
func TestSealedReceiptVerifies(t *testing.T) {
	b := newBay(t)
	g := b.regime()
	settle(t, g, fiscal.Standing{})
	o := begin(t, g)
	r := sale("o-1", 250, b.clock())
	s := seal(t, g, r, o)
	if s.Transaction != o.Transaction || s.Serial != o.Serial || !s.Start.Equal(o.At) || !s.Demo || s.ClientID != clientID {
		t.Errorf("begun as %+v, sealed as %+v", o, s)
	}
	if _, err := tselog.FromQR(de.QR(s)); err != nil {
		t.Error(err)
	}
	forged := s
	forged.ProcessData = strings.Replace(s.ProcessData, "2.50", "2.51", 1)
	if _, err := tselog.FromQR(de.QR(forged)); err == nil {
		t.Error("a forged amount verifies")
	}
}

// The finish was done, its answer lost: the same seal, whether the box went
// down or not.
func TestAdoptsFinishedTransaction(t *testing.T) {
	for _, restart := range []bool{false, true} {
		b := newBay(t)
		g := b.regime()
		settle(t, g, fiscal.Standing{})
		o, r := begin(t, g), sale("o-1", 250, b.clock())
		first := seal(t, g, r, o)
		if restart {
			b.power()
			g = b.regime()
			settle(t, g, fiscal.Standing{Keep: []fiscal.Opened{*o}, Last: *o, Undone: []fiscal.Record{r}})
		}
		if again := seal(t, g, r, o); again.Counter != first.Counter || string(again.Signature) != string(first.Signature) || !again.End.Equal(first.End) {
			t.Errorf("restart %v: sealed as %+v and %+v", restart, first, again)
		}
	}
}

func TestSettlesWithTheRealUnit(t *testing.T) {
	b := newBay(t)
	g := b.regime()
	settle(t, g, fiscal.Standing{})
	keep, lost := begin(t, g), begin(t, g)
	records := []fiscal.Record{sale("receipt-1", 250, b.clock()), sale("receipt-2", 250, b.clock()), sale("receipt-3", 250, b.clock())}
	first, second := seal(t, g, records[0], nil), seal(t, g, records[1], nil)
	b.power()
	g = b.regime()
	settle(t, g, fiscal.Standing{Keep: []fiscal.Opened{*keep}, Last: *lost, Undone: records})
	if open, err := b.unit.Pending(t.Context(), clientID); err != nil || len(open) != 1 || open[0] != keep.Transaction {
		t.Errorf("open are %v (%v), want %d", open, err, keep.Transaction)
	}
	if f, ok, err := b.unit.Ended(t.Context(), lost.Transaction); err != nil || !ok || !strings.HasPrefix(f.ProcessData, string(fiscal.Aborted)) {
		t.Errorf("the unknown one ended as %+v, %v, %v", f, ok, err)
	}
	for i, want := range []uint64{first.Transaction, second.Transaction, second.Transaction + 1} {
		if got := seal(t, g, records[i], nil); got.Transaction != want {
			t.Errorf("receipt %d is sealed by %d, want %d", i+1, got.Transaction, want)
		}
	}
}

// Pulled: every call says so in words for people; plugged in again, it goes on
// without a restart.
func TestPulledUnit(t *testing.T) {
	b := newBay(t)
	g := b.regime()
	settle(t, g, fiscal.Standing{})
	o := begin(t, g)
	b.pull("-a")
	_, sealErr := g.Seal(t.Context(), sale("o-1", 250, b.clock()), o)
	_, beginErr := g.Begin(t.Context(), "o-2")
	for what, err := range map[string]error{"seal": sealErr, "begin": beginErr, "settle": g.Settle(t.Context(), fiscal.Standing{})} {
		if !errors.Is(err, tse.ErrGone) {
			t.Errorf("%s: got %v, want ErrGone", what, err)
		}
	}
	b.plug("-a")
	settle(t, g, fiscal.Standing{Keep: []fiscal.Opened{*o}, Last: *o})
	if s := seal(t, g, sale("o-1", 250, b.clock()), o); s.Transaction != o.Transaction {
		t.Errorf("sealed by %d, want %d", s.Transaction, o.Transaction)
	}
}

// Another unit is plugged in, and the first one again: no transaction is taken
// for one of the other's with the same number.
func TestChangedUnit(t *testing.T) {
	b := newBay(t)
	g := b.regime()
	settle(t, g, fiscal.Standing{})
	old := begin(t, g)
	b.pull("-a")
	b.plug("-b")
	standing := fiscal.Standing{Keep: []fiscal.Opened{*old}, Last: *old}
	if err := g.Settle(t.Context(), standing); !errors.Is(err, tse.ErrOtherUnit) {
		t.Errorf("got %v, want ErrOtherUnit", err)
	}
	settle(t, g, standing)
	fresh := begin(t, g)
	if fresh.Serial == old.Serial || fresh.Transaction != old.Transaction {
		t.Fatalf("begun as %+v and %+v, want the same number from two units", old, fresh)
	}
	r := sale("o-1", 250, b.clock())
	x, y := seal(t, g, r, old), seal(t, g, r, fresh)
	if x.Serial != fresh.Serial || x.Transaction == y.Transaction || y.Transaction != fresh.Transaction {
		t.Errorf("sealed by %d and %d, want two", x.Transaction, y.Transaction)
	}
	b.pull("-b")
	b.plug("-a")
	if err := g.Settle(t.Context(), standing); !errors.Is(err, tse.ErrOtherUnit) {
		t.Errorf("got %v, want ErrOtherUnit", err)
	}
	settle(t, g, fiscal.Standing{Last: fiscal.Opened{Transaction: y.Transaction, Serial: y.Serial}})
	if open, err := b.unit.Pending(t.Context(), clientID); err != nil || len(open) > 0 {
		t.Errorf("open are %v (%v), want none", open, err)
	}
}

// register is engine, disk and unit over many lives.
type register struct {
	*bay
	disk     *memdisk.Disk
	receipts map[uint64]*till.Receipt

	mu   sync.Mutex // guards dead
	dead bool
}

func (x *register) die(error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.dead = true
}

func (x *register) fallen() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.dead
}

// Receipt implements engine.Archive.
func (x *register) Receipt(_ context.Context, n uint64) (*till.Receipt, error) {
	return x.receipts[n], nil
}

func (x *register) open() (*journal.Journal, error) {
	return journal.Open("/journal", journal.Options{FS: x.disk, SegmentSize: 32 << 10, Now: x.clock, Fatal: x.die})
}

// books replays the journal.
func (x *register) books(j *journal.Journal) (*till.State, []*till.Commit) {
	x.t.Helper()
	state, ledger := till.New(), tilltest.NewLedger()
	var commits []*till.Commit
	for rec, err := range j.Read(1, 0) {
		if err != nil {
			x.t.Fatal(err)
		}
		c, err := engine.Decode(rec)
		if err == nil {
			err = errors.Join(state.Apply(c), ledger.Saw(c))
		}
		if err != nil {
			x.t.Fatal(err)
		}
		commits = append(commits, c)
		for i := range c.Events {
			if r := c.Events[i].ReceiptPrepared; r != nil {
				x.receipts[r.Number] = r
			}
		}
	}
	return state, commits
}

// wire is the way to the unit; it is cut when the box falls, whatever its
// goroutines still do.
type wire struct {
	engine.Sealer
	mu  sync.Mutex // held during a call
	cut bool
}

func (x *wire) call(f func() error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.cut {
		return errors.New("the box is gone")
	}
	return f()
}

func (x *wire) Begin(ctx context.Context, process string) (o fiscal.Opened, err error) {
	err = x.call(func() error { o, err = x.Sealer.Begin(ctx, process); return err })
	return o, err
}

func (x *wire) Seal(ctx context.Context, r fiscal.Record, opened *fiscal.Opened) (s fiscal.Seal, err error) {
	err = x.call(func() error { s, err = x.Sealer.Seal(ctx, r, opened); return err })
	return s, err
}

func (x *wire) Settle(ctx context.Context, s fiscal.Standing) error {
	return x.call(func() error { return x.Sealer.Settle(ctx, s) })
}

// live runs the box and lets f use it until it says so or falls.
func (x *register) live(f func(*engine.Engine)) {
	x.t.Helper()
	x.power()
	j, err := x.open()
	if err != nil {
		x.t.Fatal(err)
	}
	state, _ := x.books(j)
	to := &wire{Sealer: x.regime()}
	e := engine.New(engine.Options{Journal: j, State: state, Sealer: to, Now: x.clock, Archive: x,
		Fatal: func(err error) { x.die(err); runtime.Goexit() }})
	ctx, stop := context.WithCancel(x.t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { e.Run(ctx) })
	if e.Latest() == 0 {
		if _, err := e.Do(ctx, "", till.Import{Rows: tilltest.Rows()}); err != nil {
			x.t.Fatal(err)
		}
	}
	f(e)
	stop()
	wg.Wait()
	to.mu.Lock()
	to.cut = true
	to.mu.Unlock()
	if err := j.Close(); err != nil && !x.fallen() {
		x.t.Fatal(err)
	}
}

// TestCrashWithTheRealUnit: random days, the power cut at random writes; in the
// end every signature in the unit belongs to one receipt, every receipt has one
// signature, nothing is open but open orders.
func TestCrashWithTheRealUnit(t *testing.T) {
	seeds := uint64(2)
	if os.Getenv("SOAK") != "" {
		seeds = 40
	}
	cuts := 0
	for seed := range seeds {
		x := &register{bay: newBay(t), disk: memdisk.New(0), receipts: map[uint64]*till.Receipt{}}
		x.now = tilltest.Opening
		rng := rand.New(rand.NewPCG(seed, 3))
		day := tilltest.NewDay(rng.IntN)
		day.Box = false
		var in *till.Input
		for steps := 0; steps < 60; {
			x.live(func(e *engine.Engine) {
				x.disk.Arm(memdisk.Fault{Ops: memdisk.OpChange, Nth: 10 + rng.IntN(60), Cut: true})
				for ; steps < 60; steps++ {
					if in == nil {
						e.Read(func(s *till.State) { next := day.Next(s); in = &next })
					}
					reply, err := e.Submit(t.Context(), in.Client, in.By, []engine.Numbered{{N: in.N, Do: in.Do}})
					if x.fallen() {
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range reply.Receipts {
						x.receipts[r.Receipt.Number] = &r.Receipt
						day.Saw(&till.Commit{Events: []till.Event{{ReceiptPrepared: &r.Receipt}}})
					}
					in = nil
				}
			})
			if x.fallen() {
				cuts++
				x.disk.Crash(seed*1000 + uint64(steps))
				x.dead = false
			}
		}
		x.disk.Disarm()
		x.audit(fmt.Sprint("seed ", seed))
	}
	t.Logf("%d power cuts", cuts)
	if cuts == 0 {
		t.Error("no power cut at all")
	}
}

// audit lets the box come to rest and compares journal and unit.
func (x *register) audit(what string) {
	x.t.Helper()
	x.live(func(e *engine.Engine) {
		var counting bool
		e.Read(func(s *till.State) { counting = s.Shift != nil && s.Shift.State == till.StateCounting })
		var c till.Command = &till.MoveCash{Amount: 1, Note: "zuletzt"} // sealed behind all that waits
		if counting {
			c = &till.RescueShift{}
		}
		for n := range uint64(2) {
			if _, err := e.Submit(x.t.Context(), "last", tilltest.Owner, []engine.Numbered{{N: n + 1, Do: c}}); err != nil {
				x.t.Fatal(err)
			}
			c = &till.MoveCash{Amount: 1, Note: "zuletzt"}
		}
	})
	j, err := x.open()
	if err != nil {
		x.t.Fatal(err)
	}
	defer j.Close()
	state, commits := x.books(j)
	owners := map[uint64]int{}
	for _, c := range commits {
		for i := range c.Events {
			if o := c.Events[i].OutageBegan; o != nil {
				x.t.Errorf("%s: the unit failed: %s", what, o.Reason)
			}
			if s := c.Events[i].ReceiptSealed; s != nil {
				owners[s.Seal.Transaction]++
				if want := de.ProcessData(x.receipts[s.Receipt].Record()); s.Seal.ProcessData != want || !s.Seal.Signed() {
					x.t.Errorf("%s: receipt %d is sealed as %+v, want %s", what, s.Receipt, s.Seal, want)
				}
			}
		}
	}
	if len(state.Unsealed)+len(state.Aborting) > 0 {
		x.t.Errorf("%s: unsealed %v, aborting %v", what, state.Unsealed, state.Aborting)
	}
	last, _, err := x.unit.Last(x.t.Context())
	if err != nil {
		x.t.Fatal(err)
	}
	open := map[uint64]bool{}
	for _, o := range state.Orders {
		if o.Process != nil {
			open[o.Process.Transaction] = true
		}
	}
	for n := uint64(1); n <= last; n++ {
		f, ended, err := x.unit.Ended(x.t.Context(), n)
		if err != nil {
			x.t.Fatal(err)
		}
		want := 0
		if ended && strings.HasPrefix(f.ProcessData, string(fiscal.Receipt)) {
			want = 1
		}
		if owners[n] != want || ended == open[n] {
			x.t.Errorf("%s: transaction %d (ended %v as %q) is the seal of %d receipts; of an open order: %v", what, n, ended, f.ProcessData, owners[n], open[n])
		}
	}
}
