package till_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

func opened(n uint64) fiscal.Opened { return fiscal.Opened{Transaction: n, Serial: "5e41"} }

// TestProcessFindsItsOrder: the signing unit answers while the order is open,
// after it was paid, after it was cancelled, or too late to matter.
func TestProcessFindsItsOrder(t *testing.T) {
	for _, c := range []struct {
		name string
		prep func(*shop)
		got  func(*till.State) *fiscal.Opened
	}{
		{"open", espresso, func(s *till.State) *fiscal.Opened { return s.Orders["o"].Process }},
		{"paid", paidUnsealed, func(s *till.State) *fiscal.Opened { return s.Unsealed[2].Opened }},
		{"cancelled", cancelled, func(s *till.State) *fiscal.Opened { return s.Aborting["o"].Process }},
	} {
		x := openShop(t)
		c.prep(x)
		x.do("", till.RecordProcess{Order: "o", Opened: opened(9)})
		if got := c.got(x.s); got == nil || *got != opened(9) {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
	x := openShop(t)
	x.sell(tilltest.Espresso) // sealed
	if events := x.do("", till.RecordProcess{Order: "o", Opened: opened(9)}); events != nil {
		t.Errorf("too late: %v", events)
	}
}

func TestAbortIsNotedOnce(t *testing.T) {
	x := openShop(t)
	cancelled(x)
	x.do("", till.RecordAbort{Order: "o", Seal: fiscal.Seal{Transaction: 12, Serial: "5e41"}})
	if len(x.s.Aborting) != 0 || x.s.Transaction != 12 {
		t.Errorf("aborting %v, transaction %d", x.s.Aborting, x.s.Transaction)
	}
	if events := x.do("", till.RecordAbort{Order: "o"}); events != nil {
		t.Errorf("twice: %v", events)
	}
}

// TestHighestTransaction: numbers rise with one unit, another one begins anew,
// and a mark of an outage says nothing.
func TestHighestTransaction(t *testing.T) {
	x := openShop(t)
	x.do("", till.RecordSeal{Receipt: 1, Seal: fiscal.Seal{Serial: "5e41", Transaction: 5}})
	for _, c := range []struct {
		serial string
		n      uint64
		want   uint64
	}{{"5e41", 7, 7}, {"5e41", 6, 7}, {"", 99, 7}, {"beef", 2, 2}, {"beef", 3, 3}} {
		x.add("l", tilltest.Espresso, 1)
		events := x.do("", &till.Pay{Order: "o", Tender: "card", Total: 250})
		x.do("", till.RecordSeal{Receipt: events[1].ReceiptPrepared.Number, Seal: fiscal.Seal{Serial: c.serial, Transaction: c.n}})
		if x.s.Transaction != c.want {
			t.Errorf("after %d of %q: %d, want %d", c.n, c.serial, x.s.Transaction, c.want)
		}
	}
	if x.s.Unit != "beef" {
		t.Errorf("unit %q", x.s.Unit)
	}
}

func TestOutage(t *testing.T) {
	x := openShop(t)
	if events := x.do("", till.EndOutage{}); events != nil {
		t.Errorf("ended before it began: %v", events)
	}
	x.do("", till.BeginOutage{Reason: "gezogen"})
	if events := x.do("", till.BeginOutage{Reason: "noch"}); events != nil {
		t.Errorf("began twice: %v", events)
	}
	since := x.at
	x.at = x.at.Add(time.Hour)
	e := x.do("", till.EndOutage{})[0].OutageEnded
	want := fiscal.Outage{Since: since, Until: x.at, Reason: "gezogen"}
	if !reflect.DeepEqual(*e, want) || x.s.Outage != nil {
		t.Errorf("got %+v, want %+v; state %v", *e, want, x.s.Outage)
	}
}

func TestLogins(t *testing.T) {
	x := openShop(t)
	if e := x.do("", till.NoteLogin{Employee: "karl"})[0]; e.LoggedIn == nil || e.LoggedIn.Employee != "karl" {
		t.Errorf("got %+v", e)
	}
	if e := x.do("", till.NoteLogin{Employee: "karl", Failed: true})[0]; e.LoginFailed == nil || e.LoginFailed.Employee != "karl" {
		t.Errorf("got %+v", e)
	}
}

func TestEmptyState(t *testing.T) {
	s := till.New()
	if s.Location() != time.UTC {
		t.Errorf("location %v", s.Location())
	}
	if s.OpenShift() != nil {
		t.Error("a shift is open")
	}
	if _, ok := s.Repeated("c", 1); ok {
		t.Error("an unknown screen is known")
	}
	sealed := fiscal.Seal{Signature: []byte{1}}
	if marked := (fiscal.Seal{Outage: &fiscal.Outage{}}); !sealed.Signed() || marked.Signed() {
		t.Error("a mark counts as a signature")
	}
}
