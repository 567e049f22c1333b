package engine_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// Promises of the engine over power cuts:
//  1. an acknowledged command is in the journal, once; a repeated one is
//     recognised and answered as before; one that was not acknowledged is there
//     once or not at all;
//  2. nothing is shown to a follower that a power cut could take away;
//  3. every receipt is sealed once, every signature in the unit belongs to one
//     receipt, no transaction is finished twice or left open by nobody;
//  4. the state by replay equals the running one, and the books add up.

func add(order, line, article string) till.Command {
	return &till.AddLine{Order: order, Line: line, Article: article, Qty: money.One}
}

// scripted is a short shop day with everything that touches journal and unit.
func scripted() []till.Command {
	return []till.Command{
		&till.OpenShift{Float: 10_000},
		add("o-1", "l-1", tilltest.Espresso),
		add("o-2", "l-2", tilltest.Cake),
		&till.Pay{Order: "o-1", Tender: "cash", Total: 250, Given: 500},
		&till.CancelOrder{Order: "o-2", Reason: "Gast ging"},
		add("o-3", "l-3", tilltest.Espresso),
		&till.Pay{Order: "o-3", Tender: "card", Total: 250},
		&till.VoidReceipt{Receipt: 2, Reason: "Irrtum"},
		add("o-4", "l-4", tilltest.Tobacco),
		&till.MoveCash{Amount: -1_000, Note: "Bank"},
		&till.MoveCash{Amount: -1_000, Note: "Bank"}, // the same again: its own signature
		&till.Pay{Order: "o-4", Tender: "cash", Total: 840, Amount: 400},
		&till.Pay{Order: "o-4", Tender: "voucher", Total: 840},
		add("o-5", "l-5", tilltest.Cake),
		&till.BeginCount{},
		&till.CloseShift{Counted: 8_650, Reason: "gezählt"},
		&till.CloseDayCmd{},
	}
}

// day runs commands from number 1, and goes on over every fall. It sends what
// was not acknowledged again, and now and then what was.
func (s *shop) day(commands []till.Command, repeat func(int) bool) {
	s.t.Helper()
	for i := 0; i < len(commands); {
		if s.fallen() {
			s.recover()
			s.seed()
			continue
		}
		n := uint64(i + 1)
		r, ok := s.submit(tilltest.Owner, n, commands[i])
		if !ok {
			continue
		}
		if r.Err != nil {
			s.t.Fatalf("command %d (%s): %v", n, commands[i].Op(), r.Err)
		}
		if repeat(i) {
			if again, ok := s.submit(tilltest.Owner, n, commands[i]); ok && (again.Err != nil || !again.Repeated) {
				s.t.Fatalf("command %d again: %+v", n, again)
			}
		}
		i++
	}
	synctest.Wait()
	if s.fallen() {
		s.recover()
	}
}

func TestCrashAtEveryWrite(t *testing.T) {
	for _, ops := range []struct {
		name  string
		ops   memdisk.Op
		seeds uint64
	}{{"change", memdisk.OpChange, 1}, {"sync", memdisk.OpDatasync, 2}} {
		t.Run(ops.name, func(t *testing.T) {
			points := 0
			for seed := range uint64(soak(int(ops.seeds))) {
				for nth := 1; ; nth++ {
					fired := false
					synctest.Test(t, func(t *testing.T) {
						s := newShop(t)
						s.life = seed << 20
						s.disk.Arm(memdisk.Fault{Ops: ops.ops, Nth: nth, Cut: true})
						if !s.start() {
							s.recover()
						}
						s.seed()
						s.day(scripted(), func(i int) bool { return i%3 == 0 })
						fired = s.life > seed<<20+1
						s.disk.Disarm()
						s.close()
					})
					if t.Failed() {
						t.Fatalf("power cut at call %d, seed %d", nth, seed)
					}
					if !fired {
						break
					}
					points++
				}
			}
			t.Logf("%d power cuts", points)
			if points < 30 {
				t.Errorf("only %d power cuts: the day does not reach the disk", points)
			}
		})
	}
}

// TestCrashOnRandomDays cuts the power a few times in a random day, at random
// calls of the disk or in the signing unit.
func TestCrashOnRandomDays(t *testing.T) {
	cuts := 0
	for seed := range uint64(soak(6)) {
		synctest.Test(t, func(t *testing.T) { cuts += randomDay(t, seed, 60) })
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d power cuts", cuts)
	if cuts == 0 {
		t.Error("no power cut at all")
	}
}

func randomDay(t *testing.T, seed uint64, steps int) (cuts int) {
	rng := rand.New(rand.NewPCG(seed, 1))
	s := newShop(t)
	s.life = seed << 20
	s.start()
	s.seed()
	day := tilltest.NewDay(rng.IntN)
	day.Box = false
	arm := func() {
		if rng.IntN(3) > 0 {
			s.disk.Arm(memdisk.Fault{Ops: memdisk.OpChange, Nth: 1 + rng.IntN(50), Cut: true})
			return
		}
		left := 1 + rng.IntN(10)
		s.unit.set(func(d *device) {
			d.on = func(string) error {
				if left--; left == 0 {
					s.disk.CutPower() // with the answer on the wire
				}
				return nil
			}
		})
	}
	arm()
	for range steps {
		var in till.Input
		s.engine.Read(func(x *till.State) { in = day.Next(x) })
		s.setClock(day.Now)
		for {
			_, ok := s.submit(in.By, in.N, in.Do)
			synctest.Wait()
			if ok && !s.fallen() {
				break
			}
			cuts++
			s.recover()
			arm()
		}
		s.mu.Lock()
		for _, c := range s.published {
			day.Saw(c)
		}
		s.mu.Unlock()
	}
	s.disk.Disarm()
	s.crash() // what was armed may have struck after the last answer
	s.close()
	return cuts
}

// TestPowerLost are the rows of DESIGN.md's table. Between Sealed and paper is
// the outbox's.
func TestPowerLost(t *testing.T) {
	t.Run("before the sync", func(t *testing.T) {
		lost := 0
		for seed := range uint64(12) {
			bubble(t, func(t *testing.T, s *shop) {
				s.life = seed
				s.must(1, &till.OpenShift{Float: 100})
				synctest.Wait()
				head := s.journal.Head()
				s.disk.Arm(memdisk.Fault{Ops: memdisk.OpDatasync, Nth: 1, Cut: true})
				if _, ok := s.submit(tilltest.Owner, 2, &till.OpenDrawer{Reason: "Wechseln"}); ok {
					t.Fatal("acknowledged without a sync")
				}
				s.recover()
				survived := s.journal.Head() > head
				if !survived {
					lost++
				}
				if r := s.must(2, &till.OpenDrawer{Reason: "Wechseln"}); r.Repeated != survived {
					t.Errorf("repeated is %v, the record survived: %v", r.Repeated, survived)
				}
			})
		}
		if lost == 0 {
			t.Error("the record survived in every world")
		}
	})
	t.Run("after the sync, before the answer", func(t *testing.T) {
		bubble(t, func(t *testing.T, s *shop) {
			s.must(1, &till.OpenShift{})
			s.must(2, add("o-1", "l-1", tilltest.Espresso))
			pay := &till.Pay{Order: "o-1", Tender: "cash", Total: 250}
			first := s.must(3, pay) // the answer never reaches the screen
			s.crash()
			if r := s.must(3, pay); !r.Repeated || r.Receipt != first.Receipt || r.Seq != first.Seq {
				t.Errorf("got %+v, want %+v repeated", r, first)
			}
		})
	})
	t.Run("between device start and its record", func(t *testing.T) {
		bubble(t, func(t *testing.T, s *shop) {
			s.must(1, &till.OpenShift{})
			s.unit.set(func(d *device) {
				d.on = func(string) error {
					s.disk.CutPower()
					return nil
				}
			})
			s.submit(tilltest.Owner, 2, add("o-1", "l-1", tilltest.Espresso))
			synctest.Wait()
			s.crash()
			s.must(2, add("o-1", "l-1", tilltest.Espresso))
			s.must(3, &till.Pay{Order: "o-1", Tender: "cash", Total: 250})
		})
	})
	for name, c := range map[string]till.Command{
		"an order":                 &till.Pay{Order: "o-1", Tender: "cash", Total: 250},
		"what has no order":        &till.MoveCash{Amount: 500, Note: "Wechselgeld"},
		"the shift's last receipt": &till.MoveCash{Amount: -100, Note: "Bank"},
	} {
		t.Run("between Prepared and Sealed of "+name, func(t *testing.T) {
			bubble(t, func(t *testing.T, s *shop) {
				s.must(1, &till.OpenShift{Float: 1000})
				s.must(2, add("o-1", "l-1", tilltest.Espresso))
				synctest.Wait()
				signed := 0
				s.unit.set(func(d *device) {
					d.on = func(what string) error {
						if what == "finish" {
							signed++
							s.disk.CutPower()
						}
						return nil
					}
				})
				if _, ok := s.submit(tilltest.Owner, 3, c); ok {
					t.Fatal("acknowledged without a seal")
				}
				s.crash()
				if r := s.must(3, c); !r.Repeated || r.Receipt == 0 {
					t.Errorf("got %+v", r)
				}
				if got := len(s.unit.ended); signed != 1 || got != 2 { // the float and this one
					t.Errorf("%d signatures, want 2", got)
				}
			})
		})
	}
	t.Run("between device abort and its record", func(t *testing.T) {
		bubble(t, func(t *testing.T, s *shop) {
			s.must(1, &till.OpenShift{})
			s.must(2, add("o-1", "l-1", tilltest.Espresso))
			synctest.Wait()
			s.must(3, &till.CancelOrder{Order: "o-1"})
			synctest.Wait()
			s.crash() // the record of the end is lazy: nothing flushed it
			s.must(3, &till.CancelOrder{Order: "o-1"})
			synctest.Wait()
			if got := len(s.unit.ended); got != 1 {
				t.Errorf("%d transactions ended, want the one aborted", got)
			}
		})
	})
}

// A power cut in the start itself is no worse.
func TestCrashWhileStarting(t *testing.T) {
	for nth := 1; nth <= soak(6); nth++ {
		bubble(t, func(t *testing.T, s *shop) {
			s.must(1, &till.OpenShift{})
			s.must(2, add("o-1", "l-1", tilltest.Espresso))
			s.unit.set(func(d *device) {
				d.on = func(what string) error {
					s.disk.CutPower()
					return nil
				}
			})
			s.submit(tilltest.Owner, 3, &till.Pay{Order: "o-1", Tender: "cash", Total: 250})
			s.crash()
			s.disk.Arm(memdisk.Fault{Ops: memdisk.OpChange, Nth: nth, Cut: true})
			synctest.Wait()
			s.crash()
			s.must(3, &till.Pay{Order: "o-1", Tender: "cash", Total: 250})
		})
		if t.Failed() {
			t.Fatalf("power cut at call %d", nth)
		}
	}
}

var _ engine.Sealer = (*sealer)(nil)
