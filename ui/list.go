package ui

// list is a cursor over rows of which a window is on screen.
type list struct {
	cursor, top   int
	height, total int
}

// fit takes a new window height and number of rows.
func (l list) fit(height, total int) list {
	l.height, l.total = max(height, 0), max(total, 0)
	l = l.settle()
	return l
}

// move goes down by n rows, or up by -n.
func (l list) move(n int) list {
	l.cursor += n
	l = l.settle()
	return l
}

// scroll moves the window down by n rows, or up by -n, and the cursor, which does not show, with it.
func (l list) scroll(n int) list {
	l.top = max(min(l.top+n, l.total-l.height), 0)
	l.cursor = l.top
	return l
}

func (l list) last() list { return l.move(l.total - 1 - l.cursor) }

func (l list) page() int { return max(l.height-1, 1) }
func (l list) half() int { return max(l.height/2, 1) }

// atEnd reports whether the cursor is on the last row.
func (l list) atEnd() bool { return l.cursor >= l.total-1 }

// shift keeps cursor and window on the same rows after n were put before them (or -n taken away).
func (l list) shift(n int) list {
	l.cursor, l.top = l.cursor+n, l.top+n
	return l
}

// end is the row after the last one on screen.
func (l list) end() int { return min(l.top+l.height, l.total) }

// settle keeps the cursor on a row and the window around it.
func (l list) settle() list {
	l.cursor = max(min(l.cursor, l.total-1), 0)
	l.top = min(l.top, l.cursor, max(l.total-l.height, 0))
	l.top = max(l.top, l.cursor-l.height+1, 0)
	return l
}
