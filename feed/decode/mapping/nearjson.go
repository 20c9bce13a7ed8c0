package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// notJSONError says why a payload is not JSON, and where.
type notJSONError struct {
	problem string // "NaN at byte 44 is not JSON"
	advice  string // what the server should do; may be empty
}

func (e *notJSONError) Error() string {
	if e.advice == "" {
		return e.problem
	}
	return e.problem + ": " + e.advice
}

// repairJSON reads what is almost JSON where it has one meaning: a record separator or a comma around it, "data:" written
// twice, NaN and Infinity as missing, a comma too many, and a Python dict. Else the error names what is wrong and where.
func repairJSON(data string) (string, error) {
	s := strings.Trim(strings.TrimSpace(data), "\x1e\ufeff\x00")
	s = strings.TrimSpace(s)
	for strings.HasPrefix(s, "data:") {
		s = strings.TrimSpace(strings.TrimPrefix(s, "data:"))
	}
	s = unframed(s)
	if s = strings.TrimSuffix(s, ","); gjson.Valid(s) {
		return s, nil
	}
	if looksLikePython(s) {
		json, ok := pythonToJSON(s)
		if fixed, changed := dropNonJSON(json); changed {
			json = fixed
		}
		if ok && gjson.Valid(json) {
			return json, nil
		}
	}
	if fixed, ok := dropNonJSON(s); ok && gjson.Valid(fixed) {
		return fixed, nil
	}
	return "", describeNotJSON(s)
}

// unframed is the data of an event that was framed twice, so that its fields stand in the data of another; s when it was not.
func unframed(s string) string {
	var data []string
	for line := range strings.Lines(s) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		switch {
		case name == "data" && ok:
			data = append(data, value)
		case !ok || name != "event" && name != "id" && name != "retry":
			return s
		}
	}
	if data == nil {
		return s
	}
	return strings.TrimSpace(strings.Join(data, "\n"))
}

// literals that some languages write as numbers, and that JSON does not have.
var nonNumbers = []string{"-Infinity", "+Infinity", "Infinity", "-NaN", "NaN", "-nan", "nan", "NAN", "-inf", "inf", "-Inf", "+Inf", "Inf", "-INF", "INF",
	"1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND", "1.#INF", "-1.#INF", "undefined"}

// dropNonJSON makes null of numbers that JSON does not have, and drops commas before a closing bracket.
func dropNonJSON(s string) (string, bool) {
	var b strings.Builder
	from := 0 // of what is still to be written
	for i, c := range outsideStrings(s) {
		if i < from {
			continue
		}
		word, written := nonNumberAt(s, i), "null"
		if c == ',' && isClosedNext(s[i+1:]) {
			word, written = ",", ""
		}
		if word != "" {
			b.WriteString(s[from:i] + written)
			from = i + len(word)
		}
	}
	return b.String() + s[from:], from > 0
}

func isClosedNext(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\r\n")
	return rest != "" && (rest[0] == '}' || rest[0] == ']')
}

// nonNumberAt is the number that JSON does not have at a place where a value may begin. It looks back only from such a word, since
// before each space of many it would take minutes.
func nonNumberAt(s string, i int) string {
	at := slices.IndexFunc(nonNumbers, func(word string) bool {
		rest, ok := strings.CutPrefix(s[i:], word)
		return ok && (rest == "" || strings.ContainsRune(",]} \t\r\n", rune(rest[0])))
	})
	if at < 0 {
		return ""
	}
	if before := strings.TrimRight(s[:i], " \t\r\n"); before == "" || !strings.ContainsRune(":,[", rune(before[len(before)-1])) {
		return ""
	}
	return nonNumbers[at]
}

// describeNotJSON says what keeps a payload from being JSON.
func describeNotJSON(s string) error {
	switch {
	case looksLikePython(s):
		return &notJSONError{"not JSON: quoted with ' like a Python dict", "the server must send json.dumps(…), not str(…)"}
	case s == "[object Object]":
		return &notJSONError{"not JSON: a JavaScript object without its content", "the server must send JSON.stringify(…)"}
	case strings.HasPrefix(s, "{&quot;") || strings.HasPrefix(s, "[{&quot;"):
		return &notJSONError{"not JSON: its quotes are written &quot;, as in HTML", "the server must not escape it"}
	case strings.HasPrefix(s, `{\"`) || strings.HasPrefix(s, `[{\"`):
		return &notJSONError{`not JSON: its quotes are written \"`, "the server must send the JSON, not a text with JSON in it"}
	case strings.HasPrefix(s, "<"):
		return &notJSONError{"not JSON: the data is HTML or XML", ""}
	case !strings.ContainsAny(s[:min(len(s), 1)], `{["`):
		if at := strings.IndexAny(s, "{["); at > 0 && valueEnd(s[at:]) > 2 && gjson.Valid(s[at:at+valueEnd(s[at:])]) {
			return &notJSONError{fmt.Sprintf("not JSON: %q stands before the JSON, which begins at byte %d", lastBytes(s[:at], 12), at+1), ""}
		}
		return errNotJSON
	}
	if end := valueEnd(s); end > 0 && end < len(s) && gjson.Valid(s[:end]) {
		switch rest := strings.TrimSpace(s[end:]); {
		case strings.HasPrefix(rest, `\n`) || strings.HasPrefix(rest, `\r`):
			return &notJSONError{fmt.Sprintf(`not JSON: %s stands behind it as two signs, at byte %d`, rest[:2], strings.Index(s[end:], rest[:2])+end+1), "the server must end its lines with a line feed"}
		case strings.Trim(rest, "}];") == "":
			return &notJSONError{fmt.Sprintf("not JSON: %q stands behind it, at byte %d", rest[0], strings.IndexByte(s[end:], rest[0])+end+1), ""}
		}
		second := end + len(s[end:]) - len(strings.TrimLeft(s[end:], " \t\r\n"))
		return &notJSONError{fmt.Sprintf("not JSON: a second value begins at byte %d, and is neither a map nor a list, or does not end", second+1), ""}
	}
	at := invalidAt(s)
	if at >= len(s) {
		return &notJSONError{fmt.Sprintf("not JSON: it ends within a value, after %d bytes", len(s)), "the server may cut long events"}
	}
	r := []rune(s[at:])[0]
	what := fmt.Sprintf("%q", r)
	if r < ' ' || r == 0x7f {
		what = fmt.Sprintf("U+%04X", r)
	}
	return &notJSONError{fmt.Sprintf("not JSON: %s at byte %d, after %q", what, at+1, lastBytes(s[:at], 12)), ""}
}

func lastBytes(s string, n int) string {
	r := []rune(s)
	return string(r[max(0, len(r)-n):])
}

// invalidAt is the index of the first byte with which no JSON goes on: the shortest prefix that nothing can complete, found by
// halving.
func invalidAt(s string) int {
	good, bad := 0, len(s)
	if canComplete(s) {
		return len(s)
	}
	for good+1 < bad {
		if half := (good + bad) / 2; canComplete(s[:half]) {
			good = half
		} else {
			bad = half
		}
	}
	return good
}

// canComplete reports whether text can be the beginning of JSON.
func canComplete(s string) bool {
	var open []byte
	quoted := false
	for _, c := range outsideStrings(s) {
		switch c {
		case '"':
			quoted = !quoted
		case '{', '[':
			open = append(open, c+2) // the closing bracket
		case '}', ']':
			if len(open) == 0 || open[len(open)-1] != c {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	rest := ""
	if quoted {
		rest = `"`
		if strings.HasSuffix(s, `\`) {
			return true
		}
	}
	slices.Reverse(open)
	closing := string(open)
	for _, end := range []string{"", "null", `:null`, `"":null`, "0", "e", "rue", "ue", "alse", "lse", "se", "ull", "ll", "l"} {
		if gjson.Valid(s + rest + end + closing) {
			return true
		}
	}
	return false
}
