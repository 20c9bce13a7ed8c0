package mapping

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
)

// maxDepth is how deep lists and maps of a payload may nest.
const maxDepth = 128

var (
	errNotJSON = errors.New("the data is not JSON")
	errTooDeep = fmt.Errorf("the data nests deeper than %d", maxDepth)
)

// ParsePayload checks a payload and returns its JSON. The reason says why there is nothing to read in a payload that is
// valid: it is empty or null.
func ParsePayload(data string) (payload gjson.Result, reason string, err error) {
	switch {
	case strings.TrimSpace(data) == "":
		return payload, "the data is empty", nil
	case nestsDeeper(data, maxDepth):
		return payload, "", errTooDeep
	case !gjson.Valid(data):
		if data, err = repairJSON(data); err != nil {
			return payload, "", err
		}
	}
	payload = gjson.Parse(data)
	if payload.Type == gjson.Null {
		return payload, "the data is null", nil
	}
	return payload, "", nil
}

// IsJSON reports whether data is a JSON value that does not nest too deep. It looks at that first: to check a value of some
// megabytes of brackets, gjson would need more stack than there is.
func IsJSON(data string) bool { return !nestsDeeper(data, maxDepth) && gjson.Valid(data) }

// nestsDeeper reports whether lists and maps nest deeper than limit.
func nestsDeeper(data string, limit int) bool {
	if strings.Count(data, "[")+strings.Count(data, "{") <= limit {
		return false
	}
	depth := 0
	for _, c := range outsideStrings(data) {
		switch c {
		case '[', '{':
			if depth++; depth > limit {
				return true
			}
		case ']', '}':
			depth--
		}
	}
	return false
}

// outsideStrings are the bytes of JSON, with their places, that are not in a string; the quotes around one are among them.
func outsideStrings(s string) iter.Seq2[int, byte] {
	return func(yield func(int, byte) bool) {
		quoted := false
		for i := 0; i < len(s); i++ {
			switch c := s[i]; {
			case quoted && c == '\\':
				i++
			case quoted && c != '"':
			case !yield(i, c):
				return
			case c == '"':
				quoted = !quoted
			}
		}
	}
}

// InlineJSON replaces the string at a path by the JSON that is written in it, as the key json of a rule does. A payload
// without such a string is returned as it is.
func InlineJSON(payload gjson.Result, at string) gjson.Result {
	p, err := parsePath(at)
	if err != nil {
		return payload
	}
	return inlineJSON(payload, p)
}

func inlineJSON(payload gjson.Result, at path) gjson.Result {
	if at.root == rowValue || at.root == fromPayload && at.gjson == "" {
		if inner, ok := jsonInString(payload); ok {
			return gjson.Parse(inner)
		}
		return payload
	}
	packed := gjson.Get(payload.Raw, at.gjson)
	inner, ok := jsonInString(packed)
	if !ok || packed.Index <= 0 {
		return payload
	}
	before, after := payload.Raw[:packed.Index], payload.Raw[packed.Index+len(packed.Raw):]
	return gjson.Parse(before + inner + after)
}

func jsonInString(packed gjson.Result) (string, bool) {
	if packed.Type != gjson.String || !IsJSON(packed.Str) {
		return "", false
	}
	return packed.Str, true
}

// PerValue decodes an event whose data is a map or a list per line as that many payloads: some hubs send what has
// gathered in one event.
func PerValue(next decode.Decoder) decode.Decoder { return valueSplitter{next} }

type valueSplitter struct{ next decode.Decoder }

// Unwrap returns the decoder that comes next.
func (d valueSplitter) Unwrap() decode.Decoder { return d.next }

// Decode implements [decode.Decoder].
func (d valueSplitter) Decode(eventType string, data []byte) (decode.Message, error) {
	if next, ok := d.next.(eventDecoder); ok {
		next.startEvent(len(data))
	}
	payloads := SplitValues(data)
	if payloads == nil {
		return d.next.Decode(eventType, data)
	}
	var all decode.Message
	var errs errorList
	for _, payload := range payloads {
		m, err := d.next.Decode(eventType, payload)
		if err != nil {
			errs.addError(err)
		}
		all.Updates = append(all.Updates, m.Updates...)
		all.Notice, all.ResumeID = cmp.Or(m.Notice, all.Notice), cmp.Or(m.ResumeID, all.ResumeID)
		all.Unmapped = cmp.Or(all.Unmapped, m.Unmapped)
		all.End, all.Finished, all.Heartbeat = all.End || m.End, all.Finished || m.Finished, all.Heartbeat || m.Heartbeat
		all.Map = cmp.Or(m.Map, all.Map)
	}
	if len(all.Updates) > 0 || all.Notice != "" || len(errs.errs) > 0 {
		all.Unmapped = ""
	}
	return all, errs.err("bad payloads")
}

// SplitValues returns the maps and lists of data that is not one JSON value but several, on lines of their own or one behind
// the other, also with commas between or the record separators of RFC 7464; nil for anything else. Numbers on lines of their own are not
// payloads: they may be a price, a size and a time.
func SplitValues(data []byte) (all [][]byte) {
	data = bytes.Trim(data, separators)
	text := decode.Text(data)
	if end := valueEnd(text); end < 0 || end == len(text) || nestsDeeper(text, maxDepth) {
		return nil // the usual event is one value: whether it is valid is seen when it is read
	}
	for len(data) > 0 {
		end := valueEnd(decode.Text(data))
		if end < 0 || !gjson.ValidBytes(data[:end]) {
			return nil
		}
		all = append(all, data[:end:end])
		data = bytes.TrimLeft(data[end:], separators)
		if rest, ok := bytes.CutPrefix(data, []byte(",")); ok { // between two values, as in a list
			data = bytes.TrimLeft(rest, separators)
		}
	}
	return all
}

// separators may stand between values.
const separators = " \t\r\n\x1e"

// valueEnd is where the map or list at the start of data ends; -1 when there is none, or it does not end.
func valueEnd(data string) int {
	if len(data) == 0 || data[0] != '{' && data[0] != '[' {
		return -1
	}
	depth := 0
	for i, c := range outsideStrings(data) {
		switch c {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
