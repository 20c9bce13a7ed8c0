package cli

import (
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonPrinter writes JSON lines: one object a record, with the fields that are present.
type jsonPrinter struct {
	keys []string // of each of fields, with what stands before and behind it
}

func newJSONPrinter() *jsonPrinter {
	p := &jsonPrinter{}
	for _, f := range fields {
		p.keys = append(p.keys, `,"`+f.name+`":`)
	}
	return p
}

func (*jsonPrinter) header(b []byte) []byte { return b }

func (p *jsonPrinter) line(b []byte, r *record) ([]byte, error) {
	begin := len(b)
	for i := range fields {
		b = fields[i].appendJSON(b, p.keys[i], r)
	}
	b[begin] = '{' // in place of the first comma: every record has a kind
	return append(b, "}\n"...), nil
}

// appendJSON appends key and value, or nothing when the field is missing.
func (f *field) appendJSON(b []byte, key string, r *record) []byte {
	if f.form == list {
		return appendList(b, key, r.story.Symbols)
	}
	before := len(b)
	b = append(b, key...)
	if f.form != flag {
		b = append(b, '"')
	}
	value := len(b)
	b = f.append(b, r)
	if len(b) == value {
		return b[:before]
	}
	switch f.form {
	case flag:
		return b
	case text, opaque:
		b = escape(b, value)
	}
	return append(b, '"')
}

func appendList(b []byte, key string, members []string) []byte {
	if len(members) == 0 {
		return b
	}
	b = append(append(b, key...), '[')
	for i, s := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(escape(append(b, s...), len(b)), '"')
	}
	return append(b, ']')
}

// escape makes what stands in b from value on the inside of a JSON string (RFC 8259 §7). Beside what must be,
// everything is escaped that has no shape of its own, so that no line can steer a terminal.
func escape(b []byte, value int) []byte {
	i := value
	for i < len(b) && isPlain(b[i]) {
		i++
	}
	if i == len(b) {
		return b
	}
	rest := string(b[i:])
	b = b[:i]
	for _, r := range rest {
		b = appendRune(b, r)
	}
	return b
}

func isPlain(c byte) bool { return c >= ' ' && c <= '~' && c != '"' && c != '\\' }

func appendRune(b []byte, r rune) []byte {
	switch {
	case r == '"' || r == '\\':
		return append(b, '\\', byte(r))
	case unicode.IsGraphic(r):
		return utf8.AppendRune(b, r)
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		return appendEscape(appendEscape(b, high), low)
	}
	return appendEscape(b, r)
}

func appendEscape(b []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
