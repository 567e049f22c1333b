// Package demo is the shop to try Tresen with: a café in Berlin with articles
// in folders, German VAT by date, three people with PINs, one printer. It is
// plain master data; the box takes it in like anybody's.
package demo

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
)

//go:embed seed.json
var seed []byte

// PrinterID is the receipt printer's row.
const PrinterID = "counter"

// Person is somebody of the demo shop.
type Person struct{ ID, Name, Role, PIN string }

// Seed is the master data as a box reads them, with the receipt printer at the
// address (tcp:HOST:PORT).
func Seed(printer string) ([]byte, error) {
	rows, err := rows()
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if rows[i].Kind != catalog.KindPrinter {
			continue
		}
		if rows[i].Value, err = Relink(rows[i].Value, printer); err != nil {
			return nil, err
		}
	}
	return json.MarshalIndent(rows, "", " ")
}

// Relink changes the address in a printer's row.
func Relink(row json.RawMessage, address string) (json.RawMessage, error) {
	var p catalog.Printer
	if err := json.Unmarshal(row, &p); err != nil {
		return nil, fmt.Errorf("demo printer: %w", err)
	}
	p.Link = address
	return json.Marshal(p)
}

// People lists who can log in, with their PINs in the clear.
func People() ([]Person, error) {
	rows, err := rows()
	if err != nil {
		return nil, err
	}
	roles := map[string]string{}
	var people []Person
	for _, r := range rows {
		switch r.Kind {
		case catalog.KindRole:
			var x catalog.Role
			err = json.Unmarshal(r.Value, &x)
			roles[x.ID] = x.Name
		case catalog.KindEmployee:
			var x catalog.Employee
			err = json.Unmarshal(r.Value, &x)
			people = append(people, Person{x.ID, x.Name, roles[x.Role], x.PIN})
		}
		if err != nil {
			return nil, fmt.Errorf("demo %s %s: %w", r.Kind, r.ID, err)
		}
	}
	return people, nil
}

func rows() ([]till.SetMaster, error) {
	var rows []till.SetMaster
	if err := json.Unmarshal(seed, &rows); err != nil {
		return nil, fmt.Errorf("demo data: %w", err)
	}
	return rows, nil
}
