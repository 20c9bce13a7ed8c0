package mapping

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/configerr"
)

// path is a compiled path.
type path struct {
	root  pathRoot
	gjson string // what follows the root
	slot  int    // in the member cache, of the row's member that the path begins with; in the shared values; 0: none
	rest  string // what follows that member
}

// pathRoot is where a path begins.
type pathRoot int8

const (
	fromRow pathRoot = iota
	fromPayload
	fromParent
	rowKey
	rowValue
	eventType
	feedName
	eventData
)

var pathRoots = map[string]pathRoot{"$key": rowKey, "$value": rowValue, "$event": eventType, "$feed": feedName, "$data": eventData, "$": fromPayload}

// get is the value at the path; a Result that does not exist when there is none.
func (p path) get(r *row) gjson.Result {
	switch p.root {
	case fromRow:
		if p.slot > 0 && r.cache != nil && r.value.IsObject() {
			return r.member(p)
		}
		return r.value.Get(p.gjson)
	case rowValue:
		return r.value
	case rowKey:
		return stringResult(r.place.String())
	case eventType:
		return stringResult(r.event)
	case feedName:
		return stringResult(r.feed)
	case eventData:
		return stringResult(r.payload.String())
	case fromParent:
		if p.slot > 0 && r.parentCache != nil {
			return r.parentCache.get(r.parent, p)
		}
		return r.parent.Get(p.gjson)
	}
	switch {
	case p.gjson == "":
		return r.payload
	case p.slot > 0 && r.payloadCache != nil:
		return r.payloadCache.get(r.payload, p)
	}
	return r.payload.Get(p.gjson)
}

// inMessage reports whether the message itself, and not only the row that it completes, has a value there.
func (p path) inMessage(r *row) bool {
	if r.delta.Raw == "" || p.root != fromRow && p.root != rowValue {
		return true
	}
	if p.root == rowValue {
		return r.delta.Type != gjson.JSON && !IsMissing(r.delta)
	}
	return !IsMissing(r.delta.Get(p.gjson))
}

func stringResult(s string) gjson.Result {
	if s == "" {
		return gjson.Result{}
	}
	return gjson.Result{Type: gjson.String, Str: s, Raw: s}
}

// indexesList reports whether the path looks into a list, or is the row itself.
func (p path) indexesList() bool {
	return p.root == rowValue || p.root == fromRow && p.gjson != "" && strings.IndexByte("0123456789#@", p.gjson[0]) >= 0
}

func (c *compiler) path(at configerr.Path, s string) path {
	p, err := parsePath(s)
	switch {
	case err != nil:
		c.errs.Add(at, "%s", err)
	case p.root == eventData:
		c.readsText = true
	case c.cache != nil && p.root == fromRow:
		if p.slot, p.rest = c.cache.slotOf(p.gjson); p.slot == 0 || p.rest != "" {
			c.rowCost += 1 + strings.Count(p.gjson, "@")
		}
	case c.cache != nil && p.root == fromPayload && p.gjson != "":
		p.slot = c.payloadCache.slotOf(p.gjson)
	case c.cache != nil && p.root == fromParent:
		p.slot = c.parentCache.slotOf(p.gjson)
	}
	if c.paths++; c.paths == maxPaths+1 {
		c.errs.Add(at, "this is path number %d, and a feed has at most %d", c.paths, maxPaths)
	}
	return p
}

// maxPathLength bounds a path, in bytes.
const maxPathLength = 500

var bracketIndex = regexp.MustCompile(`\[(\d+)\]`)

// parsePath reads a path to one value.
func parsePath(s string) (path, error) {
	switch {
	case s == "":
		return path{}, errors.New("the path is empty")
	case strings.TrimSpace(strings.TrimSuffix(s, `\ `)) != strings.TrimSuffix(s, `\ `): // a space that is part of a name is escaped
		return path{}, fmt.Errorf("%q: a path has no spaces around it", s)
	}
	if from, ok := pathRoots[s]; ok {
		return path{root: from}, nil
	}
	p, rest := path{}, s
	if after, ok := strings.CutPrefix(s, "$."); ok {
		p.root, rest = fromPayload, after
	} else if after, ok := strings.CutPrefix(s, "$parent."); ok {
		p.root, rest = fromParent, after
	} else if s[0] == '$' {
		known := []string{"$key", "$value", "$event", "$feed", "$data", "$parent"}
		return path{}, fmt.Errorf("%q is not a name%s; a member that begins with $ is written \\%s", s, configerr.DidYouMean(s, known, nil), s)
	}
	segments, err := splitPath(rest)
	if err != nil {
		return path{}, fmt.Errorf("%q: %w", s, err)
	}
	for _, segment := range segments {
		if isWildcard(segment) {
			return path{}, fmt.Errorf("%q: %s is not one value; rows are walked by `each`", s, segment)
		}
	}
	p.gjson = strings.Join(segments, ".")
	return p, nil
}

// parseEachPath reads a path to rows, which may pass through all members of a list or map by *. Each part of the result
// leads to a list or map whose members are then walked. A * at the end means the same as none.
func parseEachPath(s string) ([]string, error) {
	if s == "$" {
		return []string{""}, nil
	}
	if s == "" || s[0] == '$' {
		return nil, fmt.Errorf("%q does not lead to rows: `each` starts at the payload", s)
	}
	segments, err := splitPath(s)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", s, err)
	}
	parts := []string{""}
	for i, segment := range segments {
		last := len(parts) - 1
		switch {
		case segment != "*" && isWildcard(segment):
			return nil, fmt.Errorf("%q: %s does not work in `each`; * alone does", s, segment)
		case segment != "*":
			parts[last] = strings.TrimPrefix(parts[last]+"."+segment, ".")
		case i < len(segments)-1:
			parts = append(parts, "")
		}
	}
	return parts, nil
}

// splitPath splits a path at its dots, as gjson does, and reports mistakes that gjson would ignore.
func splitPath(s string) ([]string, error) {
	if len(s) > maxPathLength {
		return nil, fmt.Errorf("the path is longer than %d bytes", maxPathLength)
	}
	s = strings.TrimPrefix(bracketIndex.ReplaceAllString(s, ".$1"), ".")
	if err := checkOperators(s); err != nil {
		return nil, err
	}
	var segments []string
	begin, depth, quoted := 0, 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"' && depth > 0:
			quoted = !quoted
		case quoted:
		case c == '(' || c == '{' || c == '[':
			depth++
		case c == ')' || c == '}' || c == ']':
			depth--
		case c == '.' && depth == 0:
			segments = append(segments, s[begin:i])
			begin = i + 1
		}
		if depth < 0 {
			return nil, fmt.Errorf("%c without its beginning", s[i])
		}
	}
	if depth > 0 || quoted {
		return nil, errors.New("a bracket is not closed")
	}
	segments = append(segments, s[begin:])
	for _, segment := range segments {
		switch {
		case segment == "":
			return nil, errors.New("there is nothing between two dots, or before or after one")
		case strings.HasSuffix(segment, `\`) && !strings.HasSuffix(segment, `\\`):
			return nil, errors.New(`a \ stands before nothing`)
		}
	}
	return segments, nil
}

// operator is a modifier, or the begin of several paths in one, wherever gjson may take a text for one. Whether it does can
// depend on the payload: to a map, the inside of a query is the rest of a path.
var operator = regexp.MustCompile(`(?:^|[.|]|#[(\[]\s*)([@{\[][^.|:=<>!%)\s]*)`)

// modifiers are those of gjson whose result is no larger than what they are given. With the others, and with several paths
// in one, a short path could make a text of any size of a small payload.
var modifiers = []string{"this", "reverse", "keys", "values", "flatten", "join", "fromstr", "ugly", "valid"}

func checkOperators(s string) error {
	for _, m := range operator.FindAllStringSubmatch(s, -1) {
		text, name := m[1], m[1][1:]
		switch {
		case text[0] == '[':
			return fmt.Errorf("%s is no place in a list: those are numbers from 0", text)
		case text[0] == '{':
			return fmt.Errorf("%s is several values: a path leads to one", text)
		case slices.Contains(modifiers, name):
		case gjson.ModifierExists(name, nil):
			return fmt.Errorf("@%s does not work here: its result may have any size", name)
		case !strings.Contains(s, "("):
			return fmt.Errorf("there is no modifier @%s%s", name, configerr.DidYouMean(name, modifiers, nil))
		}
	}
	return nil
}

// isWildcard reports whether a segment stands for several keys.
func isWildcard(segment string) bool {
	if strings.ContainsAny(segment, "({") {
		return false // a query, which may have patterns in it
	}
	for i := 0; i < len(segment); i++ {
		switch segment[i] {
		case '\\':
			i++
		case '*', '?':
			return true
		}
	}
	return false
}
