package till_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// TestApplyRefusesWhatCannotBe: a commit that does not fit the state means that
// journal and program disagree; Apply must say so and not sell on.
func TestApplyRefusesWhatCannotBe(t *testing.T) {
	ref := &till.OrderRef{Order: "x"}
	for _, c := range []struct {
		event till.Event
		want  string
	}{
		{till.Event{}, "no known type"},
		{till.Event{OrderOpened: &till.OrderOpened{Order: "o"}}, "opened twice"},
		{till.Event{LineAdded: &till.LineAdded{Order: "x"}}, "order x does not exist"},
		{till.Event{LineRaised: &till.LineRaised{Order: "x"}}, "order x does not exist"},
		{till.Event{LineRaised: &till.LineRaised{Order: "o", Line: "m"}}, "has no line m"},
		{till.Event{LineVoided: &till.LineVoided{Order: "x"}}, "order x does not exist"},
		{till.Event{LineVoided: &till.LineVoided{Order: "o", Line: "m"}}, "has no line m"},
		{till.Event{Discounted: &till.Discounted{Order: "x"}}, "order x does not exist"},
		{till.Event{Discounted: &till.Discounted{Order: "o", Line: "m"}}, "has no line m"},
		{till.Event{TakeAwaySet: &till.TakeAwaySet{Order: "x"}}, "order x does not exist"},
		{till.Event{OrderParked: &till.OrderParked{Order: "x"}}, "order x does not exist"},
		{till.Event{OrderResumed: ref}, "order x does not exist"},
		{till.Event{OrderCancelled: &till.OrderCancelled{Order: "x"}}, "order x does not exist"},
		{till.Event{PaymentAdded: &till.PaymentAdded{Order: "x"}}, "order x does not exist"},
		{till.Event{PaymentsDropped: ref}, "order x does not exist"},
		{till.Event{ReceiptPrepared: &till.Receipt{Number: 3}}, "receipt 3 follows 1"},
		{till.Event{ReceiptPrepared: &till.Receipt{Number: 1}}, "receipt 1 follows 1"},
		{till.Event{ReceiptSealed: &till.ReceiptSealed{Receipt: 9}}, "awaits none"},
		{till.Event{ShiftOpened: &till.ShiftOpened{Shift: 2}}, "opened while 1 is"},
		{till.Event{ShiftCounting: &till.ShiftRef{Shift: 2}}, "shift 2 is not open"},
		{till.Event{ShiftRescued: &till.ShiftRescued{Shift: 2}}, "shift 2 is not open"},
		{till.Event{ShiftClosed: &till.ShiftClosed{Shift: 2}}, "shift 2 is not open"},
		{till.Event{MasterChanged: &till.MasterChanged{Kind: "weather", ID: "x"}}, "unknown kind"},
		{till.Event{MasterChanged: &till.MasterChanged{Kind: "group", ID: "x", New: json.RawMessage(`{"wings":2}`)}}, "wings"},
	} {
		x := openShop(t)
		espresso(x)
		err := x.s.Apply(&till.Commit{Op: "test", Seq: x.s.Seq + 1, Events: []till.Event{c.event}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "(test)") {
			t.Errorf("%s: got %v, want %q", kindOf(c.event), err, c.want)
		}
	}
}

// TestLateProcessOfNobody: an answer for an order nobody remembers is booked
// all the same; the device's number counts.
func TestLateProcessOfNobody(t *testing.T) {
	x := openShop(t)
	x.apply(&till.Commit{Seq: x.s.Seq + 1, Events: []till.Event{{ProcessOpened: &till.ProcessOpened{Order: "x", Opened: opened(77)}}}})
	if x.s.Transaction != 77 {
		t.Errorf("transaction %d", x.s.Transaction)
	}
}

// TestTimeNeverRunsBack, even if a commit's does.
func TestTimeNeverRunsBack(t *testing.T) {
	x := closedShop(t)
	before := x.s.Time
	x.apply(&till.Commit{Seq: x.s.Seq + 1, At: before.Add(-1)})
	if !x.s.Time.Equal(before) {
		t.Errorf("time %v, was %v", x.s.Time, before)
	}
}

// TestEventNames: the journal's words for events never change their meaning,
// so each has a version, and no two are alike.
func TestEventNames(t *testing.T) {
	seen := map[string]bool{}
	event := reflect.TypeFor[till.Event]()
	for i := range event.NumField() {
		name, rest, _ := strings.Cut(event.Field(i).Tag.Get("json"), ",")
		if !strings.HasSuffix(name, ".v1") || rest != "omitempty" || seen[name] {
			t.Errorf("%s is called %q", event.Field(i).Name, name)
		}
		seen[name] = true
	}
}

// TestEveryEventSurvivesTheJournal: what is written is what is read, for each
// event the random days know, down to nil and empty lists.
func TestEveryEventSurvivesTheJournal(t *testing.T) {
	x := openShop(t)
	basket(x)
	partly := x.do("", &till.Pay{Order: "o", Tender: "card", Total: x.total(), Amount: 1})
	for _, e := range append(partly, x.do("", &till.Pay{Order: "o", Tender: "cash", Total: x.total(), Given: 90_00})...) {
		var again till.Event
		if err := json.Unmarshal(encode(t, e), &again); err != nil {
			t.Fatal(err)
		}
		if a, b := encode(t, e), encode(t, again); string(a) != string(b) {
			t.Errorf("wrote %s, read %s", a, b)
		}
	}
}

// TestReplayKeepsNilAndEmpty compares the states as Go values, not as JSON:
// code must not tell a replayed state from a running one by an empty list.
func TestReplayKeepsNilAndEmpty(t *testing.T) {
	w := newWorld(t)
	run := func(by string, c till.Command) {
		t.Helper()
		in := till.Input{By: by, At: tilltest.Opening.UTC(), Do: c}
		events, err := till.Decide(w.running, in)
		if err != nil {
			t.Fatal(err)
		}
		w.commit(t, &till.Commit{Op: c.Op(), By: by, Events: events, Seq: w.running.Seq + 1, At: in.At})
		w.same(t, c.Op())
	}
	run("", &till.OpenShift{Float: 1, Count: till.Count{1: 1}})
	run("", addOne(tilltest.Espresso))
	run("", &till.GiveDiscount{Order: "o", ID: "euro"})
	run("", &till.Pay{Order: "o", Tender: "cash", Total: 150, Amount: 1})
	run("", &till.DropPayments{Order: "o"})
	run("", &till.VoidLine{Order: "o", Line: "m"})
	run("", addOne(tilltest.Cake))
	run("", &till.Park{Order: "o"})
	run("", &till.Resume{Order: "o"})
	run("", &till.GiveDiscount{Order: "o"})
	run("", &till.Pay{Order: "o", Tender: "cash", Total: 420})
	run("", till.RecordSeal{Receipt: 2})
	run("", setMaster("role", "none", `{"id":"none","name":"x","rights":[]}`))
	run("", setMaster("company", "company", `{"id":"company","name":"Neu","street":"a","city":"b","timeZone":"UTC","zip":"","currency":"EUR","footer":[],"show":[]}`))
	run("", &till.BeginCount{})
	run("", &till.CloseShift{Counted: 421})
	run("", &till.CloseDayCmd{})
	run("", &till.OpenShift{Count: till.Count{}})
}

func (w *world) same(t fatal, op string) {
	t.Helper()
	if reflect.DeepEqual(w.running, w.replayed) {
		return
	}
	a, b := reflect.ValueOf(*w.running), reflect.ValueOf(*w.replayed)
	for i := range a.NumField() {
		if x, y := a.Field(i).Interface(), b.Field(i).Interface(); !reflect.DeepEqual(x, y) {
			t.Fatalf("after %s %s differs: running %#v, replayed %#v", op, a.Type().Field(i).Name, x, y)
		}
	}
}
