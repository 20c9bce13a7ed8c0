package stream

// Held is how many bytes the reader's buffers take.
func (r *Reader) Held() int {
	return cap(r.window) + cap(r.lines.partial) + cap(r.lines.whole) + cap(r.block.kind) + cap(r.block.data) +
		cap(r.block.id) + cap(r.block.spare) + cap(r.block.lastID)
}
