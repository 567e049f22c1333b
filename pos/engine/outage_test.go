package engine_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal/memdisk"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// outages lists what the journal says about outages and seals, in order.
func outages(t *testing.T, s *shop) (begun []string, ended []fiscal.Outage, seals []fiscal.Seal) {
	t.Helper()
	_, commits := replay(t, s.journal)
	for _, c := range commits {
		for i := range c.Events {
			switch e := &c.Events[i]; {
			case e.OutageBegan != nil:
				begun = append(begun, e.OutageBegan.Reason)
			case e.OutageEnded != nil:
				ended = append(ended, *e.OutageEnded)
			case e.ReceiptSealed != nil:
				seals = append(seals, e.ReceiptSealed.Seal)
			}
		}
	}
	return begun, ended, seals
}

func TestOutage(t *testing.T) {
	for name, c := range map[string]struct {
		fault  func(*device)
		reason string
	}{
		"pulled":  {func(d *device) { d.fail = errPulled }, errPulled.Error()},
		"hanging": {func(d *device) { d.mute = true }, "context deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, s *shop) {
				began := time.Now()
				s.must(1, &till.OpenShift{Float: 500})
				s.must(2, add("o-1", "l-1", tilltest.Espresso))
				s.must(3, add("o-2", "l-2", tilltest.Espresso))
				synctest.Wait()
				s.unit.set(c.fault)
				s.must(4, add("o-3", "l-3", tilltest.Cake)) // its start fails
				s.must(5, &till.Pay{Order: "o-1", Tender: "cash", Total: 250})
				s.must(6, &till.MoveCash{Amount: 100, Note: "Wechselgeld"})
				if took := time.Since(began); took > 6*time.Second {
					t.Errorf("three taps took %v: each waits for a unit known to be missing", took)
				}
				since := s.clock()
				s.setClock(since.Add(time.Minute))
				s.unit.set(func(d *device) { d.fail, d.mute = nil, false })
				time.Sleep(20 * time.Second) // of the bubble: the probe comes
				synctest.Wait()
				begun, ended, seals := outages(t, s)
				if len(begun) != 1 || begun[0] != c.reason {
					t.Errorf("outages began for %q, want one for %q", begun, c.reason)
				}
				if len(ended) != 1 || !ended[0].Since.Equal(since) || !ended[0].Until.Equal(since.Add(time.Minute)) || ended[0].Reason != c.reason {
					t.Errorf("outages ended as %+v, want %v for a minute", ended, since)
				}
				for i, want := range []bool{true, false, false} {
					if seals[i].Signed() != want || !want && seals[i].Outage.Reason != c.reason {
						t.Errorf("receipt %d: sealed as %+v", i+1, seals[i])
					}
				}
				s.engine.Read(func(x *till.State) {
					if p := x.Orders["o-3"].Process; p == nil {
						t.Error("the order of the outage was not begun afterwards")
					}
				})
				s.must(7, &till.Pay{Order: "o-2", Tender: "cash", Total: 250})
				s.must(8, &till.Pay{Order: "o-3", Tender: "cash", Total: 420})
				if _, _, seals := outages(t, s); !seals[3].Signed() || !seals[4].Signed() {
					t.Errorf("after the outage sealed as %+v", seals[3:])
				}
				if len(s.unit.open) > 0 {
					t.Errorf("left open: %v", s.unit.open)
				}
			})
		})
	}
}

// The answer to a finish is lost: the receipt is marked, and its late
// signature never goes to another receipt that looks the same.
func TestLateSealGoesToNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.start()
		s.seed()
		s.must(1, &till.OpenShift{})
		s.unit.set(func(d *device) { d.on = func(string) error { return errPulled } })
		s.must(2, &till.MoveCash{Amount: 100, Note: "Wechselgeld"})
		s.unit.set(func(d *device) { d.on = func(string) error { return nil } })
		time.Sleep(5 * time.Second) // of the bubble
		synctest.Wait()
		s.must(3, &till.MoveCash{Amount: 100, Note: "Wechselgeld"})
		_, ended, seals := outages(t, s)
		if len(ended) != 1 || len(seals) != 2 || seals[0].Signed() || !seals[1].Signed() || seals[1].Transaction == 1 {
			t.Errorf("outages %v, seals %+v", ended, seals)
		}
		s.down()
	})
}

// A unit that comes back is found although taps never stop coming.
func TestOutageEndsUnderLoad(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		s.unit.set(func(d *device) { d.fail = errPulled })
		s.must(2, &till.MoveCash{Amount: 100, Note: "Wechselgeld"})
		s.unit.set(func(d *device) { d.fail = nil })
		for n := uint64(3); n < 40; n++ {
			time.Sleep(100 * time.Millisecond) // of the bubble: faster than the probe
			s.must(n, &till.MoveCash{Amount: 100, Note: "Wechselgeld"})
		}
		synctest.Wait()
		if _, ended, _ := outages(t, s); len(ended) != 1 {
			t.Errorf("%d outages ended, want 1", len(ended))
		}
	})
}

// An order is opened in the moment in which the unit is found again: it is
// begun once.
func TestOrderWhileTheOutageEnds(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		s.unit.set(func(d *device) { d.fail = errPulled })
		s.must(2, &till.MoveCash{Amount: 100, Note: "Wechselgeld"})
		opened := false
		s.unit.set(func(d *device) {
			d.fail = nil
			d.onSettle = func() {
				if !opened {
					opened = true
					s.must(3, add("o-1", "l-1", tilltest.Espresso))
				}
			}
		})
		time.Sleep(5 * time.Second) // of the bubble
		synctest.Wait()
		if len(s.unit.open) != 1 || !opened {
			t.Errorf("open in the unit: %v", s.unit.open)
		}
		s.must(4, &till.Pay{Order: "o-1", Tender: "cash", Total: 250})
	})
}

// A restart in the middle of an outage goes on with it.
func TestOutageOverARestart(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		s.must(2, add("o-1", "l-1", tilltest.Espresso))
		synctest.Wait()
		since := s.clock()
		s.unit.set(func(d *device) { d.fail = errPulled })
		s.must(3, &till.MoveCash{Amount: 100, Note: "Wechselgeld"})
		s.setClock(since.Add(time.Minute))
		s.crash()
		s.must(4, &till.MoveCash{Amount: 200, Note: "Wechselgeld"})
		s.unit.set(func(d *device) { d.fail = nil })
		time.Sleep(5 * time.Second) // of the bubble
		synctest.Wait()
		begun, ended, seals := outages(t, s)
		if len(begun) != 1 || len(ended) != 1 || !ended[0].Since.Equal(since) || seals[1].Outage == nil || !seals[1].Outage.Since.Equal(since) {
			t.Errorf("began %v, ended %v, seals %+v; want one outage since %v", begun, ended, seals, since)
		}
		s.must(5, &till.Pay{Order: "o-1", Tender: "cash", Total: 250})
	})
}

// Another unit is plugged in during an outage: its numbers begin anew and
// belong to it alone.
func TestAnotherUnitAfterAnOutage(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		s.must(2, add("o-1", "l-1", tilltest.Espresso))
		synctest.Wait()
		s.unit.set(func(d *device) { d.fail = errPulled })
		s.must(3, &till.MoveCash{Amount: 100, Note: "Wechselgeld"})
		s.unit.set(func(d *device) {
			d.serial, d.last, d.fail = "ffff", 0, nil
			d.open, d.ended = map[uint64]string{}, map[uint64]finishing{}
		})
		time.Sleep(5 * time.Second) // of the bubble
		s.must(4, add("o-2", "l-2", tilltest.Espresso))
		s.must(5, &till.Pay{Order: "o-1", Tender: "cash", Total: 250})
		s.must(6, &till.Pay{Order: "o-2", Tender: "cash", Total: 250})
	})
}

// The journal has no room for a seal: the screen waits, nothing is lost, and
// when there is room again the receipt is sealed and the screen gets its
// answer. Without a second try it would wait for ever.
func TestSealIsToldAgainWhenThereIsRoom(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		full, refused := false, 0
		s.unit.set(func(d *device) {
			d.on = func(what string) error { // the receipt is prepared, its signature made
				if what == "finish" && !full {
					full = true
					refused = s.fill()
				}
				return nil
			}
		})
		result := make(chan engine.Result, 1)
		go func() {
			r, _ := s.submit(tilltest.Owner, 2, &till.MoveCash{Amount: 100, Note: strings.Repeat("x", 60)})
			result <- r
		}()
		time.Sleep(time.Minute) // of the bubble: many tries
		synctest.Wait()
		select {
		case r := <-result:
			t.Fatalf("answered %+v without a seal", r)
		default:
		}
		s.disk.SetCapacity(0)
		time.Sleep(2 * time.Second) // of the bubble
		r := <-result
		if r.Err != nil || r.Receipt == 0 || refused == 0 {
			t.Errorf("got %+v", r)
		}
		_, _, seals := outages(t, s)
		if len(seals) != 1 || !seals[0].Signed() || len(s.unit.ended) != 1 {
			t.Errorf("seals %+v, %d signatures", seals, len(s.unit.ended))
		}
	})
}

// fill takes the rest of the disk and of the spare segments; it returns how
// many commands were refused at the end.
func (s *shop) fill() (refused int) {
	s.disk.SetCapacity(1)
	for n := 0; refused < 3 && n < 10_000; n++ {
		reply, err := s.engine.Submit(s.t.Context(), "filler", tilltest.Owner,
			[]engine.Numbered{{N: uint64(n + 1), Do: &till.OpenDrawer{Reason: strings.Repeat("x", 60)}}})
		if err != nil {
			s.t.Errorf("fill the disk: %v", err)
			return
		}
		if reply.Results[0].Err != nil {
			refused++
		}
	}
	return refused
}

func TestFullDiskRefusesClearly(t *testing.T) {
	bubble(t, func(t *testing.T, s *shop) {
		s.must(1, &till.OpenShift{})
		if s.fill() == 0 {
			t.Fatal("the disk never gets full")
		}
		head := s.journal.Head()
		r, _ := s.submit(tilltest.Owner, 2, add("o-1", "l-1", tilltest.Espresso))
		var refusal *till.Refusal
		if refusal, _ = r.Err.(*till.Refusal); refusal == nil || refusal.Code != "journal" || refusal.Hint == "" || r.Seq != 0 {
			t.Errorf("got %+v, want a refusal with a hint", r)
		}
		if s.journal.Head() != head || s.fallen() {
			t.Errorf("head went from %d to %d; fallen: %v", head, s.journal.Head(), s.dead)
		}
		s.engine.Read(func(x *till.State) {
			if x.Orders["o-1"] != nil {
				t.Error("the refused order is open")
			}
		})
		s.disk.SetCapacity(0)
		if r := s.must(2, add("o-1", "l-1", tilltest.Espresso)); r.Repeated {
			t.Error("the refused command counts as done")
		}
	})
}

// A disk that fails takes the box down; nothing was acknowledged, and the next
// start finds what is there.
func TestFailingDiskIsFatal(t *testing.T) {
	for name, op := range map[string]memdisk.Op{"write": memdisk.OpWrite, "flush": memdisk.OpDatasync} {
		for nth := 1; nth <= 4; nth++ {
			t.Run(fmt.Sprint(name, " ", nth), func(t *testing.T) {
				bubble(t, func(t *testing.T, s *shop) {
					s.must(1, &till.OpenShift{Float: 500})
					synctest.Wait()
					s.disk.Arm(memdisk.Fault{Ops: op, Nth: nth, Err: syscall.EIO})
					n := uint64(2)
					for ; n < 20; n++ {
						if _, ok := s.submit(tilltest.Owner, n, &till.MoveCash{Amount: 100, Note: "Wechselgeld"}); !ok {
							break
						}
					}
					if !s.fallen() {
						t.Fatal("nobody noticed")
					}
					s.recover()
					s.must(n, &till.MoveCash{Amount: 100, Note: "Wechselgeld"})
				})
			})
		}
	}
}
