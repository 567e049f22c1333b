package main

import (
	"encoding/json"
	"fmt"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// openShop starts a box with the demo shop, without its printer, and opens a
// shift.
func openShop(program, dir string) (*rig.Box, *rig.Till, error) {
	box, err := rig.NewBox(program, dir, "127.0.0.1:9")
	if err != nil {
		return nil, nil, err
	}
	if _, err := box.Start(); err != nil {
		return nil, nil, err
	}
	boss := rig.NewTill(box.Addr, "boss")
	if err := boss.Login("marlene", "1111"); err != nil {
		return box, nil, err
	}
	if err := noPrinter(boss); err != nil {
		return box, nil, err
	}
	_, err = boss.Must(rig.Do("openShift", rig.Args{"float": 20000}))
	return box, boss, err
}

func noPrinter(boss *rig.Till) error {
	var list struct{ Rows []catalog.Printer }
	if err := boss.Get("/api/v1/master/printer", &list); err != nil {
		return err
	}
	for _, p := range list.Rows {
		p.Active = false
		row, err := json.Marshal(p)
		if err != nil {
			return err
		}
		if _, err := boss.Must(rig.Do("setMaster", rig.Args{"kind": "printer", "id": p.ID, "value": json.RawMessage(row)})); err != nil {
			return err
		}
	}
	return nil
}

// Three lines and what they cost.
var basket = []string{"espresso", "kaesekuchen", "croissant"}

const basketTotal = 220 + 420 + 240

// sale is one whole sale of three lines, paid in cash.
func sale(order string) []rig.Command {
	var batch []rig.Command
	for i, a := range basket {
		batch = append(batch, rig.Do("addLine", rig.Args{"order": order, "line": fmt.Sprint("l", i), "article": a, "qty": 1000}))
	}
	return append(batch, rig.Do("pay", rig.Args{"order": order, "tender": "cash", "total": basketTotal, "given": 1000}))
}

func flushes(boss *rig.Till) (commits, syncs uint64, err error) {
	var s struct {
		Journal struct{ Records, Syncs uint64 }
	}
	err = boss.Get("/api/v1/stats", &s)
	return s.Journal.Records, s.Journal.Syncs, err
}
