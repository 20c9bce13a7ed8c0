package tape

import (
	"bytes"
	"unicode/utf8"
)

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
	return bytes.Clone(valid(b.data[:len(b.data)-1]))
}

// cutField splits a line into field name and value.
func cutField(line []byte) (name, value []byte) {
	name, value, _ = bytes.Cut(line, []byte(":"))
	return name, bytes.TrimPrefix(value, []byte(" "))
}

// valid is text with every maximal part of a broken character replaced, as a browser decodes UTF-8
// (WHATWG Encoding §8.1.1, Unicode §3.9 U+FFFD Substitution of Maximal Subparts).
func valid(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	out := make([]byte, 0, len(text)+8)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			size = brokenPart(text)
			out = append(out, "\uFFFD"...)
		} else {
			out = append(out, text[:size]...)
		}
		text = text[size:]
	}
	return out
}

// brokenPart is how many bytes at the begin of p are the begin of one character that does not go on.
func brokenPart(p []byte) int {
	need, low, high := 0, byte(0x80), byte(0xBF)
	switch lead := p[0]; {
	case lead >= 0xC2 && lead <= 0xDF:
		need = 1
	case lead >= 0xE0 && lead <= 0xEF:
		need = 2
	case lead >= 0xF0 && lead <= 0xF4:
		need = 3
	}
	switch p[0] {
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for ; n <= need && n < len(p) && p[n] >= low && p[n] <= high; n++ {
		low, high = 0x80, 0xBF
	}
	return n
}

// text is a field's value; the string of the one before is used again for the same.
func text(before string, value []byte) string {
	if string(value) == before {
		return before
	}
	return string(valid(value))
}
