package till

import (
	"encoding/json"
	"time"

	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
)

// CommitType is the journal's type name of a Commit.
const CommitType = "till.commit.v1"

// Commit is what one command did, and one record of the journal: all of its
// events become durable together or not at all.
type Commit struct {
	Client string  `json:"client,omitempty"` // screen that sent it; empty: the box itself
	N      uint64  `json:"n,omitempty"`      // running number of the screen
	Op     string  `json:"op"`
	By     string  `json:"by,omitempty"` // employee
	Events []Event `json:"events"`

	Seq uint64    `json:"-"` // of the record
	At  time.Time `json:"-"` // of the record
}

// Event is one thing that happened; exactly one field is set. The JSON name is
// the versioned type name: a changed meaning gets a new name, never a new
// reading of the old one.
type Event struct {
	OrderOpened      *OrderOpened      `json:"orderOpened.v1,omitempty"`
	LineAdded        *LineAdded        `json:"lineAdded.v1,omitempty"`
	LineRaised       *LineRaised       `json:"lineRaised.v1,omitempty"`
	LineVoided       *LineVoided       `json:"lineVoided.v1,omitempty"`
	Discounted       *Discounted       `json:"discounted.v1,omitempty"`
	TakeAwaySet      *TakeAwaySet      `json:"takeAwaySet.v1,omitempty"`
	OrderParked      *OrderParked      `json:"orderParked.v1,omitempty"`
	OrderResumed     *OrderRef         `json:"orderResumed.v1,omitempty"`
	OrderCancelled   *OrderCancelled   `json:"orderCancelled.v1,omitempty"`
	PaymentAdded     *PaymentAdded     `json:"paymentAdded.v1,omitempty"`
	PaymentsDropped  *OrderRef         `json:"paymentsDropped.v1,omitempty"`
	ReceiptPrepared  *Receipt          `json:"receiptPrepared.v1,omitempty"`
	ReceiptSealed    *ReceiptSealed    `json:"receiptSealed.v1,omitempty"`
	ProcessOpened    *ProcessOpened    `json:"processOpened.v1,omitempty"`
	ProcessAborted   *ProcessAborted   `json:"processAborted.v1,omitempty"`
	ShiftOpened      *ShiftOpened      `json:"shiftOpened.v1,omitempty"`
	ShiftCounting    *ShiftRef         `json:"shiftCounting.v1,omitempty"`
	ShiftRescued     *ShiftRescued     `json:"shiftRescued.v1,omitempty"`
	ShiftClosed      *ShiftClosed      `json:"shiftClosed.v1,omitempty"`
	DrawerOpened     *Reasoned         `json:"drawerOpened.v1,omitempty"`
	Reported         *Reported         `json:"xReported.v1,omitempty"`
	DayClosed        *Closing          `json:"dayClosed.v1,omitempty"`
	ReprintRequested *ReprintRequested `json:"reprintRequested.v1,omitempty"`
	MasterChanged    *MasterChanged    `json:"masterChanged.v1,omitempty"`
	OutageBegan      *Reasoned         `json:"outageBegan.v1,omitempty"`
	OutageEnded      *fiscal.Outage    `json:"outageEnded.v1,omitempty"`
	LoggedIn         *Login            `json:"loggedIn.v1,omitempty"`
	LoginFailed      *Login            `json:"loginFailed.v1,omitempty"`
}

// OrderRef names an order.
type OrderRef struct {
	Order string `json:"order"`
}

// OrderOpened begins a business process; the signing unit is told beside it.
type OrderOpened struct {
	Order    string `json:"order"`
	Number   uint64 `json:"number"`
	TakeAway bool   `json:"takeAway,omitempty"`
}

// LineAdded puts an article into an order.
type LineAdded struct {
	Order string `json:"order"`
	Line  Line   `json:"line"`
}

// LineRaised adds pieces to a line.
type LineRaised struct {
	Order string    `json:"order"`
	Line  string    `json:"line"`
	By    money.Qty `json:"by"`
}

// LineVoided takes pieces off a line before it is paid (Sofortstorno).
type LineVoided struct {
	Order  string      `json:"order"`
	Line   string      `json:"line"`
	Name   string      `json:"name"`
	Qty    money.Qty   `json:"qty"`
	Amount money.Cents `json:"amount"`
	Reason string      `json:"reason,omitempty"`
}

// Discounted sets or, with nil, removes a discount; an empty Line means the
// whole order.
type Discounted struct {
	Order    string    `json:"order"`
	Line     string    `json:"line,omitempty"`
	Discount *Discount `json:"discount,omitempty"`
}

// TakeAwaySet switches an order between eating in and taking away.
type TakeAwaySet struct {
	Order    string `json:"order"`
	TakeAway bool   `json:"takeAway"`
}

// OrderParked sets an order aside.
type OrderParked struct {
	Order string `json:"order"`
	Label string `json:"label"`
}

// OrderCancelled ends an order without a sale.
type OrderCancelled struct {
	Order  string      `json:"order"`
	Reason string      `json:"reason,omitempty"`
	Amount money.Cents `json:"amount"`
	Lines  []Line      `json:"lines,omitempty"`
}

// PaymentAdded is a tender taken.
type PaymentAdded struct {
	Order   string  `json:"order"`
	Payment Payment `json:"payment"`
}

// ReceiptSealed is the signature of a receipt, or the mark that none could be
// had.
type ReceiptSealed struct {
	Receipt uint64      `json:"receipt"`
	Seal    fiscal.Seal `json:"seal"`
}

// ProcessOpened is the signing unit's answer to a begun order.
type ProcessOpened struct {
	Order  string        `json:"order"`
	Opened fiscal.Opened `json:"opened"`
}

// ProcessAborted ends the device process of a cancelled order.
type ProcessAborted struct {
	Order string      `json:"order"`
	Seal  fiscal.Seal `json:"seal"`
}

// ShiftOpened begins a shift with its counted float.
type ShiftOpened struct {
	Shift  uint64      `json:"shift"`
	ByName string      `json:"byName"`
	Float  money.Cents `json:"float"`
	Count  Count       `json:"count,omitempty"`
	Note   string      `json:"note,omitempty"`
}

// ShiftRef names a shift.
type ShiftRef struct {
	Shift uint64 `json:"shift"`
}

// ShiftRescued puts a shift in closing control back to selling.
type ShiftRescued struct {
	Shift  uint64 `json:"shift"`
	Reason string `json:"reason,omitempty"`
}

// ShiftClosed ends a shift with the counted drawer.
type ShiftClosed struct {
	Shift    uint64      `json:"shift"`
	ByName   string      `json:"byName"`
	Counted  money.Cents `json:"counted"`
	Count    Count       `json:"count,omitempty"`
	Expected money.Cents `json:"expected"`
	Reason   string      `json:"reason,omitempty"`
	Forced   bool        `json:"forced,omitempty"`
}

// Reasoned is an event that only has a reason.
type Reasoned struct {
	Reason string `json:"reason"`
}

// Reported is an X report (Zwischenbericht): the shift and the day so far.
type Reported struct {
	Shift *Shift `json:"shift,omitempty"`
	Day   Totals `json:"day"`
}

// ReprintRequested asks for paper again; one of the numbers is set.
type ReprintRequested struct {
	Receipt uint64 `json:"receipt,omitempty"`
	Closing uint64 `json:"closing,omitempty"`
	Shift   uint64 `json:"shift,omitempty"`
}

// MasterChanged is a changed row of master data: old, new, and by the commit
// who and when. Old is empty for a new row.
type MasterChanged struct {
	Kind catalog.Kind    `json:"kind"`
	ID   string          `json:"id"`
	Old  json.RawMessage `json:"old,omitempty"`
	New  json.RawMessage `json:"new"`
}

// Login is an employee who logged in, or failed to.
type Login struct {
	Employee string `json:"employee"`
}
