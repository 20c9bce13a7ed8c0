package output

import (
	"slices"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"livetape/feed"
	"livetape/feed/market"
)

type jsonFormat struct {
	members map[string][]jsonMember // by the kind of an update, those that it may have
}

type jsonMember struct {
	*field
	key string // with the punctuation before and after it
}

func newJSON(fields []field) *jsonFormat {
	f := &jsonFormat{map[string][]jsonMember{}}
	for i := range fields {
		field := &fields[i]
		for _, kind := range Kinds {
			if field.of == nil || slices.Contains(field.of, kind) {
				f.members[kind] = append(f.members[kind], jsonMember{field, `,"` + field.column + `":`})
			}
		}
	}
	return f
}

func (*jsonFormat) header(b []byte) []byte { return b }

func (f *jsonFormat) line(b []byte, r *row) ([]byte, error) {
	start := len(b)
	members := f.members[r.kind]
	for i := range members {
		b = members[i].append(b, r)
	}
	if len(b) == start {
		b = append(b, '{') // none of the fields that are wanted is there
	}
	b[start] = '{' // in place of the first comma
	return append(b, "}\n"...), nil
}

// appendRawJSON appends an event as one line of JSON, whether its payload could be read or not.
func appendRawJSON(b []byte, name string, received []byte, m *feed.Message) []byte {
	b = appendMember(append(b, '{'), `"feed":"`, name)
	b = appendMember(b, `,"type":"`, m.Type)
	if m.ID != "" {
		b = appendMember(b, `,"id":"`, m.ID)
	}
	b = appendMember(b, `,"data":"`, string(m.Data))
	b = appendMember(b, `,"received":"`, string(received))
	return append(b, "}\n"...)
}

func appendMember(b []byte, before, text string) []byte {
	b = append(b, before...)
	start := len(b)
	return append(escapeFrom(append(b, text...), start), '"')
}

// append appends key and value, or nothing when the field is missing.
func (f *jsonMember) append(b []byte, r *row) []byte {
	if f.content == list {
		return appendJSONList(b, f.key, r.headline.Symbols)
	}
	before := len(b)
	b = append(b, f.key...)
	if f.content != boolean {
		b = append(b, '"')
	}
	start := len(b)
	b = f.field.append(b, r)
	if len(b) == start {
		return b[:before]
	}
	switch f.content {
	case boolean:
		return b
	case text:
		b = escapeFrom(b, start)
	}
	return append(b, '"')
}

func appendJSONList(b []byte, key string, members []string) []byte {
	if len(members) == 0 {
		return b
	}
	b = append(append(b, key...), '[')
	for i, s := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendMember(b, `"`, s)
	}
	return append(b, ']')
}

// escapeFrom makes b[start:] the inside of a JSON string (RFC 8259 §7). Beyond what that requires, it escapes every
// character that [market.PlainText] would take out, so that no line can control a terminal.
func escapeFrom(b []byte, start int) []byte {
	i := start
	for i < len(b) && needsNoEscape(b[i]) {
		i++
	}
	if i == len(b) {
		return b
	}
	rest := string(b[i:])
	b = b[:i]
	marks := 0
	for _, r := range rest {
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		if marks > market.MaxMarks {
			b = appendHexEscape(b, r)
		} else {
			b = appendEscaped(b, r)
		}
	}
	return b
}

func needsNoEscape(c byte) bool { return c >= ' ' && c <= '~' && c != '"' && c != '\\' }

func appendEscaped(b []byte, r rune) []byte {
	switch {
	case r == '"' || r == '\\':
		return append(b, '\\', byte(r))
	case unicode.IsGraphic(r) && !unicode.Is(unicode.Variation_Selector, r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return utf8.AppendRune(b, r)
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		return appendHexEscape(appendHexEscape(b, high), low)
	}
	return appendHexEscape(b, r)
}

func appendHexEscape(b []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
