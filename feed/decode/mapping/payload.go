package mapping

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
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

// ParsePayload checks a payload and gives its JSON; reason says why there is nothing in it to read.
func ParsePayload(data string) (payload gjson.Result, reason string, err error) {
	return parsePayload(data)
}

// parsePayload checks a payload; reason says why there is nothing to read in it.
func parsePayload(data string) (payload gjson.Result, reason string, err error) {
	switch {
	case strings.TrimSpace(data) == "":
		return payload, "the data is empty", nil
	case nestsDeeper(data, maxDepth): // before the check, which recurses
		return payload, "", errTooDeep
	case !gjson.Valid(data):
		return payload, "", errNotJSON
	}
	payload = gjson.Parse(data)
	if payload.Type == gjson.Null {
		return payload, "the data is null", nil
	}
	return payload, "", nil
}

// nestsDeeper reports whether lists and maps nest deeper than limit.
func nestsDeeper(data string, limit int) bool {
	if strings.Count(data, "[")+strings.Count(data, "{") <= limit {
		return false
	}
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > limit {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}

// InlineJSON puts JSON that is written in a string at a path in the string's place, as the json of a rule does. A payload
// without any stays as it is.
func InlineJSON(payload gjson.Result, at string) gjson.Result {
	p, err := parsePath(at)
	if err != nil {
		return payload
	}
	return inlineJSON(payload, p)
}

// inlineJSON puts JSON that is written in a string in the string's place. A string that holds no JSON stays.
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
	if packed.Type != gjson.String || nestsDeeper(packed.Str, maxDepth) || !gjson.Valid(packed.Str) {
		return "", false
	}
	return packed.Str, true
}

// PerLine reads an event whose data is a map or a list a line as that many payloads: hubs send what has gathered so.
func PerLine(next decode.Decoder) decode.Decoder { return perLine{next} }

type perLine struct{ next decode.Decoder }

// Decode implements [decode.Decoder].
func (s perLine) Decode(eventType string, data []byte) (decode.Message, error) {
	payloads := SplitLines(data)
	if payloads == nil {
		return s.next.Decode(eventType, data)
	}
	var all decode.Message
	var faults error
	for _, payload := range payloads {
		m, err := s.next.Decode(eventType, payload)
		faults = joinErrors(faults, err)
		all.Updates = append(all.Updates, m.Updates...)
		all.Notice, all.ResumeID = cmp.Or(m.Notice, all.Notice), cmp.Or(m.ResumeID, all.ResumeID)
		all.Unmapped = cmp.Or(all.Unmapped, m.Unmapped)
		all.End = all.End || m.End
	}
	if len(all.Updates) > 0 || all.Notice != "" || faults != nil {
		all.Unmapped = ""
	}
	return all, faults
}

// SplitLines are the lines of data that is no JSON value, but holds a map or a list a line; nil for anything else. Bare
// numbers on lines of their own are nobody's payloads: they may as well be a price, a size and a time.
func SplitLines(data []byte) (all [][]byte) {
	if bytes.IndexByte(data, '\n') < 0 || nestsDeeper(string(data), maxDepth) || gjson.ValidBytes(data) {
		return nil
	}
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if line[0] != '{' && line[0] != '[' || !gjson.ValidBytes(line) {
			return nil
		}
		all = append(all, line)
	}
	return all
}
