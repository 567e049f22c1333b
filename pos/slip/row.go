package slip

func (r Row) lay(columns int) []Line {
	width := r.width(columns)
	indent := min(max(r.Indent, 0), width/2)
	right := clean(r.Right)
	tail := ""
	if r.Mark != "" {
		tail = " " + r.Mark
	}
	texts := columnsOf(clean(r.Left), right, tail, width-indent)
	lines := make([]Line, 0, len(texts))
	for _, s := range texts {
		lines = append(lines, r.line(blanks(indent)+s, Left))
	}
	return lines
}

// columnsOf sets left and right side by side, the right one at the margin and
// on the last line. Where they do not fit beside each other the left wraps;
// where the right takes most of the paper it gets lines of its own.
func columnsOf(left, right, tail string, width int) []string {
	if right == "" && tail == "" {
		return wrap(left, width)
	}
	most := width - runes(tail)
	room := most - runes(right) - 1
	if runes(left) > room && room < most/3 {
		lines := wrap(left, width)
		for _, s := range wrap(right, most) {
			lines = append(lines, blanks(most-runes(s))+s+tail)
		}
		return lines
	}
	lines := wrap(left, room)
	if len(lines) == 0 {
		lines = []string{""}
	}
	last := len(lines) - 1
	lines[last] += blanks(most-runes(right)-runes(lines[last])) + right + tail
	return lines
}
