package slip

import "strings"

// leastFirst is the narrowest first column worth having.
const leastFirst = 5

func (t Table) lay(columns int) []Line {
	widths := t.widths()
	rest := 0
	for _, w := range widths[1:] {
		rest += 1 + w
	}
	first := columns - rest
	if first < min(widths[0], max(leastFirst, t.longestWord())) {
		return t.stack(columns)
	}
	widths[0] = first
	lines := cells(t.Head, widths)
	for _, row := range t.Rows {
		lines = append(lines, cells(row, widths)...)
	}
	return lines
}

func (t Table) widths() []int {
	widths := make([]int, len(t.Head))
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		for i := range widths {
			if i < len(row) {
				widths[i] = max(widths[i], runes(clean(row[i])))
			}
		}
	}
	return widths
}

// longestWord of the first column, as far as it should stay in one piece.
func (t Table) longestWord() int {
	longest := 0
	for _, row := range t.Rows {
		for _, word := range strings.Fields(clean(row[0])) {
			longest = max(longest, runes(word))
		}
	}
	return min(longest, 12)
}

// cells sets a row in columns; the first one wraps, the others stand on the
// last line.
func cells(row []string, widths []int) []Line {
	firsts := wrap(row[0], widths[0])
	if len(firsts) == 0 {
		firsts = []string{""}
	}
	lines := make([]Line, 0, len(firsts))
	for i, s := range firsts {
		if i == len(firsts)-1 {
			s += blanks(widths[0] - runes(s))
			for j := 1; j < len(widths); j++ {
				c := clean(row[j])
				s += " " + blanks(widths[j]-runes(c)) + c
			}
		}
		lines = append(lines, Style{}.line(s, Left))
	}
	return lines
}

// stack is the table for paper too narrow for its columns.
func (t Table) stack(columns int) []Line {
	var lines []Line
	for _, row := range t.Rows {
		lines = append(lines, Text{Text: row[0]}.lay(columns)...)
		for i := 1; i < len(t.Head); i++ {
			lines = append(lines, Row{Left: t.Head[i], Right: row[i], Indent: 2}.lay(columns)...)
		}
	}
	return lines
}
