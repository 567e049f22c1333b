package catalog

import (
	"slices"

	"github.com/tresen-pos/tresen/pos/money"
)

// Right is one permission flag of a role.
type Right string

// The ten permission flags, and two more: closing the day and the rescue of
// shifts that need an administrator.
const (
	VoidReceipts Right = "voidReceipts" // Belege stornieren
	VoidOrders   Right = "voidOrders"   // Positionen und Bestellungen stornieren
	GiveDiscount Right = "discounts"    // Rabatt geben
	PlusMinus    Right = "plusMinus"    // Menge ändern
	EditProducts Right = "editProducts" // Artikel ändern
	EditStock    Right = "editStock"    // Bestand ändern
	MoveCash     Right = "moveCash"     // Einlage und Entnahme
	Settings     Right = "settings"     // Einstellungen ändern
	UseOffice    Right = "office"       // Büro benutzen
	IssueBills   Right = "bill"         // Bonieren und kassieren
	CloseDay     Right = "closeDay"     // Tagesabschluss (Z)
	Administrate Right = "admin"        // Schichten retten, Mitarbeiter verwalten
)

// Rights lists every flag, in the order the office shows them.
var Rights = []Right{VoidReceipts, VoidOrders, GiveDiscount, PlusMinus, EditProducts,
	EditStock, MoveCash, Settings, UseOffice, IssueBills, CloseDay, Administrate}

// Role bundles rights under a name of the shop's choosing.
type Role struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Rights []Right `json:"rights"`
	Active bool    `json:"active"`
}

// Employee is a person who may log in. PIN is an argon2id hash and never
// leaves the box; an employee without one cannot log in.
type Employee struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`     // shown at the till and on receipts
	FullName    string     `json:"fullName"` // shown in the office
	Role        string     `json:"role"`
	PIN         string     `json:"pin,omitempty"`
	DiscountCap money.Rate `json:"discountCap"` // highest discount the person may give
	Language    string     `json:"language,omitempty"`
	Active      bool       `json:"active"`
}

// May reports whether the employee exists, is active and has the right.
func (c *Catalog) May(employee string, r Right) bool {
	e, ok := c.Employees[employee]
	if !ok || !e.Active {
		return false
	}
	role, ok := c.Roles[e.Role]
	return ok && role.Active && slices.Contains(role.Rights, r)
}
