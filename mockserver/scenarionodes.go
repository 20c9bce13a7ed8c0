package mockserver

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	yaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"livetape/mockserver/fault"
)

// reading is a file while it is read, with all that was found to be wrong.
type reading struct {
	faults []ScenarioFault
}

// mostFaults is how many are told at once.
const mostFaults = 20

func (r *reading) faultAt(t *token.Token, format string, args ...any) {
	if len(r.faults) == mostFaults {
		return
	}
	f := ScenarioFault{Problem: fmt.Sprintf(format, args...)}
	if t != nil && t.Position != nil {
		f.Line, f.Column = t.Position.Line, t.Position.Column
	}
	r.faults = append(r.faults, f)
}

func (r *reading) fault(at ast.Node, format string, args ...any) {
	r.faultAt(beginOf(at), format, args...)
}

// beginOf is where a value begins: of a map or a list, its first member.
func beginOf(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken()
	case *ast.SequenceNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return beginOf(n.Values[0])
		}
	}
	return n.GetToken()
}

// document is the one document of a file; nil when there is none, which is said then.
func (r *reading) document(source string) ast.Node {
	tokens := lexer.Tokenize(source)
	if t := tooDeep(tokens); t != nil {
		r.faultAt(t, "nested too deep for a scenario")
		return nil
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		r.malformed(err)
		return nil
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.NullType:
		case body != nil:
			r.fault(doc.Body, "a second document begins here: a scenario is one")
			return nil
		default:
			body = doc.Body
		}
	}
	if body == nil {
		r.faultAt(nil, "there is nothing in it")
	}
	return body
}

// tooDeep is where a file is nested beyond all use: a parser calls itself for each level.
func tooDeep(tokens token.Tokens) *token.Token {
	const mostLevels, mostColumn = 16, 100
	flow, onLine, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, onLine = t.Position.Line, 0
			if flow == 0 && t.Position.Column > mostColumn && t.Type != token.CommentType && t.Type != token.StringType {
				return t
			}
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType, token.AnchorType, token.TagType:
			onLine++
		}
		if flow > mostLevels || flow <= 0 && onLine > mostLevels {
			return t
		}
	}
	return nil
}

// malformed tells what the reader of YAML says.
func (r *reading) malformed(err error) {
	var bad yaml.Error
	if errors.As(err, &bad) {
		r.faultAt(bad.GetToken(), "%s", strings.TrimSpace(bad.GetMessage()))
		return
	}
	r.faultAt(nil, "%v", err)
}

// keys are those that may stand in a map, with what reads each value.
type keys map[string]func(ast.Node)

// members reads a map in the order in which it was written. What is a map's place in the story, for what is told.
func (r *reading) members(n ast.Node, what string, known keys) {
	all, ok := membersOf(n)
	if !ok {
		r.fault(n, "%s, where a map is wanted: %s", kindOf(n), what)
		return
	}
	for _, member := range all {
		key := member.Key.GetToken().Value
		if read, ok := known[key]; ok {
			read(member.Value)
			continue
		}
		names := slices.Sorted(maps.Keys(known))
		r.faultAt(member.Key.GetToken(), "unknown key %.40q%s: %s has %s", key, fault.Suggestion(key, names), what, strings.Join(names, ", "))
	}
}

// items are those of a list.
func (r *reading) items(n ast.Node, of string) []ast.Node {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fault(n, "%s, where a list of %s is wanted", kindOf(n), of)
		return nil
	}
	return list.Values
}

func kindOf(n ast.Node) string {
	switch n.Type() {
	case ast.MappingType, ast.MappingValueType:
		return "a map"
	case ast.SequenceType:
		return "a list"
	case ast.NullType:
		return "nothing"
	case ast.IntegerType, ast.FloatType, ast.InfinityType, ast.NanType:
		return "a number"
	case ast.BoolType:
		return "true or false"
	case ast.AnchorType, ast.AliasType, ast.TagType, ast.MergeKeyType:
		return "an anchor, alias or tag"
	}
	return "text"
}

// text is a scalar as it was written.
func (r *reading) text(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value
	}
	r.fault(n, "%s, where text is wanted", kindOf(n))
	return ""
}

// line is a text that fits in a headline or a reason: not empty, and not too long.
func (r *reading) line(n ast.Node) string {
	const most = 500
	faults := len(r.faults)
	text := strings.TrimSpace(r.text(n))
	switch {
	case len(r.faults) > faults:
	case text == "":
		r.fault(n, "is empty")
	case len(text) > most:
		r.fault(n, "is longer than %d bytes", most)
	}
	return text
}

// oneOf is one of some words.
func (r *reading) oneOf(n ast.Node, words ...string) string {
	faults := len(r.faults)
	text := r.text(n)
	if len(r.faults) == faults && !slices.Contains(words, text) {
		r.fault(n, "%.40q%s is none of %s", text, fault.Suggestion(text, words), strings.Join(words, ", "))
	}
	return text
}

// bool is true or false.
func (r *reading) bool(n ast.Node) bool {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		r.fault(n, "%s, where true or false is wanted", kindOf(n))
		return false
	}
	return b.Value
}

// duration is one such as 10s or 1m30s, or 0.
func (r *reading) duration(n ast.Node, least, most time.Duration) time.Duration {
	faults := len(r.faults)
	text := r.text(n)
	if len(r.faults) > faults {
		return 0
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		r.fault(n, "%.40q is not a duration such as 10s or 1m30s", text)
	case d < least || d > most:
		r.fault(n, "%s is not between %s and %s", text, least, most)
	}
	return d
}

// number is one between two ends.
func (r *reading) number(n ast.Node, least, most float64) float64 {
	return r.figure(n, "", "a number", least, most)
}

// whole is a number without a fraction.
func (r *reading) whole(n ast.Node, least, most float64) int {
	f := r.number(n, least, most)
	if f != math.Trunc(f) {
		r.fault(n, "%g is not a whole number", f)
	}
	return int(f)
}

// figure is a number with a unit behind it.
func (r *reading) figure(n ast.Node, unit, what string, least, most float64) float64 {
	faults := len(r.faults)
	text := r.text(n)
	if len(r.faults) > faults {
		return least
	}
	digits, marked := strings.CutSuffix(text, unit)
	f, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	switch {
	case !marked || err != nil || math.IsNaN(f):
		r.fault(n, "%.40q is not %s", text, what)
	case f < least || f > most:
		r.fault(n, "%s is not between %g%s and %g%s", text, least, unit, most, unit)
	default:
		return f
	}
	return least
}
