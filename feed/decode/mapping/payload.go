package mapping

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
)

// maxDepth is how deep lists and maps of a payload may nest.
const maxDepth = 128

var (
	errNotJSON = errors.New("the data is not JSON")
	errTooDeep = fmt.Errorf("the data nests deeper than %d", maxDepth)
)

// parse checks a payload; reason says why there is nothing to read in it.
func parse(data string) (payload gjson.Result, reason string, err error) {
	switch {
	case strings.TrimSpace(data) == "":
		return payload, "the data is empty", nil
	case deeper(data, maxDepth): // before the check, which recurses
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

// deeper reports whether lists and maps nest deeper than limit.
func deeper(data string, limit int) bool {
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

// unpack puts JSON that is written in a string in the string's place. A string that holds no JSON stays.
func unpack(payload gjson.Result, at path) gjson.Result {
	if at.from == rowValue || at.from == fromPayload && at.gjson == "" {
		if inner, ok := inside(payload); ok {
			return gjson.Parse(inner)
		}
		return payload
	}
	packed := gjson.Get(payload.Raw, at.gjson)
	inner, ok := inside(packed)
	if !ok || packed.Index <= 0 {
		return payload
	}
	before, after := payload.Raw[:packed.Index], payload.Raw[packed.Index+len(packed.Raw):]
	return gjson.Parse(before + inner + after)
}

func inside(packed gjson.Result) (string, bool) {
	if packed.Type != gjson.String || deeper(packed.Str, maxDepth) || !gjson.Valid(packed.Str) {
		return "", false
	}
	return packed.Str, true
}
