package scenario

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"livetape/mockserver/fault"
)

// reader reads the values of a file and gathers what is wrong with them. The library's strict decoder would stop at the
// first problem, and forgets the order of keys, in which a step acts.
type reader struct {
	problems []Problem
}

const maxProblems = 20

// problemAt notes a problem at t; nil is the whole file.
func (r *reader) problemAt(t *token.Token, format string, args ...any) {
	if len(r.problems) == maxProblems {
		return
	}
	p := Problem{Text: fmt.Sprintf(format, args...)}
	if t != nil && t.Position != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
	}
	r.problems = append(r.problems, p)
}

func (r *reader) problem(n ast.Node, format string, args ...any) {
	r.problemAt(firstToken(n), format, args...)
}

// firstToken is where a value begins: a map or a list without brackets at its first key or item.
func firstToken(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken()
	case *ast.SequenceNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return firstToken(n.Values[0])
		}
	}
	return n.GetToken()
}

// document is the one document of a file; nil when there is none, which is a problem.
func (r *reader) document(source string) ast.Node {
	tokens := lexer.Tokenize(source)
	if t := tooDeep(tokens); t != nil {
		r.problemAt(t, "nested too deep for a scenario")
		return nil
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		var bad yaml.Error
		if errors.As(err, &bad) {
			r.problemAt(bad.GetToken(), "%s", strings.TrimSpace(bad.GetMessage()))
		} else {
			r.problemAt(nil, "%v", err)
		}
		return nil
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.NullType:
		case body != nil:
			r.problem(doc.Body, "a second document begins here: a scenario is one")
			return nil
		default:
			body = doc.Body
		}
	}
	if body == nil {
		r.problemAt(nil, "there is nothing in it")
	}
	return body
}

// tooDeep is where a file is nested beyond all use: the parser calls itself for each level.
func tooDeep(tokens token.Tokens) *token.Token {
	const maxLevels, maxColumn = 16, 100
	flow, onLine, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, onLine = t.Position.Line, 0
			if flow == 0 && t.Position.Column > maxColumn && t.Type != token.CommentType && t.Type != token.StringType {
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
		if flow > maxLevels || flow <= 0 && onLine > maxLevels {
			return t
		}
	}
	return nil
}

// keyReaders are those that a map may have, with what reads the value of each.
type keyReaders map[string]func(ast.Node)

// readMap reads the map n in the order in which it was written. What says which map it is.
func (r *reader) readMap(n ast.Node, what string, known keyReaders) {
	m, ok := n.(ast.MapNode)
	if !ok {
		r.problem(n, "%s, where a map is wanted: %s", nodeKind(n), what)
		return
	}
	for at := m.MapRange(); at.Next(); {
		key := at.Key().GetToken()
		if read, ok := known[key.Value]; ok {
			read(at.Value())
			continue
		}
		names := slices.Sorted(maps.Keys(known))
		r.problemAt(key, "unknown key %.40q%s: %s has %s", key.Value, fault.Suggestion(key.Value, names), what, strings.Join(names, ", "))
	}
}

// itemsOf are the items of a list; anything else is the only item.
func itemsOf(n ast.Node) []ast.Node {
	if list, ok := n.(*ast.SequenceNode); ok {
		return list.Values
	}
	return []ast.Node{n}
}

func isMap(n ast.Node) bool {
	_, ok := n.(ast.MapNode)
	return ok
}

func nodeKind(n ast.Node) string {
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

// text is a scalar as it was written; false, and a problem, for anything else.
func (r *reader) text(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	r.problem(n, "%s, where text is wanted", nodeKind(n))
	return "", false
}

// shortText is a text that fits in a headline or a reason: not empty, and not too long.
func (r *reader) shortText(n ast.Node) string {
	const maxBytes = 500
	text, ok := r.text(n)
	text = strings.TrimSpace(text)
	switch {
	case !ok:
	case text == "":
		r.problem(n, "is empty")
	case len(text) > maxBytes:
		r.problem(n, "is longer than %d bytes", maxBytes)
	}
	return text
}

// wordIndex is the index of one of some words; 0 for any other.
func (r *reader) wordIndex(n ast.Node, words ...string) int {
	text, ok := r.text(n)
	at := slices.Index(words, text)
	if ok && at < 0 {
		r.problem(n, "%.40q%s is none of %s", text, fault.Suggestion(text, words), strings.Join(words, ", "))
	}
	return max(0, at)
}

// duration is one such as 10s or 1m30s, or 0.
func (r *reader) duration(n ast.Node, least, most time.Duration) time.Duration {
	text, ok := r.text(n)
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		r.problem(n, "%.40q is not a duration such as 10s or 1m30s", text)
	case d < least || d > most:
		r.problem(n, "%s is not between %s and %s", text, least, most)
	}
	return d
}

// number is one with a unit behind it; least for any that cannot be. What says how it is written.
func (r *reader) number(n ast.Node, unit, what string, least, most float64) float64 {
	text, ok := r.text(n)
	if !ok {
		return least
	}
	digits, hasUnit := strings.CutSuffix(text, unit)
	f, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	switch {
	case !hasUnit || err != nil || math.IsNaN(f):
		r.problem(n, "%.40q is not %s", text, what)
	case f < least || f > most:
		r.problem(n, "%s is not between %g%s and %g%s", text, least, unit, most, unit)
	default:
		return f
	}
	return least
}
