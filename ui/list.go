package ui

type list struct {
	cursor, top   int // rows, from zero; top is the first on screen
	height, total int // rows on screen, and all
}

func (l list) fit(height, total int) list {
	l.height, l.total = max(height, 0), max(total, 0)
	l = l.clamp()
	return l
}

// move goes down by n rows, or up by -n.
func (l list) move(n int) list {
	l.cursor += n
	l = l.clamp()
	return l
}

// scroll moves the rows on screen down by n, or up by -n. The cursor, which does not show, goes with them.
func (l list) scroll(n int) list {
	l.top = max(min(l.top+n, l.total-l.height), 0)
	l.cursor = l.top
	return l
}

// turn moves the rows on screen as scroll does, and the cursor only to stay among them.
func (l list) turn(n int) list {
	l.top = max(min(l.top+n, l.total-l.height), 0)
	l.cursor = min(max(l.cursor, l.top), max(l.end()-1, 0))
	return l
}

func (l list) last() list { return l.move(l.total - 1 - l.cursor) }

func (l list) fullPage() int { return max(l.height-1, 1) }
func (l list) halfPage() int { return max(l.height/2, 1) }

func (l list) atEnd() bool { return l.cursor >= l.total-1 }

// shift keeps the cursor and the rows on screen after n rows were added before them, or -n removed.
func (l list) shift(n int) list {
	l.cursor, l.top = l.cursor+n, l.top+n
	return l
}

func (l list) end() int { return min(l.top+l.height, l.total) }

func (l list) clamp() list {
	l.cursor = max(min(l.cursor, l.total-1), 0)
	l.top = min(l.top, l.cursor, max(l.total-l.height, 0))
	l.top = max(l.top, l.cursor-l.height+1, 0)
	return l
}
