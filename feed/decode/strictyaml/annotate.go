package strictyaml

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"livetape/feed/decode/configerr"
)

// maxShown is how much of a line is shown, in characters.
const maxShown = 160

// Annotate describes every error of err with the line of the source that it is in and a caret below the place:
//
//	livetape.yaml:7:30: unknown unit "sec" (did you mean "s"?)
//	    7 |       time: {path: ts, unit: sec}
//	      |                              ^
//
// The library's own annotations show whole lines, of any length, and more of them than the one that is wrong.
func Annotate(err error, name string, source []byte) string {
	var b strings.Builder
	lines := strings.Split(withoutBOM(source), "\n")
	for _, e := range configerr.All(Locate(err, source)) {
		line, column := e.Line, e.Column
		if line < 1 || line > len(lines) {
			fmt.Fprintf(&b, "%s: %s\n", name, e.Problem)
			continue
		}
		text := []rune(strings.TrimRight(lines[line-1], "\r"))
		from := max(0, column-1-maxShown/2) // a line may be as long as the file
		text = text[min(from, len(text)):min(from+maxShown, len(text))]
		fmt.Fprintf(&b, "%s:%d:%d: %s\n", name, line, column, e.Problem)
		fmt.Fprintf(&b, "%5d | %s\n", line, strings.ReplaceAll(string(text), "\t", " "))
		fmt.Fprintf(&b, "      | %s^\n", strings.Repeat(" ", max(column-1-from, 0)))
	}
	return b.String()
}

// Locate gives every error of err without a line the place in the source that its path leads to.
func Locate(err error, source []byte) error {
	body, _, _ := parse(source) // the errors of a source that does not parse have their lines
	var located configerr.List
	for _, e := range configerr.All(err) {
		if at := nodePosition(body, e.Path); e.Line == 0 && at != nil {
			moved := *e
			moved.Line, moved.Column = at.Line, at.Column
			e = &moved
		}
		located.Join(nil, e)
	}
	return located.Err()
}

// nodePosition is the place of the value at path, or of the nearest above it that exists; nil for none.
func nodePosition(body ast.Node, path configerr.Path) *token.Position {
	node, at := body, (*token.Token)(nil)
	for _, step := range path {
		m := child(node, step)
		if m.value == nil {
			break
		}
		node, at = m.value, m.key
	}
	if start := firstToken(node); start != nil && (at == nil || start.Position.Line >= at.Position.Line) {
		at = start
	}
	if at == nil {
		return nil
	}
	return at.Position
}

// firstToken is where a value begins: a map or a list without brackets at its first key or item.
func firstToken(node ast.Node) *token.Token {
	switch n := node.(type) {
	case nil:
		return nil
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
	return node.GetToken()
}
