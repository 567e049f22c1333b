package slip

import (
	"strings"

	"rsc.io/qr"
)

// Code is a QR code (model 2, level M): its text, and its modules row by row,
// 1 is black, without the quiet zone of four modules around it.
type Code struct {
	Data string   `json:"data"`
	Rows []string `json:"rows"`
}

// lay gives the code, or the text in letters where it is too long for a code,
// so that nothing is lost.
func (q QR) lay(columns int) []Line {
	code, err := qr.Encode(q.Data, qr.M)
	if err != nil {
		return Text{Text: q.Data}.lay(columns)
	}
	rows := make([]string, code.Size)
	for y := range rows {
		var b strings.Builder
		for x := range code.Size {
			if code.Black(x, y) {
				b.WriteByte('1')
			} else {
				b.WriteByte('0')
			}
		}
		rows[y] = b.String()
	}
	return []Line{{QR: &Code{Data: q.Data, Rows: rows}}}
}
