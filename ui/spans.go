package ui

import "strings"

type span struct {
	style style
	text  string
}

func spans(st1 style, t1 string, st2 style, t2 string) []span {
	if t2 == "" {
		return []span{{st1, t1}}
	}
	return []span{{st1, t1}, {st2, t2}}
}

// withSeparator is text behind a separator; empty if text is.
func withSeparator(separator, text string) string {
	if text == "" {
		return ""
	}
	return separator + text
}

func spanCells(spans []span) int {
	n := 0
	for _, s := range spans {
		n += cells(s.text)
	}
	return n
}

// wrapSpans breaks spans into at most so many lines: before a span that begins with a separator and fits on the next
// line, else between the words of a span that begins with a blank.
func wrapSpans(spans []span, width, most int) [][]span {
	lines, used := [][]span{nil}, 0
	for _, s := range spans {
		last := len(lines) - 1
		text := strings.TrimLeft(s.text, " ·")
		lead := s.text[:len(s.text)-len(text)]
		if used == 0 || used+cells(s.text) <= width || lead == "" || len(lines) == most {
			lines[last] = append(lines[last], s)
			used += cells(s.text)
			continue
		}
		first := width - used - cells(lead)
		if lead != " " && cells(text) <= width-2 {
			first = 0
		}
		for i, part := range wrapWithFirst(text, first, width-2, most-last) {
			if i > 0 {
				lines, used, lead = append(lines, nil), 0, "  "
			}
			if part != "" {
				lines[last+i] = append(lines[last+i], span{s.style, lead + part})
				used += cells(lead + part)
			}
		}
	}
	return lines
}
