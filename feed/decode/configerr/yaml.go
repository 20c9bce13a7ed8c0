package configerr

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	yaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

var (
	unknownField = regexp.MustCompile(`^unknown field "(.*)"$`)
	unexpected   = regexp.MustCompile(`^(\w+) was used where (\w+) is expected$`)
)

// kinds are what a reader of YAML calls kinds of nodes.
var kinds = map[string]string{
	"string": "text", "sequence": "a list", "mapping": "a map", "integer": "a number", "float": "a number", "bool": "true or false", "null": "nothing",
}

// FromYAML turns an error of the YAML parser into a fault at its line. Keys are the words of the vocabulary, to
// guess what an unknown one was meant to be; renamed as for [DidYouMean].
func FromYAML(err error, keys []string, renamed map[string]string) error {
	var bad yaml.Error
	if !errors.As(err, &bad) {
		return err
	}
	problem := strings.TrimSpace(bad.GetMessage())
	var mismatch *yaml.TypeError
	if m := unknownField.FindStringSubmatch(problem); m != nil {
		problem = fmt.Sprintf("unknown key %q", m[1]) + DidYouMean(m[1], keys, renamed)
	} else if m := unexpected.FindStringSubmatch(problem); m != nil && kinds[m[1]] != "" && kinds[m[2]] != "" {
		problem = fmt.Sprintf("%s, where %s is wanted", kinds[m[1]], kinds[m[2]])
	} else if errors.As(err, &mismatch) {
		problem = fmt.Sprintf("%s, where %s is wanted", named(mismatch.SrcType), named(mismatch.DstType))
	}
	f := &Error{Problem: problem}
	if tok := bad.GetToken(); tok != nil && tok.Position != nil {
		f.Line, f.Column = tok.Position.Line, tok.Position.Column
	}
	return f
}

// named is what a reader of YAML calls a type.
func named(t reflect.Type) string {
	if t == nil {
		return "nothing"
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a map"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	}
	return "a number"
}

// Keys are the keys that the YAML of t may contain at any depth: the words for [FromYAML].
func Keys(t reflect.Type) []string {
	seen := map[reflect.Type]bool{}
	var keys []string
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
			if name != "" && name != "-" {
				keys = append(keys, name)
			}
			walk(t.Field(i).Type)
		}
	}
	walk(t)
	return keys
}

// Annotate describes every fault of err with the line of the source that it is in and a caret below the place:
//
//	livetape.yaml:7:30: unknown unit "sec" (did you mean "s"?)
//	    7 |       time: {path: ts, unit: sec}
//	      |                              ^
func Annotate(err error, name string, source []byte) string {
	var b strings.Builder
	lines := strings.Split(string(source), "\n")
	for _, f := range All(Locate(err, source)) {
		line, column := f.Line, f.Column
		if line < 1 || line > len(lines) {
			fmt.Fprintf(&b, "%s: %s\n", name, f.Problem)
			continue
		}
		text := []rune(strings.TrimRight(lines[line-1], "\r"))
		from := max(0, column-1-maxShown/2) // a line may be as long as the file
		text = text[min(from, len(text)):min(from+maxShown, len(text))]
		fmt.Fprintf(&b, "%s:%d:%d: %s\n", name, line, column, f.Problem)
		fmt.Fprintf(&b, "%5d | %s\n", line, strings.ReplaceAll(string(text), "\t", " "))
		fmt.Fprintf(&b, "      | %s^\n", strings.Repeat(" ", max(column-1-from, 0)))
	}
	return b.String()
}

// Locate gives every fault of err the line of the source that its path leads to. With lines, the source is not parsed
// again.
func Locate(err error, source []byte) error {
	var placed List
	var file *ast.File
	for _, f := range All(err) {
		if f.Line == 0 {
			if file == nil {
				file, _ = parser.ParseBytes(source, 0) // faults of a source that does not parse carry their line
			}
			at := *f
			at.Line, at.Column = locate(file, f.Path)
			f = &at
		}
		placed.faults = append(placed.faults, f)
	}
	return placed.Err()
}

// maxShown is how much of a line is shown, in characters.
const maxShown = 160

// locate is the place of the value at path, or of the nearest above it that exists; 0 for none.
func locate(file *ast.File, path Path) (line, column int) {
	if file == nil || len(file.Docs) == 0 {
		return 0, 0
	}
	node := file.Docs[0].Body
	var at *token.Token
	for _, step := range path {
		key, value := child(node, step)
		if value == nil {
			break
		}
		node, at = value, key
	}
	if tok := first(node); tok != nil && (at == nil || tok.Position.Line >= at.Position.Line) {
		at = tok
	}
	if at == nil || at.Position == nil {
		return 0, 0
	}
	return at.Position.Line, at.Position.Column
}

// child is the value that step leads to, and its key where there is one.
func child(node ast.Node, step any) (*token.Token, ast.Node) {
	switch n := node.(type) {
	case *ast.AnchorNode:
		return child(n.Value, step)
	case *ast.TagNode:
		return child(n.Value, step)
	case *ast.MappingValueNode:
		if key, ok := step.(string); ok && keyOf(n) == key {
			return n.Key.GetToken(), n.Value
		}
	case *ast.MappingNode:
		for _, v := range n.Values {
			if key, value := child(v, step); value != nil {
				return key, value
			}
		}
	case *ast.SequenceNode:
		if i, ok := step.(int); ok && i < len(n.Values) {
			return nil, n.Values[i]
		}
	}
	return nil, nil
}

func keyOf(n *ast.MappingValueNode) string {
	if s, ok := n.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return n.Key.GetToken().Value
}

// first is where a value begins: of a map, its first key.
func first(node ast.Node) *token.Token {
	switch n := node.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken()
	case *ast.SequenceNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return first(n.Values[0])
		}
	}
	if node == nil {
		return nil
	}
	return node.GetToken()
}
