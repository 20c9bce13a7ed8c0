package stream

// Held is how many bytes the reader's buffers take.
func (r *Reader) Held() int {
	return cap(r.window) + cap(r.lines.partial) + cap(r.lines.whole) + cap(r.event.kind) + cap(r.event.data) +
		cap(r.event.id) + cap(r.event.spare) + cap(r.event.lastID) + cap(r.bundle.text) + cap(r.bundle.typesAndIDs) + cap(r.bundle.layout)
}
