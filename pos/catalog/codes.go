package catalog

import "slices"

// codes lists the active articles that answer to a code, PLU or barcode.
type codes map[string][]string

func (x codes) note(a Article) {
	for _, k := range codesOf(a) {
		x[k] = append(x[k], a.ID)
	}
}

func (x codes) forget(a Article) {
	for _, k := range codesOf(a) {
		x[k] = slices.DeleteFunc(x[k], func(id string) bool { return id == a.ID })
		if len(x[k]) == 0 {
			delete(x, k)
		}
	}
}

// codesOf gives PLU and barcodes apart, as they are scanned and typed apart.
func codesOf(a Article) []string {
	if !a.Active {
		return nil
	}
	out := make([]string, 0, 1+len(a.Barcodes))
	out = append(out, "plu "+a.PLU)
	for _, b := range a.Barcodes {
		out = append(out, "code "+b)
	}
	return out
}

// KeepCodes makes the catalog keep its index of codes up from now on, for many
// checks in a row. Otherwise each check makes one.
func (c *Catalog) KeepCodes() { c.codes = c.index() }

func (c *Catalog) index() codes {
	if c.codes != nil {
		return c.codes
	}
	x := codes{}
	for _, a := range c.Articles {
		x.note(a)
	}
	return x
}

func (c *Catalog) putArticle(id string, value []byte) error {
	old := c.Articles[id]
	if err := put(c.Articles, id, value); err != nil {
		return err
	}
	if c.codes != nil {
		c.codes.forget(old)
		c.codes.note(c.Articles[id])
	}
	return nil
}

// codesFree keeps PLU and barcodes unique among active articles, so that a
// scan never has to guess.
func (c *Catalog) codesFree(a Article) *Problem {
	x, first := c.index(), "" // of those in the way, by id: the same answer every time
	for _, k := range codesOf(a) {
		for _, id := range x[k] {
			if id != a.ID && (first == "" || id < first) {
				first = id
			}
		}
	}
	if first == "" {
		return nil
	}
	o := c.Articles[first]
	if o.PLU == a.PLU {
		return problem("plu", "taken", "PLU %s belongs to %s", a.PLU, o.Name)
	}
	i := slices.IndexFunc(a.Barcodes, func(b string) bool { return slices.Contains(o.Barcodes, b) })
	return problem("barcodes", "taken", "barcode %s belongs to %s", a.Barcodes[i], o.Name)
}
