package book

import (
	"encoding/json"
	"time"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

// Tables.
const (
	tableReceipt = 'r' // number -> stored
	tableShift   = 's' // id -> till.Shift
	tableClosing = 'z' // number -> till.Closing
	tableLast    = 'y' // last receipt of a closing -> its number
	tableChange  = 'c' // commit, and a part number from the second part on -> []Change
	tableOutage  = 'o' // commit that ended it -> fiscal.Outage
)

// Row is a receipt in a list. Details are in the journal.
type Row struct {
	Number   uint64      `json:"number"`
	Seq      uint64      `json:"seq"` // commit that prepared it
	At       time.Time   `json:"at"`
	Kind     string      `json:"kind"`
	Total    money.Cents `json:"total"`
	Tip      money.Cents `json:"tip,omitempty"`
	By       string      `json:"by"`
	ByName   string      `json:"byName"`
	Shift    uint64      `json:"shift"`
	Closing  uint64      `json:"closing,omitempty"` // 0: not closed yet
	Label    string      `json:"label,omitempty"`
	Order    string      `json:"order"`
	Tenders  []string    `json:"tenders"`
	VoidOf   uint64      `json:"voidOf,omitempty"`
	VoidedBy uint64      `json:"voidedBy,omitempty"`
	SealSeq  uint64      `json:"sealSeq,omitempty"` // commit that sealed it; 0: not yet
	Signed   bool        `json:"signed"`
}

// Change is a changed row of master data: old, new, who, when.
type Change struct {
	Seq    uint64          `json:"seq"`
	At     time.Time       `json:"at"`
	By     string          `json:"by"`
	ByName string          `json:"byName"`
	Kind   catalog.Kind    `json:"kind"`
	ID     string          `json:"id"`
	Old    json.RawMessage `json:"old,omitempty"`
	New    json.RawMessage `json:"new"`
}

func rowOf(r *till.Receipt, seq uint64) Row {
	row := Row{Number: r.Number, Seq: seq, At: r.Ended, Kind: r.Kind, Total: r.Total, Tip: r.Tip, By: r.By,
		ByName: r.ByName, Shift: r.Shift, Label: r.Label, Order: r.Process, VoidOf: r.VoidOf}
	for _, p := range r.Payments {
		row.Tenders = append(row.Tenders, p.Name)
	}
	return row
}
