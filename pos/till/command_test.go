package till_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/pos/till"
)

// seeds has one body for each command of the API, as a screen sends it.
var seeds = map[string]string{
	"addLine":      `{"order":"o","line":"m","article":"voucher","qty":1000,"price":500,"takeAway":true}`,
	"setQty":       `{"order":"o","line":"l","qty":2000,"reason":"x"}`,
	"voidLine":     `{"order":"o","line":"l","reason":"x"}`,
	"discount":     `{"order":"o","line":"l","id":"euro","percent":0,"amount":0}`,
	"setTakeAway":  `{"order":"o","takeAway":true}`,
	"park":         `{"order":"o","label":"Tisch 5"}`,
	"resume":       `{"order":"o"}`,
	"cancelOrder":  `{"order":"o","reason":"x"}`,
	"pay":          `{"order":"o","tender":"cash","total":250,"amount":250,"given":500,"tip":10}`,
	"dropPayments": `{"order":"o"}`,
	"voidReceipt":  `{"receipt":2,"reason":"x"}`,
	"reprint":      `{"receipt":1,"closing":0,"shift":0}`,
	"openDrawer":   `{"reason":"x"}`,
	"moveCash":     `{"amount":-500,"note":"Bank"}`,
	"openShift":    `{"float":0,"count":{"5000":2,"200":5},"note":"x"}`,
	"beginCount":   `{}`,
	"rescueShift":  `{"reason":"x"}`,
	"closeShift":   `{"counted":10000,"count":{},"reason":"x"}`,
	"forceClose":   `{"reason":"x"}`,
	"report":       `{}`,
	"closeDay":     `{}`,
	"setMaster":    `{"kind":"group","id":"g","value":{"id":"g","name":"G","sort":1,"active":true}}`,
}

func TestParse(t *testing.T) {
	if got := till.Ops(); len(got) != len(seeds) || !slices.IsSorted(got) {
		t.Errorf("commands %v", got)
	}
	for _, op := range till.Ops() {
		c, err := till.Parse(op, json.RawMessage(seeds[op]))
		if err != nil {
			t.Errorf("%s: %v", op, err)
			continue
		}
		if c.Op() != op {
			t.Errorf("%s parses as %s", op, c.Op())
		}
		allSet(t, op, c)
		again, err := till.Parse(op, encode(t, c))
		if err != nil || string(encode(t, again)) != string(encode(t, c)) {
			t.Errorf("%s: %s becomes %s, %v", op, encode(t, c), encode(t, again), err)
		}
		for name, bad := range map[string]string{"unknown field": `{"nothing":1}`, "no object": `7`, "a second one": `{}{}`, "cut off": `{`, "wrong type": `{"order":1,"reason":1,"note":1,"kind":1,"counted":"x"`} {
			if _, err := till.Parse(op, json.RawMessage(bad)); err == nil || codeOf(t, err) != "badRequest" {
				t.Errorf("%s, %s: %v", op, name, err)
			}
		}
	}
}

// allSet checks that a seed names each field the command has.
func allSet(t *testing.T, op string, c till.Command) {
	t.Helper()
	typ := reflect.TypeOf(c).Elem()
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if !strings.Contains(seeds[op], `"`+name+`":`) {
			t.Errorf("the seed of %s lacks %s", op, name)
		}
	}
}

func TestParseWithoutArguments(t *testing.T) {
	for _, args := range []json.RawMessage{nil, {}} {
		if c, err := till.Parse("closeDay", args); err != nil || c.Op() != "closeDay" {
			t.Errorf("%v, %v", c, err)
		}
	}
	if c := till.NewCommand("dance"); c != nil {
		t.Errorf("got %v", c)
	}
}

func TestBoxCommandsAreNotPublic(t *testing.T) {
	for _, c := range []till.Command{till.RecordProcess{}, till.RecordSeal{}, till.RecordAbort{}, till.BeginOutage{},
		till.EndOutage{}, till.NoteLogin{}, till.Import{}} {
		if _, err := till.Parse(c.Op(), nil); err == nil || codeOf(t, err) != "unknownCommand" {
			t.Errorf("%s: %v", c.Op(), err)
		}
	}
}

func TestPastReceipt(t *testing.T) {
	if got := till.PastReceipt(&till.VoidReceipt{Receipt: 7}); got != 7 {
		t.Errorf("got %d", got)
	}
	if got := till.PastReceipt(&till.Report{}); got != 0 {
		t.Errorf("got %d", got)
	}
}
