package tape

import "livetape/feed/stream"

// block is an event while its lines come in, by the rules of WHATWG HTML §9.2.6.
type block struct {
	stamp   stamp
	stamped bool
	kind    string
	data    []byte // the lines so far, each with a LF
	some    bool   // there was a data line
	long    bool   // something was over the limit
	fields  bool   // anything was said at all
}

// reset forgets the event; the memory is kept unless it was a huge one.
func (b *block) reset() {
	data := b.data[:0]
	if cap(data) > 1<<20 {
		data = nil
	}
	*b = block{data: data}
}

// started reports whether lines of an event have come, so that its end is missing.
func (b *block) started() bool { return b.stamped || b.fields }

// addData appends a data line, or notes that it would be too much.
func (b *block) addData(value []byte, limit int) {
	b.some = true
	if len(b.data)+len(value) > limit {
		b.long, b.data = true, nil
	}
	if !b.long {
		b.data = append(append(b.data, value...), '\n')
	}
}

// payload is the data for good; some is true.
func (b *block) payload() []byte {
	return stream.AppendUTF8(nil, b.data[:len(b.data)-1])
}

// text is a field's value; the string of the one before is used again for the same.
func text(before string, value []byte) string {
	if string(value) == before {
		return before
	}
	return string(stream.AppendUTF8(nil, value))
}
