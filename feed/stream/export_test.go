package stream

// Held is how many bytes the reader's buffers take.
func (r *Reader) Held() int {
	return cap(r.lines.buffer) + cap(r.lines.partial) + cap(r.block.kind) + cap(r.block.data) +
		cap(r.block.id) + cap(r.block.spare) + cap(r.block.lastID)
}
