package tselog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// mark is what the checks across messages need of one message.
type mark struct {
	counter uint64
	tx      uint64
	seconds int64
	millis  int16
	step    step
}

type step uint8

const (
	stepOther step = iota // system and audit messages
	stepStart
	stepUpdate
	stepFinish
	stepSetTime
)

func newMark(m Message) mark {
	k := mark{counter: m.Counter, tx: m.TransactionNo, seconds: m.Time.Time.Unix(), millis: int16(m.Time.Time.Nanosecond() / 1e6)}
	switch m.step() {
	case OpStart:
		k.step = stepStart
	case OpUpdate:
		k.step = stepUpdate
	case OpFinish:
		k.step = stepFinish
	}
	if m.Kind == System && strings.EqualFold(m.Operation, "updateTime") {
		k.step = stepSetTime
	}
	return k
}

// before compares log times.
func (k mark) before(l mark) bool {
	return k.seconds < l.seconds || k.seconds == l.seconds && k.millis < l.millis
}

func (k mark) time() time.Time { return time.Unix(k.seconds, int64(k.millis)*1e6).UTC() }

// checkMarks checks counters, times and transactions over all messages in the order of their signature counters.
func (c *Checker) checkMarks() {
	if len(c.marks) == 0 {
		return
	}
	slices.SortStableFunc(c.marks, func(a, b mark) int { return cmp.Compare(a.counter, b.counter) })
	first, last := c.marks[0], c.marks[len(c.marks)-1]
	r := &c.report
	r.FirstCounter, r.LastCounter = first.counter, last.counter
	switch {
	case first.counter == 2: // a proof of possession when the unit was made (TR-03153-1)
		c.note("the export begins at signature counter 2: the first signature may have been made at the manufacturer's")
	case first.counter > 2:
		c.note("the export begins at signature counter %d: it is a part of the log", first.counter)
	}
	c.checkCounters()
	c.checkTimes()
	c.checkTransactions(first.counter <= 2)
}

func (c *Checker) checkCounters() {
	for i := 1; i < len(c.marks); i++ {
		a, b := c.marks[i-1].counter, c.marks[i].counter
		switch {
		case a == b:
			c.fault(BadCounter, "", fmt.Sprintf("signature counter %d is there twice", a))
		case b != a+1:
			c.fault(BadCounter, "", fmt.Sprintf("signature counters %d to %d are missing", a+1, b-1))
		}
	}
}

// checkTimes: log time may only go back where the time was set.
func (c *Checker) checkTimes() {
	low, high := c.marks[0], c.marks[0]
	for i, k := range c.marks {
		if i > 0 && k.before(c.marks[i-1]) && k.step != stepSetTime {
			c.fault(BadTime, "", fmt.Sprintf("message %d is %d seconds before the one it follows", k.counter, c.marks[i-1].seconds-k.seconds))
		}
		if k.before(low) {
			low = k
		}
		if high.before(k) {
			high = k
		}
	}
	c.report.FirstTime, c.report.LastTime = low.time(), high.time()
}

// checkTransactions: each number is started once, numbers rise by one with each start, nothing follows a finish. whole tells
// that the log is there from its beginning, so that a start cannot lie before the export.
func (c *Checker) checkTransactions(whole bool) {
	open, lastStart := map[uint64]bool{}, uint64(0)
	r := &c.report
	for _, k := range c.marks {
		switch k.step {
		case stepStart:
			c.checkStart(k, lastStart, whole)
			lastStart = max(lastStart, k.tx)
			open[k.tx] = true
			r.Started++
		case stepUpdate, stepFinish:
			if !open[k.tx] && (whole || k.tx >= r.FirstTransaction && r.FirstTransaction > 0) {
				c.fault(BadTransaction, "", fmt.Sprintf("message %d concerns transaction %d, which is not open", k.counter, k.tx))
			}
			if k.step == stepFinish {
				delete(open, k.tx)
				r.Finished++
			}
		}
	}
	r.Open, r.LastNumber = len(open), lastStart
}

func (c *Checker) checkStart(k mark, lastStart uint64, whole bool) {
	r := &c.report
	switch {
	case r.Started == 0:
		r.FirstTransaction = k.tx
		if whole && k.tx != 1 {
			c.note("the first transaction has the number %d", k.tx)
		}
	case k.tx <= lastStart:
		c.fault(BadTransaction, "", fmt.Sprintf("message %d starts transaction %d after %d", k.counter, k.tx, lastStart))
	case k.tx != lastStart+1: // a start that failed burns its number
		c.note("transaction numbers %d to %d were never started", lastStart+1, k.tx-1)
	}
}

func (c *Checker) note(format string, args ...any) {
	if len(c.report.Notes) < MaxProblems {
		c.report.Notes = append(c.report.Notes, fmt.Sprintf(format, args...))
	}
}
