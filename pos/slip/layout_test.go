package slip

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"rsc.io/qr"
)

func texts(lines []Line) []string {
	out := []string{}
	for _, l := range lines {
		out = append(out, l.Text)
	}
	return out
}

func TestBlocks(t *testing.T) {
	table := Table{Head: []string{"Art", "Betrag"}, Rows: [][]string{{"Bar", "1,00"}, {"Gutschein vom Nachbarn", "12,00"}}}
	for _, c := range []struct {
		name    string
		block   Block
		columns int
		want    []string
	}{
		{"short row", Row{Left: "Tee", Right: "2,50"}, 16, []string{"Tee         2,50"}},
		{"just fits", Row{Left: "Elfbuchstab", Right: "2,50"}, 16, []string{"Elfbuchstab 2,50"}},
		{"left wraps", Row{Left: "Tee mit Zitrone", Right: "2,50"}, 16, []string{"Tee mit", "Zitrone     2,50"}},
		{"long word", Row{Left: "Donaudampfschiff", Right: "2,50"}, 16, []string{"Donaudampfs", "chiff       2,50"}},
		{"right takes most", Row{Left: "Grund", Right: "falsch gebongt"}, 16, []string{"Grund", "  falsch gebongt"}},
		{"right too long", Row{Left: "Grund", Right: "falsch gebongt, sagt er"}, 16, []string{"Grund", " falsch gebongt,", "         sagt er"}},
		{"right alone", Row{Right: "1234567890123456"}, 16, []string{"1234567890123456"}},
		{"mark", Row{Left: "Tee", Right: "2,50", Mark: "A"}, 16, []string{"Tee       2,50 A"}},
		{"place of a mark", Row{Left: "Tee", Right: "2,50", Mark: " "}, 16, []string{"Tee       2,50  "}},
		{"indent", Row{Left: "Tee", Right: "2,50", Indent: 3}, 16, []string{"   Tee      2,50"}},
		{"no right", Row{Left: "Tee", Indent: 2}, 16, []string{"  Tee"}},
		{"wide", Row{Left: "SU", Right: "2,50", Style: Style{Wide: true}}, 16, []string{"SU  2,50"}},
		{"control characters", Text{Text: "a\tb\nc\x00d\u0085e\x1b"}, 16, []string{"a b c d e"}},
		{"not UTF-8", Text{Text: "a\xffb"}, 16, []string{"a?b"}},
		{"empty text", Text{}, 16, []string{}},
		{"bar", Text{Text: "KOPIE", Align: Center, Style: Style{Invert: true}}, 16, []string{"     KOPIE      "}},
		{"bar on the right", Text{Text: "KOPIE", Align: Right, Style: Style{Invert: true}}, 16, []string{"           KOPIE"}},
		{"bar on the left", Text{Text: "KOPIE", Style: Style{Invert: true}}, 16, []string{"KOPIE           "}},
		{"table", table, 20, []string{"Art           Betrag", "Bar             1,00", "Gutschein vom", "Nachbarn       12,00"}},
		{"table too wide", table, 15, []string{"Bar", "  Betrag   1,00", "Gutschein vom", "Nachbarn", "  Betrag  12,00"}},
		{"no feed", Feed{}, 16, []string{}},
	} {
		if got := texts(c.block.lay(c.columns)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLineJSON(t *testing.T) {
	d := Doc{Blocks: []Block{Text{Text: "a", Align: Center, Style: Style{Bold: true, Wide: true, Tall: true}},
		Text{Text: "b", Style: Style{Invert: true}}, Rule{}, Feed{Lines: 2}, Cut{}}}
	got, err := json.Marshal(d.Paper(4)) // narrower than there is
	if err != nil {
		t.Fatal(err)
	}
	want := `{"columns":16,"lines":[{"text":"a","bold":true,"wide":true,"tall":true,"align":"center"},` +
		`{"text":"b               ","invert":true,"align":"left"},{"rule":true},{"feed":2},{"cut":true}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, _ := json.Marshal(Doc{}.Paper(42)); string(got) != `{"columns":42,"lines":[]}` {
		t.Errorf("empty page: %s", got)
	}
}

func TestQRIsTheWholeCode(t *testing.T) {
	line := QR{Data: qrText}.lay(42)[0]
	if line.QR.Data != qrText {
		t.Errorf("data %q", line.QR.Data)
	}
	code, err := qr.Encode(qrText, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	if len(line.QR.Rows) != code.Size {
		t.Fatalf("%d rows, want %d", len(line.QR.Rows), code.Size)
	}
	for y, row := range line.QR.Rows {
		for x := range row {
			if (row[x] == '1') != code.Black(x, y) {
				t.Fatalf("module %d,%d is %c", x, y, row[x])
			}
		}
	}
}

func TestQRTooLongStaysReadable(t *testing.T) {
	data := strings.Repeat("x", 5000)
	if got := strings.Join(texts(QR{Data: data}.lay(42)), ""); got != data {
		t.Errorf("%d letters of %d", len(got), len(data))
	}
}

// Promises of the layout, whatever is written on the page:
//  1. no line is wider than the paper, wide letters counted twice;
//  2. every text of the page is there whole, but for blanks;
//  3. no text line is empty, and none has control characters.
func TestLayoutKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, words := anyDoc(t)
		columns := rapid.SampledFrom([]int{0, 16, 17, 32, 42, 48}).Draw(t, "columns")
		lines := d.Lay(columns)
		fits(t, lines, max(columns, minColumns))
		all := squeeze(strings.Join(texts(lines), ""))
		for _, w := range words {
			if !strings.Contains(all, squeeze(clean(w))) {
				t.Fatalf("%q is not on the page: %q", w, texts(lines))
			}
		}
	})
}

// fatal is what tests and rapid share.
type fatal interface {
	Helper()
	Fatalf(string, ...any)
}

func fits(t fatal, lines []Line, columns int) {
	t.Helper()
	for _, l := range lines {
		width := runes(l.Text)
		if l.Wide {
			width *= 2
		}
		switch {
		case width > columns:
			t.Fatalf("%d columns on paper of %d: %q", width, columns, l.Text)
		case l.Text == "" && !l.Rule && !l.Cut && l.QR == nil && l.Feed == 0:
			t.Fatalf("a line of nothing")
		case strings.ContainsFunc(l.Text, func(r rune) bool { return r < ' ' }):
			t.Fatalf("control characters in %q", l.Text)
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// anyDoc draws a page, and texts that must be found on it.
func anyDoc(t *rapid.T) (Doc, []string) {
	var d Doc
	var words []string
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`([A-Za-zÄß€0-9,.]{1,25} ?){0,6}`))
	draw := func(label string) string {
		s := text.Draw(t, label)
		words = append(words, s)
		return s
	}
	for range rapid.IntRange(0, 6).Draw(t, "blocks") {
		style := Style{Wide: rapid.Bool().Draw(t, "wide"), Invert: rapid.Bool().Draw(t, "invert")}
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			align := rapid.SampledFrom([]Align{"", Left, Center, Right}).Draw(t, "align")
			d.add(Text{Text: draw("text"), Align: align, Style: style})
		case 1:
			// Left and right mix where a row wraps, so only one may be long.
			r := Row{Indent: rapid.IntRange(-1, 60).Draw(t, "indent"), Style: style,
				Mark: rapid.SampledFrom([]string{"", " ", "A"}).Draw(t, "mark")}
			if rapid.Bool().Draw(t, "left") {
				r.Left = draw("left text")
			} else {
				r.Right = draw("right text")
				r.Mark = ""
			}
			d.add(r)
		case 2:
			head := []string{"", "Stück", "Betrag"}[:rapid.IntRange(1, 3).Draw(t, "cells")]
			table := Table{Head: head}
			for range rapid.IntRange(0, 3).Draw(t, "rows") {
				row := make([]string, len(head))
				for i := range row {
					row[i] = rapid.StringMatching(`[A-Za-zäöü0-9,.]{0,12}`).Draw(t, "cell")
					words = append(words, row[i])
				}
				table.Rows = append(table.Rows, row)
			}
			d.add(table)
		}
	}
	return d, words
}
